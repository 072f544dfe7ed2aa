"""What one tab has joined, and whose mailboxes its frames go to."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from pykka_live.actors import Cell
from pykka_live.exceptions import HandlerNotFound, MailboxFull
from pykka_live.live import hooks
from pykka_live.live.events import find_handler
from pykka_live.live.messages import CallEvent, Detach, Leave, SocketGone
from pykka_live.live.record import ComponentRecord
from pykka_live.transport import frames
from pykka_live.transport.socket import BrowserSocket, EventAnswer, ViewLink

MAX_PENDING = 200
"""How many requests of one socket may wait for an answer; our client keeps to 16 per view."""


class Links:
    """The views that a socket has joined, by their numbers, and the sessions that know it.

    Args:
        socket: whose they are.
        answer: makes what answers a frame that is passed on.

    Attributes:
        sessions: those that are told when the socket goes.
        gone: what they were told, if it has.
    """

    def __init__(
        self,
        socket: BrowserSocket,
        answer: Callable[[ViewLink, int], EventAnswer] = EventAnswer,
    ) -> None:
        self._socket = socket
        self._answer = answer
        self._views: dict[int, ViewLink] = {}
        self._numbers = itertools.count(1)
        self.sessions: set[Cell] = set()
        self.gone: SocketGone | None = None

    def __len__(self) -> int:
        return len(self._views)

    def new(self) -> ViewLink:
        """Return a place for one more view, which is none of them before it is added."""
        return ViewLink(self._socket, next(self._numbers))

    def add(self, link: ViewLink) -> None:
        """Have a view among them."""
        self._views[link.number] = link

    def remove(self, link: ViewLink) -> None:
        """Have a view among them no longer, if it was."""
        self._views.pop(link.number, None)

    def pass_on(
        self, frame: frames.ViewFrame, seconds: float, received: float | None = None
    ) -> None:
        """Put a message into its view's mailbox; in a full one it waits, in order, for room.

        MAX_PENDING bounds what one socket can make wait.

        Args:
            seconds: how long the answer may take.
            received: when the frame came, as `time.monotonic` tells it; None: now.

        Raises:
            FrameError: a request of this `ref` still waits.
        """
        ref, number, message, component, kind = frame
        link = self._views.get(number) if number else self._first()
        view = link.view if link is not None else ""
        if self._socket.pending.add(ref, seconds, view, kind, received) is None:
            raise still_waits(ref)
        if link is None or not link.joined:
            which = f"a view {number}" if number else "any view"
            self._socket.refuse(ref, "unknown_view", f"this socket has not joined {which}")
            return
        part = link.component(component) if component else None
        view_cell = link.cell
        if view_cell is None:
            self._socket.refuse(ref, "stopped", "the view has ended")
            return
        if component and part is None:
            self._socket.refuse(ref, "unknown_component", f"there is no {component!r}")
            return
        insist = type(message) is not CallEvent
        if type(message) is Leave:
            self.remove(link)
        answer = self._answer(link, ref)
        if part is not None and part.keeps(message, answer):
            return
        cell = view_cell if part is None else part.cell
        assert cell is not None
        try:
            mailbox = cell.mailbox
            if len(mailbox) >= (mailbox.capacity or 0) + MAX_PENDING:
                # Time-outs free places on the socket, but the mail still waits.
                raise MailboxFull(cell.path)
            cell.enqueue(message, answer, insist=insist)
        except MailboxFull as error:
            if type(message) is CallEvent:
                _count_rejected(cell, message.name)
            answer.set_exception(error)

    def _first(self) -> ViewLink | None:
        """Return the view that was joined first, of those that still are."""
        joined = (link for link in self._views.values() if link.joined and link.cell is not None)
        return min(joined, key=lambda link: link.number, default=None)

    def say_goodbye(self, clean: bool) -> None:
        """Tell the sessions, and the views, that the socket is gone.

        Args:
            clean: the tab will not come back.
        """
        self.gone = SocketGone(self._socket, clean)
        for session in self.sessions:
            if session.alive:  # else nobody misses what would be a dead letter
                session.enqueue(self.gone, insist=True)
        for link in list(self._views.values()):
            if link.cell is not None and not clean:
                link.cell.enqueue(Detach(link), insist=True)


def _count_rejected(cell: Cell, name: str) -> None:
    """Count an event for which a mailbox has no room, as one of its handler if it has one."""
    component: ComponentRecord | None = cell.data.get("component")
    part = cell.data["view"].view_class if component is None else component.component_class
    try:
        event = "" if part is None else find_handler(part, name).name
    except HandlerNotFound:
        event = ""
    hooks.emit(hooks.Handled(cell.data["class"], "event", event, "rejected", cell.path))


def still_waits(ref: int) -> frames.FrameError:
    """Refuse a request whose `ref` is that of another one; the answer to that is still to come."""
    return frames.FrameError("bad_frame", f"the 'ref' {ref} is that of a request that still waits")
