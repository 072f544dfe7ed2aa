"""Long lists of dicts, which are found unchanged by their versions alone: whatever becomes of them,
a snapshot is what a deep copy is."""

from __future__ import annotations

import copy
from collections import OrderedDict
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pykka_live.state._freeze import Freezer
from pykka_live.state.snapshot import Keeper, Snapshot
from pykka_live.state.thaw import thaw
from tests.state.graphs import Copying, Thing, same_graph

ROWS = 40


def rows(count: int = ROWS) -> list[Any]:
    return [{"id": i, "name": f"name {i}"} for i in range(count)]


class Tables:
    """An object with lists whose rows change, move, are shared and replaced at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.root = Thing(one=None, a=rows(), b=rows())

    def step(self) -> None:
        for _ in range(self.random.choice([0, 1, 1, 2, 5])):
            self.random.choice(self.CHANGES)(self, *self.place())
        if self.random.random() < 0.1:
            self.root.lock = (n for n in ())

    def place(self) -> tuple[list[Any], int]:
        table = getattr(self.root, self.random.choice("ab"))
        if not table:
            table.extend(rows())
        return table, self.random.randrange(len(table))

    def write(self, table: list[Any], i: int) -> None:
        if isinstance(table[i], dict):
            table[i]["name"] = self.random.choice(["x", "y", f"name {i}", [1], None])

    def replace(self, table: list[Any], i: int) -> None:
        table[i] = copy.copy(table[i])

    def replace_all(self, table: list[Any], i: int) -> None:
        table[i:] = [copy.copy(row) for row in table[i:]]

    def share(self, table: list[Any], i: int) -> None:
        other, j = self.place()
        table[i] = other[j]

    def swap(self, table: list[Any], i: int) -> None:
        j = self.random.randrange(len(table))
        table[i], table[j] = table[j], table[i]

    def delete(self, table: list[Any], i: int) -> None:
        del table[i]

    def insert(self, table: list[Any], i: int) -> None:
        table.insert(i, self.random.choice([{"id": i}, OrderedDict(id=i), None, [table]]))

    def cut(self, table: list[Any], i: int) -> None:
        del table[max(i, 20) :]

    def grow(self, table: list[Any], i: int) -> None:
        table += rows(5)

    def move(self, table: list[Any], i: int) -> None:
        self.root.a = list(self.root.a)

    def alias(self, table: list[Any], i: int) -> None:
        self.root.b = self.random.choice([self.root.a, list(self.root.a), rows()])

    def single_out(self, table: list[Any], i: int) -> None:
        self.root.one = self.random.choice([table[i], copy.copy(table[i]), [table[i]], None])

    CHANGES = (
        *(write, write, write, write, replace, replace_all, share, share, swap, delete, insert),
        *(cut, grow, move, alias, single_out, single_out),
    )

    def copied(self, mark: Thing) -> dict[str, Any]:
        return copy.deepcopy(dict(vars(self.root)), {id(self.root): mark})


def holds(snapshot: Snapshot, copied: dict[str, Any], mark: Thing) -> bool:
    target = Thing()
    snapshot.restore(target)
    return same_graph(vars(target), copied, [(target, mark)])


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_a_snapshot_of_long_lists_is_a_deep_copy_and_stays_one(random: Random):
    tables = Tables(random)
    keeper, mark = Keeper(tables.root), Thing()
    kept: list[tuple[Snapshot, dict[str, Any]]] = []
    last, last_copy = None, None
    for _ in range(random.randrange(2, 12)):
        tables.step()
        snapshot = keeper.take()
        vars(tables.root).pop("lock", None)  # which cannot be copied
        copied = tables.copied(mark)
        assert holds(snapshot, copied, mark)
        if last is not None and snapshot.left_out == last.left_out:
            assert (snapshot is last) == same_graph(last_copy, copied, [(mark, mark)])
        last, last_copy = snapshot, copied
        kept = random.choice([[], kept, [*kept, (snapshot, copied)]])
    for snapshot, copied in kept:
        assert holds(snapshot, copied, mark)


def settled(value: Any) -> tuple[Freezer, Any]:
    """A freezer that knows the versions of a list's rows, and its picture of them."""
    freezer = Freezer()
    picture = freezer.freeze(value)
    for _ in range(3):
        freezer.begin()
        assert freezer.freeze(value, picture) is picture
    return freezer, picture


