"""Turns what sockets and event loops have counted into Prometheus' metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client.core import HistogramMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.utils import floatToGoString

from pykka_live.observability import catalogue
from pykka_live.observability.catalogue import BUCKETS, OTHER, Metric
from pykka_live.transport import heartbeat
from pykka_live.transport._traffic import Traffic

__all__ = ["event_loops", "sockets"]

BOUNDS = (*map(floatToGoString, BUCKETS), "+Inf")


def sockets(traffic: Traffic) -> Iterator[Family]:
    """Return the metrics of the sockets, in the order of the catalogue."""
    replies = catalogue.REPLY.histogram()
    for labels, numbers in traffic.replies().items():
        _add(replies, labels, numbers)
    yield replies
    frames, sizes = catalogue.FRAMES.counter(), catalogue.FRAME_BYTES.counter()
    for labels, (count, size) in traffic.frames().items():
        frames.add_metric(labels, count)
        sizes.add_metric(labels, size)
    yield from (frames, sizes)
    open_now = catalogue.SOCKETS.gauge()
    open_now.add_metric((), traffic.sockets)
    yield open_now
    yield _counter(catalogue.SOCKETS_CLOSED, {(code,): n for code, n in traffic.closes().items()})
    yield _counter(catalogue.ERRORS, {(code,): n for code, n in traffic.errors().items()})
    yield _counter(catalogue.JOINS, traffic.joins())
    yield _counter(catalogue.REBUILDS, traffic.rebuilds())


def event_loops() -> Iterator[Family]:
    """Return the metrics of the event loops that serve sockets."""
    late = catalogue.LOOP_LAG.histogram()
    _add(late, (), heartbeat.lag.copy())
    overdue = catalogue.LOOP_OVERDUE.gauge()
    overdue.add_metric((), heartbeat.overdue())
    yield from (late, overdue)


def _counter(metric: Metric, counts: Mapping[tuple[Any, ...], int]) -> Family:
    family = metric.counter()
    for labels, count in counts.items():
        family.add_metric(_texts(labels), count)
    return family


def _add(
    family: HistogramMetricFamily, labels: tuple[Any, ...], numbers: tuple[tuple[int, ...], float]
) -> None:
    counts, total = numbers
    family.add_metric(_texts(labels), list(zip(BOUNDS, accumulate(counts), strict=True)), total)


def _texts(labels: tuple[Any, ...]) -> list[str]:
    """Return the values of labels; what was counted under None has no name of its own."""
    return [OTHER if label is None else str(label) for label in labels]
