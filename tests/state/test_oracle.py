"""Random states that change at random: `copy.deepcopy` says what a snapshot has to hold, and two
copies of it whether anything has changed."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pykka_live.state.snapshot import Keeper, Snapshot
from tests.state.graphs import MAKERS, OTHER_MAKERS, Thing, reachable, same_graph
from tests.state.worlds import World

randoms = st.randoms(use_true_random=False)


def restored(snapshot: Snapshot) -> Thing:
    target = Thing()
    snapshot.restore(target)
    return target


def is_copy(world: World, snapshot: Snapshot) -> bool:
    """Whether a snapshot is what the world is, or what a deep copy of it is: where a named tuple or
    a bound method holds itself, `copy.deepcopy` makes two of them, and a snapshot does not."""
    mark, target = Thing(), restored(snapshot)
    return same_graph(vars(target), vars(world.root), [(target, world.root)]) or same_graph(
        vars(target), world.copy(mark), [(target, mark)]
    )


def holds(snapshot: Snapshot, copied: dict[str, Any], mark: Thing) -> bool:
    target = restored(snapshot)
    return same_graph(vars(target), copied, [(target, mark)], methods=False)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_snapshot_is_a_deep_copy(random: Random):
    world = World(random, MAKERS + OTHER_MAKERS)
    keeper = Keeper(world.root)
    for _ in range(random.randrange(1, 8)):
        world.step()
        snapshot = keeper.take()
        assert snapshot.left_out == ()
        assert is_copy(world, snapshot)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_snapshot_is_never_changed_again(random: Random):
    world = World(random)
    keeper, mark = Keeper(world.root), Thing()
    taken = []
    for _ in range(random.randrange(1, 8)):
        world.step()
        snapshot = keeper.take()
        copied = world.copy(mark)
        if holds(snapshot, copied, mark) or not world.has_cycle():
            taken.append((snapshot, copied))
    for snapshot, copied in taken:
        assert holds(snapshot, copied, mark)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_snapshot_is_the_same_exactly_if_nothing_has_changed(random: Random):
    world = World(random)
    keeper, mark = Keeper(world.root), Thing()
    last, last_copy = keeper.take(), world.copy(mark)
    for _ in range(random.randrange(1, 8)):
        world.step()
        snapshot, copied = keeper.take(), world.copy(mark)
        same = same_graph(last_copy, copied, [(mark, mark)])
        # Of what holds itself, copies are not always faithful, and so cannot tell.
        if snapshot is last or not world.has_cycle():
            assert (snapshot is last) == same
        last, last_copy = snapshot, copied


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_what_has_been_frozen_in_the_same_pass_with_any_hint_makes_no_difference(random: Random):
    world = World(random, MAKERS + OTHER_MAKERS)
    keeper = Keeper(world.root)
    hints = [None]
    for _ in range(random.randrange(1, 8)):
        world.step()
        keeper.freezer.begin()
        for _ in range(3):
            value = random.choice(reachable(world.root))
            hints.append(keeper.freezer.freeze(value, random.choice(hints)))
        assert is_copy(world, keeper.take(begin=False))
