"""Which live view or component a Python object is: it can be one at a time, for it has no thread
but that one's."""

from __future__ import annotations

import threading
from typing import Any
from weakref import WeakValueDictionary

from pykka_live.live.objects import ObjectPart
from pykka_live.live.record import ComponentRecord, Record

_holders: WeakValueDictionary[int, Record] = WeakValueDictionary()
"""The record of each object that was given, which keeps the object, by the object's `id`."""

_lock = threading.Lock()
"""Guards that nobody else becomes the holder between a look and a change."""


def hold(record: Record) -> str | None:
    """Note that the object which `record` was given is this view or component, which is about to be
    started; return None, or why it cannot be."""
    part = record.instance
    if part is None:
        return None
    target: Any = part._target if isinstance(part, ObjectPart) else part
    with _lock:
        holder = _holders.get(id(target))
        if holder is None or holder is record or not _lives(holder):
            _holders[id(target)] = record
            return None
    what = "component" if isinstance(holder, ComponentRecord) else "view"
    where = f" at {holder.cell.path}" if holder.cell is not None else ""
    return (
        f"this {type(target).__qualname__} is the {what}{where} already, and two actors cannot "
        "share one object: give another one, or end the first before"
    )


def _lives(record: Record) -> bool:
    """Tell whether a view or a component has an actor, or will have one again."""
    cell = record.cell
    if cell is None or cell.alive:
        return True
    if isinstance(record, ComponentRecord):
        is_listed = record.view.components.get(record.id) is record
        return is_listed and not record.is_stopped and _lives(record.view)
    session = cell.parent
    if session is None or not session.alive:
        return False
    return record in session.data["record"].views.values()
