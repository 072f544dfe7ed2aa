"""The living tree of this process as plain data, as the control socket sends it."""

from __future__ import annotations

import functools
import os
import sys
import time
from typing import Any

from pykka_live.actors import ActorSystem, Cell, LastError

__all__ = ["FORMAT", "class_name", "describe", "snapshot"]

FORMAT = 1  # goes up when what an older `actor_tree` reads is no longer there
TEXT_LIMIT = 500  # characters of an error's text
PROCESS_STARTED = time.time()  # when the first module of the project that uses us was loaded


def snapshot(system: ActorSystem) -> dict[str, Any]:
    """Describe the process and its actors, without asking any of them.

    Returns:
        `format`, `pid`, `command` (a list), `time` and `started_at` (seconds since the epoch),
        `state` of the system, `actors`, `dead_letters` (counts by reason), `abandoned` (names of
        threads). Supervisors come before their children. Each actor has what `CellInfo` has, and

        - `parent`: the supervisor's path, None for the root
        - `class`: the name of its class, empty where that is not known
        - `last_error`: None, or `type`, `text`, `time`, `message`
    """
    return {
        "format": FORMAT,
        "pid": os.getpid(),
        "command": sys.orig_argv,
        "time": time.time(),
        "started_at": PROCESS_STARTED,
        "state": system.state,
        "actors": [describe(cell) for cell in system.cells()],
        "dead_letters": system.dead_letters.counts(),
        "abandoned": system.abandoned(),
    }


def describe(cell: Cell) -> dict[str, Any]:
    """Return what the tree tells of one actor; see `snapshot`."""
    info = cell.info()
    return {
        **vars(info),
        "parent": None if cell.parent is None else cell.parent.path,
        "class": class_name(cell),
        "last_error": None if info.last_error is None else _error(info.last_error),
    }


def _error(error: LastError) -> dict[str, Any]:
    return {
        "type": error.type,
        "text": error.text[:TEXT_LIMIT],
        "time": error.time,
        "message": error.message,
    }


def class_name(cell: Cell) -> str:
    """Return the dotted name of what runs in a cell.

    That is `cell.data["class"]`, where an actor leaves the name of the view that it runs; else the
    actor's own class, if the specification names it and it is none of ours; else an empty string.
    """
    name = cell.data.get("class")
    if isinstance(name, str):
        return name
    start: Any = cell.spec.start
    while isinstance(start, functools.partial):
        start = start.func
    if not isinstance(start, type) or start.__module__.startswith("pykka_live."):
        return ""
    return f"{start.__module__}.{start.__qualname__}"
