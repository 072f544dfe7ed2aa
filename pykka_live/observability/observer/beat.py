"""Something that is done again and again for as long as somebody wants it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from pykka_live.logs import own_logger

__all__ = ["Beat"]

logger = own_logger(__name__)


class Beat:
    """Calls `turn` in a daemon thread, which ends when that returns False, and begins when somebody
    asks for it.

    `_lock` guards which thread runs.

    Args:
        turn: returns whether it is to be called once more; what it raises is logged, and it is
        interval: seconds between two calls; more, where else they took too much
        name: the thread's
        share: of a core, which the calls may take in the long run
    """

    def __init__(
        self, turn: Callable[[], bool], interval: float, name: str, share: float = 1.0
    ) -> None:
        self._turn = turn
        self._interval = interval
        self._name = name
        self._share = share
        self.reset()

    def reset(self) -> None:
        """Begin anew in the child of a fork, where the thread is not, and the lock may be held."""
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def runs(self) -> bool:
        """Whether there is a thread."""
        return self._thread is not None

    def keep(self) -> None:
        """Begin, unless it runs."""
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                thread.start()
                self._thread = thread

    def hurry(self) -> None:
        """Have the next call at once."""
        self._wanted.set()
        self.keep()

    def _run(self) -> None:
        while True:
            self._wanted.clear()
            goes_on = True
            before = time.thread_time()
            try:
                goes_on = self._turn()
            except Exception:
                logger.exception("%s failed", self._name)
            with self._lock:
                if not goes_on and not self._wanted.is_set():
                    self._thread = None
                    return
            took = time.thread_time() - before
            self._wanted.wait(max(self._interval, took / self._share))
