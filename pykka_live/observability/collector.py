"""Turns the counts and the living cells into Prometheus' metrics, when Prometheus asks."""

from __future__ import annotations

import functools
import os
import platform
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from itertools import accumulate

import django
from prometheus_client.core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from pykka_live.actors import ActorSystem, Cell
from pykka_live.live.hooks import OPERATIONS
from pykka_live.observability import catalogue, connections
from pykka_live.observability.catalogue import BUCKETS
from pykka_live.observability.checkpoints import checkpoint_bytes
from pykka_live.observability.incidents import Incidents
from pykka_live.observability.tally import PHASES, Series, Tally
from pykka_live.transport._traffic import Traffic
from pykka_live.transport._traffic import traffic as traffic_here

__all__ = ["KINDS", "STATES", "LiveCollector"]

KINDS = ("session", "view", "component")
"""The kinds of actors whose metrics are exposed even while there is no such actor."""

STUCK = "stuck"

STATES = ("starting", "running", "busy", "suspended", "restarting", "stopping", "failed", STUCK)
"""The states of a living cell; and that of an incarnation which was given up, and whose thread
hangs."""

OF_THE_SERVER = (catalogue.WORKERS, catalogue.SILENT_WORKERS)
"""What no process can tell of itself."""

BOUNDS = (*map(floatToGoString, BUCKETS), "+Inf")
HISTOGRAMS = {
    "waited": catalogue.MAILBOX_WAIT,
    "handler": catalogue.HANDLER,
    "render": catalogue.RENDER,
    "checkpoint": catalogue.CHECKPOINT,
    "diff": catalogue.DIFF,
    "encode": catalogue.ENCODE,
    "total": catalogue.EVENT,
}


class LiveCollector(Collector):
    """A collector for `prometheus_client`: `registry.register(LiveCollector(...))`.

    Costs nothing until it is asked. It reads the cells and asks no actor anything, so it answers
    while actors are busy or stuck.

    Args:
        tally: what views did
        incidents: what happened to actors
        system: returns the actor system whose cells are read, or None while there is none
        traffic: what sockets have counted
    """

    def __init__(
        self,
        tally: Tally,
        incidents: Incidents,
        system: Callable[[], ActorSystem | None],
        traffic: Traffic = traffic_here,
    ) -> None:
        self._traffic = traffic
        self._tally = tally
        self._incidents = incidents
        self._system = system

    def describe(self) -> Iterable[Metric]:
        """Return the metrics without their values; the registry wants to know the names."""
        return [metric.family() for metric in catalogue.METRICS if metric not in OF_THE_SERVER]

    def collect(self) -> Iterator[Metric]:
        """Return the metrics as they are now, in the order of `catalogue.METRICS`."""
        system = self._system()
        given_up = [] if system is None else system.abandoned_cells()
        cells = [] if system is None else system.cells()
        yield from _actors(cells, given_up)
        threads = catalogue.ABANDONED_THREADS.gauge()
        threads.add_metric((), len(given_up))
        yield threads
        size = catalogue.CHECKPOINT_BYTES.gauge()
        for name, count in checkpoint_bytes(cells).items():
            size.add_metric((name,), count)
        yield size
        info = catalogue.INFO.gauge()
        info.add_metric((_own_version(), platform.python_version(), django.__version__), 1)
        yield info
        pid = catalogue.WORKER_PID.gauge()
        pid.add_metric((), os.getpid())
        yield pid
        all_series = self._tally.series()
        yield from _events(all_series)
        yield from _pictures(all_series)
        folded = catalogue.FOLDED.counter()
        all_folded = self._tally.folded + self._incidents.folded + self._traffic.folded
        folded.add_metric((), all_folded)
        yield folded
        for metric, counts in self._incidents.counts().items():
            family = metric.counter()
            for labels, count in counts.items():
                family.add_metric(labels, count)
            yield family
        yield from connections.sockets(self._traffic)
        yield from connections.event_loops()
        draining = catalogue.DRAINING.gauge()
        is_draining = system is not None and system.state in ("stopping", "stopped")
        draining.add_metric((), is_draining)
        yield draining


