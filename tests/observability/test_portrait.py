"""A state as text: no secrets, no user's code, no end of it."""

from __future__ import annotations

import datetime
import enum
import re
import uuid
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils.safestring import SafeString
from django.views.debug import SafeExceptionReporterFilter

from pykka_live.observability.portrait import HIDDEN, LENGTH, attributes
from pykka_live.state.snapshot import take_snapshot

Card = namedtuple("Card", "owner token")


class Shade(enum.Enum):
    DARK = "x"


@dataclass
class Account:
    owner: str
    password: str


class Slotted:
    __slots__ = ("api_key", "size")

    def __init__(self) -> None:
        self.api_key, self.size = "k", 3


class Reduced:
    def __reduce__(self) -> Any:
        return (Reduced, (), {"secret": "s", "size": 3})


class Hostile:
    """Must not be asked for anything."""

    def __repr__(self) -> str:
        raise AssertionError("it was asked")

    __str__ = __format__ = __len__ = __bool__ = __repr__  # type: ignore[assignment]


class Copied:
    def __deepcopy__(self, _memo: Any) -> Copied:
        return self


class HostileText(str):
    __repr__ = __str__ = __getitem__ = Hostile.__repr__  # type: ignore[assignment]


class View:
    """Has the attributes that a test gives it."""


def portrait(**values: Any) -> dict[str, str]:
    view = View()
    vars(view).update(values)
    return {each["name"]: each["value"] for each in attributes(take_snapshot(view))}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "None"),
        (True, "True"),
        (1.5, "1.5"),
        (12, "12"),
        pytest.param(10**5000, "<a huge int>", id="huge"),
        ("a\n\x1b[31m", r"'a\n\x1b[31m'"),
        (SafeString("<b>"), "'<b>'"),
        ("x" * 121, f"'{'x' * 120}'... (121 characters)"),
        (b"ab", "b'ab'"),
        (b"x" * 200, "<200 bytes>"),
        (Decimal("1.5"), "Decimal('1.5')"),
        (datetime.date(2026, 1, 2), "datetime.date(2026, 1, 2)"),
        (
            datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.timezone.utc),
            "2026-01-02T03:00:00+00:00",
        ),
        (uuid.UUID(int=5), "UUID('00000000-0000-0000-0000-000000000005')"),
        (Shade.DARK, "Shade.DARK"),
        (dict, "<class dict>"),
        (len, "<builtin_function_or_method>"),
        ([1, "a", [2]], "[1, 'a', [2]]"),
        ((1, 2), "(1, 2)"),
        ({1}, "{1}"),
        (frozenset([1]), "{1}"),
        (deque([1], 5), "[1]"),
        ({"a": 1, 2: "b"}, "{'a': 1, 2: 'b'}"),
        (Counter("aa"), "{'a': 2}"),
        (OrderedDict(a=1), "{'a': 1}"),
        (defaultdict(list, a=1), "{'a': 1}"),
        (list(range(12)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, ... 2 more]"),
        ([[[[[[1]]]]]], "[[[[<list of 1>]]]]"),
        (Copied(), "<Copied>"),
        (Hostile(), "Hostile()"),
        ([Hostile()], "[Hostile()]"),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert portrait(value=value) == {"value": text}


def test_what_calls_itself_a_text_is_not_asked() -> None:
    assert "Hostile" in portrait(value=HostileText("x"))["value"]


@pytest.mark.parametrize(
    "value",
    [
        {"deep": [{"api_key": "k"}]},
        Account("bob", "k"),
        Card("bob", "k"),
        Slotted(),
        Reduced(),
        User(username="bob", password="k"),
        OrderedDict(session_token="k"),
        defaultdict(str, auth_header="k"),
    ],
)
def test_secrets_are_hidden_wherever_they_stand(value: Any) -> None:
    text = portrait(value=value)["value"]
    assert HIDDEN in text
    assert "'k'" not in text


def test_an_attribute_of_a_secret_name_is_hidden_whole() -> None:
    assert portrait(password=["a"], csrf_token=1) == {"password": HIDDEN, "csrf_token": HIDDEN}


class OwnFilter(SafeExceptionReporterFilter):
    hidden_settings = re.compile("iban")


def test_the_projects_own_filter_says_what_is_secret(settings: Any) -> None:
    from django.views.debug import get_default_exception_reporter_filter

    settings.DEFAULT_EXCEPTION_REPORTER_FILTER = f"{__name__}.OwnFilter"
    get_default_exception_reporter_filter.cache_clear()
    try:
        assert portrait(iban=1, token=2) == {"iban": HIDDEN, "token": "2"}
    finally:
        get_default_exception_reporter_filter.cache_clear()


def test_what_holds_itself_has_an_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert portrait(value=loop)["value"] == "[[[[<list of 1>]]]]"


def test_a_huge_state_is_short() -> None:
    rows = [{f"column {i}": "x" * 1000 for i in range(100)} for _ in range(1000)]
    assert len(portrait(value=rows)["value"]) == LENGTH
