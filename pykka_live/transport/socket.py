"""One browser's connection, as its views and their session see it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any

from pykka_live.actors import Cell
from pykka_live.exceptions import (
    ActorStopped,
    ActorTimeout,
    HandlerDenied,
    HandlerFailed,
    MailboxFull,
    MountFailed,
    TemplateFailed,
    ViewStopped,
)
from pykka_live.live.messages import Attached, Refusal, Update, Updates
from pykka_live.live.record import ComponentRecord, ViewRecord
from pykka_live.live.report import debug_detail
from pykka_live.live.system import actor_system
from pykka_live.transport import frames
from pykka_live.transport._traffic import Request, new_request, traffic
from pykka_live.transport.outbox import Outbox

# Not 1012, which some servers (daphne) refuse to send.
SERVICE_RESTART, TAKEN_OVER = 4012, 4000

_OF_THE_USER = (HandlerFailed, TemplateFailed, MountFailed, ViewStopped)

_CODES: tuple[tuple[type[Exception], str], ...] = (
    (HandlerDenied, "denied"),
    (HandlerFailed, "handler_failed"),
    (TemplateFailed, "template_failed"),
    (MountFailed, "mount_failed"),
    (ViewStopped, "crashed"),
    (MailboxFull, "mailbox_full"),
    (ActorStopped, "stopped"),
    (ActorTimeout, "timeout"),
)


class BrowserSocket:
    """The connection of one tab: an outbox, and the requests that wait for an answer.

    Args:
        outbox: takes the frames.
    """

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.pending = Pending()

    def take_over(self) -> None:
        """Close: another socket of the same tab has come."""
        self.outbox.close(TAKEN_OVER)

    def restart(self) -> None:
        """Close: the process stops; another one will answer."""
        self.outbox.close(SERVICE_RESTART)

    def refuse(self, ref: int | None, code: str, message: str, **more: Any) -> None:
        """Answer a request with an error frame, unless it has been answered."""
        request = None if ref is None else self.pending.done(ref)
        if ref is None or request is not None:
            self.fail(ref, code, message, request, **more)

    def fail(
        self,
        ref: int | None,
        code: str,
        message: str,
        request: Request | None = None,
        **more: Any,
    ) -> None:
        """Send an error frame; it may answer a request."""
        traffic.error(code)
        self.outbox.put(frames.error(ref, code, message, **more), request)


class Pending:
    """The refs that wait for an answer, each with its deadline and the view that is asked.

    Every method is one atomic operation on a dictionary, so the event loop and the views' threads
    need no lock.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._waiting: dict[int, Request] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, ref: int) -> bool:
        return ref in self._waiting

    def add(
        self,
        ref: int,
        seconds: float,
        view: str = "",
        kind: str = "event",
        received: float | None = None,
    ) -> Request | None:
        """Note that `ref` has to be answered in so many seconds.

        Args:
            ref: the request's.
            seconds: how long the answer may take.
            view: the dotted name of the class of the view that is asked, if it is known.
            kind: the type of the frame.
            received: when it came, by the clock; None: now.

        Returns:
            The request; None if one of this `ref` waits already.
        """
        if received is None:
            received = self._clock()
        request = new_request(kind, view, received, received + seconds)
        return request if self._waiting.setdefault(ref, request) is request else None

    def done(self, ref: int) -> Request | None:
        """Note that `ref` is being answered, and return its request; None if it has been."""
        return self._waiting.pop(ref, None)

    def overdue(self) -> list[int]:
        """Return the refs whose time is up."""
        now = self._clock()
        return [ref for ref, each in list(self._waiting.items()) if each.due <= now]


class ViewLink:
    """A view's place on a socket: its number there, and its outlet.

    Attributes:
        number: the view's number on this socket.
        view: the dotted name of its class.
        joined: whether its join has succeeded.
    """

    def __init__(self, socket: BrowserSocket, number: int) -> None:
        self.socket = socket
        self.number = number
        self.view = ""
        self.joined = False
        self._cell: Cell | None = None

    @property
    def cell(self) -> Cell | None:
        """The view's cell; a restarted session has a new one at the same path."""
        cell = self._cell
        if cell is not None and not cell.alive:
            cell = actor_system().find(cell.path)
        return cell

    @cell.setter
    def cell(self, cell: Cell) -> None:
        self._cell = cell

    def component(self, id: str) -> ComponentRecord | None:
        """Return the record of a component that the view shows, or None."""
        cell = self.cell
        record: ViewRecord | None = None if cell is None else cell.data.get("view")
        component = None if record is None else record.components.get(id)
        return None if component is None or not component.is_shown else component

    def push(self, update: Update | Updates) -> None:
        """Send an update that answers no request."""
        put = self.socket.outbox.put
        if isinstance(update, Updates):
            put(frames.batch(self.number, update))
        elif update.patches is not None or update.tree is not None:
            put(frames.push(self.number, update))

    def stopped(self, code: str, message: str, component: str = "") -> None:
        """Tell that the view, or one component of it, has ended for good."""
        self.socket.outbox.put(frames.stopped(self.number, code, message, component))


