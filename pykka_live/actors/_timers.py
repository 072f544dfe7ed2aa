"""Moments at which a thread wants to do something between two messages."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

__all__ = ["Timer", "Timers"]


class Timer:
    """Something that is due at a moment; `cancel` it from the thread that set it."""

    __slots__ = ("_order", "action", "when")

    def __init__(self, when: float, order: int, action: Callable[[], None]) -> None:
        self.when = when
        self.action: Callable[[], None] | None = action
        self._order = order

    def cancel(self) -> None:
        """Do nothing when the moment comes. May be called twice, or too late."""
        self.action = None

    def __lt__(self, other: Timer) -> bool:
        return (self.when, self._order) < (other.when, other._order)


class Timers:
    """The timers of one thread. Not for use by several."""

    __slots__ = ("_clock", "_heap", "_orders")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._heap: list[Timer] = []
        self._orders = count()

    def __bool__(self) -> bool:
        return bool(self._heap)

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        """Call `action` at `when`, a moment of the clock."""
        timer = Timer(when, next(self._orders), action)
        heapq.heappush(self._heap, timer)
        return timer

    def push(self, timer: Timer, when: float) -> None:
        """Set a timer that is no longer in the heap to another moment."""
        timer.when = when
        heapq.heappush(self._heap, timer)

    def remaining(self) -> float | None:
        """Seconds until the next timer is due, or None without timers."""
        heap = self._heap
        while heap and heap[0].action is None:
            heapq.heappop(heap)
        return max(0.0, heap[0].when - self._clock()) if heap else None

    def pop_due(self) -> Callable[[], None] | None:
        """Take out and return the next action that is due, if any."""
        if self.remaining() == 0.0:
            timer = heapq.heappop(self._heap)
            action, timer.action = timer.action, None
            return action
        return None

    def clear(self) -> None:
        """Cancel them all."""
        for timer in self._heap:
            timer.cancel()
        self._heap.clear()
