"""Pictures of values: what is unchanged is the same picture, and the rest shares what it can."""

from __future__ import annotations

import copy
import functools
import gc
import random
import re
import threading
import weakref
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from ipaddress import ip_address, ip_network
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy, ngettext_lazy

from pykka_live.state._freeze import Freezer
from pykka_live.state._frozen import Frozen
from pykka_live.state._kinds import Kind
from pykka_live.state.thaw import thaw
from tests.state.graphs import Copying, Record, Reducing, Thing, name, slotted


class Colour(Enum):
    RED = 1


class Global:
    """Says that it is to be found under a name, so it is never copied."""

    def __reduce__(self):
        return "GLOBAL"


GLOBAL = Global()


class Pairs(dict):
    """A subclass is never its base."""


DAY = datetime(2020, 1, 1, tzinfo=timezone.utc)
ATOMS = [
    *(None, ..., True, 1, 1.5, 1j, "a", b"a", range(3), mark_safe("a"), Decimal("1.0")),
    *(date(2020, 1, 1), time(1), DAY, timedelta(1), timezone.utc),
    *(ZoneInfo("Europe/Berlin"), UUID(int=1), Colour.RED, Fraction(1, 2), Path("a")),
    *(ip_address("::1"), ip_network("10.0.0.0/8"), re.compile("a"), len, copy.copy, Thing, copy),
    *(gettext_lazy("yes"), ngettext_lazy("one", "many", 2), ngettext_lazy("one", "many", "n")),
]


def rows(count=1000):
    return [{"id": i, "name": f"name {i}", "value": i / 2} for i in range(count)]


def again(freezer, value, hint):
    freezer.begin()
    return freezer.freeze(value, hint)


@pytest.mark.parametrize("atom", ATOMS, ids=name)
def test_an_atom_is_its_own_picture(atom):
    assert Freezer().freeze(atom) is atom


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *((1, True), (1, 1.0), (0.0, -0.0), ("a", SafeString("a")), ("a", b"a"), (0, None)),
        *((Decimal("1.0"), Decimal("1.00")), (Decimal(1), 1), (float("nan"), float("nan"))),
        *((Decimal("nan"), Decimal("nan")), (0j, -0j), (range(0), range(1, 1)), ("", None)),
        (datetime(2020, 1, 1), datetime(2020, 1, 1, fold=1)),
        (DAY, datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC"))),
        (
            DAY,
            datetime(2020, 1, 1, 1, tzinfo=timezone(timedelta(0, 3600))),
        ),
        (date(2020, 1, 1), datetime(2020, 1, 1)),
        ([1], (1,)),
        ({"a": 1}, OrderedDict(a=1)),
        ({"a": 1}, Pairs(a=1)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (deque([1]), deque([1], 1)),
        (defaultdict(list), defaultdict(dict)),
        (Thing(a=1), Thing(a=True)),
        (User(pk=1, username="a"), User(pk=1, username="b")),
    ],
    ids=name,
)
def test_what_differs_in_type_or_content_is_another(old, new):
    for wrap in (lambda x: x, lambda x: [x], lambda x: {"k": x}, lambda x: (x, []), lambda x: (x,)):
        freezer = Freezer()
        hint = freezer.freeze(wrap(old))
        assert again(freezer, wrap(new), hint) is not hint


@pytest.mark.parametrize(
    "make",
    [
        *(dict, list, tuple, set, bytearray, deque, OrderedDict, Counter, rows, Thing),
        lambda: User(pk=1, date_joined=DAY),
        lambda: [float("1.5"), str(10**20), 10**20, Decimal("1.50"), 1j * 2, bytes([1, 2])],
        lambda: [datetime(2020, 1, 1, tzinfo=timezone(timedelta(0, 3600))), UUID(int=2), Path("b")],
        lambda: {(1, (2, "x")): [(1, frozenset({3}))]},
        lambda: [slotted(1, [2]), Record(1, [2]), Thing(x={1, 2}), Reducing([1]), Pairs(a=[1])],
        lambda: [defaultdict(list, a=[1]), Counter("ab"), OrderedDict(a=[]), bytearray(b"x")],
        lambda: functools.partial(print, [1]),
    ],
)
def test_what_is_replaced_by_an_equal_one_is_unchanged(make):
    freezer, value = Freezer(), make()
    hint = freezer.freeze(value)
    assert isinstance(hint, Frozen)
    assert again(freezer, value, hint) is hint
    assert again(freezer, make(), hint) is hint


