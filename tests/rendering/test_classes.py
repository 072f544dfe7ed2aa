"""Rows follow what their classes are: what is there, what is not, and what Python asks of them."""

from __future__ import annotations

import enum
import functools
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import models

from pykka_live import pure
from tests.rendering.region import REQUEST, Region

ROWS = "{% for row in rows %}<p>IT</p>{% endfor %}"


def made() -> tuple[type, Any]:
    """A class, and a row of a class that inherits from it."""
    base = type("Base", (), {})
    row = type("Row", (base,), {})()
    row.own = "own"
    return base, row


CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("{{ row.own }}{{ row.title }}", {"title": "x"}),
    ("{% if row.title %}yes{% else %}no{% endif %}", {"title": "x"}),
    ("{% firstof row.title 'none' %}", {"title": "x"}),
    ("{{ row.own }}", {"own": property(lambda self: "property")}),
    ("{% if row %}yes{% else %}no{% endif %}", {"__bool__": lambda self: False}),
    ("{% if row %}yes{% else %}no{% endif %}", {"__len__": lambda self: 0}),
    ("{{ row.title }}", {"__getattr__": lambda self, name: f"no {name}"}),
    ("{{ row.own }}", {"__getattribute__": lambda self, name: f"my {name}"}),
    ("{{ row.own }}", {"__getitem__": lambda self, name: f"item {name}"}),
    ("{{ row.answer }}", {"answer": pure(lambda self: "answer")}),
]


@pytest.mark.parametrize(("source", "attributes"), CHANGES)
@pytest.mark.parametrize("rows", [ROWS, "{% with row=rows.0 %}IT{% endwith %}"])
def test_what_a_class_gets_or_loses_later_is_seen(rows, source, attributes):
    region = Region(rows.replace("IT", source))
    base, row = made()
    before = region(rows=[row])
    assert region(rows=[row]) is before
    for name, value in attributes.items():
        setattr(base, name, value)
    assert region(rows=[row]) is not before
    for name in attributes:
        delattr(base, name)
    assert region(rows=[row]) == before


def test_a_constant_of_a_class_is_followed_and_its_rows_last():
    region = Region(ROWS.replace("IT", "{{ row.title }}{{ row.own }}"))
    base, row = made()
    base.title = "a"
    region(rows=[row])
    region(rows=[row])
    assert region.rows == (0, 1)
    base.title = "b"
    region(rows=[row])
    assert region.html == "<p>bown</p>"


def test_what_a_class_holds_that_can_change_is_looked_at_each_time():
    region = Region(
        ROWS.replace("IT", "{{ row.titles }}{% for t in row.titles %}{{ t }}{% endfor %}")
    )
    base, row = made()
    base.titles = ["a"]
    region(rows=[row])
    base.titles.append("b")
    region(rows=[row])


def test_a_row_that_changes_the_class_of_the_next_is_seen_by_that():
    class Row:
        def __init__(self, sets: str = "") -> None:
            self.sets = sets

        @property
        def act(self) -> str:
            if self.sets:
                type(self).title = self.sets
            return ""

    region = Region(ROWS.replace("IT", "{% if row.sets %}{{ row.act }}{% endif %}{{ row.title }}"))
    rows = [Row(), Row(), Row()]
    region(rows=rows)
    for title in ("a", "b"):
        rows[1].sets = title
        root = region.renderer.render(None, {"rows": rows}, {})
        region.root = root
        assert region.html == f"<p>{'' if title == 'a' else 'a'}</p><p>{title}</p><p>{title}</p>"


def test_all_pages_of_a_template_learn_that_a_class_has_changed():
    first = Region(ROWS.replace("IT", "{{ row.title }}"))
    second = first.template.renderer()
    base, row = made()
    first(rows=[row])
    second.render(None, {"rows": [row]}, {})
    base.title = "x"
    first(rows=[row])
    assert second.render(None, {"rows": [row]}, {}) == first.root


class Suit(enum.Enum):
    HEARTS = "h"
    LISTS = ["x"]

    do_not_call_in_templates = enum.nonmember(True) if hasattr(enum, "nonmember") else True


class Size(models.TextChoices):
    SMALL = "s", "Small"


class Level(models.IntegerChoices):
    LOW = 1, "Low"


class Loud(models.TextChoices):
    A = "a", "A"

    def __str__(self) -> str:
        return LOUD[0]


LOUD = ["loud"]


