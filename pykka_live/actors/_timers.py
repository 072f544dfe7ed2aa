"""Moments at which a thread wants to do something between two messages."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

__all__ = ["Timer", "Timers"]

_orders = count()  # of all timers


class Timer:
    """Something that is due at a moment; `cancel` it from the thread that set it."""

    __slots__ = ("_order", "_timers", "action", "when")

    def __init__(self, timers: Timers, when: float, order: int, action: Callable[[], None]) -> None:
        self._timers = timers
        self.when = when
        self.action: Callable[[], None] | None = action
        self._order = order

    def cancel(self) -> None:
        """Do nothing when the moment comes. May be called twice, or too late."""
        if self.action is not None:
            self.action = None
            self._timers.forget_one()

    def __lt__(self, other: Timer) -> bool:
        return (self.when, self._order) < (other.when, other._order)


class Timers:
    """The timers of one thread. Not for use by several.

    Attributes:
        heap: empty when there are none; always the same list.
    """

    __slots__ = ("_cancelled", "_clock", "heap")

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.heap: list[Timer] = []
        self._cancelled = 0  # in the heap, at most

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        """Call `action` at `when`, a moment of the clock."""
        timer = Timer(self, when, next(_orders), action)
        heapq.heappush(self.heap, timer)
        return timer

    def forget_one(self) -> None:
        """A timer was cancelled. When most of them are, they leave the heap."""
        self._cancelled += 1
        if self._cancelled > 64 and 2 * self._cancelled > len(self.heap):
            self.heap[:] = [timer for timer in self.heap if timer.action is not None]
            heapq.heapify(self.heap)
            self._cancelled = 0

    def push(self, timer: Timer, when: float) -> None:
        """Set a timer that is no longer in the heap to another moment."""
        timer.when = when
        heapq.heappush(self.heap, timer)

    def remaining(self, others: Timers | None = None) -> float | None:
        """Seconds until the next timer, of these and of `others`, is due; None without timers."""
        heap = self.heap
        while heap and heap[0].action is None:
            heapq.heappop(heap)
        mine = max(0.0, heap[0].when - self._clock()) if heap else None
        theirs = others.remaining() if others is not None else None
        return theirs if mine is None else mine if theirs is None else min(mine, theirs)

    def pop_due(self) -> Callable[[], None] | None:
        """Take out and return the next action that is due, if any."""
        if self.remaining() == 0.0:
            timer = heapq.heappop(self.heap)
            action, timer.action = timer.action, None
            return action
        return None

    def clear(self) -> None:
        """Cancel them all."""
        for timer in self.heap:
            timer.action = None
        self.heap.clear()