def test_a_change_at_any_depth_is_seen_and_the_rest_is_shared():
    freezer = Freezer()
    table = rows()
    state = {"rows": table, "user": User(username="a"), "other": [Thing(x=[1])]}
    old = freezer.freeze(state)
    table[500]["value"] = 7
    new = again(freezer, state, old)
    assert new is not old
    assert new.parts[2:] == old.parts[2:]
    before, after = old.parts[1].parts, new.parts[1].parts
    assert [i for i in range(1000) if before[i] is not after[i]] == [500]
    state["user"]._state.db = "other"
    last = again(freezer, state, new)
    assert last is not new
    assert last.parts[1] is new.parts[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.__setitem__("id", True),
        lambda row: row.__setitem__("new", 1),
        lambda row: row.__delitem__("name"),
        lambda row: row.update(name="other"),
        lambda row: row.__init__(name="other"),
        lambda row: row.__ior__({"name": "other"}),
        lambda row: row.setdefault("new"),
        lambda row: row.pop("name"),
        lambda row: row.popitem(),
        lambda row: row.clear(),
        lambda row: row.update({"id": row.pop("id")}),
    ],
)
def test_each_way_to_change_a_dict_is_seen(change):
    value = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    freezer = Freezer()
    before = freezer.freeze(value)
    for _ in range(3):
        assert again(freezer, value, before) is before
    change(value[0])
    after = again(freezer, value, before)
    assert after is not before
    assert after.parts[1] is before.parts[1]
    assert list(thaw(after, {})[0].items()) == list(value[0].items())
    assert again(freezer, value, after) is after


def test_a_dict_at_the_address_of_another_is_compared():
    freezer = Freezer()
    seen = set()
    for number in range(1000):
        value = [{"id": number}]
        seen.add(id(value[0]))
        picture = freezer.freeze(value)
        for _ in range(2):
            assert again(freezer, value, picture) is picture
        assert thaw(picture, {}) == value
        freezer.begin()
    assert len(seen) < 1000


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize("at", [0, 400, 1000])
def test_one_insert_or_removal_keeps_the_rest(copied, at):
    freezer, table = Freezer(), rows()
    old = freezer.freeze(table)
    longer = copy.deepcopy(table) if copied else list(table)
    longer.insert(at, {"id": "new"})
    new = again(freezer, longer, old)
    assert new.parts[:at] + new.parts[at + 1 :] == old.parts
    shorter = copy.deepcopy(table) if copied else table
    assert again(freezer, shorter, new).parts == old.parts


def test_a_shuffle_finds_every_row():
    freezer, table = Freezer(), rows()
    old = freezer.freeze(table)
    by_id = {row.parts[1]: row for row in old.parts}
    random.Random(1).shuffle(table)
    assert again(freezer, table, old).parts == tuple(by_id[row["id"]] for row in table)


def test_dicts_and_attributes_are_shared_by_key():
    freezer = Freezer()
    old = freezer.freeze({"a": [1], "b": [2], "c": [3]})
    new = again(freezer, {"c": [3], "x": [0], "a": [1]}, old)
    assert new.parts[1] is old.parts[5]
    assert new.parts[5] is old.parts[1]


def test_what_is_held_twice_is_one_picture_and_what_no_longer_is_has_changed():
    freezer, shared = Freezer(), [1]
    old = freezer.freeze([shared, {"x": shared}])
    assert old.parts[0] is old.parts[1].parts[1]
    new = again(freezer, [shared, {"x": [1]}], old)
    assert new is not old
    assert new.parts[0] is not new.parts[1].parts[1]
    assert again(freezer, [shared, {"x": shared}], new) is not new


def test_a_change_within_a_cycle_changes_all_of_it_and_nothing_else():
    freezer, table = Freezer(), {"rows": [], "other": [[1]]}
    table["rows"] += [{"id": i, "table": table} for i in range(3)]
    old = freezer.freeze(table)
    assert again(freezer, table, old) is old
    table["rows"][1]["id"] = 9
    new = again(freezer, table, old)
    assert new.parts[3] is old.parts[3]
    for before, after in zip(old.parts[1].parts, new.parts[1].parts, strict=True):
        assert before.parts[3] is old
        assert after.parts[3] is new


def test_plain_and_comparable_say_what_a_picture_is_good_for():
    def flags(value):
        picture = Freezer().freeze([[value]])
        return picture.plain, picture.comparable

    assert flags({"a": (1, mark_safe("b"), Decimal(1), DAY)}) == (1, 1)
    assert flags(Thing()) == flags(len) == flags(Colour.RED) == flags(OrderedDict()) == (0, 1)
    assert flags(Reducing(1)) == flags(Copying(1)) == flags(Pairs()) == (0, 0)
    cycle: list = []
    cycle.append(cycle)
    assert flags(cycle) == (0, 1)


def test_what_copies_itself_is_never_the_same_again():
    freezer, value = Freezer(), [Copying(1), User.objects.all(), [1]]
    old = freezer.freeze(value)
    new = again(freezer, value, old)
    assert [part.kind for part in new.parts] == [Kind.OPAQUE, Kind.OPAQUE, Kind.LIST]
    assert [a is b for a, b in zip(old.parts, new.parts, strict=True)] == [False, False, True]
    assert isinstance(value[1], QuerySet)


@pytest.mark.parametrize("bad", [threading.Lock(), (i for i in ()), {}.keys()], ids=name)
def test_what_cannot_be_copied_raises_and_leaves_the_rest_usable(bad):
    freezer, shared = Freezer(), [1]
    value = [shared, {"x": [bad]}, shared]
    old = freezer.freeze(shared)
    for _ in range(2):
        freezer.begin()
        for _ in range(2):
            with pytest.raises(TypeError, match="cannot pickle"):
                freezer.freeze(value)
    assert again(freezer, shared, old) is old
    value[1]["x"].clear()
    new = again(freezer, value, None)
    assert new.parts[0] is new.parts[2] is old


