"""Who has a component: what happens where it is gone, or where two have placed it."""

from __future__ import annotations

from dataclasses import replace

from pykka_live.live.messages import Contested
from pykka_live.live.record import ComponentRecord, Record


def two_places(id: str) -> str:
    """Return what is wrong where an id stands twice."""
    return f"two components of one view have the id {id!r}"


def oust(other: ComponentRecord, record: ComponentRecord) -> None:
    """Let a component be gone, because another one of its id has come elsewhere."""
    record.rivals = [each for each in record.rivals if other.id in each.lost]
    record.rivals.append(other.owner)
    other.owner.lost.add(other.id)
    forget(other, other.view.components)


def pass_on(message: Contested) -> None:
    """Send it to the next on its way."""
    way = message.way
    while way:
        record, *rest = way
        way = tuple(rest)
        if not record.is_gone and record.cell is not None and record.cell.alive:
            record.cell.enqueue(replace(message, way=way), insist=True)
            return


def forget(record: ComponentRecord, components: dict[str, ComponentRecord]) -> None:
    """Let a component be gone, and those in it. The screen's lock must be held."""
    record.is_gone = True
    record.turn_away("has gone")
    if components.get(record.id) is record:
        del components[record.id]
    record.view.screen.forget(record.id)
    for owner in record.rivals:
        if record.id in owner.lost:
            pass_on(Contested(record.id, way=(owner,)))
    for each in placed_by(record, components):
        forget(each, components)


def placed_by(record: Record, components: dict[str, ComponentRecord]) -> list[ComponentRecord]:
    """Return the components that one has placed, or prepared."""
    if not record.has_placed:  # most have not, and there may be thousands of others
        return []
    return [each for each in list(components.values()) if each.owner is record]
