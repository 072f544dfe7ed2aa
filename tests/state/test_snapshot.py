"""Snapshots: a copy that shares nothing, restored as often as one likes."""

from __future__ import annotations

import logging
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pykka_live.state.snapshot import Keeper, Uncopyable, take_snapshot
from tests.state.graphs import Copying, Reducing


class Thing:
    def __init__(self, **attributes):
        vars(self).update(attributes)

    def method(self):
        return self


values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "_c"]), values))
def test_what_was_taken_is_what_is_restored(attributes):
    target = Thing()
    take_snapshot(Thing(**attributes)).restore(target)
    assert vars(target) == attributes


def test_neither_side_can_change_the_snapshot():
    source = Thing(rows=[{"n": 1}])
    snapshot = take_snapshot(source)
    source.rows[0]["n"] = 2
    first, second = Thing(), Thing()
    snapshot.restore(first)
    first.rows[0]["n"] = 3
    snapshot.restore(second)
    assert second.rows == [{"n": 1}]


def test_what_was_one_object_stays_one_object():
    shared = [1]
    target = Thing()
    take_snapshot(Thing(a=shared, b={"x": shared})).restore(target)
    target.a.append(2)
    assert target.b["x"] == [1, 2]


def test_references_to_the_object_and_its_surroundings_point_to_the_new_ones():
    request = Thing(lock=threading.Lock())
    source = Thing(request=request, name="x")
    source.me = source
    source.call = source.method
    source.held = {"request": request}
    target = Thing(request=Thing())
    take_snapshot(source, frozenset({"request"})).restore(target)
    assert target.me is target
    assert target.call() is target
    assert target.held["request"] is target.request
    assert target.name == "x"


def test_what_cannot_be_copied_is_left_out_with_one_warning(caplog):
    class Holder(Thing):
        pass

    caplog.set_level(logging.WARNING)
    shared = [1]
    for _ in range(2):
        snapshot = take_snapshot(
            Holder(a=shared, lock=threading.Lock(), both=[shared, threading.Lock()], b=shared)
        )
    assert snapshot.left_out == ("lock", "both")
    target = Thing()
    snapshot.restore(target)
    assert vars(target) == {"a": [1], "b": [1]}
    assert target.a is target.b
    assert len([line for line in caplog.messages if "Holder.lock" in line]) == 1


def test_parts_of_the_surroundings_and_what_lazy_ones_stand_for_point_to_the_new_ones():
    loaded = Thing(name="ann")
    source = Thing(request=Thing(user=Thing(_wrapped=loaded), empty=Thing(_wrapped=object())))
    source.lazy, source.loaded = source.request.user, loaded
    surroundings = frozenset({"request", "request.user", "request.empty", "request.missing"})
    snapshot = take_snapshot(source, surroundings)
    target, bare = Thing(request=Thing(user=Thing(_wrapped=None))), Thing(request=Thing())
    snapshot.restore(target)
    assert target.lazy is target.request.user
    assert target.loaded is target.request.user
    snapshot.restore(bare)
    assert bare.lazy is None


def restored(snapshot):
    target = Thing()
    snapshot.restore(target)
    return target


def test_a_keeper_shares_what_has_not_changed():
    source = Thing(rows=[{"n": i} for i in range(10)], count=0, other={"x": [1]})
    keeper = Keeper(source)
    first = keeper.take()
    assert keeper.take() is first
    source.rows[3]["n"] = 33
    second = keeper.take()
    rows, other = second.attributes[1], second.attributes[5]
    assert other is first.attributes[5]
    assert [i for i in range(10) if rows.parts[i] is not first.attributes[1].parts[i]] == [3]
    assert (restored(first).rows[3], restored(second).rows[3]) == ({"n": 3}, {"n": 33})
    del source.count
    assert vars(restored(keeper.take())) == {"rows": source.rows, "other": source.other}


