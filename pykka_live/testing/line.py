"""A tab's connection without a socket: real frames, in text, both ways."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

from pykka_live.actors import ActorStopped, Cell
from pykka_live.exceptions import JoinRefused
from pykka_live.live.messages import Attach, OpenView, Refusal
from pykka_live.live.request import Handshake
from pykka_live.live.session import SessionRecord, session_ended, session_id, session_spec
from pykka_live.live.token import PageToken
from pykka_live.testing.places import Place
from pykka_live.transport import frames
from pykka_live.transport.links import Links
from pykka_live.transport.socket import Answer, BrowserSocket, EventAnswer, JoinAnswer, ViewLink

PATIENCE = 3600.0  # seconds that an answer may take: a test waits for itself

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
        self._refs = itertools.count(1)
        self.failures: dict[int, BaseException] = {}
        self._links = Links(self._socket, self._event_answer)

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
            self._links.pass_on(parsed, PATIENCE)
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
        self._links.say_goodbye(clean)

    def _event_answer(self, link: ViewLink, ref: int) -> EventAnswer:
        answer = _EventAnswer(link, ref)
        answer.failures = self.failures
        return answer

    def _join(self, frame: frames.JoinFrame) -> None:
        self._socket.pending.add(frame.ref, PATIENCE)
        link = self._links.new()
        answer = _JoinAnswer(link, frame.ref, lambda: self._links.remove(link))
        answer.failures = self.failures
        try:
            token = PageToken.read(frame.token)
            self._links.add(link)
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
            self._links.sessions.add(session)
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

    def put(self, frame: str, _request: object = None) -> None:
        if not self.closed:
            self.frames.append(frame)

    def close(self, code: int) -> None:
        if not self.closed:
            self.close_code = code


class _Remembers(Answer):
    """Remembers what was raised, which the frame does not tell."""

    failures: dict[int, BaseException]

    def set_exception(self, error: BaseException) -> None:
        self.failures[self._ref] = error
        super().set_exception(error)


class _EventAnswer(_Remembers, EventAnswer):
    """The answer to an event."""


class _JoinAnswer(_Remembers, JoinAnswer):
    """The answer to a join."""
