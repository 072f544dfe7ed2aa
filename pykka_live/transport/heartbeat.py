"""The heartbeat of the event loops that serve sockets: how late they are."""

from __future__ import annotations

import asyncio
import os
import threading
from time import monotonic

from pykka_live._histogram import Histogram

INTERVAL = 0.1
"""Seconds from one beat to the next."""

lag = Histogram()
"""How late each beat was."""


class Heart:
    """Beats as long as its event loop runs.

    Attributes:
        loop: the event loop.
        due: when the next beat is, as `time.monotonic` tells it. Any thread may look.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._wait()

    def overdue(self) -> float:
        """Return how many seconds the beat is late now. A loop that does not run has no beat."""
        return max(0.0, monotonic() - self.due) if self.loop.is_running() else 0.0

    def _wait(self) -> None:
        self.due = monotonic() + INTERVAL
        self.loop.call_later(INTERVAL, self._beat)

    def _beat(self) -> None:
        lag.observe(max(0.0, monotonic() - self.due))  # timers may be a little early
        self._wait()


_lock = threading.Lock()  # guards the hearts while one is added
_hearts: tuple[Heart, ...] = ()


def begin() -> None:
    """Let the running event loop have a heartbeat until it is closed; once is enough."""
    global _hearts
    loop = asyncio.get_running_loop()
    if any(heart.loop is loop for heart in _hearts):
        return
    with _lock:
        _hearts = (*(heart for heart in _hearts if not heart.loop.is_closed()), Heart(loop))


def overdue() -> float:
    """Return how many seconds the beat that is latest is late now; 0 if none is. Any thread may
    ask, also while a loop hangs."""
    return max((heart.overdue() for heart in _hearts), default=0.0)


def _after_fork_in_child() -> None:
    global _lock, _hearts, lag
    _lock, _hearts, lag = threading.Lock(), (), Histogram()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
