"""What a supervisor knows of its children, in the order of their start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Literal

from pykka_live.actors._cell import Cell
from pykka_live.actors._errors import ChildNotFound
from pykka_live.actors._incarnation import Incarnation
from pykka_live.actors._messages import ChildCounts, ChildInfo
from pykka_live.actors._spec import ChildSpec
from pykka_live.actors._timers import Timer

__all__ = ["Child", "Children"]

Phase = Literal["starting", "up", "stopping", "down"]


class Child:
    """One child, as its supervisor's thread sees it.

    Attributes:
        phase: `down` also between two incarnations
        established: whether it has been up once since it was started or restarted by request
        attempts: restarts since the last quiet time
        order: higher than that of those who were started before it
        window: moments of its restarts, when it has a limit of its own
        within: seconds in which this incarnation has to end, if they are not those of the spec
    """

    __slots__ = (
        "attempts",
        "cell",
        "established",
        "incarnation",
        "order",
        "phase",
        "reason",
        "spec",
        "timer",
        "unquiet",
        "window",
        "within",
    )

    def __init__(self, spec: ChildSpec, cell: Cell) -> None:
        self.spec = spec
        self.cell = cell
        self.phase: Phase = "down"
        self.incarnation: Incarnation | None = None
        self.established = False
        self.attempts = 0
        self.unquiet = float("-inf")
        self.window: list[float] = []
        self.timer: Timer | None = None
        self.reason = ""
        self.within: float | None = None
        self.order = 0

    def set_timer(self, timer: Timer | None) -> None:
        """Replace the timer of the current phase."""
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer


class Children:
    """The children by id, in the order of their start."""

    def __init__(self) -> None:
        self._children: dict[str, Child] = {}
        self._orders = count(1)

    def __iter__(self) -> Iterator[Child]:
        return iter(list(self._children.values()))

    def __reversed__(self) -> Iterator[Child]:
        return reversed(list(self._children.values()))

    def __len__(self) -> int:
        return len(self._children)

    def __contains__(self, id: str) -> bool:
        return id in self._children

    def add(self, child: Child) -> None:
        """Add a child behind the others."""
        child.order = next(self._orders)
        self._children[child.spec.id] = child

    def remove(self, child: Child) -> None:
        """Forget a child."""
        self._children.pop(child.spec.id, None)

    def get(self, id: str) -> Child | None:
        """Return the child of that id, if there is one."""
        return self._children.get(id)

    def last(self) -> Child | None:
        """Return the child that was started last, if there is one."""
        return next(reversed(self._children.values()), None)

    def of(self, cell: Cell) -> Child | None:
        """Return the child whose cell this is, if there still is one."""
        child = self._children.get(cell.spec.id)
        return child if child is not None and child.cell is cell else None

    def require(self, id: str, path: str) -> Child:
        """Return the child of that id. Raises ChildNotFound."""
        try:
            return self._children[id]
        except KeyError:
            raise ChildNotFound(f"{path} has no child {id!r}") from None

    def from_(self, child: Child) -> list[Child]:
        """Return the child and those started after it."""
        children = list(self._children.values())
        return children[children.index(child) :]

    def which(self) -> tuple[ChildInfo, ...]:
        """Describe each child."""
        return tuple(
            ChildInfo(
                child.spec.id,
                child.cell,
                child.cell.state,
                child.spec.kind,
                child.cell.is_supervisor,
            )
            for child in self
        )

    def count(self) -> ChildCounts:
        """Count the children."""
        supervisors = sum(child.cell.is_supervisor for child in self)
        return ChildCounts(
            specs=len(self),
            active=sum(child.phase != "down" for child in self),
            supervisors=supervisors,
            workers=len(self) - supervisors,
        )
