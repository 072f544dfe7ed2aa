"""The Channels consumer: frames in, frames out. It runs on the event loop and no code of the user's
runs here."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from channels.consumer import AsyncConsumer

from pykka_live.actors import ActorError, ActorStopped, Cell
from pykka_live.actors._errors import describe
from pykka_live.conf import live_settings
from pykka_live.exceptions import JoinRefused, MailboxFull, MountFailed
from pykka_live.live import hooks, pubsub
from pykka_live.live.messages import (
    Attach,
    CallEvent,
    Detach,
    Leave,
    OpenView,
    Refusal,
    SocketGone,
)
from pykka_live.live.request import Handshake
from pykka_live.live.sessions import end_of, open_session
from pykka_live.live.token import PageToken
from pykka_live.transport import frames
from pykka_live.transport.outbox import Outbox
from pykka_live.transport.socket import (
    BrowserSocket,
    EventAnswer,
    JoinAnswer,
    ViewLink,
    watch_deadlines,
)

logger = logging.getLogger(__name__)

MAX_PENDING = 200
"""How many requests of one socket may wait for an answer; our client keeps to 16 per view."""

MAX_VIEWS = 50
"""How many views one socket may join."""

MAX_BAD_FRAMES = 20
"""After so many frames that are no frames, the socket is closed."""

# Not 1008 and 1009, which some servers (daphne) refuse to send.
BROKE_PROTOCOL, TOO_LARGE = 4008, 4009
_GOODBYES = (1000, 1001)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class LiveConsumer(AsyncConsumer):
    """One browser's socket.

    It reads frames itself instead of through Channels' dispatch, which would cost more than all the
    rest of an event's way, and routes each to the mailbox of its view. Answers come back from the
    views' threads through the outbox.
    """

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        self._handshake = Handshake.from_scope(scope)
        self._socket = BrowserSocket(Outbox())
        self._links: dict[int, ViewLink] = {}
        self._numbers = itertools.count(1)
        self._sessions: set[Cell] = set()
        self._gone: SocketGone | None = None
        self._bad_frames = 0
        pubsub.hub.attach()
        interval = min(live_settings().event_timeout, live_settings().mount_timeout, 2.0) / 2
        workers = [
            asyncio.create_task(self._socket.outbox.run(send)),
            asyncio.create_task(watch_deadlines(self._socket, interval)),
        ]
        clean = False
        try:
            # What wakes a task goes through all that awaits in it, so each frame would go through
            # every layer around this application.
            clean = await asyncio.create_task(self._read(receive))
        finally:
            for worker in workers:
                worker.cancel()
            self._socket.outbox.close(1000)
            self._say_goodbye(clean)

    # Frames

    async def _read(self, receive: Receive) -> bool:
        """Take what comes until the socket is closed; tell whether it is for good."""
        while True:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._take(message)
            elif message["type"] == "websocket.disconnect":
                return message.get("code") in _GOODBYES

    def _take(self, message: dict[str, Any]) -> None:
        text = message.get("text")
        outbox = self._socket.outbox
        if outbox.closed:  # whoever is cut off, or was taken over, has no say any more
            return
        if text is None:
            self._bad(frames.FrameError("bad_frame", "frames are text, not bytes"))
        elif len(text) > frames.MAX_FRAME:
            outbox.put(
                frames.error(
                    None, "bad_frame", f"a frame has at most {frames.MAX_FRAME} characters"
                )
            )
            outbox.close(TOO_LARGE)
        else:
            try:
                self._route(frames.parse(text))
            except frames.FrameError as error:
                self._bad(error)

    def _bad(self, error: frames.FrameError) -> None:
        self._bad_frames += 1
        self._socket.outbox.put(frames.error(error.ref, error.code, str(error)))
        if self._bad_frames >= MAX_BAD_FRAMES:
            self._socket.outbox.close(BROKE_PROTOCOL)

    def _route(self, frame: frames.Frame) -> None:
        pending = self._socket.pending
        if isinstance(frame, frames.PingFrame):
            self._socket.outbox.put(frames.pong(frame.ref))
        elif len(pending) >= MAX_PENDING:
            message = f"more than {MAX_PENDING} requests wait for an answer"
            self._socket.outbox.put(frames.error(frame.ref, "overloaded", message))
        elif isinstance(frame, frames.ViewFrame):
            self._pass_on(frame)
        elif pending.add(frame.ref, live_settings().mount_timeout):
            self._spawn(self._join(frame))
        else:
            raise _still_waits(frame.ref)

    def _pass_on(self, frame: frames.ViewFrame) -> None:
        """Put a message into its view's mailbox; in a full one it waits, in order, for room.

        MAX_PENDING bounds what one socket can make wait.
        """
        ref, number, message, component = frame
        link = self._links.get(number) if number else self._first()
        view = link.view if link is not None else ""
        if not self._socket.pending.add(ref, live_settings().event_timeout, view):
            raise _still_waits(ref)
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
            del self._links[link.number]
        answer = EventAnswer(link, ref)
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
            hooks.emit(hooks.Handled(view, "event", "", "rejected", cell.path))
            answer.set_exception(error)

    def _first(self) -> ViewLink | None:
        """Return the view that was joined first, of those that still are."""
        joined = (link for link in self._links.values() if link.joined and link.cell is not None)
        return min(joined, key=lambda link: link.number, default=None)

    # Joining and leaving

    async def _join(self, frame: frames.JoinFrame) -> None:
        link = ViewLink(self._socket, next(self._numbers))
        answer = JoinAnswer(link, frame.ref, lambda: self._links.pop(link.number, None))
        try:
            token = PageToken.read(frame.token)
            self._sessions = {session for session in self._sessions if session.alive}
            if max(len(self._links), len(self._sessions)) >= MAX_VIEWS:
                raise JoinRefused("denied", f"a socket joins at most {MAX_VIEWS} views", 429)
            self._links[link.number] = link
            link.view = token.view
            link.cell = cell = await self._open_view(token, frame.tab)
            attach = Attach(
                token,
                self._handshake,
                link,
                frame.version,
                frame.fingerprint,
                frame.components,
            )
            if self._gone is None:
                cell.enqueue(attach, answer, insist=True)
        except JoinRefused as refused:
            answer.set(Refusal(refused.code, str(refused), refused.status, refused.location))
        except ActorError as error:
            answer.set_exception(error)
        except Exception as error:
            answer.set_exception(MountFailed(describe(error)))
            raise

    async def _open_view(self, token: PageToken, tab: str) -> Cell:
        """Return the cell of a view, whose session knows this socket from now on."""
        while True:
            session = await open_session(token, tab)
            self._sessions.add(session)
            try:
                cell: Cell = await session.ask_async(OpenView(token, self._socket))
                return cell
            except ActorStopped:
                # It was about to end; the tab gets a new one.
                await end_of(session)
            finally:
                if self._gone is not None:  # the socket went while the session was opened
                    session.enqueue(self._gone, insist=True)

    def _say_goodbye(self, clean: bool) -> None:
        self._gone = SocketGone(self._socket, clean)
        for session in self._sessions:
            session.enqueue(self._gone, insist=True)
        for link in list(self._links.values()):
            if link.cell is not None and not clean:
                link.cell.enqueue(Detach(link), insist=True)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        _running.add(task)
        task.add_done_callback(_ended)


def _still_waits(ref: int) -> frames.FrameError:
    """Refuse a request whose `ref` is that of another one; the answer to that is still to come."""
    return frames.FrameError("bad_frame", f"the 'ref' {ref} is that of a request that still waits")


# The loop itself does not hold on to a task that nobody awaits.
_running: set[asyncio.Task[Any]] = set()


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logger.error("A task of a socket failed", exc_info=task.exception())
