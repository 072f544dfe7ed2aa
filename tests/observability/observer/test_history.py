"""The curves' points: what came since the last, and of pauses and clocks that jump."""

from __future__ import annotations

from pykka_live.observability.observer.history import KEPT, STEP, History
from pykka_live.observability.observer.look import OWN_VIEWS
from pykka_live.observability.tally import Tally
from tests.observability.observer.stand_ins import handled


def note(history: History, tally: Tally, now: float) -> bool:
    return history.note(now, tally.series, 5, 4, 0)


def test_a_point_tells_what_came_since_the_last() -> None:
    history, tally = History(), Tally()
    own = next(iter(OWN_VIEWS), "pykka_live.observability.observer.page.ObserverPage")
    OWN_VIEWS.add(own)
    tally(handled())
    assert note(history, tally, 100.0)
    assert not history.points
    for outcome in ("ok", "ok", "handler_error", "noop"):
        tally(handled(outcome=outcome))
    tally(handled(own, total=9.0))
    assert not note(history, tally, 101.0)
    assert note(history, tally, 102.0)
    [point] = history.points
    assert (point.events, point.errors) == (2.0, 0.5)
    assert point.p50 is not None
    assert 0.0025 < point.p50 <= point.p95 <= point.p99 <= 0.005  # type: ignore[operator]
    assert (point.waiting, point.fullest) == (5, 4)
    assert note(history, tally, 104.0)
    assert history.points[-1].p99 is None


def test_a_process_that_was_too_busy_has_a_mean_instead_of_a_hole() -> None:
    history, tally = History(), Tally()
    note(history, tally, 100.0)
    note(history, tally, 102.0)
    for _ in range(20):
        tally(handled())
    note(history, tally, 112.0)
    assert [point.time for point in history.points] == [102.0, 104.0, 106.0, 108.0, 110.0, 112.0]
    assert [point.events for point in history.points] == [0.0, *[2.0] * 5]
    assert history.since == 100.0


def test_a_pause_begins_new_curves() -> None:
    history, tally = History(), Tally()
    for now in (100.0, 102.0, 104.0, 500.0):
        note(history, tally, now)
    assert len(history.points) == 0
    assert history.since == 500.0
    note(history, tally, 502.0)
    assert len(history.points) == 1


def test_a_clock_that_is_set_back_does_no_harm() -> None:
    history, tally = History(), Tally()
    for now in (100.0, 102.0, 50.0, 52.0):
        note(history, tally, now)
    assert [point.time for point in history.points] == [52.0]


def test_only_so_many_points_are_kept() -> None:
    history, tally = History(), Tally()
    for n in range(KEPT + 10):
        note(history, tally, 100.0 + n * STEP)
    assert len(history.points) == KEPT