def again(freezer: Freezer, value: Any, hint: Any) -> Any:
    freezer.begin()
    return freezer.freeze(value, hint)


def test_an_equal_row_that_stands_in_another_list_keeps_its_own_picture():
    one, two = rows(), rows()
    freezer, picture = settled([one, two])
    one[3] = two[3]
    after = again(freezer, [one, two], picture)
    assert after.parts[0].parts[3] is after.parts[1].parts[3]
    one[3] = dict(two[3])
    after = again(freezer, [one, two], after)
    assert after.parts[0].parts[3] is not after.parts[1].parts[3]


def test_a_row_that_takes_the_place_of_an_equal_one_is_one_object_everywhere():
    table = rows()
    table[5]["id"] = table[30]["id"] = table[5]["name"] = table[30]["name"] = 0
    freezer, picture = settled(table)
    table[5] = table[30]
    after = again(freezer, table, picture)
    assert after.parts[5] is after.parts[30]
    made = thaw(after, {})
    assert made[5] is made[30]


def test_a_row_that_is_also_shown_before_its_list_is_one_object():
    table = rows()
    freezer, picture = settled([dict(table[20]), table])
    after = again(freezer, [table[20], table], picture)
    assert after.parts[0] is after.parts[1].parts[20]
    after = again(freezer, [dict(table[20]), table], after)
    assert after.parts[0] is not after.parts[1].parts[20]


def test_an_equal_row_outside_of_the_list_is_another_object():
    table = rows()
    freezer, picture = settled(table)
    before = picture.parts[20]
    freezer.begin()
    assert freezer.freeze(table, picture) is picture
    assert freezer.freeze(dict(table[20]), before) is not before
    assert freezer.freeze(table[20], None) is before


def test_what_copies_itself_finds_the_rows_of_a_list_that_has_not_changed():
    table = rows()
    root = Thing(a=table, b=Copying(table[20]))
    keeper = Keeper(root)
    for _ in range(4):
        snapshot = keeper.take()
    target = Thing()
    snapshot.restore(target)
    assert target.b.content is target.a[20]


def test_a_picture_that_is_still_held_is_left_as_it_is():
    table = rows()
    freezer, picture = settled(table)
    held = []
    for number in range(6):
        table[7]["name"] = number
        picture = again(freezer, table, picture)
        held.append((picture, picture.parts, copy.deepcopy(table)))
    for picture, parts, copied in held:
        assert picture.parts is parts
        assert thaw(picture, {}) == copied


def test_a_row_that_cannot_be_copied_leaves_the_others_usable():
    table = rows()
    freezer, picture = settled(table)
    table[3]["name"], table[9]["name"], kept = "new", (n for n in ()), table[9]["name"]
    with pytest.raises(TypeError):
        again(freezer, table, picture)
    table[9]["name"] = kept
    after = again(freezer, table, picture)
    assert thaw(after, {}) == table
    assert [i for i in range(ROWS) if after.parts[i] is not picture.parts[i]] == [3]


@pytest.mark.parametrize("count", [ROWS - 1, ROWS // 2, 15, 1, 0, ROWS + 1])
def test_a_list_of_another_length_is_another(count: int):
    table = rows()
    freezer, picture = settled(table)
    table[:] = (table + rows())[:count]
    after = again(freezer, table, picture)
    assert thaw(after, {}) == table
    assert after.parts[: min(count, ROWS)] == picture.parts[:count]
    assert again(freezer, table, after) is after


def test_a_row_stays_one_object_when_pictures_that_are_old_are_forgotten():
    root = Thing(a=rows(), b=[], one=None)
    keeper = Keeper(root)
    before = keeper.take().attributes[1].parts
    held = []
    for number in range(300):
        root.b = rows(20)
        held.append(root.b)  # so that all have addresses of their own
        root.one = root.a[20] if number % 2 else None
        snapshot = keeper.take()
        assert holds(snapshot, copy.deepcopy(vars(root)), Thing())
    assert snapshot.attributes[1].parts == before
