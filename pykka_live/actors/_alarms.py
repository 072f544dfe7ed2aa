"""Moments at which sleepers are woken."""

from __future__ import annotations

import heapq
from itertools import count
from typing import Protocol

__all__ = ["Alarm", "Alarms", "Sleeper"]


class Sleeper(Protocol):
    """What can be woken at a moment. It has one alarm at most."""

    alarm: Alarm | None

    def wake(self) -> None:
        """Wake up, if it sleeps. Must neither block nor raise."""


class Alarm:
    """A moment at which a sleeper is woken; guarded by whoever guards its `Alarms`."""

    __slots__ = ("order", "sleeper", "when")

    def __init__(self, when: float, order: int, sleeper: Sleeper) -> None:
        self.when = when
        self.order = order
        self.sleeper: Sleeper | None = sleeper

    def __lt__(self, other: Alarm) -> bool:
        return (self.when, self.order) < (other.when, other.order)


class Alarms:
    """The alarms of many sleepers. They know no clock, no thread and no lock."""

    def __init__(self) -> None:
        self._heap: list[Alarm] = []
        self._orders = count()
        self._cancelled = 0  # in the heap, at most

    def __len__(self) -> int:
        return len(self._heap)

    @property
    def next(self) -> float | None:
        """The moment of the next alarm, perhaps of one that was cancelled; None: there is none."""
        return self._heap[0].when if self._heap else None

    def set(self, sleeper: Sleeper, when: float) -> bool:
        """Wake a sleeper at a moment. False: it has an alarm that is as early."""
        alarm = sleeper.alarm
        if alarm is not None and alarm.when <= when:
            return False
        self.cancel(sleeper)
        sleeper.alarm = alarm = Alarm(when, next(self._orders), sleeper)
        heapq.heappush(self._heap, alarm)
        return True

    def cancel(self, sleeper: Sleeper) -> None:
        """Do not wake a sleeper, and do not keep it alive."""
        alarm, sleeper.alarm = sleeper.alarm, None
        if alarm is None:
            return
        alarm.sleeper = None
        self._cancelled += 1
        if self._cancelled > 64 and 2 * self._cancelled > len(self._heap):
            self._heap = [each for each in self._heap if each.sleeper is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def pop_due(self, now: float) -> list[Sleeper]:
        """Return those whose moment has come, and let go of them."""
        due = []
        heap = self._heap
        while heap and (heap[0].sleeper is None or heap[0].when <= now):
            sleeper = heapq.heappop(heap).sleeper
            if sleeper is not None:
                sleeper.alarm = None
                due.append(sleeper)
        return due

    def clear(self) -> None:
        """Wake no one."""
        self._heap.clear()
