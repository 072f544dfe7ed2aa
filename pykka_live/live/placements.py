"""The components that one view, or one component, shows: what its template has placed, and what of
that is new, has other props, or is gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pykka_live.actors import check_fence
from pykka_live.exceptions import TemplateFailed
from pykka_live.live.component import LiveComponent, component_class
from pykka_live.live.contest import forget, oust, pass_on, placed_by, two_places
from pykka_live.live.delivery import is_crowded
from pykka_live.live.family import be_patient, close_component, open_components
from pykka_live.live.messages import Contested, Show, Update, UpdateProps
from pykka_live.live.props import Props
from pykka_live.live.record import ComponentRecord, Record, ViewRecord
from pykka_live.live.slots import check_slots_of
from pykka_live.state.snapshot import Snapshot

if TYPE_CHECKING:
    from pykka_live.live.screen import Batch


MAX_DEPTH = 50
"""So deep may components be nested."""

MAX_PREPARED = 20
"""So many components may one part of a page have prepared and not shown yet."""


def check_depth(id: str, depth: int) -> None:
    """Refuse a component that so many others are around.

    Raises:
        TemplateFailed: saying so.
    """
    if depth >= MAX_DEPTH:
        raise TemplateFailed(
            f"the component {id!r} stands in {depth} others; at most {MAX_DEPTH} may be nested "
            "(does one show itself?)"
        )


class Placed(NamedTuple):
    """What a template wants to be shown."""

    component_class: type[LiveComponent]
    props: dict[str, Any]


class Placements:
    """Gathers the components of one instance's pictures. Belongs to its thread.

    Attributes:
        target: what addresses the instance in `live-target`.
        is_used: whether there ever was a component; until then there is no need to look.
    """

    def __init__(self, record: Record, view: ViewRecord) -> None:
        self.record = record
        self.view = view
        self.target = f"#{record.component}" if record.component else "view"
        self._now: dict[str, Placed] | None = None
        self.props = {each.id: Props(each.id, each.props) for each in self.mine()}
        self.is_used = bool(self.props)

    def mine(self) -> list[ComponentRecord]:
        """Return the components that this one has placed, or prepared."""
        return placed_by(self.record, self.view.components)

    def restart(self) -> None:
        """A picture is going to be drawn."""
        self._now = {}

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, Any]) -> str:
        """Take note of a component that the template shows; return the name of its root element.

        Raises:
            LookupError: if there is no component of that name.
            TemplateSyntaxError: if it never shows one of the slots.
            ValueError: if another component has this id.
        """
        if not self.is_used:  # so far nobody has told of drawing
            self.is_used, self._now = True, {}
        cls = component_class(name)
        if slots:
            check_slots_of(cls, slots)
        assert self._now is not None
        if id in self._now:
            raise ValueError(two_places(id))
        self._now[id] = Placed(cls, {**props, "slots": slots} if slots else props)
        return cls.root_tag()

    def change(self) -> Change | None:
        """Return what has changed with the picture that was drawn; None: nothing.

        Raises:
            TemplateFailed: if a prop cannot be copied; the cause is chained.
        """
        now, self._now = self._now, None
        if now is None or not (now or self.props or self.record.lost):
            return None
        change = Change(self, now)
        for id, placed in now.items():
            self._compare(id, placed, change)
        for id in self.props.keys() - now.keys():
            known = self.view.components.get(id)
            if known is not None and known.owner is self.record and known.is_shown:
                change.gone.append(known)
        self._claim(change)
        is_change = change.new or change.updated or change.gone or self.record.lost
        return change if is_change else None

    def _claim(self, change: Change) -> None:
        """See to it that no two threads place components of one id: whoever placed it last has it.

        The one that has had it may be about to let it go, for what moves it may reach that one
        later than this. If it is not, it will fail; see `Contested`.

        Raises:
            TemplateFailed: if no template has placed the other one.
        """
        components = self.view.components
        with self.view.screen.lock:
            if self.record.is_gone:  # and what it has placed, with it
                return
            check_fence()
            taken = [(each, components.get(each.id)) for each in change.new]
            for _record, other in taken:
                if other is not None and other.owner is not self.record and not other.is_placed:
                    raise TemplateFailed(two_places(other.id))
            for record, other in taken:
                if other is not None and other is not record:
                    record.rivals, other.rivals = other.rivals, []
                    if other.owner is not self.record:
                        oust(other, record)
                        change.ousted.append(other)
                components.setdefault(record.id, record)
                self.record.lost.discard(record.id)
        for other in change.ousted:
            close_component(other)

    def has_placed(self, id: str) -> bool:
        """Whether the picture that was drawn, which is not to be shown, has this component."""
        now, self._now = self._now, None
        return id in (now or ())

    def reopened(self) -> Change | None:
        """Return a change that starts those components again that have no actor; None: all have."""
        change = Change(self)
        change.new = [each for each in self.mine() if each.comes_back and not each.is_alive]
        return change if change.new else None

    def _compare(self, id: str, placed: Placed, change: Change) -> None:
        known = self.view.components.get(id)
        if known is not None and known.owner is not self.record:
            if id in self.record.lost:
                return
            known = None
        if known is not None and known.component_class is not placed.component_class:
            change.gone.append(known)
            known = None
        if known is None:
            change.new.append(self.new(id, placed))
            return
        props = self.copied(id, placed.props)
        if props is not known.props and known.has_never_begun:
            change.gone.append(known)
            change.new.append(self.new(id, placed))
            return
        if props is not known.props or props is known.owed:
            change.updated.append((known, props))
        if not known.is_shown or (not known.is_stopped and not known.is_alive):
            change.new.append(known)

    def prepare(self, name: str, id: str, props: dict[str, Any]) -> None:
        """Start a component that the template is going to show. Where too many wait for that, the
        one that has waited longest ends.

        Raises:
            LookupError: if there is no component of that name.
            ValueError: if another component has this id.
        """
        self.is_used = True
        cls = component_class(name)
        known = self.view.components.get(id)
        if known is not None and (
            known.owner is not self.record or known.component_class is not cls
        ):
            raise ValueError(two_places(id))
        placed = Placed(cls, props)
        if known is None:
            known = self.new(id, placed)
            self._make_room()
            open_components(self.record, [known])
            assert known.cell is not None
            known.cell.enqueue(Show(), insist=True)
            self.view.components[id] = known
        elif not known.is_shown:  # else its template has passed it newer ones
            pass_props(known, self.copied(id, props))

    def _make_room(self) -> None:
        waiting = [each for each in self.mine() if each.is_placed and not each.is_shown]
        if len(waiting) < MAX_PREPARED:
            return
        oldest = waiting[0]
        with self.view.screen.lock:
            check_fence()
            forget(oldest, self.view.components)
        self.props.pop(oldest.id, None)
        close_component(oldest)

    def new(self, id: str, placed: Placed) -> ComponentRecord:
        """Return the record of a component that is still to be started.

        Raises:
            TemplateFailed: if it is nested too deeply, or a prop cannot be copied.
        """
        if isinstance(self.record, ComponentRecord):
            check_depth(id, len(list(self.record.owners())))
        self.props[id] = Props(id)
        return ComponentRecord(
            id=id,
            view=self.view,
            owner=self.record,
            component_class=placed.component_class,
            props=self.copied(id, placed.props),
        )

    def copied(self, id: str, props: Mapping[str, Any]) -> Snapshot:
        """Return a picture of a component's props."""
        keeper = self.props.get(id)
        if keeper is None:
            keeper = self.props[id] = Props(id)
        try:
            return keeper.take(props)
        except TypeError as error:
            raise TemplateFailed(str(error)) from error


