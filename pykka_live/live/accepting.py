"""Attributes of a component that a browser may set without a handler."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

from pykka_live.exceptions import BadParameters
from pykka_live.live.events import Handler, is_framework_class, reserved_names
from pykka_live.live.params import converted, converter_for


def check_accepted(cls: Any) -> None:
    """Refuse a class that lets a browser set what it must not.

    Raises:
        TypeError: naming what is wrong, and what is allowed.
    """
    names = vars(cls).get("accepts", ())
    if isinstance(names, str) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"{cls.__qualname__}.accepts must be a tuple of names, not {names!r}")
    for name in names:
        member = inspect.getattr_static(cls, name, None)
        if not name.isidentifier() or name.startswith("_") or name in _framework_names(cls):
            raise TypeError(f"{cls.__qualname__}.accepts has {name!r}, which is not for a browser")
        if callable(member) or isinstance(member, property):
            raise TypeError(f"{cls.__qualname__}.accepts has {name!r}, which is no plain attribute")


def _framework_names(cls: Any) -> set[str]:
    bases = [base for base in cls.__mro__ if is_framework_class(base)]
    declared = {name for base in bases for name in vars(base).get("__annotations__", ())}
    return reserved_names(cls) | declared


@cache
def accepting_handler(cls: Any) -> Handler:
    """Return what takes the events of a class for which it has no handler: those parameters that
    it accepts become attributes, converted by the class's annotations."""
    return _Accepting(cls)


class _Accepting(Handler):
    __slots__ = ("_converters", "_where")

    def __init__(self, cls: Any) -> None:
        self.name = "accepts"
        self.function = _assign
        self.bind = self._bind
        self._where = cls.__name__
        hints = typing.get_type_hints(cls)
        self._converters = {name: converter_for(hints.get(name, Any)) for name in cls.accepts}

    def _bind(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        values = {}
        for name, convert in self._converters.items():
            if name in sent:
                values[name] = converted(name, convert, sent[name])
        if not values:
            raise BadParameters(
                f"{self._where} has no such event, and accepts {', '.join(self._converters)} only"
            )
        return {"values": values}


def _assign(component: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(component, name, value)