def test_a_keeper_reuses_what_its_freezer_pictured_in_the_same_pass():
    source = Thing(rows=[{"n": 1}], count=0)
    keeper = Keeper(source)
    keeper.freezer.begin()
    picture = keeper.freezer.freeze(source.rows)
    assert keeper.take(begin=False).attributes[1] is picture


def test_what_cannot_be_copied_does_not_make_another_snapshot_of_it(caplog):
    keeper = Keeper(Thing(lock=threading.Lock(), rows=[1]))
    first = keeper.take()
    assert first.left_out == ("lock",)
    assert keeper.take() is first


def test_what_copies_itself_holds_what_the_rest_of_the_state_holds():
    rows, own = [{"n": 1}], [1]
    source = Thing(first=Copying([rows, own]), rows=rows, deep={"x": Copying((rows, own))})
    source.reducing, source.me = Reducing(rows), Copying(source)
    keeper = Keeper(source)
    keeper.take()
    for _ in range(2):  # the second shares with the first what it can
        target = restored(keeper.take())
        assert target.first.content[0] is target.rows
        assert target.deep["x"].content[0] is target.rows
        assert target.first.content[1] is target.deep["x"].content[1]
        assert target.reducing.content is target.rows
        assert target.me.content is target
        assert target.rows == rows
        assert target.rows is not rows
        assert target.first.content[1] is not own


def test_neither_side_can_change_what_copied_itself():
    source = Thing(form=Copying([1]))
    snapshot = take_snapshot(source)
    source.form.content.append(2)
    restored(snapshot).form.content.append(3)
    assert restored(snapshot).form.content == [1]


def test_a_strict_keeper_refuses_what_cannot_be_copied_and_goes_on_with_what_can(caplog):
    source = Thing(n=[1])
    keeper = Keeper(source, is_strict=True)
    first = keeper.take()
    source.lock = threading.Lock()
    for _ in range(2):
        with pytest.raises(Uncopyable, match=r"^lock \(.*cannot pickle '_thread.lock'"):
            keeper.take()
    del source.lock
    assert keeper.take() is first
    assert caplog.records == []


def test_what_cannot_be_put_together_again_is_left_out():
    class Broken(Exception):
        def __init__(self, one, two):
            super().__init__(one)

    class Refusing:
        def __deepcopy__(self, memo):
            raise ValueError("no")

    shared = [1]
    source = Thing(
        a=shared, error=[shared, Broken(1, 2)], form={"x": [shared, Refusing()]}, b=shared
    )
    keeper = Keeper(source)
    for _ in range(2):
        snapshot = keeper.take()
        assert set(snapshot.left_out) == {"error", "form"}
        target = restored(snapshot)
        assert vars(target) == {"a": [1], "b": [1]}
        assert target.a is target.b


def test_a_snapshot_is_restored_while_its_keeper_goes_on():
    source = Thing(rows=[{"n": 0, "tags": [0]} for _ in range(50)])
    source.rows.append(source.rows)
    keeper = Keeper(source)
    snapshots, done, wrong = [keeper.take()], threading.Event(), []

    def restore():
        while not done.is_set():
            rows = restored(snapshots[-1]).rows
            seen = {(row["n"], *row["tags"]) for row in rows[:-1]}
            if len(seen) > 1 or rows[-1] is not rows:
                wrong.append(rows)

    reader = threading.Thread(target=restore)
    reader.start()
    for n in range(300):
        for row in source.rows[:-1]:
            row["n"], row["tags"] = n, [n]
        snapshots.append(keeper.take())
        restored(snapshots[0])
    done.set()
    reader.join()
    assert not wrong
    assert [restored(s).rows[0]["n"] for s in snapshots] == [0, *range(300)]


def test_a_restored_object_can_be_kept_by_another_keeper():
    source = Thing(rows=[{"n": 1}, {"n": 2}])
    first = Keeper(source).take()
    target = restored(first)
    target.rows[0]["n"] = 5
    second = Keeper(target).take()
    assert restored(first).rows == [{"n": 1}, {"n": 2}]
    assert restored(second).rows == [{"n": 5}, {"n": 2}]
