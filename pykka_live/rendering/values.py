"""A template's values, of which some are computed when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from typing import Any


class LazyValues(dict[str, Any]):
    """A dictionary that computes some of its values when it is asked for them, once.

    Whatever a dictionary does, this does; copying it or going through its values computes all.

    Args:
        values: those that are there.
        computed: functions that return the others.
    """

    def __init__(
        self, values: Mapping[str, Any], computed: Mapping[str, Callable[[], Any]]
    ) -> None:
        super().__init__(values)
        for name, function in computed.items():
            super().__setitem__(name, Pending(function))

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if type(value) is Pending:
            value = self._compute(value)
            super().__setitem__(name, value)
        return value

    def _compute(self, pending: Pending) -> Any:
        return pending.compute()

    # `dict` itself reads a subclass through its own eyes, unless that has its own iterator.

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401

    def pop(self, name: str, *default: Any) -> Any:
        if name in self:
            self[name]
        return super().pop(name, *default)

    def popitem(self) -> tuple[str, Any]:
        name = next(reversed(self))
        return name, self.pop(name)

    def setdefault(self, name: str, default: Any = None) -> Any:
        super().setdefault(name, default)
        return self[name]

    def values(self) -> ValuesView[str]:  # type: ignore[override]
        return ValuesView(self)

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        return ItemsView(self)

    def copy(self) -> dict[str, Any]:
        return dict(self)

    __copy__ = copy

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return repr(dict(self))

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def for_template(self) -> TemplateValues:
        """Return these values, with as little computed as here."""
        values = TemplateValues({}, {})
        for name in self:
            dict.__setitem__(values, name, dict.__getitem__(self, name))
        return values


class TemplateValues(LazyValues):
    """`LazyValues` for Django's templates, which take some exceptions for a missing name.

    Raises:
        ValueFailed: instead of what a function raises, if a template would hide that.
    """

    def _compute(self, pending: Pending) -> Any:
        try:
            return pending.compute()
        except (TypeError, AttributeError, KeyError, ValueError, IndexError) as error:
            raise ValueFailed(f"{type(error).__name__}: {error}") from error


class ValueFailed(Exception):
    """A value could not be computed; the cause is chained."""


class Pending:
    """A value that nobody has asked for yet, or that could not be computed: then whoever asks next
    gets the same error, so that the function is called once."""

    __slots__ = ("error", "function")

    def __init__(self, function: Callable[[], Any]) -> None:
        self.function = function
        self.error: Exception | None = None

    def compute(self) -> Any:
        if self.error is not None:
            raise self.error
        try:
            return self.function()
        except Exception as error:
            self.error = error
            raise
