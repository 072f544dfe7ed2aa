"""Mail that nobody will handle."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["DeadLetter", "DeadLetters"]


@dataclass(frozen=True)
class DeadLetter:
    """One message that was not handled.

    `reason` is `"dropped"` (from a full mailbox) or why the actor ended; `time` is seconds since
    the epoch.
    """

    path: str
    message: Any
    reason: str
    sender: Any = None
    time: float = field(default_factory=time.time)


class DeadLetters:
    """The last dead letters, and counts of all of them. Safe to use from any thread.

    Args:
        size: how many letters are kept
    """

    def __init__(self, size: int = 100) -> None:
        self._lock = threading.Lock()
        self._letters: deque[DeadLetter] = deque(maxlen=size)
        self._counts: Counter[str] = Counter()

    def add(self, letter: DeadLetter) -> None:
        """Keep and count a letter."""
        with self._lock:
            self._letters.append(letter)
            self._counts[letter.reason] += 1

    def __iter__(self) -> Iterator[DeadLetter]:
        """Iterate over a copy of the letters that are kept, oldest first."""
        with self._lock:
            return iter(list(self._letters))

    def __len__(self) -> int:
        """How many letters there were in all."""
        with self._lock:
            return sum(self._counts.values())

    def counts(self) -> dict[str, int]:
        """How many letters there were, by reason."""
        with self._lock:
            return dict(self._counts)
