"""Tracebacks and stacks as somebody reads them: what matters first."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pykka_live
from pykka_live.actors import ActorSystem
from pykka_live.actors._threads import stack_of
from pykka_live.observability.wording import printable

__all__ = ["actor_of", "frames_cut", "hanging", "lines", "parted"]

HANGING = 5  # threads that are shown
STACK = 5_000  # characters of where one is

CHAIN = re.compile(
    r"\n\n(?:The above exception was the direct cause of the following exception"
    r"|During handling of the above exception, another exception occurred):\n\n"
)
FRAME = re.compile(r'^  File "([^"]+)", line', re.MULTILINE)

OWN = (f"{Path(pykka_live.__file__).parent}/", threading.__file__)
"""Where the frames are that stand above every handler."""


def parted(traceback: str) -> tuple[str, str]:
    """Return the traceback of the error itself, and those of the errors before it, of which it
    came; empty, if there were none."""
    *_, last = [None, *CHAIN.finditer(traceback)]
    if last is None:
        return frames_cut(traceback), ""
    return frames_cut(traceback[last.end() :]), traceback[: last.start()]


def frames_cut(traceback: str) -> str:
    """Return a traceback, or a stack, without the frames that lead to the project's own code; all
    of it, where there is no such code."""
    frames = list(FRAME.finditer(traceback))
    for n, frame in enumerate(frames):
        if not frame[1].startswith(OWN):
            if n < 2:
                break
            head, tail = traceback[: frames[0].start()], traceback[frame.start() :]
            return f"{head}  … {n} frames of pykka_live\n{tail}"
    return traceback


def hanging(system: ActorSystem, path: str | None = None) -> list[dict[str, Any]]:
    """Return where the threads hang that were given up: `name` (the incarnation's), `path` and
    `stack` of each; of so many as are shown.

    Args:
        path: only those of the actor there
    """
    names = [name for name in system.abandoned() if path in (None, actor_of(name))][:HANGING]
    threads = {thread.name: thread for thread in threading.enumerate()} if names else {}
    return [
        {
            "name": printable(name),
            "path": actor_of(name),
            "stack": lines(frames_cut(stack_of(threads.get(name)))[-STACK:]),
        }
        for name in names
    ]


def actor_of(name: str) -> str:
    """Return the path of the actor that a thread was named after."""
    return name.rpartition("#")[0]


def lines(text: str) -> str:
    """Return a text of several lines, each of them without what cannot be printed."""
    return "\n".join(map(printable, text.split("\n")))
