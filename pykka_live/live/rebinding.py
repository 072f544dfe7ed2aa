"""Functions and lazy values that know a request, made anew for a copy of it."""

from __future__ import annotations

from functools import partial
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
        key = id(value)
        if key not in self._others:
            self._others[key] = value  # for a function that knows itself
            self._others[key] = self._made(value)
        return self._others[key]

    def _made(self, value: Any) -> Any:
        kind = type(value)
        if kind is SimpleLazyObject:
            return SimpleLazyObject(self.of(vars(value)["_setupfunc"]))
        if kind is partial:
            keywords = {name: self.of(each) for name, each in value.keywords.items()}
            return partial(self.of(value.func), *map(self.of, value.args), **keywords)
        if kind is MethodType:
            return MethodType(self.of(value.__func__), self.of(value.__self__))
        return self._function(value) if kind is FunctionType else value

    def _function(self, function: FunctionType) -> FunctionType:
        cells, given = function.__closure__ or (), function.__defaults__ or ()
        named = function.__kwdefaults__ or {}
        closure, defaults = tuple(map(self._cell, cells)), tuple(map(self.of, given))
        keywords = {name: self.of(each) for name, each in named.items()}
        known, own = (*cells, *given, *named.values()), (*closure, *defaults, *keywords.values())
        if all(each is other for each, other in zip(known, own, strict=True)):
            return function
        made = FunctionType(
            function.__code__, function.__globals__, function.__name__, defaults, closure
        )
        made.__kwdefaults__ = keywords
        return made

    def _cell(self, cell: CellType) -> CellType:
        try:
            content = cell.cell_contents
        except ValueError:  # nothing is in it yet
            return cell
        own = self.of(content)
        return cell if own is content else CellType(own)
