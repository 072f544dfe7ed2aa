"""A tab's connection without a socket: real frames, in text, both ways."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from pykka_live.actors import ActorStopped, Cell
from pykka_live.exceptions import JoinRefused, MailboxFull
from pykka_live.live.messages import Attach, CallEvent, Detach, Leave, OpenView, Refusal, SocketGone
from pykka_live.live.request import Handshake
from pykka_live.live.session import SessionRecord, session_ended, session_id, session_spec
from pykka_live.live.token import PageToken
from pykka_live.testing.places import Place
from pykka_live.transport import frames
from pykka_live.transport.socket import BrowserSocket, EventAnswer, JoinAnswer, ViewLink

Receive = Callable[[dict[str, Any]], None]


class Line:
    """One connection of a tab; another is made when it reconnects.

    Args:
        place: where the actors run.
        handshake: what the browser said when it connected.
        receive: called with each frame of the server, in the order in which they came.

    Attributes:
        failures: what the user's code has raised in answers, by `ref`.
        close_code: with what the server has closed the connection, or None.
    """

    def __init__(self, place: Place, handshake: Handshake, receive: Receive) -> None:
        self._place = place
        self._handshake = handshake
        self._receive = receive
        self._outbox = _Outbox()
        self._socket = BrowserSocket(self._outbox)  # type: ignore[arg-type]
        self._links: dict[int, ViewLink] = {}
        self._numbers = itertools.count(1)
        self._refs = itertools.count(1)
        self._sessions: set[Cell] = set()
        self.failures: dict[int, BaseException] = {}

    @property
    def close_code(self) -> int | None:
        return self._outbox.close_code

    def send(self, **frame: Any) -> int:
        """Send a frame; return its `ref`."""
        ref = next(self._refs)
        text = json.dumps({"t": frame.pop("t"), "ref": ref, **frame})
        if self._outbox.closed:
            return ref
        try:
            parsed = frames.parse(text)
        except frames.FrameError as error:
            self._outbox.put(frames.error(error.ref, error.code, str(error)))
            return ref
        if isinstance(parsed, frames.JoinFrame):
            self._join(parsed)
        elif isinstance(parsed, frames.ViewFrame):
            self._pass_on(parsed)
        return ref

    def take(self) -> bool:
        """Take what the server has sent. Returns whether there was anything."""
        frames = self._outbox.frames
        taken = bool(frames)
        while frames:
            self._receive(json.loads(frames.pop(0)))
        return taken

    def close(self, *, clean: bool) -> None:
        """End the connection: as a browser that leaves the page, or as a line that breaks. Does not
        wait for what comes of it."""
        self._outbox.close(1000)
        gone = SocketGone(self._socket, clean)
        for session in self._sessions:
            session.enqueue(gone, insist=True)
        for link in self._links.values():
            if link.cell is not None and not clean:
                link.cell.enqueue(Detach(link), insist=True)

    def _pass_on(self, frame: frames.ViewFrame) -> None:
        ref, number, message, component = frame
        self._socket.pending.add(ref, 3600.0)
        link = self._links.get(number)
        if link is None or not link.joined:
            self._socket.refuse(ref, "unknown_view", f"this tab has not joined a view {number}")
            return
        part = link.component(component) if component else None
        view_cell = link.cell
        if view_cell is None:
            self._socket.refuse(ref, "stopped", "the view has ended")
            return
        if component and part is None:
            self._socket.refuse(ref, "unknown_component", f"there is no {component!r}")
            return
        if type(message) is Leave:
            del self._links[number]
        answer = _EventAnswer(link, ref, self.failures)
        if part is not None and part.keeps(message, answer):
            return
        cell = view_cell if part is None else part.cell
        assert cell is not None
        try:
            cell.enqueue(message, answer, insist=type(message) is not CallEvent)
        except MailboxFull as error:
            answer.set_exception(error)

    def _join(self, frame: frames.JoinFrame) -> None:
        self._socket.pending.add(frame.ref, 3600.0)
        link = ViewLink(self._socket, next(self._numbers))
        answer = _JoinAnswer(link, frame.ref, lambda: self._links.pop(link.number, None))
        answer.failures = self.failures
        try:
            token = PageToken.read(frame.token)
            self._links[link.number] = link
            link.view = token.view
            with self._place.working():
                link.cell = cell = self._open_view(token, frame.tab)
        except JoinRefused as refused:
            answer.set(Refusal(refused.code, str(refused), refused.status, refused.location))
            return
        attach = Attach(
            token, self._handshake, link, frame.version, frame.fingerprint, frame.components
        )
        cell.enqueue(attach, answer, insist=True)

    def _open_view(self, token: PageToken, tab: str) -> Cell:
        while True:
            session = self._open_session(token, tab)
            self._sessions.add(session)
            try:
                cell: Cell = session.ask(OpenView(token, self._socket))
                return cell
            except ActorStopped:
                self._place.settle()  # it was about to end; the tab gets a new one

    def _open_session(self, token: PageToken, tab: str) -> Cell:
        system = self._place.system
        record = SessionRecord()
        spec = session_spec(session_id(token, tab), record)
        cell = system.find(f"/{spec.id}")
        if cell is None:
            cell = system.start_child(spec)
            cell.watch(lambda ended, reason: session_ended(record, ended, reason))
        return cell


class _Outbox:
    """Where the frames for the tab wait. Any thread may put one in."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.close_code: int | None = None

    @property
    def closed(self) -> bool:
        return self.close_code is not None

    def put(self, frame: str) -> None:
        if not self.closed:
            self.frames.append(frame)

    def close(self, code: int) -> None:
        if not self.closed:
            self.close_code = code


class _EventAnswer(EventAnswer):
    """Remembers what was raised, which the frame does not tell."""

    def __init__(self, link: ViewLink, ref: int, failures: dict[int, BaseException]) -> None:
        super().__init__(link, ref)
        self.failures = failures

    def set_exception(self, error: BaseException) -> None:
        self.failures[self._ref] = error
        super().set_exception(error)


class _JoinAnswer(JoinAnswer):
    """The same for a join."""

    failures: dict[int, BaseException]

    def set_exception(self, error: BaseException) -> None:
        self.failures[self._ref] = error
        super().set_exception(error)
