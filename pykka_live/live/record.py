"""What the incarnations of a view, or of a component, leave to each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pykka_live.actors import ActorStopped
from pykka_live.live.delivery import is_ending, most_waiting
from pykka_live.live.messages import Update
from pykka_live.live.page import dotted_name
from pykka_live.live.policy import policy_of
from pykka_live.live.screen import Screen
from pykka_live.live.stage import Stage
from pykka_live.live.token import PageToken
from pykka_live.rendering import without_places
from pykka_live.state.snapshot import Snapshot
from pykka_live.vdom import Element, diff, encode, encode_node

if TYPE_CHECKING:
    from pykka_live.actors import Cell, SupervisedActor
    from pykka_live.conf import SupervisionPolicy
    from pykka_live.live._stopwatch import Stopwatch
    from pykka_live.live.component import LiveComponent
    from pykka_live.live.page_components import ComponentAdoption
    from pykka_live.live.part import Part
    from pykka_live.live.talking import Mail
    from pykka_live.live.view import LiveView


BY_HAND = "stopped by hand"
"""The reason with which somebody who looks after the server stops an actor for good."""

CRASHED = "A part of the page failed and was stopped."

STOPPED = "A part of the page was stopped."


@dataclass(kw_only=True, eq=False)
class Record:
    """The last picture and the last good state. Belongs to a cell; written by the current
    incarnation only, inside its fence.

    Attributes:
        cell: where it lives; None before it has been started.
        picture: what the browser has been sent, at `version`.
        checkpoint: the state after the last event that went well; None before there was one.
        instance: the part itself, if it was given as an instance: all incarnations are this.
        has_placed: whether any component was ever made for it.
        is_gone: whether it was removed; what it still does is not shown.
        is_stopped: whether it has ended for good, by its strategy.
        known: the version that the browser has, of a component; None if it has none.
        lost: the ids of components that its template places, or did when it was drawn last, but
            that another one has placed since. The screen's lock guards it. Their places are empty.
    """

    cell: Cell | None = None
    picture: Element | None = None
    version: int = 1
    checkpoint: Snapshot | None = None
    instance: Part | None = None
    is_gone: bool = False
    is_stopped: bool = False
    known: int | None = None

    lost: set[str] = field(default_factory=set, init=False)
    has_placed: bool = field(default=False, init=False)
    component: str = field(default="", init=False)

    @property
    def is_alive(self) -> bool:
        """Whether it has an actor, if only one that is being restarted."""
        return self.cell is not None and self.cell.alive

    def restore(self, part: Part) -> None:
        """Put the state of the checkpoint into an instance. Raises what the user's objects do."""
        assert self.checkpoint is not None
        if part is self.instance:
            part._live_put_back(self.checkpoint)
        else:
            self.checkpoint.restore(part)

    def told(self, update: Update) -> list[Update]:
        """Return what the tab is to be told of an update: nothing, if it does not show this. The
        screen's lock must be held."""
        return [update]

    def compare(
        self, picture: Element, state: Snapshot | None = None, clock: Stopwatch | None = None
    ) -> Step:
        """Work out the step that makes `picture` the current one, and `state` the last good one;
        without it, that stays what it is. Nothing is changed yet.

        Args:
            clock: is told of the patches.

        Raises:
            ValueError: if the root has become another element.
        """
        before, version = self.picture, self.version
        patches = diff(before, picture) if before is not None else []
        update = Update(version, component=self.component)
        if patches:
            encoded = encode(patches) if clock is None else clock.encode(patches)
            update = Update(version + 1, encoded, None, len(patches), None, self.component)
        return Step(picture, update, state, before)

    def rebased(self, step: Step) -> Step:
        """Return a step that leads from the current picture, and shows nothing that others have
        placed since it was prepared. It is nearly always the same step. The screen's lock must be
        held, if there are components."""
        picture = without_places(step.picture, self.lost) if self.lost else step.picture
        if picture is step.picture and step.before is self.picture:
            return step
        other = self.compare(picture, step.checkpoint)
        return other._replace(update=other.update._replace(debug=step.update.debug))

    def vacate(self) -> Update | None:
        """Empty the places that others have taken; None if that is done. The screen's lock must be
        held.

        Returns:
            what the tab is to be told
        """
        if self.picture is None:
            return None
        step = self.compare(without_places(self.picture, self.lost))
        return self.take(step) if step.update.is_change else None

    def take(self, step: Step) -> Update:
        """Go a step that was prepared; what takes time, and what can fail, is behind it."""
        step = self.rebased(step)
        self.picture = step.picture
        self.version = step.update.version
        if step.checkpoint is not None:
            self.checkpoint = step.checkpoint
        return step.update

    def tree(self) -> Update:
        """Return the whole picture."""
        assert self.picture is not None
        return Update(self.version, tree=encode_node(self.picture), component=self.component)


