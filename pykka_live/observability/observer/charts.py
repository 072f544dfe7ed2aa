"""The curves of the last minutes, as paths for SVG, and the same as numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from pykka_live.observability.observer.history import KEPT, STEP, Point
from pykka_live.observability.observer.rows import clock_time

__all__ = ["HEIGHT", "WIDTH", "charts", "numbers"]

WIDTH = KEPT - 1
HEIGHT = 60

FASTEST, SLOWEST = 0.0001, 10.0  # seconds; the latencies' scale is logarithmic
MARKS = ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "100 ms"), (1.0, "1 s"))

EVERY = round(30 / STEP)  # points of which one is in the table of numbers

Values = Sequence[float | None]


def charts(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return what the template draws: of each chart `key`, `title`, `text` (what a person who does
    not see it is told), `marks` (`y` and `label`) and `lines` (`key`, `name`, `d`, `now`)."""
    return [
        _chart(
            "events",
            "Events per second",
            _rate,
            [
                ("main", "handled", [point.events for point in points]),
                ("bad", "failed", [point.errors for point in points]),
            ],
        ),
        _latencies(points),
        _chart(
            "mail",
            "Messages in mailboxes",
            lambda value: f"{value:.0f}",
            [
                ("main", "all together", [float(point.waiting) for point in points]),
                ("upper", "the fullest", [float(point.fullest) for point in points]),
            ],
        ),
    ]


def numbers(points: Sequence[Point]) -> list[dict[str, str]]:
    """Return some of the points as texts, the newest first."""
    return [
        {
            "time": clock_time(point.time),
            "events": _rate(point.events),
            "errors": _rate(point.errors),
            "p50": _seconds(point.p50),
            "p95": _seconds(point.p95),
            "p99": _seconds(point.p99),
            "waiting": str(point.waiting),
            "fullest": str(point.fullest),
            "restarts": str(point.restarts),
        }
        for point in list(points)[::-EVERY]
    ]


def _chart(
    key: str,
    title: str,
    write: Callable[[float], str],
    series: list[tuple[str, str, list[float]]],
) -> dict[str, Any]:
    top = _nice(max((value for _, _, values in series for value in values), default=0.0))
    lines = [
        {
            "key": line,
            "name": name,
            "d": _path(values, lambda value: value / top),
            "now": write(values[-1]) if values else "–",
        }
        for line, name, values in series
    ]
    marks = [{"y": f"{_y(1.0):g}", "label": f"{top:g}"}, {"y": f"{_y(0.5):g}", "label": ""}]
    return {"key": key, "title": title, "text": _told(lines), "marks": marks, "lines": lines}


def _latencies(points: Sequence[Point]) -> dict[str, Any]:
    lines = []
    for line, name in (("main", "p50"), ("upper", "p95"), ("top", "p99")):
        values: Values = [getattr(point, name) for point in points]
        last = next((value for value in reversed(values) if value is not None), None)
        lines.append(
            {"key": line, "name": name, "d": _path(values, _decades), "now": _seconds(last)}
        )
    marks = [{"y": f"{_y(_decades(at)):.3g}", "label": label} for at, label in MARKS]
    title = "Latency of events"
    return {"key": "latency", "title": title, "text": _told(lines), "marks": marks, "lines": lines}


def _told(lines: list[dict[str, Any]]) -> str:
    now = ", ".join(f"{line['name']} {line['now']}" for line in lines)
    return f"The last {KEPT * STEP / 60:g} minutes. Now: {now}."


def _path(values: Values, scale: Callable[[float], float]) -> str:
    """Return the `d` of a path, the newest value at the right; where there is none, it has a gap.
    A value between two gaps is a short dash, for a point would not be seen."""
    parts: list[str] = []
    first = WIDTH - len(values) + 1
    before: float | None = None
    for i, value in enumerate(values):
        if value is not None:
            y = f"{_y(scale(value)):.3g}"
            start = f"M{max(0, first + i - 1)} {y}L" if before is None else "L"
            parts.append(f"{start}{first + i} {y}")
        before = value
    return "".join(parts)


def _y(share: float) -> float:
    return HEIGHT - 1 - min(max(share, 0.0), 1.0) * (HEIGHT - 4)


def _decades(seconds: float) -> float:
    return math.log(max(seconds, FASTEST) / FASTEST) / math.log(SLOWEST / FASTEST)


def _nice(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50, ..."""
    if value <= 1:
        return 1.0
    decade: float = 10.0 ** math.floor(math.log10(value))
    return next(step * decade for step in (1, 2, 5, 10) if step * decade >= value)


def _rate(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _seconds(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2g} s" if value >= 1 else f"{value * 1000:.3g} ms"
