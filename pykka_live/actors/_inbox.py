"""Lets plain Pykka refs and proxies reach a supervised actor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pykka_live.actors._current import sender_of
from pykka_live.actors._envelope import Envelope
from pykka_live.actors._errors import ActorError
from pykka_live.actors._replies import PykkaReply

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell

__all__ = ["Inbox"]


class Inbox:
    """What Pykka takes for the actor's queue: puts mail into the mailbox, and takes none out."""

    __slots__ = ("_cell",)

    def __init__(self) -> None:
        self._cell: Cell | None = None

    def bind(self, cell: Cell) -> None:
        """Say whose mailbox it is."""
        self._cell = cell

    def put(self, envelope: Any, /) -> None:
        """Add an envelope of Pykka's, as `Cell.tell` and `Cell.ask` would."""
        if self._cell is None:
            raise ActorError("the actor was not started by a supervisor")
        reply = None if envelope.reply_to is None else PykkaReply(envelope.reply_to)
        mail = Envelope(envelope.message, reply, sender_of(None))
        if not self._cell.mailbox.offer(mail):
            self._cell._wait(mail, self._cell.spec.block_timeout)

    def get(self) -> Any:
        """Refuse: mail is taken by the incarnation only."""
        raise ActorError("mail of a supervised actor is taken by its incarnation only")

    def empty(self) -> bool:
        """Say that there is nothing that Pykka could throw away."""
        return True
