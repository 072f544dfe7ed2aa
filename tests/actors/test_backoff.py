"""Delays between restarts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.actors import ActorSystem, Backoff, Ping
from tests.actors.actors import TIMEOUT, Clock, crash, number, until, worker


def test_it_doubles_from_nothing_over_min_to_max() -> None:
    backoff = Backoff(0.1, 5, jitter=0)
    assert [backoff.delay(n) for n in range(9)] == pytest.approx(
        [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5]
    )
    assert backoff.delay(100_000) == 5


def test_jitter_takes_away() -> None:
    assert Backoff(1, 5, jitter=0.5, random=lambda: 0.5).delay(1) == 0.75


@given(st.integers(0, 5000), st.floats(0, 1))
def test_it_is_never_negative_nor_above_max(attempt: int, jitter: float) -> None:
    assert 0 <= Backoff(0.5, 7, jitter=jitter).delay(attempt) <= 7


@pytest.mark.parametrize(
    "options",
    [
        {"min": -1},
        {"max": 0.01},
        {"factor": 0.5},
        {"jitter": 2},
        {"reset_after": "1"},
        {"min": True},
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Backoff(**options)


def test_a_longest_delay_without_a_first_one_is_refused() -> None:
    with pytest.raises(ValueError, match="min must be > 0"):
        Backoff(0, 5)
    assert Backoff(0, 0).delay(9) == 0


def test_the_quiet_time_counts_from_the_moment_a_child_came_up(
    timed: ActorSystem, clock: Clock
) -> None:
    backoff = Backoff(10, 100, factor=10, jitter=0, reset_after=50)
    cell = worker(timed, backoff=backoff, max_restarts=100)
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2  # at once
    for incarnation, delay in ((3, 10), (4, 100), (5, 100)):
        cell.tell(crash)
        until(lambda: cell.state == "restarting")
        clock.advance(delay - 1, timed.root)
        assert cell.state == "restarting"
        clock.advance(1, timed.root)
        assert cell.ask(number, TIMEOUT) == incarnation
    assert timed.root.request(Ping(), TIMEOUT)  # it knows that the child is up
    clock.advance(51, timed.root)
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 6  # at once