@dataclass
class _Kind:
    """What the actors of one kind add up to."""

    states: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))
    backing_off: int = 0
    messages: int = 0
    messages_max: int = 0
    capacity: int = 0
    fill_max: float = 0.0
    busy_since: int | None = None

    def add(self, cell: Cell) -> None:
        state = cell.state
        self.states[state] = self.states.get(state, 0) + 1
        if state == "busy" and (self.busy_since is None or cell.busy_since < self.busy_since):
            self.busy_since = cell.busy_since
        self.backing_off += cell.backing_off
        messages = len(cell.mailbox)
        self.messages += messages
        self.messages_max = max(self.messages_max, messages)
        capacity = cell.mailbox.capacity
        if capacity is not None:
            self.capacity += capacity
            self.fill_max = max(self.fill_max, messages / capacity)

    def longest_busy(self) -> float:
        if self.busy_since is None:
            return 0.0
        return max(0.0, (time.monotonic_ns() - self.busy_since) * 1e-9)


def _actors(cells: list[Cell], given_up: list[Cell]) -> Iterator[Metric]:
    """Return the gauges by kind of actor."""
    kinds = defaultdict(_Kind, {kind: _Kind() for kind in KINDS})
    for cell in cells:
        kinds[cell.kind].add(cell)
    for cell in given_up:
        kinds[cell.kind].states[STUCK] += 1
    actors = catalogue.ACTORS.gauge()
    backoff = catalogue.BACKOFF.gauge()
    messages = catalogue.MAILBOX_MESSAGES.gauge()
    messages_max = catalogue.MAILBOX_MESSAGES_MAX.gauge()
    capacity = catalogue.MAILBOX_CAPACITY.gauge()
    fill_max = catalogue.MAILBOX_FILL_MAX.gauge()
    busy_max = catalogue.BUSY_MAX.gauge()
    for name, kind in kinds.items():
        for state, count in kind.states.items():
            actors.add_metric((name, state), count)
        backoff.add_metric((name,), kind.backing_off)
        messages.add_metric((name,), kind.messages)
        messages_max.add_metric((name,), kind.messages_max)
        capacity.add_metric((name,), kind.capacity)
        fill_max.add_metric((name,), kind.fill_max)
        busy_max.add_metric((name,), kind.longest_busy())
    yield from (actors, backoff, messages, messages_max, capacity, fill_max, busy_max)


def _events(all_series: list[Series]) -> Iterator[Metric]:
    """Return what views did: the counter by outcome, and a histogram for each phase."""
    events = catalogue.EVENTS.counter()
    for series in all_series:
        for outcome, count in series.outcomes.items():
            events.add_metric((*_labels(series), outcome), count)
    yield events
    for phase, name in enumerate(PHASES):
        yield _histogram(HISTOGRAMS[name].histogram(), phase, all_series)


def _pictures(all_series: list[Series]) -> Iterator[Metric]:
    """Return what the pictures of each view took, whatever they were drawn for."""
    views: dict[str, list[Series]] = {}
    for series in all_series:
        views.setdefault(series.labels[0], []).append(series)
    rendered = catalogue.RENDERED_ROWS.counter()
    reused = catalogue.REUSED_ROWS.counter()
    from_page = catalogue.WHOLE_PAGES.counter()
    patches = catalogue.PATCHES.counter()
    checkpoints = catalogue.CHECKPOINTS.counter()
    for view, of_view in views.items():
        rendered.add_metric((view,), sum(series.rendered for series in of_view))
        reused.add_metric((view,), sum(series.reused for series in of_view))
        from_page.add_metric((view,), sum(series.from_page for series in of_view))
        for place, (operation, _letters) in enumerate(OPERATIONS):
            count = sum(series.operations[place] for series in of_view)
            patches.add_metric((view, operation), count)
        checkpoints.add_metric((view,), sum(series.checkpoints for series in of_view))
    yield from (rendered, reused, from_page, patches, checkpoints)


def _labels(series: Series) -> tuple[str, str, str, str]:
    view, kind, event = series.labels
    return view, series.part, kind, event


def _histogram(
    family: HistogramMetricFamily, phase: int, all_series: list[Series]
) -> HistogramMetricFamily:
    for series in all_series:
        counts = series.counts[phase]
        if any(counts):
            buckets = list(zip(BOUNDS, accumulate(counts), strict=True))
            family.add_metric(_labels(series), buckets, series.sums[phase])
    return family


@functools.cache
def _own_version() -> str:
    """Return the version of pykka_live; empty where it runs without having been installed."""
    try:
        return metadata.version("pykka_live")
    except metadata.PackageNotFoundError:
        return ""
