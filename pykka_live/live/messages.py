"""What sockets, sessions and views say to each other. What each event needs is a named tuple, which
is made faster than a frozen dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

from pykka_live.live.request import Handshake
from pykka_live.live.token import PageToken
from pykka_live.state.snapshot import Snapshot

if TYPE_CHECKING:
    from pykka_live.live.record import ComponentRecord, Record


class Outlet(Protocol):
    """Where a view's pictures go: its place on one socket. Called from the view's thread; must not
    block."""

    def push(self, update: Update | Updates) -> None:
        """Send an update that answers no request."""

    def stopped(self, code: str, message: str, component: str = "") -> None:
        """Tell that the view, or one component of it, has ended for good."""


class Socket(Protocol):
    """The connection of one tab. Called from the session's thread; must not block."""

    def take_over(self) -> None:
        """Close: another socket of the same tab has come."""

    def restart(self) -> None:
        """Close: the process stops; another one will answer."""


# To a session


@dataclass(frozen=True)
class OpenView:
    """A socket wants a view of its page. Answered with the view's cell; what is sent there waits
    until the view is up."""

    token: PageToken
    socket: Socket


@dataclass(frozen=True)
class SocketGone:
    """A socket has closed.

    Attributes:
        clean: the browser said goodbye, so the tab will not come back to this session.
    """

    socket: Socket
    clean: bool


@dataclass(frozen=True)
class Expire:
    """The session seems to have expired: no socket, and no message for `ttl` seconds."""

    ttl: float


# To a view


@dataclass(frozen=True)
class Attach:
    """A join, or a rejoin, of the view's page. Answered with `Attached` or a `Refusal`.

    Attributes:
        version: the last version that the browser has applied; 0 for the page as it was loaded.
        fingerprint: what the browser made of the page, at the first join.
        components: the versions of the components that the browser shows, by their ids.
    """

    log_name: ClassVar[str] = "join"

    token: PageToken
    handshake: Handshake
    outlet: Outlet
    version: int
    fingerprint: int | None
    components: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Detach:
    """The socket behind `outlet` has gone."""

    outlet: Outlet


class CallEvent(NamedTuple):
    """A browser's event. Answered with an `Update` or a `Refusal`."""

    name: str
    params: Mapping[str, Any]

    @property
    def log_name(self) -> str:
        """What logs call it. The browser chose the name, so it may be anything."""
        known = self.name.isascii() and self.name.isidentifier()
        return f"event {self.name if known else ascii(self.name[:20])}"


@dataclass(frozen=True)
class Refresh:
    """The browser has lost track. Answered with an `Update` that holds the whole tree; by a view
    with components, with `Updates`."""


@dataclass(frozen=True)
class Leave:
    """The browser ends the view. Answered with an `Update`."""


@dataclass(frozen=True)
class Info:
    """Something was published to a topic, or sent by another part of the page."""

    log_name: ClassVar[str] = "handle_info"

    message: Any


@dataclass(frozen=True)
class ComponentEvent:
    """A component has something to tell its parent."""

    component_id: str
    name: str
    data: Any

    @property
    def log_name(self) -> str:
        """What logs call it."""
        return f"component event {self.name:.40}"


@dataclass(frozen=True)
class ComponentsFailed:
    """The supervisor of this one's components has failed, so this one does."""

    error: str


@dataclass(frozen=True)
class Contested:
    """Two have placed one component; the later one has it.

    The other one may be about to let go of it, and so may the later one. Whatever tells them to
    comes before this does: it goes to the later one, then to the view, and from there down to the
    other one. If that places it still, it is an error.

    Attributes:
        id: the component's.
        winner: the record of the component; None if nobody has it any more, and whoever gets this
            may take it again.
        way: where this goes next, in turn.
    """

    log_name: ClassVar[str] = "contested"

    id: str
    winner: ComponentRecord | None = None
    way: tuple[Record, ...] = ()


# To a component


@dataclass(frozen=True)
class Show:
    """Be mounted, if that is still to be done, and tell what is to be seen."""

    log_name: ClassVar[str] = "show"


@dataclass(frozen=True)
class UpdateProps:
    """The parent, or `send_update`, passes new props.

    Attributes:
        props: the props; None: those that the parent has passed last.
        is_partial: whether the slots stay what they are.
    """

    log_name: ClassVar[str] = "update"

    props: Snapshot | None
    is_partial: bool = False


# Answers


class Update(NamedTuple):
    """The picture has `version`.

    Attributes:
        patches: encoded; they lead from the version before. None if nothing changed, or `tree` says
            it all.
        tree: the whole region, encoded; or None.
        patch_count: how many patches there are.
        debug: with `DEBUG`, what it took to get here, encoded; else None.
        component: the id of the component whose picture it is; empty for the view's own.
    """

    version: int
    patches: bytes | None = None
    tree: bytes | None = None
    patch_count: int = 0
    debug: bytes | None = None
    component: str = ""

    @property
    def is_change(self) -> bool:
        """Whether there is something new to be seen."""
        return self.patches is not None or self.tree is not None

    def acknowledgement(self) -> Update:
        """Return what there is to tell of this to somebody who has been shown it."""
        return Update(self.version, debug=self.debug, component=self.component)


class Updates(NamedTuple):
    """Several updates of one view and its components, to be shown at once, in this order."""

    parts: tuple[Update, ...]


Arrival = Literal["adopted", "mounted", "resumed", "restored", "remounted"]


@dataclass(frozen=True)
class Attached:
    """A join succeeded: the browser has this to do, and that of the components.

    Attributes:
        outcome: what the join found. A page whose view was `adopted`, or a view that had to be
            `mounted`; for a tab that comes back, its view as it was left (`resumed`), one that has
            come up from a checkpoint since (`restored`), or none (`remounted`).
    """

    update: Update
    outcome: Arrival
    components: tuple[Update, ...] = ()

    @property
    def resumed(self) -> bool:
        """Whether the live session was still there."""
        return self.outcome in ("resumed", "restored")


@dataclass(frozen=True)
class Refusal:
    """An answer to what the framework or the project refuses, which is no failure of the view.

    Attributes:
        code: an error code of the wire protocol, or `redirect`.
        status: the HTTP status that a join was answered with, else 0.
        location: where a redirect leads.
    """

    code: str
    message: str
    status: int = 0
    location: str = ""
