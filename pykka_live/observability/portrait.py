"""The state of a view or a component as text: bounded, without secrets, and without asking anybody.

It is read from the checkpoint, which is a picture that nobody changes. So it can be described while
the actor is busy or stuck, from any thread, and no code of a user's runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.views.debug import SafeExceptionReporterFilter, get_default_exception_reporter_filter

from pykka_live.state._frozen import Frozen
from pykka_live.state._kinds import Kind
from pykka_live.state.snapshot import Snapshot

__all__ = ["HIDDEN", "attributes"]

HIDDEN = SafeExceptionReporterFilter.cleansed_substitute

LENGTH = 500  # characters of one attribute
TEXT = 120  # characters of one text in it
ITEMS = 10  # of one container
DEPTH = 4  # containers in containers

SIMPLE = (type(None), type(Ellipsis), bool, float, complex, range, date, timedelta, UUID)
SHORT = (Decimal, Fraction)


def attributes(snapshot: Snapshot) -> list[dict[str, str]]:
    """Describe the attributes of a checkpoint.

    Returns:
        `name` and `value` of each. Names and keys that Django hides in its error reports (password,
        token, key, secret, ...) have stars for a value, wherever they stand
    """
    secret = _secret()
    return [
        {"name": name, "value": _cut(_value(name, part, secret, 0), LENGTH)}
        for name, part in _pairs(snapshot.attributes)
    ]


def _secret() -> Callable[[str], Any]:
    """Return what tells whether a name is that of a secret; the project's filter says so."""
    own = getattr(get_default_exception_reporter_filter(), "hidden_settings", None)
    pattern = own if isinstance(own, re.Pattern) else SafeExceptionReporterFilter.hidden_settings
    return pattern.search


def _value(name: Any, picture: Any, secret: Callable[[str], Any], depth: int) -> str:
    if isinstance(name, str) and secret(name):
        return HIDDEN
    return _frozen(picture, secret, depth) if type(picture) is Frozen else _atom(picture)


def _atom(value: Any) -> str:
    """Describe what is its own picture; only what is Python's own is asked for its text."""
    cls = type(value)
    if isinstance(value, Enum):
        return f"{cls.__name__}.{value._name_}"
    if isinstance(value, str):
        return repr(str.__str__(value)[: TEXT + 1]) if len(value) <= TEXT else _long(value)
    if cls is bytes:
        return repr(value) if len(value) <= TEXT else f"<{len(value)} bytes>"
    if cls is int:
        return repr(value) if value.bit_length() <= 4 * TEXT else "<a huge int>"
    if cls in (datetime, time):
        zone = value.tzinfo
        plain = zone is None or type(zone) in (timezone, ZoneInfo)
        return value.isoformat() if plain else f"<{cls.__name__}>"
    if cls in SIMPLE:
        return repr(value)
    if cls in SHORT:
        return _cut(repr(value), TEXT)
    if isinstance(value, type):
        return f"<class {value.__name__}>"
    return f"<{cls.__name__}>"


def _long(text: str) -> str:
    return f"{str.__str__(text)[:TEXT]!r}... ({len(text)} characters)"


def _frozen(frozen: Frozen, secret: Callable[[str], Any], depth: int) -> str:
    kind, parts = Kind(frozen.kind), frozen.parts
    name = getattr(frozen.type, "__name__", None) or kind.name.lower()
    if kind in (Kind.ORDERED, Kind.DEFAULT, Kind.DEQUE, Kind.SLOTTED):
        parts = parts[1:]
    if kind in (Kind.DICT, Kind.COUNTER, Kind.ORDERED, Kind.DEFAULT):
        if depth >= DEPTH:
            return f"<{name} of {len(parts) // 2}>"
        pairs = (
            f"{_value(None, key, secret, depth + 1)}: {_value(key, item, secret, depth + 1)}"
            for key, item in _pairs(parts)
        )
        return _joined("{", pairs, len(parts) // 2, "}")
    if kind in BRACKETS:
        if depth >= DEPTH:
            return f"<{name} of {len(parts)}>"
        left, right = BRACKETS[kind]
        values = (_value(None, item, secret, depth + 1) for item in parts)
        return _joined(left, values, len(parts), right)
    if kind in (Kind.INSTANCE, Kind.SLOTTED, Kind.NAMEDTUPLE) and depth < DEPTH:
        named = _fields(frozen, parts)
        fields = (f"{key}={_value(key, item, secret, depth + 1)}" for key, item in named)
        return _joined(f"{name}(", fields, len(named), ")")
    if kind == Kind.REDUCED and depth < DEPTH and type(parts[2]) is Frozen:
        return f"<{name} {_frozen(parts[2], secret, depth + 1)}>"
    return f"<{name}>"


BRACKETS = {
    Kind.LIST: ("[", "]"),
    Kind.TUPLE: ("(", ")"),
    Kind.SET: ("{", "}"),
    Kind.FROZENSET: ("{", "}"),
    Kind.DEQUE: ("[", "]"),
}


def _fields(frozen: Frozen, parts: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Return names and values of an object's attributes."""
    if frozen.kind == Kind.NAMEDTUPLE:
        return list(zip(frozen.type._fields, parts, strict=False))  # type: ignore[union-attr]
    # The names of slots are those of their descriptors.
    return [(getattr(key, "__name__", key), item) for key, item in _pairs(parts)]


def _joined(left: str, parts: Iterable[str], count: int, right: str) -> str:
    shown = [part for part, _ in zip(parts, range(ITEMS), strict=False)]
    if count > ITEMS:
        shown.append(f"... {count - ITEMS} more")
    return f"{left}{', '.join(shown)}{right}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _pairs(parts: tuple[Any, ...]) -> Iterable[tuple[Any, Any]]:
    return zip(parts[::2], parts[1::2], strict=False)
