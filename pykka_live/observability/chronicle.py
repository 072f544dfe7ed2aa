"""The last incidents of actors, as a short log for those who come to look afterwards."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass

from pykka_live.actors import Event
from pykka_live.actors._errors import describe
from pykka_live.live.record import BY_HAND
from pykka_live.observability.tree import class_name

__all__ = ["Chronicle", "Incident"]

NOTED = frozenset(
    {"failed", "resumed", "restarted", "escalated", "busy", "stuck", "abandoned", "overflow"}
)
"""What is noted of all actors. Starts and stops come with each tab, so only the stops that nobody
expects are; dead letters have a list of their own."""

TEXT = 300  # characters of what an error says


@dataclass
class Incident:
    """One entry: `number` counts all that were noted; `count` says how often it came in a row, of
    which `time` (seconds since the epoch) is the last."""

    number: int
    time: float
    kind: str
    path: str
    actor: str
    name: str
    text: str
    count: int = 1


class Chronicle:
    """Notes what happens to actors. An instance is a listener for `ActorSystem.listeners`.

    Holds texts only, so no actor lives longer for it. `_lock` guards the entries; it is held for
    moments, never while other code runs.

    Args:
        size: how many entries are kept
    """

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._reset()

    def __call__(self, event: Event) -> None:
        """Note one event, if it is one that somebody should know of."""
        cell, kind = event.cell, event.kind
        if kind == "stopped":
            if event.reason != BY_HAND and cell.state != "failed":
                return
        elif kind not in NOTED:
            return
        text = event.reason if event.error is None else describe(event.error)[:TEXT]
        what = (kind, cell.path, cell.kind, class_name(cell), text)
        with self._lock:
            last = self._entries[-1] if self._entries else None
            if last is not None and what == (
                *(last.kind, last.path, last.actor, last.name, last.text),
            ):
                last.count += 1
                last.time = time.time()
                return
            self._number += 1
            self._entries.append(Incident(self._number, time.time(), *what))

    def last(self, count: int) -> list[Incident]:
        """Return the last entries, the newest first."""
        with self._lock:
            entries = list(self._entries)
        return entries[: -count - 1 : -1]

    def _reset(self) -> None:
        """Start anew, with a new lock: in the child of a fork, the old may stay held."""
        self._lock = threading.Lock()
        self._entries: deque[Incident] = deque(maxlen=self._size)
        self._number = 0
