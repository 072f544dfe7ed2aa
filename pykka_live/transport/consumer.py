"""The Channels consumer: frames in, frames out. It runs on the event loop and no code of the user's
runs here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import Any

from channels.consumer import AsyncConsumer

from pykka_live.actors import ActorError, ActorStopped, Cell
from pykka_live.actors._errors import describe
from pykka_live.conf import live_settings
from pykka_live.exceptions import JoinRefused, MountFailed
from pykka_live.live import pubsub
from pykka_live.live.messages import Attach, OpenView, Refusal
from pykka_live.live.request import Handshake
from pykka_live.live.sessions import end_of, open_session
from pykka_live.live.token import PageToken
from pykka_live.logs import own_logger
from pykka_live.transport import frames, heartbeat
from pykka_live.transport._traffic import ABNORMAL, BAD, Request, traffic
from pykka_live.transport.links import MAX_PENDING, Links, still_waits
from pykka_live.transport.outbox import Outbox
from pykka_live.transport.socket import BrowserSocket, JoinAnswer, watch_deadlines

logger = own_logger(__name__)

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
        self._links = Links(self._socket)
        self._bad_frames = 0
        pubsub.hub.attach()
        heartbeat.begin()
        interval = min(live_settings().event_timeout, live_settings().mount_timeout, 2.0) / 2
        workers = [
            asyncio.create_task(self._socket.outbox.run(send)),
            asyncio.create_task(watch_deadlines(self._socket, interval)),
        ]
        code = ABNORMAL
        traffic.opened()
        try:
            # What wakes a task goes through all that awaits in it, so each frame would go through
            # every layer around this application.
            code = await asyncio.create_task(self._read(receive))
        finally:
            for worker in workers:
                worker.cancel()
            traffic.closed(self._closed_with(code))
            self._socket.outbox.close(1000)
            self._links.say_goodbye(clean=code in _GOODBYES)

    def _closed_with(self, code: int) -> int:
        """Return why the socket has ended: its own side's code, if that closed it, or else that of
        the browser's."""
        own = self._socket.outbox.close_code
        return code if own in (None, ABNORMAL) else own

    # Frames

    async def _read(self, receive: Receive) -> int:
        """Take what comes until the socket is closed; return its code."""
        while True:
            message = await receive()
            if message["type"] == "websocket.receive":
                self._take(message)
            elif message["type"] == "websocket.disconnect":
                code: int = message.get("code") or ABNORMAL
                return code

    def _take(self, message: dict[str, Any]) -> None:
        received = monotonic()
        text = message.get("text")
        outbox = self._socket.outbox
        if outbox.closed:  # whoever is cut off, or was taken over, has no say any more
            return
        if text is None:
            traffic.received(BAD, message.get("bytes") or b"")
            self._bad(frames.FrameError("bad_frame", "frames are text, not bytes"))
        elif len(text) > frames.MAX_FRAME:
            traffic.received(BAD, text)
            limit = f"a frame has at most {frames.MAX_FRAME} characters"
            self._socket.fail(None, "bad_frame", limit)
            outbox.close(TOO_LARGE)
        else:
            kind = BAD
            try:
                frame = frames.parse(text)
                kind = frame.kind
                self._route(frame, received)
            except frames.FrameError as error:
                self._bad(error)
            finally:
                traffic.received(kind, text)

    def _bad(self, error: frames.FrameError) -> None:
        self._bad_frames += 1
        self._socket.fail(error.ref, error.code, str(error))
        if self._bad_frames >= MAX_BAD_FRAMES:
            self._socket.outbox.close(BROKE_PROTOCOL)

    def _route(self, frame: frames.Frame, received: float) -> None:
        pending = self._socket.pending
        if isinstance(frame, frames.PingFrame):
            self._socket.outbox.put(frames.pong(frame.ref))
        elif len(pending) >= MAX_PENDING:
            message = f"more than {MAX_PENDING} requests wait for an answer"
            self._socket.fail(frame.ref, "overloaded", message)
        elif isinstance(frame, frames.ViewFrame):
            self._links.pass_on(frame, live_settings().event_timeout, received)
        else:
            seconds = live_settings().mount_timeout
            request = pending.add(frame.ref, seconds, "", frame.kind, received)
            if request is None:
                raise still_waits(frame.ref)
            self._spawn(self._join(frame, request))

    # Joining and leaving

    async def _join(self, frame: frames.JoinFrame, request: Request) -> None:
        links = self._links
        link = links.new()
        answer = JoinAnswer(link, frame.ref, lambda: links.remove(link), frame.version > 0)
        try:
            token = PageToken.read(frame.token)
            link.view = request.view = token.view
            links.sessions = {session for session in links.sessions if session.alive}
            if max(len(links), len(links.sessions)) >= MAX_VIEWS:
                raise JoinRefused("denied", f"a socket joins at most {MAX_VIEWS} views", 429)
            links.add(link)
            link.cell = cell = await self._open_view(token, frame.tab)
            attach = Attach(
                token,
                self._handshake,
                link,
                frame.version,
                frame.fingerprint,
                frame.components,
            )
            if links.gone is None:
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
            self._links.sessions.add(session)
            try:
                cell: Cell = await session.ask_async(OpenView(token, self._socket))
                return cell
            except ActorStopped:
                # It was about to end; the tab gets a new one.
                await end_of(session)
            finally:
                if self._links.gone is not None:  # the socket went while the session was opened
                    session.enqueue(self._links.gone, insist=True)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        _running.add(task)
        task.add_done_callback(_ended)


# The loop itself does not hold on to a task that nobody awaits.
_running: set[asyncio.Task[Any]] = set()


def _ended(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and task.exception() is not None:
        logger.error("A task of a socket failed", exc_info=task.exception())
