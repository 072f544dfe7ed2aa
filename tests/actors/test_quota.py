"""How much of a flood is told: the first of each actor and kind, then how many more there were."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from pykka_live.actors._quota import COUNTED, FIRST, OTHERS, PERIOD, LeftOut, Quota
from tests.actors.actors import Clock

INFO = logging.INFO


@pytest.fixture
def quota(clock: Clock) -> Quota:
    return Quota(clock)


def test_each_actor_and_kind_is_counted_apart(quota: Quota) -> None:
    pairs = [("/a", "overflow"), ("/a", "dead_letter"), ("/b", "overflow")]
    assert [quota.count(*pair, INFO) for pair in pairs * 2] == [1, 1, 1, 2, 2, 2]


def test_a_period_that_is_over_is_ended_with_what_was_left_out(quota: Quota, clock: Clock) -> None:
    for _ in range(FIRST + 7):
        quota.count("/a", "overflow", INFO)
    clock.now += PERIOD - 1
    quota.count("/b", "overflow", INFO)
    assert quota.over() == []
    assert quota.count("/a", "overflow", INFO) == FIRST + 8
    clock.now += 1
    assert quota.over() == [LeftOut("/a", "overflow", INFO, 8)]
    assert quota.over() == []
    assert quota.count("/a", "overflow", INFO) == 1
    assert quota.count("/b", "overflow", INFO) == 2


def test_where_nothing_was_left_out_nothing_is_told(quota: Quota, clock: Clock) -> None:
    for _ in range(FIRST):
        quota.count("/a", "overflow", INFO)
    clock.now += PERIOD
    assert quota.over() == []
    assert quota.count("/a", "overflow", INFO) == 1


def test_all_periods_can_be_ended_at_once(quota: Quota) -> None:
    for _ in range(FIRST + 1):
        quota.count("/a", "overflow", INFO)
        quota.count("/b", "dead_letter", logging.WARNING)
    assert quota.over(everything=True) == [
        LeftOut("/a", "overflow", INFO, 1),
        LeftOut("/b", "dead_letter", logging.WARNING, 1),
    ]


def test_beyond_a_number_of_actors_all_others_share_one_count(quota: Quota, clock: Clock) -> None:
    for number in range(COUNTED + FIRST + 5):
        quota.count(f"/{number}", "overflow", INFO)
    assert quota.count("/new", "overflow", INFO) == FIRST + 6
    assert quota.count("/new", "dead_letter", INFO) == 1
    assert quota.count("/0", "overflow", INFO) == 2
    assert len(quota._counts) == COUNTED + 2
    clock.now += PERIOD
    assert quota.over() == [LeftOut(OTHERS, "overflow", INFO, 6)]
    assert quota.count("/new", "overflow", INFO) == 1


def test_threads_count_together(quota: Quota) -> None:
    threads, times = 4, 500
    with ThreadPoolExecutor(threads) as pool:
        counted = pool.map(lambda _: quota.count("/a", "overflow", INFO), range(threads * times))
    assert sorted(counted) == list(range(1, threads * times + 1))
    assert quota.over(everything=True) == [LeftOut("/a", "overflow", INFO, threads * times - FIRST)]