def test_a_view_of_a_dict_is_unchanged_as_long_as_the_dict_is():
    freezer, value = Freezer(), {"a": [1]}
    old = freezer.freeze(value.items())
    assert again(freezer, value.items(), old) is old
    assert again(freezer, value.values(), old) is not old
    value["a"].append(2)
    assert again(freezer, value.items(), old) is not old


def test_nesting_that_is_too_deep_for_the_stack_is_an_error():
    value: list = []
    for _ in range(100_000):
        value = [value]
    freezer = Freezer()
    with pytest.raises(RecursionError):
        freezer.freeze(value)
    assert again(freezer, [1], None).parts == (1,)
    deep: tuple = ()
    for _ in range(100_000):
        deep = (deep,)
    with pytest.raises(RecursionError):
        again(freezer, deep, None)


def test_a_picture_of_another_freezer_is_not_touched_and_its_parts_are_shared():
    value = rows(3)
    first, second = Freezer(), Freezer()
    theirs = first.freeze(value)
    ours = second.freeze(value, theirs)
    assert ours is not theirs
    assert [a.parts is b.parts for a, b in zip(ours.parts, theirs.parts, strict=True)] == [True] * 3
    assert again(first, value, theirs) is theirs
    value[0]["id"] = 9
    assert again(first, value, theirs) is not theirs
    assert again(second, value, ours) is not ours


def test_a_page_that_replaces_its_rows_for_days_does_not_grow():
    freezer, hint = Freezer(), None
    for number in range(300):
        hint = again(freezer, [{"id": i, "at": number, "x": [i]} for i in range(100)], hint)
    addresses = []  # which are not used again
    for _ in range(300):
        addresses.append(thaw(hint, {}))
        assert again(freezer, addresses[-1], hint) is hint
    known = max(len(held) for held in gc.get_referents(freezer) if type(held) is dict)
    assert known < 3000  # 201 are live
    assert again(freezer, thaw(hint, {}), hint) is hint


def test_classes_that_are_made_for_each_pass_do_not_stay():
    freezer = Freezer()
    made = []
    picture = None
    for number in range(500):
        row = namedtuple("Row", ["id", "items"])
        made.append(weakref.ref(row))
        picture = again(freezer, [row(number, [])], picture)
    del row
    gc.collect()
    assert sum(each() is not None for each in made) < 250


def test_attributes_with_a_name_of_a_slot_or_of_a_property_come_back():
    class Odd:
        @property
        def total(self):
            raise AssertionError("not to be called")

    odd = Odd()
    vars(odd)["total"] = [1]
    assert vars(thaw(Freezer().freeze(odd), {})) == {"total": [1]}


def test_a_model_instance_comes_back_with_its_fields_and_what_it_has_loaded():
    user = User(pk=3, username="a")
    user._prefetched_objects_cache = {"groups": [1]}
    made = thaw(Freezer().freeze(user), {})
    assert type(made) is User
    assert made._state is not user._state
    assert made._state.adding is True
    assert {**vars(made), "_state": 0} == {**vars(user), "_state": 0}
    assert made._prefetched_objects_cache is not user._prefetched_objects_cache


def test_what_says_that_it_is_a_global_is_kept_and_never_compared():
    freezer, value = Freezer(), [GLOBAL, [GLOBAL]]
    picture = freezer.freeze(value)
    assert again(freezer, value, picture) is picture
    assert not picture.comparable
    made = thaw(picture, {})
    assert made[0] is made[1][0] is GLOBAL
    assert again(freezer, [Global(), []], picture).parts[0] is not picture.parts[0]


def test_a_binary_field_of_a_model_comes_back():
    user = User(pk=1)
    user.picture = memoryview(b"abc")
    made = thaw(Freezer().freeze(user), {})
    assert made.picture == memoryview(b"abc")
    assert made.picture is not user.picture


def test_a_promise_and_a_lazy_object_are_not_evaluated():
    def fail():
        raise AssertionError("evaluated")

    freezer = Freezer()
    value = {"text": lazy(fail, str)(), "lazy": SimpleLazyObject(fail)}
    picture = freezer.freeze(value)
    assert picture.parts[1].kind == Kind.OPAQUE
    assert picture.parts[3].kind == Kind.OPAQUE


def test_a_translation_is_its_own_picture_and_what_else_is_lazy_is_never_the_same_again():
    freezer = Freezer()
    value = {"text": gettext_lazy("Yes"), "own": lazy(str.upper, str)("yes")}
    before = freezer.freeze(value)
    assert before.parts[1] is value["text"]
    made = thaw(before, {}, lambda frozen: copy.deepcopy(freezer.original(frozen)))
    assert made["own"] is value["own"]


def test_a_value_that_is_made_for_one_look_is_not_taken_for_the_next_at_its_address():
    freezer = Freezer()
    freezer.begin()
    assert [freezer.freeze([n]).parts for n in range(10)] == [(n,) for n in range(10)]
