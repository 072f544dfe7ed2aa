"""Counts what happens to actors: starts, failures, restarts, dead letters, ..."""

from __future__ import annotations

import threading

from pykka_live.actors import Event
from pykka_live.observability import catalogue
from pykka_live.observability.catalogue import OTHER, Metric
from pykka_live.observability.tree import class_name

__all__ = ["Incidents"]

Labels = tuple[str, ...]

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
"""Which counter counts which kind of event. A label that is neither `kind` nor `class` is the
event's reason."""

BY_KIND = tuple(metric for metric in COUNTERS.values() if metric.labels == ("kind",))
BY_CLASS = tuple(metric for metric in COUNTERS.values() if metric.labels == ("kind", "class"))


class Incidents:
    """Counts the events of actor systems. An instance is a listener for `ActorSystem.listeners`.

    Prometheus sees no increase in what was not there before, so a counter stands at 0 as soon as
    its labels are known: those by kind from the beginning, those by class from the first start of
    an actor of that class, those of a mailbox's overflow from the first start of an actor that has
    such a mailbox. What a failure's error will be, and why an actor will end, nobody knows.

    One lock guards all counts. Incidents are rare compared with messages.

    Args:
        limit: how many label sets one counter may have; what comes then is counted as `OTHER`
        kinds: the kinds of actors whose counters are there before there is such an actor
    """

    def __init__(self, limit: int = 1000, kinds: tuple[str, ...] = ()) -> None:
        self._limit = limit
        self._kinds = kinds
        self._reset()

    def __call__(self, event: Event) -> None:
        """Count one event."""
        metric = COUNTERS.get(event.kind)
        if metric is None:
            return
        cell = event.cell
        known = {"kind": cell.kind, "class": class_name(cell)}
        labels = tuple(known.get(label, event.reason) for label in metric.labels)
        with self._lock:
            counts = self._counts[metric]
            if labels not in counts and len(counts) >= self._limit:
                labels = (OTHER,) * len(labels)
                self._folded += 1
            counts[labels] = counts.get(labels, 0) + 1
            if event.kind == "started":
                self._expect(cell.kind, known["class"], cell.mailbox.overflow)

    @property
    def folded(self) -> int:
        """How many events were counted under `OTHER`."""
        return self._folded

    def counts(self) -> dict[Metric, dict[Labels, int]]:
        """Return a copy: for each counter, how many there were by the values of its labels."""
        with self._lock:
            return {metric: dict(counts) for metric, counts in self._counts.items()}

    def _expect(self, kind: str, name: str, overflow: str) -> None:
        """Have the counters of what can happen to such an actor, at 0 until it does."""
        if (kind, name, overflow) in self._expected or len(self._expected) >= self._limit:
            return
        self._expected.add((kind, name, overflow))
        for metric in BY_CLASS:
            self._stand_at_zero(metric, (kind, name))
        self._stand_at_zero(catalogue.OVERFLOWS, (kind, overflow))
        if overflow == "drop_oldest":
            self._stand_at_zero(catalogue.DEAD_LETTERS, (kind, "dropped"))

    def _stand_at_zero(self, metric: Metric, labels: Labels) -> None:
        counts = self._counts[metric]
        if len(counts) < self._limit:
            counts.setdefault(labels, 0)

    def _reset(self) -> None:
        """Start from zero, with a new lock: in the child of a fork, the old may stay held."""
        self._lock = threading.Lock()
        self._folded = 0
        self._expected: set[tuple[str, str, str]] = set()
        self._counts: dict[Metric, dict[Labels, int]] = {metric: {} for metric in COUNTERS.values()}
        for kind in self._kinds:
            for metric in BY_KIND:
                self._counts[metric][kind,] = 0
            for metric in BY_CLASS:
                self._counts[metric][kind, ""] = 0
