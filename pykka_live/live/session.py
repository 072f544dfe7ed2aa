"""The live session of one browser tab: the supervisor of its views."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pykka_live.actors import Cell, ChildSpec
from pykka_live.conf import SupervisionPolicy, live_settings
from pykka_live.live import lifecycle, pubsub
from pykka_live.live.actor import RESTART
from pykka_live.live.caretaker import is_expired, moment
from pykka_live.live.family import Guardian
from pykka_live.live.messages import Expire, OpenView, Socket, SocketGone
from pykka_live.live.policy import policy_of, spec_options
from pykka_live.live.record import BY_HAND, ViewRecord
from pykka_live.live.token import PageToken
from pykka_live.live.view import view_class
from pykka_live.live.view_actor import ViewActor

if TYPE_CHECKING:
    from pykka_live.actors._children import Child

ABANDONED = "abandoned"
"""The reason with which a view ends whose session was given up."""

CRASHED = "The page's code failed too often and was stopped."

STOPPED = "The page was stopped by those who run this site."

FAILED_SHUTDOWN = 5.0
"""Seconds that the views of a session which has failed have for ending: its other views wait."""


@dataclass
class SessionRecord:
    """What a session's incarnations leave to each other. Only the session's thread writes to it;
    the caretaker looks at `socket` and `active`.

    Attributes:
        views: by view id, in the order in which they were opened.
        socket: the tab's connection, if it has one.
        active: the moment of the session's last message.
        lost: when the tab was lost, by the system's clock; None while it is there.
    """

    views: dict[str, ViewRecord] = field(default_factory=dict)
    socket: Socket | None = None
    active: int = field(default_factory=moment)
    lost: float | None = None


@dataclass(frozen=True)
class _GraceOver:
    """The tab has not come back in time."""


class SessionActor(Guardian):
    """Supervises the views of one tab, and ends when the tab does.

    Args:
        record: what the incarnations of this session share.
    """

    def __init__(self, record: SessionRecord) -> None:
        policy = live_settings().supervision["view"]
        super().__init__(max_restarts=policy.max_restarts, max_seconds=policy.max_seconds)
        self._record = record
        self._grace: Any = None

    def on_start(self) -> None:
        if self.cell.incarnation == 1:
            lifecycle.log("session_opened", self.cell)
        for record in self._record.views.values():
            self._start_view(record)
        if self._record.views and self._record.socket is None:
            self._wait_for_return()
        elif self.cell.incarnation > 1 and not self._record.views:
            self._last_view_ended("left")

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Expire):
            return self._expire(message)
        self._record.active = moment()
        if isinstance(message, OpenView):
            return self._open_view(message)
        if isinstance(message, SocketGone):
            return self._socket_gone(message)
        if isinstance(message, _GraceOver):
            return self._leave("disconnected")
        return super().on_receive(message)

    def _open_view(self, message: OpenView) -> Cell:
        self._seat(message.socket)
        cell = self.cell.children.get(_child_id(message.token))
        if cell is not None:
            return cell
        view_id = message.token.view_id
        record = self._record.views.get(view_id) or ViewRecord(token=message.token)
        view = self._start_view(record)
        self._record.views[view_id] = record
        return view

    def _seat(self, socket: Socket) -> None:
        previous, self._record.socket = self._record.socket, socket
        self._record.lost = None
        if previous is not None and previous is not socket:
            previous.take_over()
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _socket_gone(self, message: SocketGone) -> None:
        if message.socket is not self._record.socket:
            return
        self._record.socket = None
        if message.clean:
            self._leave("left")
        else:
            self._wait_for_return()

    def _leave(self, reason: str) -> None:
        """End when the views have handled what the tab has sent before it left."""
        views = [each for each in self.cell.children.values() if each.kind == "view"]
        if not views:
            self.stop(reason)
        for view in views:
            view.poison(reason)

    def _wait_for_return(self) -> None:
        """Wait for the tab; a restart of the session does not give it more time."""
        now = self.cell.system.clock()
        if self._record.lost is None:
            self._record.lost = now
        left = self._record.lost + live_settings().reconnect_grace - now
        self._grace = self.send_after(max(left, 0.0), _GraceOver())

    def _expire(self, message: Expire) -> None:
        if is_expired(self.cell, message.ttl):
            self.stop("expired")

    def _start_view(self, record: ViewRecord) -> Cell:
        cell = self.start_child(self._view_spec(record))
        cell.watch(lambda ended, reason: self._view_ended(record, ended, reason))
        return cell

    def _view_spec(self, record: ViewRecord) -> ChildSpec:
        policy = policy_of(view_class(record.token.view))
        return view_spec(record, lambda: ViewActor(record), policy)

    def _view_ended(self, record: ViewRecord, cell: Cell, reason: str) -> None:
        pubsub.hub.forget(cell.path)
        lifecycle.ended("view_ended", cell, reason)
        if self._winding or reason == ABANDONED:
            return  # the session ends; if it is restarted, it will open its views again
        # Whose strategy is `stop` does not come back from a sibling's restart.
        record.turn_away()
        if reason == BY_HAND:
            record.screen.stopped("stopped", STOPPED)
        elif cell.state == "failed" or reason == RESTART:
            record.screen.stopped("crashed", CRASHED)
        self._record.views.pop(record.token.view_id, None)
        if not self._record.views:
            self._last_view_ended(reason)

    def _last_view_ended(self, reason: str) -> None:
        self.stop(reason)

    def _start_failed(self, child: Child, error: BaseException) -> None:
        record: ViewRecord | None = child.cell.data.get("view")
        if record is None or record.checkpoint is None or child.spec.strategy_for(error) == "stop":
            super()._start_failed(child, error)
        else:  # its session was restarted, and that counts what fails now
            self._escalate(child, error, error)

    def _begin_to_wind_down(self) -> None:
        assert self._exit is not None
        if self._exit.error is not None and self._deadline is None:
            self._deadline = self.cell.system.clock() + FAILED_SHUTDOWN
        super()._begin_to_wind_down()


def session_id(token: PageToken, tab: str) -> str:
    """Return the id of the live session of a page in a tab.

    A page that is shown by two tabs (duplicated, or from a cache) carries one token, but is two
    sessions; and nobody can come into a session with the token alone.
    """
    return hashlib.sha256(f"{token.session_id}:{tab}".encode()).hexdigest()[:16]


def session_spec(
    id: str, record: SessionRecord, kind: type[SessionActor] = SessionActor
) -> ChildSpec:
    """Return how the root supervises the session `id`, which an actor of this kind runs."""
    current = live_settings()
    return ChildSpec(
        f"sessions/{id}",
        lambda: kind(record),
        capacity=current.mailbox["session"],
        overflow="block",
        kind="session",
        data={"record": record},
        **spec_options(current.supervision["session"]),
    )


def session_ended(record: SessionRecord, cell: Cell, reason: str) -> None:
    """Tell the tab that its session has ended for good, if it does not know."""
    lifecycle.ended("session_ended", cell, reason)
    socket = record.socket
    for view in record.views.values():
        view.turn_away()
    if reason == BY_HAND:
        for view in record.views.values():
            view.screen.stopped("stopped", STOPPED)
    elif cell.state == "failed":
        for view in record.views.values():
            view.screen.stopped("crashed", CRASHED)
    elif reason == "system shutdown" and socket is not None:
        socket.restart()


def _child_id(token: PageToken) -> str:
    return f"views/{token.view_id}"


def view_spec(
    record: ViewRecord, start: Callable[[], ViewActor], policy: SupervisionPolicy
) -> ChildSpec:
    """Return how a session supervises a view."""
    current = live_settings()
    return ChildSpec(
        _child_id(record.token),
        start,
        capacity=current.mailbox["view"],
        overflow=current.overflow,
        shutdown=current.stuck_timeout,  # a busy view is never removed
        kind="view",
        data={"view": record, "class": record.token.view},  # the class is for tree and metrics
        **spec_options(policy),
    )
