"""Which incarnation the running code belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pykka_live.actors._errors import Fenced

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._incarnation import Incarnation

__all__ = ["check_fence", "current", "current_cell", "is_given_up", "sender_of"]

# A context variable, so that the coroutine of an asynchronous handler, and a thread that it awaits,
# belong to the incarnation as well.
current: ContextVar[Incarnation | None] = ContextVar("pykka_live_incarnation", default=None)


def current_cell() -> Cell | None:
    """Return the cell of the actor whose code runs, or None outside of actors."""
    incarnation = current.get()
    return None if incarnation is None else incarnation.cell


def check_fence() -> None:
    """Raise `Fenced` in code of an incarnation that was given up.

    For what acts on the world on an actor's behalf: nothing that such code does may count.
    """
    incarnation = current.get()
    if incarnation is not None and incarnation.given_up:
        raise Fenced


def is_given_up() -> bool:
    """Whether the code that runs belongs to an incarnation that was given up.

    Then an error that is being contained may be `Killed`, or the fence of its own actor, and has to
    go on. Else it is somebody's mistake, a `Fenced` of another actor included.
    """
    incarnation = current.get()
    return incarnation is not None and incarnation.given_up


def sender_of(sender: Any) -> Any:
    """Return who sends mail: `sender`, or the actor whose code runs.

    Raises Fenced in an incarnation that was given up.
    """
    incarnation = current.get()
    if incarnation is None:
        return sender
    if incarnation.given_up:
        raise Fenced
    return incarnation.cell.path if sender is None else sender
