"""Follows the messages of one actor, for whoever watches it. Nobody's messages are noted otherwise:
that would cost each of them something."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from pykka_live.actors import Cell, Trace
from pykka_live.actors._errors import describe as describe_error
from pykka_live.actors._messages import message_name

__all__ = ["Recorder", "recent"]

KEPT = 200
ERROR = 200  # characters of an error's text


class Recorder:
    """Notes the messages of an actor until it is closed; the last ones are kept.

    Each is a dict of `time` (seconds since the epoch, when it was begun), `message` (its name),
    `incarnation`, `outcome` (`begun`, `handled` or `failed`), `waited`, `took` (seconds) and
    `error` (None, or its class and text).

    `_lock` guards what is kept and how many were lost; it is held for moments, never while other
    code runs.

    Args:
        cell: the actor's
        size: how many entries are kept until they are taken
        notify: called in the actor's thread when there is something to take; must not block
    """

    def __init__(
        self, cell: Cell, size: int = KEPT, notify: Callable[[], object] | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=size)
        self._untold: deque[dict[str, Any]] = deque(maxlen=size)
        self._lost = 0
        self._notify = notify
        self._untrace = cell.trace(self)

    def __call__(self, trace: Trace) -> None:
        entry = {
            "time": time.time() - trace.took,
            "message": message_name(trace.message),
            "incarnation": trace.cell.incarnation,
            "outcome": "begun" if trace.kind == "received" else trace.kind,
            "waited": trace.waited,
            "took": trace.took,
            "error": None if trace.error is None else describe_error(trace.error)[:ERROR],
        }
        with self._lock:
            if trace.kind != "received":
                self._entries.append(entry)
            if len(self._untold) == self._untold.maxlen:
                self._lost += 1
            self._untold.append(entry)
        if self._notify is not None:
            self._notify()

    def take(self) -> tuple[list[dict[str, Any]], int]:
        """Return what came since the last time, and how many of it were lost because it was too
        much."""
        with self._lock:
            entries, lost = list(self._untold), self._lost
            self._untold.clear()
            self._lost = 0
        return entries, lost

    def recent(self) -> list[dict[str, Any]]:
        """Return the last messages that were handled or failed, the oldest first."""
        with self._lock:
            return list(self._entries)

    def close(self) -> None:
        """Note nothing more."""
        self._untrace()


def recent(cell: Cell) -> list[dict[str, Any]] | None:
    """Return the last messages of an actor; None while nobody records them."""
    recorders = [tracer for tracer in cell.tracers if isinstance(tracer, Recorder)]
    return max((recorder.recent() for recorder in recorders), key=len) if recorders else None
