"""The last minutes of a process, as its charts show them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from pykka_live.observability.catalogue import BUCKETS
from pykka_live.observability.observer.look import OWN_VIEWS
from pykka_live.observability.percentiles import percentile
from pykka_live.observability.tally import PHASES, Series

__all__ = ["KEPT", "STEP", "History", "Point"]

STEP = 2.0
"""Seconds between two points."""

KEPT = 150
"""Points that are kept: five minutes."""

GAP = 30.0
"""Seconds without a point that are bridged by a mean; a busy process may come late to it."""

TOTAL = PHASES.index("total")
ERRORS = ("handler_error", "template_error", "timeout", "stuck")


class Point(NamedTuple):
    """What happened between two moments, and how it was at the second.

    Attributes:
        time: the second moment, in seconds since the epoch
        events, errors: browsers' events per second, and those of them that failed
        p50, p95, p99: seconds within which so many of them were answered; None, if there were none
        waiting, fullest: messages in all mailboxes, and in the fullest
        restarts: of actors, in this time
    """

    time: float
    events: float
    errors: float
    p50: float | None
    p95: float | None
    p99: float | None
    waiting: int
    fullest: int
    restarts: int


class History:
    """Makes points of what the tally has counted. The pages that show it are left out.

    Belongs to whoever holds the sampler's lock.

    Attributes:
        points: the last of them
        since: when the first began, in seconds since the epoch; None, before there is one. It stays
            when that is no longer kept.
    """

    def __init__(self) -> None:
        self.points: deque[Point] = deque(maxlen=KEPT)
        self.since: float | None = None
        self._counts: list[int] = []
        self._outcomes: tuple[int, int] = (0, 0)
        self._restarts = 0
        self._time = 0.0

    def is_due(self, now: float) -> bool:
        """Tell whether it is time for a point."""
        return not 0 <= now - self._time < STEP * 0.9

    def note(
        self,
        now: float,
        series: Callable[[], list[Series]],
        waiting: int,
        fullest: int,
        restarts: int,
    ) -> bool:
        """Add a point, if it is time for one. After a pause the first only says where it begins.

        Args:
            now: seconds since the epoch
            series: returns what the tally has counted
            waiting, fullest: messages in mailboxes
            restarts: how many actors have been restarted in all

        Returns:
            whether the points are others now
        """
        if not self.is_due(now):
            return False
        passed = now - self._time
        counts, outcomes = _events(series())
        if self._counts and 0 < passed <= GAP:
            came = [new - old for new, old in zip(counts, self._counts, strict=True)]
            some = any(came)
            point = Point(
                now,
                (outcomes[0] - self._outcomes[0]) / passed,
                (outcomes[1] - self._outcomes[1]) / passed,
                percentile(came, 0.50) if some else None,
                percentile(came, 0.95) if some else None,
                percentile(came, 0.99) if some else None,
                waiting,
                fullest,
                restarts - self._restarts,
            )
            for late in range(round(passed / STEP) - 1, 0, -1):
                self.points.append(point._replace(time=now - late * STEP, restarts=0))
            self.points.append(point)
        else:
            self.points.clear()  # a curve with a hole in it would tell lies
            self.since = now
        self._counts, self._outcomes = counts, outcomes
        self._restarts, self._time = restarts, now
        return True


def _events(all_series: list[Series]) -> tuple[list[int], tuple[int, int]]:
    """Return how many events fell into each bucket, how many there were, and how many failed."""
    counts: list[int] = []
    came = failed = 0
    for series in all_series:
        if series.labels[1] != "event" or series.labels[0] in OWN_VIEWS:
            continue
        total = series.counts[TOTAL]
        counts = [a + b for a, b in zip(counts, total, strict=True)] if counts else list(total)
        came += sum(series.outcomes.values())
        failed += sum(series.outcomes[name] for name in ERRORS)
    return counts or [0] * (len(BUCKETS) + 1), (came, failed)
