"""The numbers by which the workers of a project are told apart in metrics."""

from __future__ import annotations

import itertools
import os
import threading
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

__all__ = ["Slot"]


class Slot:
    """A small number that no other running process of the project on this machine has.

    It is held by the lock on a file in the project's private directory, so it is free again when
    the process ends, however it ends. Whoever comes in its stead gets the same number, and so goes
    on in the same series of metrics. The child of a fork has none until it takes its own.

    `_lock` guards which file is locked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._number = 0

    @property
    def number(self) -> int:
        """The number; 0 while none is held."""
        return self._number

    def take(self, directory: Path) -> int:
        """Take the lowest number that is free, unless one is held already.

        Args:
            directory: where the locks are; it must be there

        Returns:
            the number; 0 where the operating system has no such locks

        Raises:
            OSError: nothing can be locked there
        """
        with self._lock:
            if self._descriptor is None and fcntl is not None:
                self._descriptor, self._number = _first_free(directory)
            return self._number

    def release(self) -> None:
        """Let the number go. Does nothing when none is held."""
        with self._lock:
            descriptor, self._descriptor = self._descriptor, None
            self._number = 0
        if descriptor is not None:
            os.close(descriptor)

    def _after_fork(self) -> None:
        """Let go of the parent's lock, which the parent goes on to hold."""
        self._lock = threading.Lock()
        self.release()


def _first_free(directory: Path) -> tuple[int, int]:
    """Lock the first file that nobody else has locked; return its descriptor and its number."""
    for number in itertools.count():
        # The file stays when it is not locked: if it were removed, two could hold one number.
        path = directory / f"worker-{number}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        else:
            return descriptor, number
    raise AssertionError("numbers have no end")
