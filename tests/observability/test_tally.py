"""What views do is counted, by a bounded number of labels."""

from __future__ import annotations

import itertools
import math
import threading
from typing import Any

import pytest

from pykka_live.live.hooks import Handled
from pykka_live.observability.catalogue import BUCKETS, OTHER
from pykka_live.observability.tally import OUTCOMES, PHASES, Tally


class Page:
    """Stands for a view."""

    def save(self) -> None: ...

    def load(self) -> None: ...


PAGE = f"{__name__}.Page"


def handled(**values: Any) -> Handled:
    return Handled(**{"view": PAGE, "kind": "event", "event": "save", "outcome": "ok", **values})


def test_counts_by_outcome() -> None:
    tally = Tally()
    for outcome in ("ok", "ok", "noop", "handler_error"):
        tally(handled(outcome=outcome))
    [series] = tally.series()
    assert series.labels == (PAGE, "event", "save")
    assert {name: n for name, n in series.outcomes.items() if n} == {
        "ok": 2,
        "noop": 1,
        "handler_error": 1,
    }
    assert set(series.outcomes) == set(OUTCOMES)


def test_each_phase_has_its_times() -> None:
    tally = Tally()
    tally(handled(**dict(zip(PHASES, (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 2.0), strict=True))))
    tally(handled(**dict(zip(PHASES, (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 2.0), strict=True))))
    [series] = tally.series()
    assert series.sums == pytest.approx((0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 4.0))
    assert [sum(counts) for counts in series.counts] == [2] * len(PHASES)


def test_rows_and_pictures_from_the_whole_page_add_up() -> None:
    tally = Tally()
    tally(handled(rendered=1, reused=999))
    tally(handled(reused=1000, patches=7, size=5000))
    tally(handled(rendered=1000))
    tally(handled(from_page=True))
    [series] = tally.series()
    assert (series.rendered, series.reused, series.from_page) == (1001, 1999, 1)
    assert [sum(counts) for counts in series.counts] == [0] * len(PHASES)


def test_patches_add_up_by_operation_and_so_do_checkpoints() -> None:
    tally = Tally()
    tally(handled(operations=(1, 0, 0, 2, 0, 0), kept=True))
    tally(handled(operations=(0, 3, 0, 4, 0, 0)))
    [series] = tally.series()
    assert series.operations == (1, 3, 0, 6, 0, 0)
    assert series.checkpoints == 1


def test_a_record_with_other_operations_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 6 numbers of patches"):
        Tally()(handled(operations=(1,)))


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/sessions/3f/views/1b", "view"),
        ("", "view"),
        ("/sessions/3f/views/1b/components/cart", "component"),
        ("/sessions/3f/views/1b/components/cart/components/row", "component"),
    ],
)
def test_views_and_components_are_told_apart(path: str, part: str) -> None:
    tally = Tally()
    tally(handled(path=path))
    [series] = tally.series()
    assert series.part == part


@pytest.mark.parametrize("index", range(len(BUCKETS)))
def test_a_bucket_includes_its_upper_bound(index: int) -> None:
    tally = Tally()
    tally(handled(total=BUCKETS[index]))
    tally(handled(total=math.nextafter(BUCKETS[index], math.inf)))
    [series] = tally.series()
    counts = series.counts[PHASES.index("total")]
    assert counts[index] == 1
    assert counts[index + 1] == 1


def test_buckets_resolve_50_microseconds_to_10_seconds() -> None:
    assert BUCKETS[0] == 50e-6
    assert BUCKETS[-1] == 10
    assert all(b / a <= 2.51 for a, b in itertools.pairwise(BUCKETS))


def test_a_phase_that_did_not_take_place_is_not_counted() -> None:
    tally = Tally()
    tally(handled(outcome="rejected", total=0.1))
    tally(handled(outcome="rejected", handler=float("nan"), diff=-1.0))
    [series] = tally.series()
    assert [sum(counts) for counts in series.counts] == [0, 0, 0, 0, 0, 0, 1]
    assert series.sums == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1)


def test_a_series_is_a_copy() -> None:
    tally = Tally()
    tally(handled())
    [before] = tally.series()
    tally(handled(total=1.0))
    assert before.outcomes["ok"] == 1
    assert sum(before.counts[PHASES.index("total")]) == 0


def test_unknown_events_have_one_series() -> None:
    """What live does with names that a browser made up: it leaves them out of the record."""
    tally = Tally()
    for _ in range(10_000):
        tally(handled(event="", outcome="unknown"))
    assert [series.labels for series in tally.series()] == [(PAGE, "event", "")]
    assert tally.folded == 0


def test_events_that_no_code_defines_have_one_series() -> None:
    tally = Tally()
    tally(handled(event="save"))
    tally(handled(event="load"))
    for i in range(10_000):
        tally(handled(event=f"rubbish{i}"))
    assert {series.labels for series in tally.series()} == {
        (PAGE, "event", "save"),
        (PAGE, "event", "load"),
        (PAGE, "event", OTHER),
    }
    assert tally.folded == 10_000


def test_the_number_of_series_is_limited() -> None:
    tally = Tally(limit=100)
    for i in range(10_000):
        tally(handled(view=f"rubbish{i}"))
    assert len(tally.series()) == 101
    assert tally.folded == 9_900
    folded = tally.series()[-1]
    assert folded.labels == (OTHER, OTHER, OTHER)
    assert folded.outcomes["ok"] == 9_900


def test_a_series_from_before_the_limit_still_counts() -> None:
    tally = Tally(limit=1)
    tally(handled(event="save"))
    tally(handled(event="load"))
    tally(handled(event="save"))
    assert tally.series()[0].outcomes["ok"] == 2
    assert tally.folded == 1


def test_unknown_outcomes_are_folded() -> None:
    tally = Tally()
    for i in range(100):
        tally(handled(outcome=f"rubbish{i}"))
    [series] = tally.series()
    assert set(series.outcomes) == set(OUTCOMES)
    assert series.outcomes[OTHER] == 100


def test_classes_inside_functions_keep_their_events() -> None:
    class Local:
        pass

    tally = Tally()
    name = f"{Local.__module__}.{Local.__qualname__}"
    tally(handled(view=name, event="save"))
    assert [series.labels for series in tally.series()] == [(name, "event", "save")]


def test_threads_lose_nothing() -> None:
    tally = Tally(limit=10)
    record = handled(total=0.5)

    def count() -> None:
        for i in range(5_000):
            tally(record)
            tally(handled(view=f"view{i % 20}"))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    all_series = tally.series()
    assert len(all_series) == 11
    assert sum(series.outcomes["ok"] for series in all_series) == 80_000
    [page] = [series for series in all_series if series.labels[0] == PAGE]
    assert sum(page.counts[PHASES.index("total")]) == 40_000
    assert page.sums[PHASES.index("total")] == 20_000
