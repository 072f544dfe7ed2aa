"""Functions and lazy values that know a request, made anew for a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import is_
from types import CellType, FunctionType, MethodType
from typing import Any

from django.utils.functional import SimpleLazyObject


class Rebinding:
    """Makes copies that know other objects in place of those that the originals know: in closures,
    in default arguments, in partial calls, in methods, in lazy objects, and in what these know.

    What an object holds in its own attributes stays what it is.

    Args:
        others: pairs of an object, and of what is to take its place.
    """

    def __init__(self, *others: tuple[object, object]) -> None:
        self._others = {id(known): other for known, other in others}

    def of(self, value: Any) -> Any:
        """Return what takes the place of `value`: itself, if it knows none of the objects. A lazy
        object is always another one, and has not been looked at."""
        others, key = self._others, id(value)
        if key not in others:
            make = _MAKERS.get(type(value))
            if make is None:
                return value
            others[key] = value  # for a function that knows itself
            others[key] = make(self, value)
        return others[key]

    def _lazy(self, lazy: Any) -> Any:
        return SimpleLazyObject(self.of(vars(lazy)["_setupfunc"]))

    def _partial(self, call: partial[Any]) -> partial[Any]:
        keywords = {name: self.of(each) for name, each in call.keywords.items()}
        return partial(self.of(call.func), *map(self.of, call.args), **keywords)

    def _method(self, method: MethodType) -> MethodType:
        return MethodType(self.of(method.__func__), self.of(method.__self__))

    def _function(self, function: FunctionType) -> FunctionType:
        cells, defaults = function.__closure__ or (), function.__defaults__ or ()
        named = function.__kwdefaults__ or {}
        keywords = tuple(named.values())
        closure, given = _each(self._cell, cells), _each(self.of, defaults)
        others = _each(self.of, keywords)
        if closure is cells and given is defaults and others is keywords:
            return function
        made = FunctionType(
            function.__code__, function.__globals__, function.__name__, given, closure
        )
        if named:
            made.__kwdefaults__ = dict(zip(named, others, strict=True))
        return made

    def _cell(self, cell: CellType) -> CellType:
        try:
            content = cell.cell_contents
        except ValueError:  # nothing is in it yet
            return cell
        own = self.of(content)
        return cell if own is content else CellType(own)


_MAKERS: dict[type, Callable[[Rebinding, Any], Any]] = {
    SimpleLazyObject: Rebinding._lazy,
    partial: Rebinding._partial,
    MethodType: Rebinding._method,
    FunctionType: Rebinding._function,
}


def _each(make: Callable[[Any], Any], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what is made of each; the same tuple, if each is itself."""
    if not values:
        return values
    made = tuple([make(each) for each in values])
    return values if all(map(is_, made, values)) else made
