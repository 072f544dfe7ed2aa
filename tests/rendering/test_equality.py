"""Rows that compare objects last, where no code of a user's has a say in that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db import models
from django.utils.functional import SimpleLazyObject

from pykka_live.rendering.equality import attributes_compared
from pykka_live.vdom import Element, to_html
from tests.rendering.oracle import follow
from tests.rendering.region import Region
from tests.rendering.world import clock

ROWS = "{% for row in rows %}<p>{% if IT %}yes{% else %}no{% endif %}{{ row.n }}</p>{% endfor %}"


class Identity:
    def __init__(self, n: int) -> None:
        self.n = n


@dataclasses.dataclass
class Record:
    n: int
    tags: list[Any] = dataclasses.field(default_factory=list)
    seen: int = dataclasses.field(default=0, compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Slots:
    n: int


@dataclasses.dataclass(eq=False)
class Heir(Record):
    more: int = 0


class Column:
    """What writes down that it was asked."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else clock["now"]

    def __set__(self, instance: Any, value: Any) -> None:
        pass


@dataclasses.dataclass
class Computed:
    n: int
    where: Any = Column()


@dataclasses.dataclass
class Own:
    n: int

    def __eq__(self, other: object) -> bool:
        return clock["now"] > 1

    __hash__ = object.__hash__


@dataclasses.dataclass
class OwnHash:
    n: int

    def __hash__(self) -> int:
        return 1


class Unequal(Identity):
    def __ne__(self, other: object) -> bool:
        return clock["now"] > 1


class Holding(Identity):
    def __contains__(self, other: object) -> bool:
        return clock["now"] > 1


class Masked(Identity):
    @property
    def __class__(self) -> Any:
        return type(self)


class Account(models.Model):
    class Meta:
        app_label = "tests"
        apps = Apps()

    def __eq__(self, other: object) -> bool:
        return clock["now"] > 1

    __hash__ = models.Model.__hash__

    def __str__(self) -> str:
        return "account"


def settled(region: Region, **values: Any) -> Element:
    """Render until it is known what the classes are, and whether decimals may be compared."""
    for _ in range(3):
        root = region(**values)
    return root


def user(n: int) -> User:
    made = User(pk=n, username=f"u{n}", date_joined=None)
    made.n = n
    return made


KINDS: dict[str, Callable[[int], Any]] = {
    "model": user,
    "unsaved model": lambda n: (made := user(n), setattr(made, "pk", None))[0],
    "dataclass": Record,
    "nested": lambda n: Record(n, [{"a": Slots(n)}, (user(n), [Identity(n)])]),
    "slots": Slots,
    "heir": Heir,
    "identity": Identity,
    "dict": lambda n: {"n": n},
    "dict of models": lambda n: {"m": user(n), "l": [user(n)]},
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
CONDITIONS = ["row == chosen", "chosen != row", "row in among", "row not in among", "row == lazy"]


@kinds
@pytest.mark.parametrize("condition", CONDITIONS)
def test_rows_that_compare_objects_last(kind, condition):
    region = Region(ROWS.replace("IT", condition))
    rows = [kind(n) for n in range(6)]
    lazy = SimpleLazyObject(lambda: rows[1])

    def values(chosen: Any) -> dict[str, Any]:
        return {"rows": rows, "chosen": chosen, "among": [rows[2], chosen], "lazy": lazy}

    first = settled(region, **values(rows[1]))
    assert region.rows == (0, 6)
    is_negative = "!=" in condition or "not" in condition
    assert ("yes" if is_negative else "no") in to_html(first.children[0])
    region(**values(rows[3]))
    assert region.rows == ((0, 6) if condition == "row == lazy" else (6, 0))
    assert first.children[0] is region.root.children[0]
    for _ in range(2):
        region(**values(kind(3)))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("model", lambda row: setattr(row, "pk", 3)),
        ("dataclass", lambda row: setattr(row, "n", 3)),
        ("heir", lambda row: setattr(row, "more", 3)),
        ("identity", lambda row: setattr(row, "n", 3)),
        ("dict", lambda row: row.update(n=3)),
        ("nested", lambda row: row.tags[1][1].append(1)),
    ],
)
def test_only_the_row_whose_object_has_changed_is_compared_again(kind, change):
    region = Region(ROWS.replace("IT", "row == chosen"))
    rows = [KINDS[kind](n) for n in range(6)]
    chosen = KINDS[kind](3)
    settled(region, rows=rows, chosen=chosen)
    assert region.rows == (0, 6)
    before = region.elements("p")
    change(rows[1])
    region(rows=rows, chosen=chosen)
    assert region.rows == (1, 5)
    for number, (one, other) in enumerate(zip(before, region.elements("p"), strict=True)):
        assert one is other or number == 1


