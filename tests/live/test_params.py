"""Parameters: what a browser sends becomes what the annotation says, or is refused by name."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional

import pytest
from django.db import models
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.exceptions import BadParameters
from pykka_live.live.params import Binder, converter_for


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(models.IntegerChoices):
    LOW = 1
    HIGH = 2


ID = uuid.UUID(int=7)

ACCEPTED = [
    (int, "5", 5),
    (int, "-5", -5),
    (int, 5, 5),
    (int, 5.0, 5),
    (float, "1.5", 1.5),
    (float, 2, 2.0),
    (bool, True, True),
    (bool, "on", True),
    (bool, "false", False),
    (bool, "", False),
    (bool, 0, False),
    (str, "x", "x"),
    (str, 5, "5"),
    (str, "", ""),
    (Decimal, "1.10", Decimal("1.10")),
    (Decimal, 2, Decimal(2)),
    (date, "2026-12-31", date(2026, 12, 31)),
    (uuid.UUID, str(ID), ID),
    (Colour, "red", Colour.RED),
    (Level, "2", Level.HIGH),
    (Level, 2, Level.HIGH),
    (Literal["up", "down"], "up", "up"),
    (Literal[1, 2], "2", 2),
    (list[int], ["1", "2"], [1, 2]),
    (list[int], "1", [1]),
    (list, "1", ["1"]),
    (Optional[int], "", None),  # noqa: UP045  (both spellings are promised)
    (int | None, None, None),
    (int | None, "3", 3),
    (str | None, "", ""),
    (int | str, "3", 3),
    (int | str, "x", "x"),
    (Annotated[int, "seconds"], "3", 3),
    (Any, {"a": 1}, {"a": 1}),
]

REFUSED = [
    (int, "5.5"),
    (int, 5.5),
    (int, "1_000"),
    (int, ""),
    (int, None),
    (int, True),
    (int, "²"),
    (int, "9" * 5000),
    (int, []),
    (float, "nan"),
    (float, "inf"),
    (float, 10**400),
    (float, True),
    (float, {}),
    (bool, "maybe"),
    (bool, 2),
    (bool, []),
    (str, None),
    (str, ["x"]),
    (str, True),
    (Decimal, "NaN"),
    (Decimal, "x"),
    (Decimal, []),
    (date, "2026-13-01"),
    (date, "yesterday"),
    (date, 5),
    (datetime, "2026-01-01T25:00"),
    (datetime, None),
    (uuid.UUID, "x"),
    (uuid.UUID, 5),
    (Colour, "green"),
    (Colour, ["red"]),
    (Level, True),
    (Literal["up", "down"], "left"),
    (list[int], ["1", "x"]),
    (int | None, "x"),
]


@pytest.mark.parametrize(("annotation", "sent", "expected"), ACCEPTED)
def test_a_value_becomes_what_the_annotation_says(annotation, sent, expected):
    value = converter_for(annotation)(sent)
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(("annotation", "sent"), REFUSED)
def test_a_value_that_does_not_convert_is_refused_by_name(annotation, sent):
    def handler(amount):
        pass

    handler.__annotations__ = {"amount": annotation}
    with pytest.raises(BadParameters, match="'amount' must be"):
        Binder(handler, skip=0).bind({"amount": sent})


def test_a_datetime_without_a_zone_is_in_the_current_one():
    value = converter_for(datetime)("2026-12-31T23:59")
    assert value == timezone.make_aware(datetime(2026, 12, 31, 23, 59))
    assert converter_for(datetime)("2026-12-31T23:59Z").utcoffset().total_seconds() == 0


def test_missing_defaulted_and_undeclared_parameters():
    def handler(self, a: int, b: int = 2):
        pass

    binder = Binder(handler, skip=1)
    assert binder.bind({"a": "1", "c": "3", "self": "x"}) == {"a": 1}
    with pytest.raises(BadParameters, match="'a' is missing"):
        binder.bind({})


def test_keyword_arguments_take_the_rest_but_never_the_callees_own():
    def handler(self, a: int = 1, **rest):
        pass

    sent = {"a": "1", "b": "2", "self": "x"}
    assert Binder(handler, skip=1).bind(sent) == {"a": 1, "b": "2"}


def test_what_cannot_be_called_by_keyword_or_converted_is_refused_at_once():
    def positional(self, a, /):
        pass

    def odd(self, a: dict[str, int]):
        pass

    with pytest.raises(TypeError, match="positional-only"):
        Binder(positional, skip=1)
    with pytest.raises(TypeError, match=r"parameter 'a': no conversion .* allowed are int"):
        Binder(odd, skip=1)


def test_what_a_form_tells_of_its_fields_goes_to_handlers_that_ask_for_it():
    def all_of_it(self, **params):
        pass

    def by_name(self, a: str, _unused: list[str] | None = None, _target: str = ""):
        pass

    def fields_only(self, a: str):
        pass

    sent = {"a": "1", "_unused": ["b", "c"], "_target": "a"}
    assert Binder(all_of_it, skip=1).bind(sent) == sent
    assert Binder(by_name, skip=1).bind(sent) == sent
    assert Binder(fields_only, skip=1).bind(sent) == {"a": "1"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from([case[0] for case in ACCEPTED]), json_values)
def test_whatever_is_sent_is_converted_or_refused(annotation, sent):
    def handler(amount):
        pass

    handler.__annotations__ = {"amount": annotation}
    try:
        Binder(handler, skip=0).bind({"amount": sent})
    except BadParameters as refusal:
        assert len(str(refusal)) < 250