@dataclass(kw_only=True, eq=False)
class ViewRecord(Record):
    """That of a view.

    Attributes:
        token: the page that the view came with.
        view_class, view_kwargs, url_args, url_kwargs: how to make another instance.
        stage: the surroundings of the last join.
        screen: what the tab shows.
        components: all components of the view, by their ids, each behind the one that has placed
            it. Any thread reads it; each entry is written by the actor that has placed it.
        is_shown_unasked: whether whoever looks is told of each change.
    """

    token: PageToken
    view_class: type[LiveView] | None = None
    view_kwargs: dict[str, Any] = field(default_factory=dict)
    url_args: tuple[Any, ...] = ()
    url_kwargs: dict[str, Any] = field(default_factory=dict)
    stage: Stage | None = None
    screen: Screen = field(default_factory=Screen)
    components: dict[str, ComponentRecord] = field(default_factory=dict)

    is_shown_unasked: ClassVar[bool] = True

    def adopt(self, view: LiveView, stage: Stage) -> None:
        """Note how to make another instance of `view`."""
        self.view_class = type(view)
        self.view_kwargs = view._live_initkwargs
        self.url_args, self.url_kwargs = view.args, view.kwargs
        self.stage = stage

    def new_instance(self, path: str) -> LiveView:
        """Make an instance as the URLconf would, on the last join's request."""
        assert self.view_class is not None
        assert self.stage is not None
        view = self.view_class(**self.view_kwargs)
        view.setup(self.stage.request, *self.url_args, **self.url_kwargs)
        view._live_path = path
        return view

    def component_actor(self) -> Callable[[ComponentRecord], SupervisedActor]:
        """Return what runs the components of this view."""
        from pykka_live.live.component_actor import ComponentActor

        return ComponentActor

    def trees(self, below: Record | None = None, without: Collection[str] = ()) -> list[Update]:
        """Return the whole pictures of components for the tab, those that hold others first: the
        tab has them from now on. The screen's lock must be held.

        Args:
            below: of those only that are somewhere below this one.
            without: not of these.
        """
        if below is not None and not below.has_placed:
            return []
        found = []
        for each in list(self.components.values()):
            if each.picture is None or each.id in without or not each.has_place:
                continue
            if below is None or below in each.owners():
                each.known = each.version
                found.append(each.tree())
        return found

    def completed(self, parts: list[Update]) -> list[Update]:
        """Return the parts of a join's answer, those that hold others first, with the pictures of
        which the tab has none, or an old one. The screen's lock must be held."""
        (view, *others), found = parts, []
        for each in list(self.components.values()):
            told = [part for part in others if part.component == each.id]
            found += told
            is_old = each.picture is not None and each.known != each.version
            if not told and is_old and each.has_place:
                each.known = each.version
                found.append(each.tree())
        return [view, *found]

    def turn_away(self) -> None:
        """Refuse what was kept for components: the view has ended for good."""
        with self.screen.lock:
            for each in list(self.components.values()):
                each.turn_away("has ended")

    def tell_stopped(self) -> None:
        """Tell the tab, which has just been shown everything, of the components that have ended for
        good. The screen's lock must be held."""
        for each in list(self.components.values()):
            if each.is_stopped and each.is_shown:
                self.screen.stopped("crashed", CRASHED, each.id)