@pytest.mark.parametrize("visitor", [user(2), AnonymousUser()], ids=["user", "nobody"])
@pytest.mark.parametrize("is_lazy", [True, False], ids=["lazy", "plain"])
@pytest.mark.parametrize("condition", ["user == row.author", "row.author == user"])
def test_whether_a_row_is_the_visitors_is_asked_once(condition, is_lazy, visitor):
    region = Region(ROWS.replace("IT", condition))
    given = SimpleLazyObject(lambda: visitor) if is_lazy else visitor
    rows = [{"n": n, "author": user(n)} for n in range(4)]
    settled(region, rows=rows, user=given)
    assert region.rows == (0, 4)
    assert region.html.count("yes") == (visitor.pk == 2)
    rows[0]["author"] = user(2)
    region(rows=rows, user=given)
    assert region.rows == (1, 3)
    assert region.html.count("yes") == 2 * (visitor.pk == 2)


def test_equal_models_of_other_classes_are_told_apart():
    region = Region(ROWS.replace("IT", "row == chosen"))
    rows = [User(pk=1), User(pk=2), Group(pk=1)]
    for chosen in (rows[0], Group(pk=1), User(pk=1), Group(pk=1), User(), 1, None):
        region(rows=rows, chosen=chosen)
        region(rows=rows, chosen=chosen)
        assert region.rows == (0, 3)


UNTRUSTED = [Own, OwnHash, Computed, Unequal, Holding, Masked]


@pytest.mark.parametrize(
    "kind", [*UNTRUSTED, lambda n: Account(pk=n)], ids=[*map(str, UNTRUSTED), "model"]
)
@pytest.mark.parametrize("condition", [*CONDITIONS, "row in row"])
def test_objects_with_a_say_in_it_are_compared_each_time(kind, condition):
    region = Region(ROWS.replace("IT", condition))
    rows = [kind(1), kind(2)]
    values = {"rows": rows, "chosen": rows[0], "among": rows[:1], "lazy": None}
    for clock["now"] in (1, 2, 1, 2):
        region(**values)
        assert region.rows == (2, 0)
    clock["now"] = 0


@pytest.mark.parametrize("kind", ["model", "dataclass", "identity"])
@pytest.mark.parametrize("name", ["__eq__", "__ne__", "__bool__", "__hash__"])
def test_a_say_that_a_class_gets_later_is_heard(kind, name):
    base = type(KINDS[kind](1))
    if kind == "model":
        meta = type("Meta", (), {"app_label": "tests", "apps": Apps()})
        cls = type("Later", (models.Model,), {"Meta": meta, "__module__": __name__})
    else:
        cls = dataclasses.make_dataclass("Later", [("n", int)])
        if kind == "identity":
            cls = type("Later", (base,), {})
    rows = [cls(n) if kind != "model" else cls(pk=n) for n in range(3)]
    region = Region(ROWS.replace("IT", "row == chosen and row != 3"))
    settled(region, rows=rows, chosen=rows[1])
    assert region.rows == (0, 3)

    def say(self: Any, *other: Any) -> Any:
        return int(clock["now"] == 1)

    setattr(cls, name, say)
    for clock["now"] in (1, 0, 1):
        region(rows=rows, chosen=rows[1])
        assert region.rows == (3, 0)
    clock["now"] = 0


def test_a_dataclass_whose_own_module_has_a_hash_of_its_own_is_not_trusted():
    space: dict[str, Any] = {"dataclasses": dataclasses, "__name__": __name__}
    exec("class Odd:\n    n: int", space)
    odd = dataclasses.dataclass(space["Odd"])
    assert attributes_compared(odd) == ("n",)
    for name in ("hash", "NotImplemented"):
        globals()[name] = None
        try:
            assert attributes_compared(odd) is None
        finally:
            del globals()[name]


@pytest.mark.parametrize(
    "condition", ["i == s", "i in c", "i.y == s.y", "s not in c", "i == s|default:0", "c == l"]
)
@pytest.mark.parametrize(
    "make",
    [
        "User(pk=n%4)",
        "User()",
        "Person('a', n%4, [User(pk=n)])",
        "Thing(n=n, y=Thing(n=n))",
        "{'y':Frozen('a',[Person('b',n%4)])}",
        "Frozen('a',[n%4])",
        "Slotted(n%4)",
        "(User(pk=n),nan)",
        "Person(SimpleLazyObject(lambda: 'a'), n)",
        "Group(pk=n) if n%2 else User(pk=n)",
    ],
)
def test_whatever_is_compared_comes_to_what_django_makes_of_it(condition, make):
    source = (
        f"{{% for i in l %}}<p>{{% if {condition} %}}a{{% else %}}b{{% endif %}}</p>{{% endfor %}}"
    )
    follow(
        source,
        [
            f"l=[{make} for n in range(6)];s=l[2];c=[l[1],s]",
            "s=copy.copy(s)",
            "c=copy.deepcopy(c)",
            "l.reverse()",
            "s=l[0];c.append(s)",
            "put((l,1,'pk'),7)",
            "put((l,1,'age'),7);put((l,0,'n'),2)",
            "l[2]=l[3]",
            "l=copy.deepcopy(l);s=l[3]",
            "c=dict.fromkeys('ab',s)",
            "c=tuple(l)",
            "l.insert(0,s);l.append(copy.copy(s))",
            "s=None",
            "s=SimpleLazyObject(lambda l=l: l[1])",
            "s=SimpleLazyObject(lambda: fails)",
            "c=SimpleLazyObject(lambda l=l: list(l));s=l[0]",
            "l[1]=7",
        ],
        {},
    )