class Teller:
    def __call__(self) -> str:
        return LOUD[0]


class Told(enum.Enum):
    A = 1

    __str__ = Teller()


class Partly(enum.Enum):
    A = 1

    __str__ = functools.partialmethod(lambda member: LOUD[0])


@pytest.mark.parametrize(
    "source",
    [
        "{{ row.suit.value }}{{ row.suit.name }}{{ row.suit }}",
        "{{ row.size.label }}{{ row.size }}{{ row.size.value }}{{ row.size|upper }}",
        "{% if row.size == 's' %}small{% endif %}{% if row.level > 0 %}{{ row.level }}{% endif %}",
        "{% if row.suit %}{{ row.level.label }}{% endif %}",
    ],
)
def test_members_of_enums_last(source):
    region = Region(ROWS.replace("IT", source))
    rows = [{"suit": Suit.HEARTS, "size": Size.SMALL, "level": Level.LOW} for _ in range(3)]
    before = region(rows=rows)
    assert region(rows=rows) is before
    assert region.rows == (0, 3)


@pytest.mark.parametrize(
    "source", ["{{ row.suit.value }}", "{% for x in row.suit.value %}{{ x }}{% endfor %}"]
)
def test_what_a_member_of_an_enum_holds_may_change(source):
    region = Region(ROWS.replace("IT", source))
    rows = [{"suit": Suit.LISTS}]
    region(rows=rows)
    Suit.LISTS.value.append("y")
    region(rows=rows)
    assert "y" in region.html


@pytest.mark.parametrize("source", ["{{ row }}", "{% if row == 'a' %}{{ row }}{% endif %}"])
@pytest.mark.parametrize("kind", [Loud, Told, Partly])
def test_an_enum_with_code_of_its_own_is_asked_each_time(kind, source):
    region = Region(ROWS.replace("IT", source.replace("row", "row.0").replace("'a'", "row.0")))
    rows = [(kind.A,)]
    region(rows=rows)
    LOUD[0] = f"{LOUD[0]}!"
    region(rows=rows)
    assert LOUD[0] in region.html


def test_attributes_that_a_member_of_an_enum_was_given_are_looked_at_each_time():
    region = Region(ROWS.replace("IT", "{{ row.suit.note }}"))
    rows = [{"suit": Suit.HEARTS}]
    for note in ("a", "b"):
        Suit.HEARTS.note = note
        region(rows=rows)
        assert region.html == f"<p>{note}</p>"


def test_namespaces_last():
    region = Region(ROWS.replace("IT", "{{ row.a }}"))
    rows = [SimpleNamespace(a=n) for n in range(4)]
    region(rows=rows)
    rows[2].a = 7
    region(rows=rows)
    assert region.rows[0] == 1
    assert region.html == "<p>0</p><p>1</p><p>7</p><p>3</p>"


@pytest.mark.parametrize("source", ["{% labelled row.it %}", "{{ row.it|priced }}"])
def test_what_is_only_handed_on_is_called_once_its_class_says_so(source):
    class Handed:
        def __str__(self):
            return "handed"

    region = Region(ROWS.replace("IT", source))
    rows = [{"it": Handed()}]
    region(rows=rows)
    Handed.__call__ = lambda self: "called"
    region(rows=rows)
    assert "called" in region.html


class Cells(NamedTuple):
    a: str
    b: str


class Items(Cells):
    __slots__ = ()

    def __getitem__(self, key):
        return f"{key} {LOUD[0]}" if isinstance(key, str) else super().__getitem__(key)


class Attributes(Cells):
    __slots__ = ()

    def __getattribute__(self, name):
        return f"{name} {LOUD[0]}" if name == "a" else super().__getattribute__(name)


@pytest.mark.parametrize("kind", [Items, Attributes])
def test_named_tuples_with_code_of_their_own_are_asked_each_time(kind):
    region = Region(ROWS.replace("IT", "{{ row.a }}"))
    rows = [kind("x", "y")]
    for _ in range(2):
        LOUD[0] = f"{LOUD[0]}!"
        region(rows=rows)
        assert region.html == f"<p>a {LOUD[0]}</p>"


class Promising:
    """Names an attribute that there is not."""

    def __dir__(self):
        return ["missing"]


def test_what_is_named_but_not_there_fails_in_a_loop():
    region = Region("{% for x in it.missing %}x{% endfor %}")
    with pytest.raises(AttributeError):
        region.renderer.render(REQUEST, {"it": Promising()}, {})
