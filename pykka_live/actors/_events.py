"""What the actor system tells those who watch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pykka_live.actors._current import is_given_up
from pykka_live.actors._event_log import EventLog
from pykka_live.actors._reports import report

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._dead_letters import DeadLetter

__all__ = ["Event", "EventKind", "Listener", "Listeners"]

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
    """Logs events and hands each to the listeners.

    Args:
        clock: seconds, never going back, by which the log goes

    Attributes:
        log: what logs
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.log = EventLog(clock)
        self._listeners: tuple[Listener, ...] = ()

    def add(self, listener: Listener) -> None:
        """Call `listener` with each event from now on."""
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """Do not call `listener` any more. Unknown ones are ignored."""
        self._listeners = tuple(each for each in self._listeners if each != listener)

    def emit(self, event: Event) -> None:
        """Log an event and tell the listeners."""
        _contained(self.log.log, event)
        for listener in self._listeners:
            _contained(listener, event)


def _contained(listener: Listener, event: Event) -> None:
    """Tell a listener; its errors concern no actor."""
    try:
        listener(event)
    except BaseException:
        if is_given_up():
            raise
        path = event.cell.path
        report("A listener failed on %s of %s", event.kind, path, path=path)
