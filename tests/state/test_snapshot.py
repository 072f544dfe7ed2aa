"""Snapshots: a copy that shares nothing, restored as often as one likes."""

from __future__ import annotations

import logging
import threading

from hypothesis import given
from hypothesis import strategies as st

from pykka_live.state.snapshot import take_snapshot


class Thing:
    def __init__(self, **attributes):
        vars(self).update(attributes)

    def method(self):
        return self


values = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


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
