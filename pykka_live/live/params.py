"""Binding what a browser sent to the parameters of a Python function, by its annotations.

Browsers send strings (and, for checkboxes, forms and Python callers, booleans, numbers, nulls and
lists). Each annotation stands for one converter; a value that does not convert is refused by name,
never passed on.
"""

from __future__ import annotations

import enum
import inspect
import math
import types
import typing
import uuid
from collections.abc import Callable, Container, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from pykka_live.exceptions import BadParameters

Converter = Callable[[Any], Any]

_MAX_DIGITS = 1000
_TRUE = frozenset({"true", "on", "1", "yes"})
_FALSE = frozenset({"false", "off", "0", "no", ""})


class _Refused(ValueError):
    """A value that does not convert; the text says what was expected."""


def _to_int(value: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    if type(value) is str and value.isascii() and "_" not in value:
        try:
            return int(value)
        except ValueError:
            pass
    raise _Refused("a whole number")


def _to_float(value: Any) -> float:
    if type(value) in (int, float) or (type(value) is str and "_" not in value):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise _Refused("a number")


def _to_decimal(value: Any) -> Decimal:
    if type(value) in (int, float, str) or isinstance(value, Decimal):
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("NaN")
        # Whoever adds to 1e999999999, or formats it, writes all of its digits.
        if number.is_finite() and abs(number.adjusted()) <= _MAX_DIGITS >= len(
            number.as_tuple()[1]
        ):
            return number
    raise _Refused("a decimal number")


def _to_bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    if type(value) in (str, int):
        text = str(value).lower()
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
    raise _Refused("true or false")


def _to_str(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) in (int, float):
        return str(value)
    raise _Refused("a text")


def _to_date(value: Any) -> date:
    if isinstance(value, datetime):
        raise _Refused("a date such as 2026-12-31")
    if isinstance(value, date):
        return value
    try:
        parsed = parse_date(value) if type(value) is str else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise _Refused("a date such as 2026-12-31")
    return parsed


def _to_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        parsed = parse_datetime(value) if type(value) is str else None
    except ValueError:
        parsed = None
    if parsed is None:
        raise _Refused("a date and time such as 2026-12-31T23:59")
    if settings.USE_TZ and timezone.is_naive(parsed):
        return timezone.make_aware(parsed)
    return parsed


def _to_uuid(value: Any) -> uuid.UUID:
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise _Refused("a UUID") from None


def _as_is(value: Any) -> Any:
    return value


def _choice_converter(choices: Mapping[str, Any]) -> Converter:
    """Accept one of a few values, or the text of one."""

    def convert(value: Any) -> Any:
        if type(value) is not str:
            for choice in choices.values():
                if type(choice) is type(value) and choice == value:
                    return choice
            value = str(value)
        if value in choices:
            return choices[value]
        raise _Refused(f"one of {', '.join(choices)}")

    return convert


def _list_converter(item: Converter) -> Converter:
    def convert(value: Any) -> list[Any]:
        return [item(part) for part in (value if isinstance(value, list) else [value])]

    return convert


def _union_converter(members: list[Any]) -> Converter:
    optional = types.NoneType in members
    converters = [converter_for(member) for member in members if member is not types.NoneType]

    def convert(value: Any) -> Any:
        if optional and (value is None or (value == "" and str not in members)):
            return None
        expected = []
        for converter in converters:
            try:
                return converter(value)
            except _Refused as refusal:
                expected.append(str(refusal))
        raise _Refused(" or ".join(expected))

    return convert


_SIMPLE: dict[Any, Converter] = {
    int: _to_int,
    float: _to_float,
    bool: _to_bool,
    str: _to_str,
    Decimal: _to_decimal,
    date: _to_date,
    datetime: _to_datetime,
    uuid.UUID: _to_uuid,
    list: _list_converter(_as_is),
    Any: _as_is,
    inspect.Parameter.empty: _as_is,
}


def converter_for(annotation: Any) -> Converter:
    """Return the function that converts a browser's value to what `annotation` says.

    Raises:
        TypeError: if there is no conversion for it; the message names what is allowed.
    """
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union_converter(list(arguments))
    if origin is list:
        return _list_converter(converter_for(arguments[0]))
    if origin is Literal:
        return _choice_converter({str(choice): choice for choice in arguments})
    if origin is typing.Annotated:
        return converter_for(arguments[0])
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return _choice_converter({str(member.value): member for member in annotation})
    raise TypeError(
        f"no conversion from a browser's value to {annotation!r}; allowed are int, float, bool, "
        "str, Decimal, date, datetime, UUID, Enum, Literal, list[...], Optional and unions of "
        "these, Any, or no annotation"
    )


def converted(name: str, convert: Converter, value: Any) -> Any:
    """Return the value of the parameter `name`, converted.

    Raises:
        BadParameters: if it does not convert.
    """
    try:
        return convert(value)
    except _Refused as refusal:
        raise _misfit(name, refusal, value) from None


class _Parameter:
    __slots__ = ("convert", "default", "name")

    def __init__(self, parameter: inspect.Parameter, convert: Converter) -> None:
        self.name = parameter.name
        self.default = parameter.default
        self.convert = convert


_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def _kind(parameter: inspect.Parameter) -> Any:
    return parameter.kind


class Binder:
    """Turns a browser's parameters into the keyword arguments of one function.

    Args:
        function: a plain or `async` function.
        skip: how many leading parameters are not the browser's (`self`, `request`).
        strict: refuse an annotation for which there is no conversion. Otherwise such a parameter
            takes any value: where Python sends, it need not come out of a text.

    Raises:
        TypeError: if a parameter's annotation has no conversion, or the function cannot be called
        by keywords.
        NameError: if such an annotation cannot be resolved.
    """

    def __init__(self, function: Callable[..., Any], skip: int, strict: bool = True) -> None:
        self._parameters: list[_Parameter] = []
        self.takes_any = False
        where = getattr(function, "__qualname__", repr(function))
        parameters = list(inspect.signature(function).parameters.values())
        first = [each for each in parameters[:skip] if each.kind in _POSITIONAL]
        if len(first) < skip and inspect.Parameter.VAR_POSITIONAL not in map(_kind, parameters):
            raise TypeError(
                f"{where}: its first parameter is missing: that is `request` of a view's mount, "
                "`self` of a handler"
            )
        self._taken = {parameter.name for parameter in parameters[:skip]}
        for parameter in parameters[skip:]:
            if parameter.kind is parameter.VAR_KEYWORD:
                self.takes_any = True
            elif parameter.kind is parameter.POSITIONAL_ONLY:
                raise TypeError(f"{where}: the parameter {parameter.name!r} is positional-only")
            elif parameter.kind is not parameter.VAR_POSITIONAL:
                try:
                    convert = converter_for(_resolved(function, parameter))
                except TypeError as error:
                    if strict:
                        raise TypeError(f"{where}: parameter {parameter.name!r}: {error}") from None
                    convert = _as_is
                except NameError:
                    if strict:
                        raise
                    convert = _as_is
                self._parameters.append(_Parameter(parameter, convert))

    @property
    def names(self) -> list[str]:
        """The parameters that the function declares."""
        return [parameter.name for parameter in self._parameters]

    def bind(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keyword arguments for the function.

        Args:
            sent: what the browser sent, by name.

        Raises:
            BadParameters: if a value is missing or does not convert.
        """
        arguments: dict[str, Any] = {}
        for parameter in self._parameters:
            name = parameter.name
            if name in sent:
                try:
                    arguments[name] = parameter.convert(sent[name])
                except _Refused as refusal:
                    raise _misfit(name, refusal, sent[name]) from None
            elif parameter.default is inspect.Parameter.empty:
                raise BadParameters(f"the parameter {name!r} is missing")
        if self.takes_any:
            for name in sent.keys() - arguments.keys() - self._taken:
                arguments[name] = sent[name]
        return arguments

    def check(self, given: Mapping[str, Any], others: Container[str] = ()) -> None:
        """See whether the function can be called with what a developer gave.

        Args:
            given: what was given, by name.
            others: the names of what will come from elsewhere.

        Raises:
            BadParameters: if something has no parameter, does not convert, or is missing.
        """
        names = self.names
        for name in given:
            if name in self._taken or not (self.takes_any or name in names):
                raise BadParameters(f"there is no parameter {name!r}")
        for parameter in self._parameters:
            name = parameter.name
            if name in given:
                try:
                    parameter.convert(given[name])
                except _Refused as refusal:
                    raise _misfit(name, refusal, given[name]) from None
            elif parameter.default is inspect.Parameter.empty and name not in others:
                raise BadParameters(f"the parameter {name!r} is missing")


def _misfit(name: str, refusal: _Refused, value: Any) -> BadParameters:
    return BadParameters(f"the parameter {name!r} must be {refusal}, not {_short(value)}")


def _resolved(function: Callable[..., Any], parameter: inspect.Parameter) -> Any:
    """Return the annotation of one parameter. Those of the others need not exist at run time: a
    `request` is often annotated with what was imported for type checkers only.

    Raises:
        NameError: if a name in it cannot be resolved.
    """
    if parameter.annotation is parameter.empty:
        return parameter.empty
    function = inspect.unwrap(getattr(function, "__func__", function))
    holder = types.SimpleNamespace(__annotations__={parameter.name: parameter.annotation})
    return typing.get_type_hints(holder, getattr(function, "__globals__", {}))[parameter.name]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
