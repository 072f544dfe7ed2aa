"""The messages that actors and supervisors understand by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, ClassVar

from pykka_live.actors._errors import Fenced, Killed

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._incarnation import Incarnation
    from pykka_live.actors._spec import ChildSpec

__all__ = [
    "ChildCounts",
    "ChildInfo",
    "CountChildren",
    "DeleteChild",
    "Down",
    "Exit",
    "GetState",
    "Ping",
    "PoisonPill",
    "ReplaceChild",
    "RestartChild",
    "Resume",
    "StartChild",
    "Suspend",
    "TerminateChild",
    "WhichChildren",
    "class_called",
    "message_name",
]


def message_name(message: Any) -> str:
    """Return what to call a message in logs and statistics: its own `log_name`, if that is a short
    text, or the name of its class."""
    try:
        name = getattr(message, "log_name", None)
    except (Fenced, Killed):
        raise
    except BaseException:  # it is a name only
        name = None
    return name if isinstance(name, str) and len(name) <= 100 else type(message).__name__


def class_called(kind: type) -> str:
    """Return what to call the messages of a class, of which no more is known."""
    name = getattr_static(kind, "log_name", None)
    return name if isinstance(name, str) and len(name) <= 100 else kind.__name__


@dataclass(frozen=True)
class PoisonPill:
    """User mail: the actor ends with `reason`, after the mail queued before this message."""

    reason: str = "normal"


@dataclass(frozen=True)
class Down:
    """User mail: the monitored actor at `path` ended for good."""

    path: str
    reason: str


@dataclass(frozen=True)
class Ping:
    """System mail: answered with True between two messages."""


@dataclass(frozen=True)
class Suspend:
    """System mail: leave user mail and timers alone until `Resume`; answered with True."""


@dataclass(frozen=True)
class Resume:
    """System mail: go on with the user mail; answered with True."""


@dataclass(frozen=True)
class GetState:
    """System mail: answered with what `get_state` of the actor returns."""


@dataclass(frozen=True)
class StartChild:
    """System mail to a supervisor: answered with the child's cell when its `on_start` is done."""

    spec: ChildSpec


@dataclass(frozen=True)
class TerminateChild:
    """System mail to a supervisor: answered with True when the child is down.

    With a cell it concerns that child alone, and not another that came after it. `within` so many
    seconds the child has to end, instead of its `shutdown`.
    """

    id: str
    reason: str = "shutdown"
    cell: Cell | None = None
    within: float | None = None


@dataclass(frozen=True)
class ReplaceChild:
    """System mail to a supervisor: a new incarnation of a child that lives takes over; answered as
    `StartChild`.

    `cell` and `within` are as for `TerminateChild`.
    """

    id: str
    cell: Cell | None = None
    within: float | None = None


@dataclass(frozen=True)
class RestartChild:
    """System mail to a supervisor: starts a kept child that is down; answered as `StartChild`."""

    id: str


@dataclass(frozen=True)
class DeleteChild:
    """System mail to a supervisor: forgets a kept child that is down; answered with True."""

    id: str


@dataclass(frozen=True)
class WhichChildren:
    """System mail to a supervisor: answered with a tuple of `ChildInfo`, in order of start."""


@dataclass(frozen=True)
class CountChildren:
    """System mail to a supervisor: answered with `ChildCounts`."""


@dataclass(frozen=True)
class ChildInfo:
    """One child, as `WhichChildren` tells of it."""

    id: str
    cell: Cell
    state: str
    kind: str
    is_supervisor: bool


@dataclass(frozen=True)
class ChildCounts:
    """The children, as `CountChildren` tells of them."""

    specs: int
    active: int
    supervisors: int
    workers: int


@dataclass(frozen=True)
class Exit:
    """How an incarnation ended. With an error it failed."""

    reason: str
    error: BaseException | None = None


@dataclass(frozen=True)
class Goodbye:
    """What an actor is busy with in its last hook; no mail."""

    log_name: ClassVar[str] = "its end"

    exit: Exit


@dataclass(frozen=True)
class Stop:
    """System mail: end with `reason`. Put behind user mail, that is handled first.

    A supervisor lets its children handle their mail until `drain_until`, and gives up those that
    live after `deadline`; both are moments of the system's clock. Meant for one incarnation: one
    that fails at the same time leaves the order in the mailbox, where it must not stop the next.
    """

    reason: str
    incarnation: int | None = None
    drain_until: float | None = None
    deadline: float | None = None


@dataclass(frozen=True)
class Started:
    """System mail to the supervisor: this incarnation is up."""

    cell: Cell
    incarnation: Incarnation


@dataclass(frozen=True)
class Exited:
    """System mail to the supervisor: this incarnation has ended. The last act of its thread."""

    cell: Cell
    incarnation: Incarnation
    exit: Exit


@dataclass(frozen=True)
class Wake:
    """System mail that does nothing but make the actor look at its timers."""

    payload: Any = None
