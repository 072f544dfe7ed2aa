"""How the parts of a page talk to each other: messages that never wait, and copies of what they
say."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pykka_live.actors import check_fence
from pykka_live.exceptions import ComponentNotFound, ViewNotFound
from pykka_live.live.delivery import bury, deliver
from pykka_live.live.messages import ComponentEvent, Info, UpdateProps
from pykka_live.live.system import find_actor
from pykka_live.state.snapshot import Snapshot, Uncopyable, take_snapshot

if TYPE_CHECKING:
    from pykka_live.live.component import LiveComponent
    from pykka_live.live.part import Part
    from pykka_live.live.placements import Placements
    from pykka_live.live.record import ComponentRecord, Record, ViewRecord

_ATOMS = frozenset({str, int, float, bool, bytes, type(None)})


class Mail(NamedTuple):
    """What a part of a page has done before the page was live: the name of a method of `Place`, and
    its arguments."""

    method: str
    arguments: tuple[Any, ...]


class Place(Protocol):
    """Where a view or a component stands among the others of its page."""

    def send(self, component_id: str, message: Any) -> None:
        """See `Part.send`."""

    def broadcast(self, message: Any) -> None:
        """See `Part.broadcast`."""

    def send_parent(self, name: str, data: Any) -> None:
        """See `LiveComponent.send_parent`."""

    def preload(self, name: str, id: str, props: dict[str, Any]) -> None:
        """See `Part.preload`."""

    def find(self, component_id: str) -> ComponentRef | None:
        """See `Part.find_component`."""

    def find_all(self, cls: type) -> list[ComponentRef]:
        """See `Part.find_components`."""


class ComponentRef:
    """A component, as others see it: who it is, and what can be told to it.

    Attributes:
        id: its id.
        component_class: its class.
        path: the path of its actor.
    """

    __slots__ = ("_record", "component_class", "id", "path")

    def __init__(self, record: ComponentRecord) -> None:
        self._record = record
        self.id = record.id
        self.component_class: type[LiveComponent] = record.component_class
        self.path = record.cell.path if record.cell is not None else ""

    def __repr__(self) -> str:
        return f"<{self.component_class.__name__} {self.id!r}>"

    @property
    def restarts(self) -> int:
        """How often its supervisor has started it again."""
        return self._record.cell.restarts if self._record.cell is not None else 0

    def send(self, message: Any) -> None:
        """Send it a message; as `Part.send`."""
        check_fence()
        _send(self._record, self.id, self._record.view, message)

    def update(self, **props: Any) -> None:
        """Pass it some props, as `send_update` does."""
        check_fence()
        _hand_over(self._record, UpdateProps(_pictured(props), is_partial=True))


class LivePlace:
    """The place of a part whose page is live: it has an actor, and messages leave at once.

    Args:
        record: the part's own.
        view: that of its view.
        placements: its components.
    """

    def __init__(self, record: Record, view: ViewRecord, placements: Placements) -> None:
        self._record = record
        self._view = view
        self._placements = placements
        self._kept: list[Mail] | None = None

    def keep(self) -> None:
        """Keep what is sent from now on: it may be for those whom the first picture shows."""
        self._kept = []

    def let_go(self) -> None:
        """Send what was kept."""
        mail, self._kept = self._kept, None
        replay(mail or [], self)

    def send(self, component_id: str, message: Any) -> None:
        check_fence()
        if self._kept is not None:
            self._kept.append(Mail("send", (component_id, copied(message))))
            return
        _send(self._view.components.get(component_id), component_id, self._view, message)

    def broadcast(self, message: Any) -> None:
        check_fence()
        if self._kept is not None:
            self._kept.append(Mail("broadcast", (copied(message),)))
            return
        for record in list(self._view.components.values()):
            if record is not self._record:
                _send(record, record.id, self._view, message)

    def send_parent(self, name: str, data: Any) -> None:
        check_fence()
        owner: Record | None = getattr(self._record, "owner", None)
        if owner is not None and owner.cell is not None:
            deliver(owner.cell, ComponentEvent(self._record.component, name, copied(data)))

    def preload(self, name: str, id: str, props: dict[str, Any]) -> None:
        check_fence()
        self._placements.prepare(name, id, props)

    def find(self, component_id: str) -> ComponentRef | None:
        record = self._view.components.get(component_id)
        return None if record is None else ComponentRef(record)

    def find_all(self, cls: type) -> list[ComponentRef]:
        records = list(self._view.components.values())
        return [ComponentRef(each) for each in records if issubclass(each.component_class, cls)]


class PagePlace:
    """The place of a part that is mounted for a page's request: nobody lives yet, so what it sends
    is kept until the socket has joined.

    Attributes:
        mail: what it has sent.
    """

    def __init__(self) -> None:
        self.mail: list[Mail] = []

    def send(self, component_id: str, message: Any) -> None:
        self.mail.append(Mail("send", (component_id, copied(message))))

    def broadcast(self, message: Any) -> None:
        self.mail.append(Mail("broadcast", (copied(message),)))

    def send_parent(self, name: str, data: Any) -> None:
        self.mail.append(Mail("send_parent", (name, copied(data))))

    def preload(self, name: str, id: str, props: dict[str, Any]) -> None:
        self.mail.append(Mail("preload", (name, id, copied(props))))

    def find(self, component_id: str) -> ComponentRef | None:
        return None

    def find_all(self, cls: type) -> list[ComponentRef]:
        return []


def replay(mail: list[Mail], place: Place) -> None:
    """Send what was kept, now that the page is live."""
    for method, arguments in mail:
        getattr(place, method)(*arguments)


def send_update(view: str | Part, component_id: str | int, **props: Any) -> None:
    """Pass props to a component, from anywhere in the process: its `update(**props)` runs.

    Never waits. The component gets copies. They hold until its parent passes others.

    Args:
        view: the path of the view's actor, or the view itself.
        component_id: the component's id.
        props: those that change.

    Raises:
        ViewNotFound: if no live view has this path.
        ComponentNotFound: if the view has no such component now.
        TypeError: if a prop cannot be copied, or `view` is neither a path nor a view.
        Fenced: in a handler that was given up because it was stuck; nothing is sent.
    """
    check_fence()
    try:
        path = view if isinstance(view, str) else view._live_path
    except AttributeError:
        raise TypeError(
            f"send_update takes a view, or the path of its actor, not {view!r}"
        ) from None
    if path is None:
        raise ViewNotFound(f"this {type(view).__qualname__} is not live: its page is not joined")
    cell = find_actor(path)
    record: ViewRecord | None = None if cell is None else cell.data.get("view")
    if record is None:
        hint = "" if path.startswith("/") else "; a path is wanted, such as that of a `Mounted`"
        raise ViewNotFound(f"there is no live view at {path!r}{hint}")
    component = record.components.get(str(component_id))
    message = UpdateProps(_pictured(props), is_partial=True)
    if component is not None and component.keeps(message):
        return
    if component is None or component.cell is None or not component.cell.alive:
        raise ComponentNotFound(f"{path} has no component {component_id!r}")
    deliver(component.cell, message)


def copied(value: Any) -> Any:
    """Return a copy that shares nothing that can change with the original.

    Raises:
        TypeError: if it cannot be copied.
    """
    if type(value) in _ATOMS:
        return value
    holder = SimpleNamespace()
    _pictured({"message": value}).restore(holder)
    return holder.message


def _pictured(values: dict[str, Any]) -> Snapshot:
    try:
        return take_snapshot(SimpleNamespace(**values), is_strict=True)
    except Uncopyable as error:
        raise TypeError(
            f"{error} cannot be copied, as all must be that one part of a page sends to another"
        ) from None


def _send(record: ComponentRecord | None, id: str, view: ViewRecord, message: Any) -> None:
    message = Info(copied(message))
    if record is not None:
        _hand_over(record, message)
    elif view.cell is not None:
        bury(view.cell, f"{view.cell.path}/components/{id}", message, "no such component")


def _hand_over(record: ComponentRecord, message: Any) -> None:
    """Deliver a message to a component, or keep it until whoever has placed that has started it."""
    if not record.keeps(message):
        assert record.cell is not None
        deliver(record.cell, message)
