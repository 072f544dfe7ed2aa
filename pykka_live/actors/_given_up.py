"""The threads that were given up and still live."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._incarnation import Incarnation

__all__ = ["GivenUp"]


class GivenUp:
    """The incarnations of a system whose threads have not come back yet. For any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the set; held for moments
        self._incarnations: set[Incarnation] = set()

    def add(self, incarnation: Incarnation) -> None:
        """Have one among them, unless its thread has come back meanwhile."""
        with self._lock:
            if not incarnation.ended:
                self._incarnations.add(incarnation)

    def discard(self, incarnation: Incarnation) -> None:
        """Have one among them no longer: its thread has come back."""
        with self._lock:
            self._incarnations.discard(incarnation)

    def interrupt(self) -> bool:
        """Interrupt those that are not yet interrupted. False: not all could be."""
        done = [each.interrupt() for each in self._all() if not each.interrupted]
        return all(done)

    def names(self) -> list[str]:
        """Return the names of their threads, sorted."""
        return sorted(each.name for each in self._all())

    def cells(self) -> list[Cell]:
        """Return the cell of each."""
        return [each.cell for each in self._all()]

    def _all(self) -> list[Incarnation]:
        with self._lock:
            return list(self._incarnations)
