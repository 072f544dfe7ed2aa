"""The living cells of a system by their paths and names."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pykka_live.actors._errors import ChildExists, NameTaken

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._system import ActorSystem

__all__ = ["Registry"]


class Registry:
    """Finds cells. `_lock` guards it; held for moments, never while other code runs.

    Args:
        whole: the system that the registry's own is a part of, if it is. What is entered here is
            entered there as well, but for the root
    """

    def __init__(self, whole: ActorSystem | None) -> None:
        self._whole = whole
        self._lock = threading.Lock()
        self._cells: dict[str, Cell] = {}
        self._names: dict[str, Cell] = {}

    def add(self, cell: Cell) -> None:
        """Enter a cell's path and name. Raises ChildExists, NameTaken."""
        if self._whole is not None and cell.parent is not None:
            self._whole._registry.add(cell)
        path, name = cell.path, cell.spec.name
        with self._lock:
            if self._cells.get(path, cell) is not cell:
                raise ChildExists(f"{path} is the path of a child of another supervisor")
            if name is not None:
                holder = self._names.setdefault(name, cell)
                if holder is not cell:
                    raise NameTaken(f"{path}: {holder.path} has the name {name!r}")
            self._cells[path] = cell

    def remove(self, cell: Cell) -> None:
        """Forget a cell that has ended."""
        if self._whole is not None:
            self._whole._registry.remove(cell)
        name = cell.spec.name
        with self._lock:
            if self._cells.get(cell.path) is cell:
                del self._cells[cell.path]
            if name is not None and self._names.get(name) is cell:
                del self._names[name]

    def find(self, path: str) -> Cell | None:
        """Return the live cell at `path`."""
        return self._cells.get(path)

    def whereis(self, name: str) -> Cell | None:
        """Return the live cell of this name."""
        return self._names.get(name)

    def cells(self) -> list[Cell]:
        """Return all live cells, each after its supervisor."""
        with self._lock:
            return list(self._cells.values())
