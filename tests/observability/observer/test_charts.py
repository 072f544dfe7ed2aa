"""The curves as they are drawn, and as numbers."""

from __future__ import annotations

from pykka_live.observability.catalogue import BUCKETS
from pykka_live.observability.observer.charts import charts, numbers
from pykka_live.observability.observer.history import Point


def test_charts_end_at_the_right_and_have_gaps() -> None:
    points = [
        Point(100.0 + n, 10.0, 0.0, None if n == 1 else 0.001, 0.1, 0.1, 3, 2, 0) for n in range(3)
    ]
    [events, latency, mail] = charts(points)
    assert events["lines"][0]["d"].startswith("M146 ")
    assert events["lines"][0]["d"].endswith("L149 3")  # as high as the scale
    assert latency["lines"][0]["d"].count("M") == 2
    assert latency["lines"][0]["now"] == "1 ms"
    assert "p99 100 ms" in latency["text"]
    assert mail["marks"][0]["label"] == "5"
    assert [each["waiting"] for each in numbers(points)] == ["3"]


def test_charts_of_nothing() -> None:
    assert [chart["lines"][0]["d"] for chart in charts([])] == ["", "", ""]
    assert numbers([]) == []


def test_charts_of_the_slowest_stay_within() -> None:
    point = Point(1.0, 1e6, 1e6, BUCKETS[-1], BUCKETS[-1], BUCKETS[-1], 10**6, 10**6, 0)
    for chart in charts([point]):
        for line in chart["lines"]:
            assert 0 <= float(line["d"].split()[-1]) <= 60
