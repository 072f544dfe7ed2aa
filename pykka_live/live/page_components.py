"""The components of a page that a GET answers: mounted in place, and left for the socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pykka_live.live.component import (
    LiveComponent,
    component_class,
    new_component,
    take_props,
)
from pykka_live.live.page import dotted_name
from pykka_live.live.part import SURROUNDINGS, topics_of
from pykka_live.live.placements import Placed, check_depth
from pykka_live.live.props import Props
from pykka_live.live.pubsub import hub
from pykka_live.live.record import ComponentRecord, Record, ViewRecord
from pykka_live.live.slots import check_slots_of
from pykka_live.live.spans import page_span
from pykka_live.live.talking import Mail, PagePlace
from pykka_live.live.user_code import call_with_props
from pykka_live.rendering import compose, gatherer
from pykka_live.state.snapshot import Snapshot, take_snapshot
from pykka_live.vdom import Element

if TYPE_CHECKING:
    from pykka_live.live.stage import Stage


@dataclass(frozen=True)
class ComponentAdoption:
    """A component that was mounted for a page.

    Attributes:
        id, component_class, props: who it is, and what it was given.
        owner: the id of the component that has placed it; empty for the view.
        state, picture: the component's.
        topics, version: what it has subscribed to, and where these topics stood before its mount.
        mail: what it has sent.
    """

    id: str
    component_class: type[LiveComponent]
    props: Snapshot
    owner: str
    state: Snapshot
    picture: Element
    topics: frozenset[str]
    version: object
    mail: list[Mail]


class _Gathering:
    """Notes the components of one rendering; see `Gatherer`."""

    def __init__(self, owner: str, taken: dict[str, Any]) -> None:
        self.target = f"#{owner}" if owner else "view"
        self.owner = owner
        self.placed: dict[str, Placed] = {}
        self._taken = taken

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, Any]) -> str:
        cls = component_class(name)
        if slots:
            check_slots_of(cls, slots)
        if id in self.placed or id in self._taken:
            raise ValueError(f"two components of one view have the id {id!r}")
        self.placed[id] = Placed(cls, {**props, "slots": slots} if slots else props)
        return cls.root_tag()

    def restart(self) -> None:
        self.placed.clear()


class PageComponents:
    """Mounts and renders the components of one view, one after the other, in the thread of the
    page's request.

    Args:
        mark: where all topics stood before the view was mounted.
        view: the dotted name of the view's class.
    """

    def __init__(self, mark: Any, view: str) -> None:
        self._mark = mark
        self._view = view
        self._stage: Stage | None = None
        self._found: dict[str, ComponentAdoption] = {}
        self._depths: dict[str, int] = {}

    @contextmanager
    def gathered(self, stage: Stage) -> Iterator[None]:
        """Mount, at the end of the block, what is placed by what is rendered in it. Raises what
        the user's code raises."""
        self._stage = stage
        with self._within("") as gathering:
            yield
        self._mount_all(gathering)

    @contextmanager
    def _within(self, owner: str) -> Iterator[_Gathering]:
        gathering = _Gathering(owner, self._found)
        token = gatherer.set(gathering)
        try:
            yield gathering
        finally:
            gatherer.reset(token)

    def _mount_all(self, gathering: _Gathering) -> None:
        for id, placed in gathering.placed.items():
            self._mount(gathering.owner, id, placed)

    def _mount(self, owner: str, id: str, placed: Placed) -> None:
        stage = self._stage
        assert stage is not None
        self._depths[id] = depth = self._depths.get(owner, 0) + 1
        check_depth(id, depth - 1)
        if id in self._found:
            raise ValueError(f"two components of one view have the id {id!r}")
        cls = placed.component_class
        props = Props(id).take(placed.props)
        component = new_component(cls, id, stage.request)
        component._live_place = place = PagePlace()
        who: dict[str, Any] = {"component": id, "class_name": dotted_name(cls)}
        with page_span("mount", self._view, event="mount", **who):
            call_with_props(component.mount, take_props(component, props))
            template = component.live_template()
            with self._within(id) as gathering, page_span("render", self._view, **who):
                values = stage.values(component)
                picture = template.render_whole(stage.request, values, stage.processed)
        cls._live_check_root(picture)
        topics = topics_of(component)
        self._found[id] = ComponentAdoption(
            id=id,
            component_class=cls,
            props=props,
            owner=owner,
            state=take_snapshot(component, SURROUNDINGS),
            picture=picture,
            topics=topics,
            version=hub.version(topics, self._mark),
            mail=place.mail,
        )
        self._mount_all(gathering)

    def composed(self, root: Element) -> Element:
        """Return the tree of the page with all components in it."""
        found = self._found
        return compose(root, {each.id: each.picture for each in found.values()}) if found else root

    def adoptions(self) -> tuple[ComponentAdoption, ...]:
        """Return what the socket will adopt, those that hold others first."""
        return tuple(self._found.values())


def adopt_components(
    adoptions: tuple[ComponentAdoption, ...], view: ViewRecord
) -> dict[str, ComponentRecord]:
    """Return the records of the components that a page has left, which nobody has started yet."""
    records: dict[str, ComponentRecord] = {}
    for adoption in adoptions:
        owner: Record = records[adoption.owner] if adoption.owner else view
        records[adoption.id] = ComponentRecord(
            id=adoption.id,
            view=view,
            owner=owner,
            component_class=adoption.component_class,
            props=adoption.props,
            taken=adoption.props,
            checkpoint=adoption.state,
            picture=adoption.picture,
            adoption=adoption,
            mail=adoption.mail,
            is_shown=True,
        )
    return records
