"""The fence: only the current incarnation acts for its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pykka_live.actors._errors import Fenced

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._incarnation import Incarnation

__all__ = ["Fence"]


class Fence:
    """Holds the cell's lock while its block runs, if the incarnation is still the current one.

    It keeps nothing of its own, so it can be entered again, also within itself.
    """

    __slots__ = ("_cell", "_incarnation")

    def __init__(self, cell: Cell, incarnation: Incarnation) -> None:
        self._cell = cell
        self._incarnation = incarnation

    def __enter__(self) -> None:
        self._cell._lock.acquire()
        if self._cell._incarnation is not self._incarnation:
            self._cell._lock.release()
            raise Fenced

    def __exit__(self, *_exc: object) -> None:
        self._cell._lock.release()
