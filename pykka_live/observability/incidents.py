"""Counts what happens to actors: starts, failures, restarts, dead letters, ..."""

from __future__ import annotations

import threading

from pykka_live.actors import Event
from pykka_live.observability import catalogue
from pykka_live.observability.catalogue import OTHER, Metric

__all__ = ["Incidents"]

COUNTERS: dict[str, Metric] = {
    "started": catalogue.STARTS,
    "stopped": catalogue.STOPS,
    "failed": catalogue.FAILURES,
    "resumed": catalogue.RESUMES,
    "restarted": catalogue.RESTARTS,
    "escalated": catalogue.ESCALATIONS,
    "stuck": catalogue.STUCK,
    "abandoned": catalogue.ABANDONED,
    "dead_letter": catalogue.DEAD_LETTERS,
    "overflow": catalogue.OVERFLOWS,
}
"""Which counter counts which kind of event. Its second label, if any, is the event's reason."""


class Incidents:
    """Counts the events of actor systems. An instance is a listener for `ActorSystem.listeners`.

    One lock guards all counts. Incidents are rare compared with messages.

    Args:
        limit: how many label sets one counter may have; what comes then is counted as `OTHER`
        kinds: the kinds of actors for which counters that have no other label stand at 0 from the
            start, so that Prometheus sees the first increase
    """

    def __init__(self, limit: int = 100, kinds: tuple[str, ...] = ()) -> None:
        self._limit = limit
        self._kinds = kinds
        self._reset()

    def __call__(self, event: Event) -> None:
        """Count one event."""
        metric = COUNTERS.get(event.kind)
        if metric is None:
            return
        labels: tuple[str, ...] = (event.cell.kind, event.reason)[: len(metric.labels)]
        with self._lock:
            counts = self._counts[metric]
            if labels not in counts and len(counts) >= self._limit:
                labels = (OTHER,) * len(labels)
                self._folded += 1
            counts[labels] = counts.get(labels, 0) + 1

    @property
    def folded(self) -> int:
        """How many events were counted under `OTHER`."""
        return self._folded

    def counts(self) -> dict[Metric, dict[tuple[str, ...], int]]:
        """Return a copy: for each counter, how many there were by the values of its labels."""
        with self._lock:
            return {metric: dict(counts) for metric, counts in self._counts.items()}

    def _reset(self) -> None:
        """Start from zero, with a new lock: in the child of a fork, the old may stay held."""
        self._lock = threading.Lock()
        self._folded = 0
        self._counts: dict[Metric, dict[tuple[str, ...], int]] = {
            metric: {(kind,): 0 for kind in self._kinds if len(metric.labels) == 1}
            for metric in COUNTERS.values()
        }
