"""What the actor system tells those who watch it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic_ns
from typing import TYPE_CHECKING, Literal

from pykka_live.actors._current import is_given_up
from pykka_live.actors._messages import message_name
from pykka_live.actors._reports import report
from pykka_live.logs import own_logger

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._dead_letters import DeadLetter

__all__ = ["Event", "EventKind", "Listener", "Listeners"]

logger = own_logger("pykka_live.actors")

EventKind = Literal[
    "started",
    "failed",
    "resumed",
    "restarted",
    "stopped",
    "busy",
    "escalated",
    "stuck",
    "abandoned",
    "dead_letter",
    "overflow",
]

LEVELS: dict[str, int] = {
    "started": logging.DEBUG,
    "failed": logging.ERROR,
    "resumed": logging.WARNING,
    "restarted": logging.WARNING,
    "stopped": logging.DEBUG,
    "busy": logging.WARNING,
    "escalated": logging.ERROR,
    "stuck": logging.ERROR,
    "abandoned": logging.ERROR,
    "dead_letter": logging.INFO,
    "overflow": logging.INFO,
}


OF_A_MESSAGE = frozenset({"failed", "busy", "stuck", "abandoned"})
"""What happens while an actor handles a message."""


@dataclass(frozen=True)
class Event:
    """Something that happened to an actor.

    kinds: `started` (an incarnation is up), `failed` (a message or a start raised), `resumed` (it
        failed and goes on),
    `restarted` (a further incarnation is up), `stopped` (the cell ended for good), `escalated` (the
    supervisor fails because of a child), `busy` (a message takes long; see
    `ActorSystem.report_busy`), `stuck` (given up while it handled a message), `abandoned`
    (given up while it was to stop), `dead_letter`, `overflow` (the mailbox was full).

    `stack` tells where the thread of an actor was that was given up.
    """

    kind: EventKind
    cell: Cell
    reason: str = ""
    error: BaseException | None = None
    letter: DeadLetter | None = None
    stack: str = ""


Listener = Callable[[Event], object]
"""Called with each event, in the thread in which it happens, without any lock.

Must be quick; what it raises is logged.
"""


class Listeners:
    """Logs each event and hands it to the listeners."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Call `listener` with each event from now on."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Do not call `listener` any more. Unknown ones are ignored."""
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def emit(self, event: Event) -> None:
        """Log an event and tell the listeners."""
        _contained(_log, event)
        for listener in self._listeners:
            _contained(listener, event)


def _log(event: Event) -> None:
    level = LEVELS[event.kind]
    if event.kind == "stopped" and event.cell.state == "failed":
        level = logging.ERROR  # nothing will bring it back
    cell = event.cell
    ref = cell.data.pop("ref", None) if event.kind == "failed" else None
    if logger.isEnabledFor(level):
        error = event.error
        message = cell.current if event.kind in OF_A_MESSAGE else None
        logger.log(
            level,
            "%s: %s%s%s",
            event.cell.path,
            event.kind,
            f" ({event.reason})" if event.reason else "",
            f"\n{event.stack.rstrip()}" if event.stack else "",
            exc_info=error if event.kind in ("failed", "escalated") else None,
            extra={
                "path": event.cell.path,
                "actor_kind": event.cell.kind,
                "event": event.kind,
                "reason": event.reason,
                "incarnation": event.cell.incarnation,
                "view": cell.data.get("class", ""),
                "message_name": "" if message is None else message_name(message.message),
                "ref": ref,
                "duration": None if message is None else (monotonic_ns() - cell.busy_since) * 1e-9,
            },
        )


def _contained(listener: Listener, event: Event) -> None:
    """Tell a listener; its errors concern no actor."""
    try:
        listener(event)
    except BaseException:
        if is_given_up():
            raise
        path = event.cell.path
        report("A listener failed on %s of %s", event.kind, path, path=path)
