"""The lane: who of those that compute may start, and when."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pykka_live.actors._dispatcher import Task, Worker
from pykka_live.actors._lane import LATE, MOST, PATIENCE, Lane

# The lane asks neither tasks nor workers for anything.
A, B, C = cast("list[Worker]", ["worker A", "worker B", "worker C"])


@pytest.fixture
def lane() -> Lane:
    """One in which ten tasks wait."""
    lane = Lane()
    for n in range(10):
        lane.put(task(n), 0.0)
    return lane


def task(n: int) -> Task:
    return cast("Task", f"task {n}")


def started(lane: Lane, worker: Worker = A, now: float = 0.0) -> int:
    """Let start all that may, and count them."""
    count = 0
    while lane.is_open:
        lane.enter(worker, now)
        count += 1
    return count


def test_the_next_starts_when_the_one_before_has_ended(lane: Lane) -> None:
    for n in range(10):
        assert lane.enter(A, 0.0) == task(n)
        assert not lane.is_open
        lane.leave(A)


def test_an_empty_lane_is_not_open() -> None:
    assert not Lane().is_open


def test_one_that_was_not_waited_for_ends_without_a_trace(lane: Lane) -> None:
    lane.enter(A, 0.0)
    lane.leave(B)
    assert not lane.is_open


def test_while_the_process_computes_nobody_is_let_past(lane: Lane) -> None:
    lane.enter(A, 1.0)
    lane.check(1.0 + LATE / 2, idle=False)
    assert not lane.is_open


def test_one_that_does_not_end_is_no_longer_waited_for(lane: Lane) -> None:
    lane.enter(A, 1.0)
    lane.check(1.0 + 2 * LATE, idle=False)
    assert started(lane, B, 1.0 + 2 * LATE) == 1
    lane.leave(A)  # late, and another has begun meanwhile
    assert not lane.is_open


def test_while_the_process_is_idle_ever_more_start(lane: Lane) -> None:
    lane.enter(A, 0.0)
    counts = []
    while lane.queue:
        lane.check(0.0, idle=True)
        counts.append(started(lane, B))
    assert counts == [2, 4, 3]


def test_what_may_start_beside_the_others_may_come_later(lane: Lane) -> None:
    lane.check(0.0, idle=True)
    started(lane)
    lane.check(0.0, idle=True)
    started(lane)
    lane.check(0.0, idle=True)
    started(lane)
    assert not lane.queue
    lane.put(task(10), 0.0)
    assert lane.is_open


def test_as_soon_as_the_process_computes_one_starts_at_a_time_again(lane: Lane) -> None:
    lane.check(0.0, idle=True)
    started(lane)
    lane.check(0.0, idle=False)
    assert not lane.is_open
    lane.leave(A)
    assert started(lane, C) == 1


def test_no_more_start_at_once_than_threads_are_kept() -> None:
    lane = Lane()
    for n in range(5 * MOST):
        lane.put(task(n), 0.0)
    counts: list[int] = []
    while lane.queue:
        lane.check(0.0, idle=True)
        counts.append(started(lane))
    assert max(counts) == MOST + 1


def test_one_for_which_there_is_no_thread_is_the_next_again(lane: Lane) -> None:
    first: Any = lane.enter(A, 0.0)
    lane.put_back(first, A)
    assert lane.enter(B, 0.0) is first


def test_one_that_has_waited_for_long_is_late() -> None:
    lane = Lane()
    for came in (1, 2):
        lane.put(task(came), came)
    assert not lane.is_late(1.0 + PATIENCE / 2)
    assert lane.is_late(1.0 + 2 * PATIENCE)
    first: Any = lane.enter(A, 1.5)
    lane.leave(A)
    assert not lane.is_late(2.0)
    lane.put_back(first, A)
    assert lane.is_late(2.0)
