"""Snapshots of cells, for those who look inside."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pykka_live.actors._errors import describe
from pykka_live.actors._messages import message_name

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell

__all__ = ["CellInfo", "LastError"]


@dataclass(frozen=True)
class LastError:
    """The last failure of an actor.

    `time` is seconds since the epoch; `message` is the name of the message that caused it.
    """

    type: str
    text: str
    time: float
    message: str | None
    traceback: str

    @classmethod
    def of(cls, error: BaseException, message: Any) -> LastError:
        """Take down an error and the message that caused it, without keeping either alive."""
        return cls(
            type(error).__name__,
            describe(error).partition(": ")[2],
            time.time(),
            None if message is None else message_name(message),
            "".join(traceback.format_exception(type(error), error, error.__traceback__)),
        )


@dataclass(frozen=True)
class CellInfo:
    """The state of a cell at one moment.

    Times are in seconds; `started_at` since the epoch. `waited` is the time that handled messages
    spent in the mailbox, in all. `idle` is the time since the last message was begun, `busy` the
    time that the current one takes (0 without one).
    """

    path: str
    kind: str
    state: str
    incarnation: int
    is_supervisor: bool
    mailbox: int
    capacity: int | None
    handled: int
    failures: int
    restarts: int
    overflows: int
    waited: float
    idle: float
    busy: float
    current: str | None
    started_at: float | None
    last_error: LastError | None

    @classmethod
    def of(cls, cell: Cell) -> CellInfo:
        """Take a snapshot."""
        current = cell.current
        since = (time.monotonic_ns() - cell.busy_since) * 1e-9 if cell.busy_since else 0.0
        return cls(
            path=cell.path,
            kind=cell.kind,
            state=cell.state,
            incarnation=cell.incarnation,
            is_supervisor=cell.is_supervisor,
            mailbox=len(cell.mailbox),
            capacity=cell.mailbox.capacity,
            handled=cell.handled,
            failures=cell.failures,
            restarts=cell.restarts,
            overflows=cell.overflows,
            waited=cell.waited * 1e-9,
            idle=since,
            busy=since if current is not None else 0.0,
            current=None if current is None else message_name(current.message),
            started_at=cell.started_at,
            last_error=cell.last_error,
        )
