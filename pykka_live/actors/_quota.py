"""How much of a flood is told."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["FIRST", "OTHERS", "PERIOD", "LeftOut", "Quota"]

FIRST = 10
"""How many events of one kind that happen to one actor are told in a period."""

PERIOD = 300.0
"""Seconds, from the first of them."""

COUNTED = 1000
"""Pairs of actor and kind that are counted apart; all further ones are counted together."""

OTHERS = "other actors"
"""Stands for the path of those that are counted together."""


@dataclass(frozen=True)
class LeftOut:
    """So many events were not told in a period that is over."""

    path: str
    kind: str
    level: int
    count: int


@dataclass
class _Count:
    """The events of one actor and kind in their period."""

    since: float
    level: int
    events: int = 0


class Quota:
    """Counts what happens to actors, so that a flood of it does not become one of the log.

    Of each actor and kind, `FIRST` events in `PERIOD` seconds are told, and those after them left
    out. It keeps `COUNTED` counts, and for all other actors one of each kind, so however many
    actors there are, it is bounded, and so is what is told. Safe to use from any thread.

    Args:
        clock: seconds, never going back
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        """Begin anew in the child of a fork, where the lock may be held."""
        self._lock = threading.Lock()  # guards the counts
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()  # the oldest first

    def count(self, path: str, kind: str, level: int) -> int:
        """Count an event.

        Args:
            path: the actor's
            kind: what has happened
            level: the log's level for it

        Returns:
            its number in its period, from 1: it is told up to `FIRST`
        """
        key, now = (path, kind), self._clock()
        with self._lock:
            found = self._counts.get(key)
            if found is None:
                if len(self._counts) >= COUNTED:
                    key = (OTHERS, kind)
                found = self._counts.setdefault(key, _Count(now, level))
            found.events += 1
            return found.events

    def over(self, *, everything: bool = False) -> list[LeftOut]:
        """End the periods that are over, or all of them.

        Returns:
            what was left out in them
        """
        now = self._clock()
        ended = []
        with self._lock:
            while self._counts:
                key, oldest = next(iter(self._counts.items()))
                if not everything and now - oldest.since < PERIOD:
                    break
                del self._counts[key]
                if oldest.events > FIRST:
                    ended.append(LeftOut(*key, oldest.level, oldest.events - FIRST))
        return ended
