"""The supervisor of the components that one view, or one component, has placed.

It stands beside the actor that has placed them, under the same supervisor, so that what it does
waits for no code of a user's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pykka_live.actors import (
    ActorStopped,
    Cell,
    ChildExists,
    ChildSpec,
    Reply,
    StartChild,
    StartFailed,
    Supervisor,
    TerminateChild,
)
from pykka_live.conf import live_settings
from pykka_live.live import lifecycle, pubsub
from pykka_live.live.delivery import ENDING
from pykka_live.live.messages import ComponentsFailed
from pykka_live.live.policy import spec_options
from pykka_live.live.record import BY_HAND, CRASHED, STOPPED

if TYPE_CHECKING:
    from pykka_live.actors._children import Child
    from pykka_live.live.record import ComponentRecord, Record
    from pykka_live.live.screen import Batch, Screen

KIND = "components"

PATIENCE = 0.5
"""Seconds for which an update waits for the first pictures of the components that it shows."""


@dataclass(frozen=True)
class Wait:
    """A batch waits for the first pictures of components."""

    screen: Screen
    batch: Batch


@dataclass(frozen=True)
class _Late:
    """It has waited long enough."""

    wait: Wait


class Guardian(Supervisor):
    """A supervisor of actors that may have a `Family` each, beside them."""

    def _restartable(self, child: Child) -> bool:
        # A family lives as long as its owner's cell does.
        return child.spec.kind != KIND and super()._restartable(child)

    def _end_child(
        self, child: Child, state: str, reason: str, failed: StartFailed | None = None
    ) -> None:
        super()._end_child(child, state, reason, failed)
        family = _family_id(child.spec.id)
        if family in self.cell.children and not self._winding:
            self.terminate_child(family, reason)


class Family(Guardian):
    """Supervises components. What it cannot heal fails the one that has placed them.

    A component that has never been up is no loss to anybody, as a child is to OTP's supervisors
    whose first start fails: it is tried again, alone and as often as it may be restarted, and then
    it ends alone. None of that counts as a restart, should it come up after all.
    """

    def __init__(self) -> None:
        policy = live_settings().supervision["component"]
        super().__init__(max_restarts=policy.max_restarts, max_seconds=policy.max_seconds)

    def _begin_to_wind_down(self) -> None:
        if self._exit is not None and self._exit.error is not None:
            self.cell.data[ENDING] = True
        super()._begin_to_wind_down()

    def _restart(self, child: Child, error: BaseException | None) -> None:
        if error is None or not _has_never_been_up(child):
            super()._restart(child, error)
        elif child.cell.failures > self._limit(child):
            self._start_failed(child, error)
        else:
            self._restarts.forget(child)  # siblings with which it was to come do without it
            self._plan_restart(child, [child])

    def _restartable(self, child: Child) -> bool:
        # What waits for its next try would have its siblings wait as well.
        is_tried = child.phase == "down" and _has_never_been_up(child)
        return not is_tried and super()._restartable(child)

    def on_receive(self, message: Any) -> Any:
        if isinstance(message, Wait):
            self.send_after(PATIENCE, _Late(message))
            return None
        if isinstance(message, _Late):
            message.wait.screen.wait_no_longer(message.wait.batch)
            return None
        return super().on_receive(message)


def _has_never_been_up(child: Child) -> bool:
    record: ComponentRecord | None = child.cell.data.get("component")
    return record is not None and record.checkpoint is None


def open_components(owner: Record, records: Iterable[ComponentRecord]) -> None:
    """Start the actors of components, those that have none. To be called by their owner's thread:
    it waits for its supervisors, which wait for nobody.

    Raises:
        ActorStopped: if the session is ending.
    """
    waiting = [record for record in records if not record.is_alive]
    while waiting:
        waiting = _start(_family(owner), waiting)


def _start(family: Cell, records: list[ComponentRecord]) -> list[ComponentRecord]:
    """Start the actors of components; return those that a family which is ending has not taken."""
    replies = []
    for record in records:
        reply = family.reply()
        family.post(StartChild(_component_spec(record)), reply)
        replies.append(reply)
    refused = []
    for record, reply in zip(records, replies, strict=True):
        try:
            _moved_in(record, _started(family, record, reply))
        except ActorStopped:
            if not _is_ending(family):
                raise
            refused.append(record)
    return refused


def _started(family: Cell, record: ComponentRecord, reply: Reply) -> Cell:
    number = 1
    while True:
        try:
            cell: Cell = reply.get()
            return cell
        except ChildExists:  # one of the same id has not quite ended
            number += 1
            reply = family.reply()
            family.post(StartChild(_component_spec(record, f"~{number}")), reply)


def _moved_in(record: ComponentRecord, cell: Cell) -> None:
    with record.view.screen.lock:
        record.cell = cell
        cell.bequeath(record.inherits)
        for message, reply in record.all_kept():
            cell.enqueue(message, reply, insist=True)
    record.is_stopped = record.is_behind = False
    lifecycle.log("component_created", cell)
    cell.watch(lambda ended, reason: _component_ended(record, ended, reason))


def _component_ended(record: ComponentRecord, cell: Cell, reason: str) -> None:
    pubsub.hub.forget(cell.path)
    lifecycle.ended("component_removed", cell, reason)
    screen = record.view.screen
    if record.cell is cell and not record.is_gone:  # else its id is another one's
        screen.forget(record.id)
    # Whose strategy is `stop` does not come back, either from a sibling's restart.
    given_up = cell.state == "failed" or reason == "restart"
    by_hand = reason == BY_HAND
    assert cell.parent is not None
    if ENDING in cell.parent.data and not by_hand:  # then all come back
        return
    if (given_up or by_hand) and record.cell is cell and not record.is_gone:
        with screen.lock:
            record.is_stopped = True
            for each in list(record.view.components.values()):
                if each is record or record in each.owners():
                    each.turn_away("has ended")
        if record.is_shown:
            code, text = ("stopped", STOPPED) if by_hand else ("crashed", CRASHED)
            screen.stopped(code, text, record.id)


def close_component(record: ComponentRecord) -> None:
    """End a component that is gone, and those in it."""
    cell = record.cell
    if cell is not None:
        cell.stop("removed")


def be_patient(owner: Record, screen: Screen, batch: Batch) -> None:
    """Let a batch wait for a while only."""
    _family(owner).enqueue(Wait(screen, batch), insist=True)


def _family(owner: Record) -> Cell:
    """Return the family of the components that `owner` has placed, which is started if need be."""
    cell = owner.cell
    assert cell is not None
    assert cell.parent is not None
    id = _family_id(cell.spec.id)
    while True:
        family = cell.parent.children.get(id)
        if family is not None and not _is_ending(family):
            return family
        if family is not None:
            _wait_for_end(family)
        try:
            family = cell.parent.request(StartChild(_family_spec(id)))
        except ChildExists:  # it is ending
            cell.parent.request(TerminateChild(id, "removed"), None)
            continue
        assert family is not None
        family.watch(lambda ended, _reason: _family_ended(owner, ended))
        return family


def _is_ending(family: Cell) -> bool:
    """Whether a family takes in nobody any more."""
    return not family.alive or family.state == "stopping" or ENDING in family.data


def _wait_for_end(family: Cell) -> None:
    # To have it terminated would be quicker, but then its owner would not hear that it has failed.
    reply = family.reply()
    family.watch(lambda _ended, _reason: reply.set(None))
    reply.get()


def _family_ended(owner: Record, family: Cell) -> None:
    if family.state == "failed" and owner.cell is not None:
        error = family.last_error
        owner.cell.enqueue(ComponentsFailed(error.text if error else ""), insist=True)


def _family_id(owner_id: str) -> str:
    return f"{owner_id}/components"


def _family_spec(id: str) -> ChildSpec:
    return ChildSpec(id, Family, strategy="stop", capacity=None, kind=KIND)


def _component_spec(record: ComponentRecord, suffix: str = "") -> ChildSpec:
    current = live_settings()
    return ChildSpec(
        f"{quote(record.id, safe='')}{suffix}",
        record.new_actor,
        capacity=current.mailbox["component"],
        overflow=current.overflow,
        kind="component",
        data={"component": record, "class": record.class_name},  # the class: for tree and metrics
        **spec_options(record.policy()),
    )