class Change:
    """How the components of one instance are to become those of its new picture.

    Attributes:
        new: to be started, or to be shown for the first time.
        updated: with their new props.
        gone: not shown any more.
        ousted: placed by others so far, who lose them to this one.

    Args:
        placed: what the picture shows, by its ids; None if that is none of this.
    """

    def __init__(self, placements: Placements, placed: Mapping[str, Placed] | None = None) -> None:
        self._placements = placements
        self._placed = placed
        self.new: list[ComponentRecord] = []
        self.updated: list[tuple[ComponentRecord, Snapshot]] = []
        self.gone: list[ComponentRecord] = []
        self.ousted: list[ComponentRecord] = []
        self._others: list[ComponentRecord] = []

    def show_all(self) -> None:
        """Have all components of the view tell what is to be seen of them."""
        placements = self._placements
        listed = {*self.new, *self.gone}
        shown = [each for each in list(placements.view.components.values()) if each.is_shown]
        for each in shown:
            if each in listed or each.is_stopped:
                continue
            if each.is_alive:
                self._others.append(each)
            elif each.owner is placements.record:
                self.new.append(each)

    def open(self) -> None:
        """Start what is new; nobody hears of it yet.

        Raises:
            ActorStopped: if the session is ending.
        """
        open_components(self._placements.record, self.new)

    def settle(self) -> set[str]:
        """Make the new components those of the view, forget those that are gone, and pass on the
        props. The screen's lock must be held.

        Returns:
            the ids of those whose pictures are to come
        """
        placements = self._placements
        components = placements.view.components
        if self._placed is not None:
            placements.record.lost.intersection_update(self._placed)
        new = {each.id for each in self.new}
        for record in self.gone:
            if not record.is_gone:  # else another one has it now
                forget(record, components)
            if record.id not in new:
                placements.props.pop(record.id, None)
        self.gone += [record for record in self.new if record.is_gone]  # before it was shown
        self.new = [record for record in self.new if not record.is_gone]
        for record in self.new:
            record.is_shown = True
        self._say_show()  # before anybody knows of them, and sends them something
        components.update((record.id, record) for record in self.new)
        for record, props in self.updated:
            pass_props(record, props)  # before the answer: who gets that may ask them next
        for record in self.ousted:
            owners = [record.owner, *getattr(record.owner, "owners", list)()]
            way = (placements.record, *reversed(owners))
            pass_on(Contested(record.id, components.get(record.id), way))
        return {each.id for each in (*self.new, *self._others)}

    def vacate(self) -> list[Update]:
        """Empty the places of what has been placed elsewhere so far. The screen's lock must be
        held.

        Returns:
            what the tab is to be told of that
        """
        view = self._placements.view
        if not view.is_shown_unasked:
            return []
        updates = []
        for owner in {id(each.owner): each.owner for each in self.ousted}.values():
            if not owner.is_gone and (update := owner.vacate()) is not None:
                updates += owner.told(update)
        return updates

    def _say_show(self) -> None:
        for record in (*self.new, *self._others):
            if record.cell is not None and record.cell.alive:
                record.cell.enqueue(Show(), insist=True)
                catch_up(record)

    def tell(self, batch: Batch | None) -> None:
        """Have those end that are gone, and see to it that `batch` waits only so long."""
        for record in self.gone:
            close_component(record)
        if batch is not None:
            be_patient(self._placements.record, self._placements.view.screen, batch)


def pass_props(record: ComponentRecord, props: Snapshot) -> None:
    """Pass props to a component, if they are other than those that it has, or if its `update` has
    failed with them: then once more, and not again, for they may be what is wrong.

    They are never lost, or it would go on showing the old ones. Where too many messages wait, it
    gets the last props only.
    """
    if props is record.props:
        if props is not record.owed:
            return
        record.owed, record.retried = None, props
    record.props = props
    cell = record.cell
    if cell is None:
        return
    if not is_crowded(cell):
        cell.enqueue(UpdateProps(props), insist=True)
    elif not record.is_behind:
        record.is_behind = True
        cell.enqueue(UpdateProps(None), insist=True)


def catch_up(record: ComponentRecord) -> None:
    """Pass the props again that were lost with the mailbox of an actor which has ended, or with
    which its `update` has failed once."""
    props = record.props
    if record.checkpoint is None or props is record.taken or props is record.retried:
        return
    if props is record.owed:
        record.owed, record.retried = None, props
    assert record.cell is not None
    record.cell.enqueue(UpdateProps(props), insist=True)
