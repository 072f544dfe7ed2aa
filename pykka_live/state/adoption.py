"""Where a page leaves its view for the socket that follows a moment later."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class AdoptionStore(Generic[T]):
    """A bounded store whose entries are taken once, or expire.

    Args:
        capacity: how many entries are kept; the oldest gives way.
        clock: returns seconds; monotonic.
    """

    def __init__(self, capacity: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()  # guards _entries
        self._entries: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, key: str, item: T, lifetime: float) -> None:
        """Keep `item` under `key` for `lifetime` seconds."""
        now = self._clock()
        with self._lock:
            self._entries[key] = (now + lifetime, item)
            self._entries.move_to_end(key)
            self._sweep(now)

    def take(self, key: str) -> T | None:
        """Return and forget what was kept under `key`, or None if it has been taken, has expired or
        gave way."""
        now = self._clock()
        with self._lock:
            entry = self._entries.pop(key, None)
            self._sweep(now)
        return None if entry is None or entry[0] <= now else entry[1]

    def _sweep(self, now: float) -> None:
        """Let go what is too much or has expired. Entries of one lifetime expire in their order."""
        while self._entries and (
            len(self._entries) > self._capacity or next(iter(self._entries.values()))[0] <= now
        ):
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
