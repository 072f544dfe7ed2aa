"""Estimates how large the checkpoints are that the living views and components hold."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from pykka_live.actors import Cell
from pykka_live.observability.catalogue import OTHER
from pykka_live.state._frozen import Frozen
from pykka_live.state._kinds import Kind
from pykka_live.state.snapshot import Snapshot

__all__ = ["checkpoint_bytes"]

CLASSES = 1000
"""So many classes are told apart; the others are one."""

SAMPLES = 8
"""So many checkpoints of each class are measured; the others are taken to be like them."""

ALL_SAMPLES = 100
"""So many are measured in all, if there are few classes; at least one of each is."""

WIDTHS = (32, 8, 8, 2)
"""So many parts of a value are measured, and of each of these, and so on."""

SIZED = frozenset({str, bytes, int, float, complex, bool, type(None)})
"""To ask anything else for its size may run code of the user's."""


def checkpoint_bytes(cells: Iterable[Cell]) -> dict[str, float]:
    """Return the bytes of the checkpoints by the dotted names of their classes.

    It is an estimate, from a sample that costs the same however many and large they are. What
    several checkpoints share, or a checkpoint and the state itself (texts and numbers), is counted
    for each; names of attributes and keys of dictionaries are not.
    """
    held: dict[str, list[Snapshot]] = {}
    for cell in cells:
        record = cell.data.get("view") or cell.data.get("component")
        state = None if record is None else record.checkpoint
        if state is not None:
            name = cell.data.get("class", "")
            if name not in held and len(held) >= CLASSES:
                name = OTHER
            held.setdefault(name, []).append(state)
    samples = max(1, min(SAMPLES, ALL_SAMPLES // max(1, len(held))))
    sizes = {}
    for name, states in held.items():
        measured = [_size(each.attributes[1::2]) for each in spread(states, samples)]
        sizes[name] = len(states) * _mean(measured)
    return sizes


def spread(items: Sequence[Any], count: int) -> Sequence[Any]:
    """Return at most so many of the items, evenly spread."""
    if len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def _size(parts: tuple[Any, ...], depth: int = 0) -> float:
    """Return about how many bytes some parts take, and the tuple that they are in."""
    own = sys.getsizeof(parts)
    if not parts or depth == len(WIDTHS):
        return own
    measured = spread(parts, WIDTHS[depth])
    return own + len(parts) * _mean([_part_size(each, depth) for each in measured])


def _part_size(part: Any, depth: int) -> float:
    cls = type(part)
    if cls is Frozen:
        values = part.parts[1::2] if part.kind == Kind.DICT else part.parts
        return sys.getsizeof(part) + _size(values, depth + 1)
    return sys.getsizeof(part) if cls in SIZED else cls.__basicsize__
