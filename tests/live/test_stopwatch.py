"""What is reported of the time that a message took."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from pykka_live.live import _stopwatch, hooks
from pykka_live.live._stopwatch import Stopwatch

STAGES = ("waited", "handler", "render", "diff", "total")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moments: list[float] = []
    monkeypatch.setattr(_stopwatch, "perf_counter", lambda: moments.pop(0))
    return moments


@pytest.mark.parametrize(
    ("stages", "moments", "expected"),
    [
        ((), (1, 4), (7, 3, 0, 0, 10)),
        (("diff",), (1, 3, 8), (7, 2, 0, 5, 14)),
        (("render",), (1, 3, 8), (7, 2, 5, 0, 14)),
        (("render", "diff"), (1, 3, 8, 18), (7, 2, 5, 10, 24)),
        (("render", "diff", "render"), (1, 3, 8, 18, 20), (7, 17, 2, 0, 26)),
        (("render", "diff", "render", "diff"), (1, 3, 8, 18, 20, 23), (7, 17, 2, 3, 29)),
    ],
)
def test_each_stage_has_its_time_and_a_second_attempt_counts(
    clock: list[float], stages: Any, moments: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    assert all(a < b for a, b in pairwise(moments))
    clock += moments
    watch = Stopwatch(
        "a.View", "event", "up", SimpleNamespace(path="/x", message_waited=7, clock=None)
    )  # type: ignore[arg-type]
    for stage in stages:
        watch.begin(stage)
    handled = watch.finish("ok")
    assert tuple(getattr(handled, stage) for stage in STAGES) == expected
    assert handled[:5] == ("a.View", "event", "up", "ok", "/x")


def test_the_report_goes_to_the_listeners() -> None:
    heard: list[hooks.Handled] = []
    hooks.add_listener(heard.append)
    try:
        watch = Stopwatch(
            "a.View", "info", "x", SimpleNamespace(path="/x", message_waited=0.0, clock=None)
        )  # type: ignore[arg-type]
        assert watch.finish("noop") in heard
    finally:
        hooks.remove_listener(heard.append)