@dataclass(kw_only=True, eq=False)
class ComponentRecord(Record):
    """That of a component.

    Attributes:
        id: what the view calls it.
        view: the view's record.
        owner: the record of the view or the component whose template has placed it.
        component_class: what it is made of.
        props: those that the parent has passed last.
        taken: those of the parent that it was called with last, and that did not fail it.
        owed: those that it has been called with since; they may have failed it.
        retried: those that it was given twice, and is not a third time.
        is_behind: whether it is going to be called with the last ones, whichever these are then.
        adoption: what a page's request has left; None once it has been taken up.
        mail: what it has sent before the page was live.
        early: what it was sent before it had an actor, each with who gets the answer; the screen's
            lock guards it.
        left: of these, how many its last actor has left: the first ones.
        is_shown: whether its place is in the picture; else it is prepared, and tells nobody.
        rivals: the records of those who have lost the id to this one's owner.
        is_placed: whether a template places it.
        failure: why it has never begun; then it has ended for good.
    """

    is_placed: ClassVar[bool] = True

    id: str
    view: ViewRecord
    owner: Record
    component_class: type[LiveComponent]
    props: Snapshot
    taken: Snapshot | None = None
    owed: Snapshot | None = None
    retried: Snapshot | None = None
    is_behind: bool = False
    adoption: ComponentAdoption | None = None
    mail: list[Mail] = field(default_factory=list)
    early: list[tuple[Any, Any]] = field(default_factory=list)
    left: int = 0
    is_shown: bool = False
    rivals: list[Record] = field(default_factory=list)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.component = self.id
        self.owner.has_placed = True

    def compare(
        self, picture: Element, state: Snapshot | None = None, clock: Stopwatch | None = None
    ) -> Step:
        if self.picture is None:
            self.component_class._live_check_root(picture)
        return super().compare(picture, state, clock)

    @property
    def is_between(self) -> bool:
        """Whether it has no actor yet, or none that goes on."""
        return self.cell is None or is_ending(self.cell)

    def keeps(self, message: Any, reply: Any = None) -> bool:
        """Keep a message until whoever has placed this has started it, for the first time or again;
        False: it has an actor, or will have none."""
        with self.view.screen.lock:
            keeps = self.cell is None or (self.is_expected and self._has_room(self.cell))
            if keeps:
                self.early.append((message, reply))
            return keeps

    def inherits(self, message: Any, reply: Any) -> bool:
        """Keep a message that its actor, which has ended, has not begun with, if somebody waits for
        the answer; False: nobody does, or there will be no other actor."""
        with self.view.screen.lock:
            assert self.cell is not None
            inherits = reply is not None and self.is_expected and self._has_room(self.cell)
            if inherits:
                self.early.insert(self.left, (message, reply))  # others have come since
                self.left += 1
            return inherits

    def all_kept(self) -> list[tuple[Any, Any]]:
        """Return what was kept, which is so no longer. The screen's lock must be held."""
        early, self.early, self.left = self.early, [], 0
        return early

    @property
    def is_expected(self) -> bool:
        """Whether its actor has ended, or is about to, and another one will come."""
        view = self.view.cell
        if self.cell is None or not is_ending(self.cell) or view is None or not view.alive:
            return False
        line = [self, *self.owners()]
        return not any(each.is_gone or each.is_stopped for each in line)

    def _has_room(self, cell: Cell) -> bool:
        return len(self.early) < most_waiting(cell)

    @property
    def comes_back(self) -> bool:
        """Whether whoever has placed this starts it again, should its actor have ended."""
        return self.is_shown and not self.is_stopped

    @property
    def has_never_begun(self) -> bool:
        """Whether it has ended for good because it could not be mounted, or drawn."""
        has_failed = self.cell is not None and self.cell.state == "failed"  # not stopped by hand
        return self.is_stopped and self.picture is None and (has_failed or self.failure is not None)

    def turn_away(self, why: str) -> None:
        """Refuse what was kept: there is nobody any more. The screen's lock must be held."""
        for _message, reply in self.all_kept():
            if reply is not None:
                reply.set_exception(ActorStopped(f"the component {self.id!r} {why}"))

    def owners(self) -> Iterator[Record]:
        """The one that has placed this, the one that has placed that, and so on to the view."""
        owner: Record = self.owner
        while isinstance(owner, ComponentRecord):
            yield owner
            owner = owner.owner
        yield owner

    @property
    def has_place(self) -> bool:
        """Whether what the tab has been sent has a place for this. The screen's lock must be
        held."""
        return (
            self.is_shown
            and not self.is_gone
            and all(owner.known is not None for owner in self.owners() if owner is not self.view)
        )

    def told(self, update: Update) -> list[Update]:
        if not self.has_place:
            return []
        known, self.known = self.known, update.version
        before = update.version - (update.patches is not None)
        if known == before or self.view.screen.outlet is None:
            return [update]
        if known is not None:
            return [self.tree()]
        return [self.tree(), *self.view.trees(below=self)]

    @property
    def class_name(self) -> str:
        """The dotted name of the component's class; of the object's, if it is one that was
        given."""
        return dotted_name(getattr(self.instance, "target_class", self.component_class))

    def new_actor(self) -> SupervisedActor:
        """Return an incarnation of the component's actor."""
        return self.view.component_actor()(self)

    def policy(self) -> SupervisionPolicy:
        """Return how the component is supervised."""
        return policy_of(self.component_class, "component")


class Step(NamedTuple):
    """A new picture, the update that leads there, the state that it shows, if that is good, and the
    picture before."""

    picture: Element
    update: Update
    checkpoint: Snapshot | None = None
    before: Element | None = None

    def tree(self) -> Update:
        """Return the whole picture, for a browser that does not know the one before."""
        update = self.update
        tree = encode_node(self.picture)
        return Update(update.version, tree=tree, component=update.component)
