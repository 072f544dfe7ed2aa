"""A copy of an object's attributes, taken after an event that went well and put into a new instance
after one that did not.

References to the object itself, and to what its owner makes anew for each instance (a request and
its parts), are not copied: they are replaced by markers, and point to the new ones after a restore.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

_warned: set[tuple[type, str]] = set()


class _Marker:
    """Stands in a snapshot for an object that is not part of the state."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.get(id(self), self)

    def __repr__(self) -> str:
        return f"<{self.name}>"


_SELF = _Marker("self")


@dataclass(frozen=True)
class Snapshot:
    """The state of an object at one moment.

    Attributes:
        attributes: copies of the attributes that could be copied.
        left_out: the names of those that could not.
        markers: what stands for the surrounding objects, by their names.
    """

    attributes: Mapping[str, Any]
    left_out: tuple[str, ...]
    markers: Mapping[str, Any]

    def restore(self, target: Any) -> None:
        """Give `target` a copy of the attributes; its surrounding objects take the place of the old
        ones.

        The snapshot can be restored any number of times: nothing that `target` does to its
        attributes reaches it.
        """
        memo: dict[int, Any] = {id(_SELF): target}
        for name, marker in self.markers.items():
            memo[id(marker)] = _find(target, name)
        vars(target).update(copy.deepcopy(dict(self.attributes), memo))


def take_snapshot(source: Any, surroundings: frozenset[str] = frozenset()) -> Snapshot:
    """Copy the attributes of `source`.

    An attribute that cannot be copied (a lock, a socket, a generator) is left out; the first time
    for a class and a name, a warning says so.

    Args:
        source: the object; only its instance attributes are state.
        surroundings: names of attributes that belong to the instance and not to its state, and
            dotted names of their parts (`request.user`). What a lazy one stands for is meant too.

    Returns:
        The snapshot. It shares no mutable object with `source`, and objects that `source` holds
        twice are held twice by the copy.
    """
    state = {name: value for name, value in vars(source).items() if name not in surroundings}
    markers: dict[str, _Marker] = {}
    memo: dict[int, Any] = {id(source): _SELF}
    for name in surroundings:
        surrounding = _find(source, name)
        attributes = getattr(surrounding, "__dict__", None)
        if isinstance(attributes, dict):
            markers[name] = memo[id(surrounding)] = _Marker(name)
            inner = attributes.get("_wrapped")  # as Django's lazy objects have it
            if hasattr(inner, "__dict__"):
                memo[id(inner)] = markers[name]
    try:
        return Snapshot(copy.deepcopy(state, dict(memo)), (), markers)
    except Exception:
        return _copy_what_can_be(source, state, memo, markers)


def _find(owner: Any, name: str) -> Any:
    """Return what the dotted `name` means among the instance attributes of `owner`, or None."""
    for part in name.split("."):
        owner = getattr(owner, "__dict__", {}).get(part)
    return owner


def _copy_what_can_be(
    source: Any, state: dict[str, Any], memo: dict[int, Any], markers: dict[str, _Marker]
) -> Snapshot:
    copied, left_out = {}, []
    for name, value in state.items():
        try:
            # A copy that fails half-way leaves parts in the memo, so each attribute works on its
            # own and hands over only what it finished.
            attempt = dict(memo)
            copied[name] = copy.deepcopy(value, attempt)
            memo = attempt
        except Exception as error:
            left_out.append(name)
            _warn_once(type(source), name, error)
    return Snapshot(copied, tuple(left_out), markers)


def _warn_once(cls: type, name: str, error: Exception) -> None:
    if (cls, name) in _warned:
        return
    _warned.add((cls, name))
    logger.warning(
        "%s.%s cannot be copied (%s) and is left out of the checkpoints; "
        "on_restore() can make it anew.",
        cls.__qualname__,
        name,
        error,
    )
