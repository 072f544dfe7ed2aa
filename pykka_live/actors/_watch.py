"""One thread that looks at the clock for all actors of a system."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pykka_live.actors._alarms import Alarms, Sleeper

__all__ = ["TICK", "Watch"]

TICK = 0.005  # seconds from one check to the next; the interpreter switches threads as often


class Watch:
    """Wakes sleepers when their moment has come, and checks on a dispatcher while that is wanted.

    Args:
        check: called `TICK` seconds after `look`, and again as long as it returns True. Must not
            raise
    """

    def __init__(self, check: Callable[[], bool]) -> None:
        self._check = check
        self._lock = threading.Lock()  # guards what follows
        self._alarms = Alarms()
        self._check_at: float | None = None
        self._next = 0.0  # when the thread will look by itself; 0 while it is awake, or woken
        self._closed = False
        self._thread: threading.Thread | None = None
        self._wakeup = threading.Lock()  # held, except for the moment in which it wakes
        self._wakeup.acquire()

    def begin(self) -> None:
        """Have a thread, from now until `close`.

        Raises:
            RuntimeError: there is none to be had
        """
        if self._thread is None:
            with self._lock:
                self._look_at(0.0)

    def look(self) -> None:
        """Call `check` in a moment; also after `close`. What it raises has changed nothing."""
        with self._lock:
            if self._check_at is None:
                check_at = time.monotonic() + TICK
                self._look_at(check_at)
                self._check_at = check_at

    def set(self, sleeper: Sleeper, seconds: float) -> None:
        """Wake a sleeper in so many seconds, or sooner; one woken for nothing asks again."""
        when = time.monotonic() + min(seconds, threading.TIMEOUT_MAX)
        with self._lock:
            if not self._closed and self._alarms.set(sleeper, when):
                self._look_at(when)

    def cancel(self, sleeper: Sleeper) -> None:
        """Do not wake a sleeper, and do not keep it alive."""
        with self._lock:
            self._alarms.cancel(sleeper)

    def close(self) -> None:
        """Wake no one any more, and end the thread when there is nothing to check."""
        with self._lock:
            self._closed = True
            self._alarms.clear()
            if self._thread is not None:
                self._look_at(0.0)

    def _look_at(self, when: float) -> None:
        """Have the thread look at that moment or before. With the lock held."""
        if self._thread is None:
            thread = threading.Thread(target=self._live, name="actor watch", daemon=True)
            thread.start()
            self._thread = thread
        elif when < self._next:
            self._wakeup.release()
            self._next = 0.0

    def _live(self) -> None:
        while True:
            with self._lock:
                now = time.monotonic()
                due = self._alarms.pop_due(now)
                checks = self._check_at is not None and self._check_at <= now
                if checks:  # before it is done, so that who asks for another is heard
                    self._check_at = None
            for sleeper in due:
                sleeper.wake()
            if checks and self._check():
                self.look()
            with self._lock:
                if self._closed and self._check_at is None:
                    self._thread = None
                    return
                timeout = self._plan()
            if not self._wakeup.acquire(timeout=timeout):
                self._awake()

    def _plan(self) -> float:
        """Return for how long there is nothing to do. With the lock held."""
        now = time.monotonic()
        self._next = now + threading.TIMEOUT_MAX
        if self._check_at is not None:
            self._next = self._check_at
        if (alarm := self._alarms.next) is not None:
            self._next = min(self._next, alarm)
        self._next = max(self._next, now)
        return self._next - now

    def _awake(self) -> None:
        """Note that the time is over, so that nobody wakes the thread."""
        with self._lock:
            woken = self._next == 0.0
            self._next = 0.0
        if woken:  # between the two
            self._wakeup.acquire()