class Answer:
    """Where the answer to one request goes; a reply port."""

    __slots__ = ("_link", "_ref", "_socket")

    def __init__(self, link: ViewLink, ref: int) -> None:
        self._link = link
        self._socket = link.socket
        self._ref = ref

    @property
    def ref(self) -> int:
        """What the browser calls the request."""
        return self._ref

    @property
    def is_late(self) -> bool:
        """Whether the browser has been told already that there was no answer in time."""
        return self._ref not in self._socket.pending

    def set_exception(self, error: BaseException) -> None:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), "handler_failed")
        detail = debug_detail(error) if isinstance(error, _OF_THE_USER) else None
        more = {"detail": detail} if detail is not None else {}
        message = str(error) if detail is not None else _PUBLIC[code]
        self._socket.refuse(self._ref, code, message, **more)

    def _refuse(self, refusal: Refusal) -> None:
        if refusal.code == "redirect":
            request = self._socket.pending.done(self._ref)
            if request is not None:
                self._socket.outbox.put(frames.redirect(self._ref, refusal.location), request)
            return
        more = {"status": refusal.status} if refusal.code == "denied" else {}
        self._socket.refuse(self._ref, refusal.code, refusal.message, **more)


# What a user may read: an exception's own words may hold secrets.
_PUBLIC = {
    "handler_failed": "The page's code failed; it goes on from its last good state.",
    "denied": "This is not permitted.",
    "template_failed": "The page could not be drawn; it goes on from its last good state.",
    "mount_failed": "The page could not be started.",
    "crashed": "The page's code failed and was stopped.",
    "mailbox_full": "The page is busy; the event was not handled.",
    "stopped": "The page ended before it handled the event.",
    "timeout": "The page has not answered in time.",
}


class JoinAnswer(Answer):
    """Answers a join.

    Args:
        link: the view's place.
        ref: the request's.
        failed: called if there will be no view.
        is_return: whether the tab has joined the view before.
    """

    __slots__ = ("_failed", "_is_return")

    def __init__(
        self, link: ViewLink, ref: int, failed: Callable[[], object], is_return: bool = False
    ) -> None:
        super().__init__(link, ref)
        self._failed = failed
        self._is_return = is_return

    def set_exception(self, error: BaseException) -> None:
        self._failed()
        traffic.joined(self._link.view, "failed")
        super().set_exception(error)

    def set(self, answer: Attached | Refusal) -> None:
        view = self._link.view
        if isinstance(answer, Refusal):
            self._failed()
            traffic.joined(view, "failed" if answer.code == "mount_failed" else "refused")
            self._refuse(answer)
            return
        update = answer.update
        self._link.joined = True
        traffic.joined(view, answer.outcome)
        if update.tree is not None:
            traffic.rebuilt(view, "rejoin" if self._is_return else "join")
        request = self._socket.pending.done(self._ref)
        # Also when the join had been given up as timed out: what follows is of this version.
        self._socket.outbox.put(
            frames.joined(
                self._ref,
                self._link.number,
                update,
                resumed=answer.resumed,
                components=answer.components,
            ),
            request,
        )


class EventAnswer(Answer):
    """Answers an event, a refresh or a leave."""

    __slots__ = ()

    @property
    def outlet(self) -> ViewLink:
        """Whoever gets the answer."""
        return self._link

    def set(self, answer: Update | Updates | Refusal) -> None:
        if isinstance(answer, Refusal):
            self._refuse(answer)
            return
        request = self._socket.pending.done(self._ref)
        put = self._socket.outbox.put
        if isinstance(answer, Updates):
            _note_rebuild(request)
            put(frames.batch(self._link.number, answer, self._ref), request)
        elif answer.patches is not None or answer.tree is not None:
            # Late or not, the picture has changed.
            if answer.tree is not None:
                _note_rebuild(request)
            put(frames.reply(self._ref, self._link.number, answer), request)
        elif request is not None:
            put(frames.ok(self._ref, answer.debug), request)


def _note_rebuild(request: Request | None) -> None:
    if request is not None and request.kind == "refresh":
        traffic.rebuilt(request.view, "refresh")


async def watch_deadlines(socket: BrowserSocket, interval: float) -> None:
    """Answer the requests whose time is up with a time-out, for as long as the socket lives."""
    while True:
        await asyncio.sleep(interval)
        for ref in socket.pending.overdue():
            socket.refuse(ref, "timeout", _PUBLIC["timeout"])
