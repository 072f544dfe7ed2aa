"""The numbers of this process in one look, from Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from pykka_live.conf import live_settings
from pykka_live.live.results import Result
from pykka_live.live.system import actor_system
from pykka_live.observability import catalogue
from pykka_live.observability.catalogue import BUCKETS
from pykka_live.observability.installation import install
from pykka_live.observability.percentiles import percentile
from pykka_live.observability.tally import PHASES, Series

__all__ = ["ActorStats", "get_actor_stats"]

ERRORS = ("handler_error", "template_error", "stuck")
TOTAL = PHASES.index("total")


@dataclass(frozen=True)
class ActorStats(Result):
    """What lives in this process now, and what was counted since it began.

    A latency is the time from the mailbox to the answer, in seconds, over all events; 0 if there
    was none. The average is exact. A percentile is estimated from the buckets of the metrics'
    histogram: it lies in the right bucket, whose upper bound is at most two and a half times its
    lower one; what took longer than 10 seconds counts as 10.

    Attributes:
        active_sessions, active_views, active_components: how many live.
        messages_processed: mounts, events, messages and restarts that views have handled.
        errors: how many of these the user's code failed.
        restarts: of all actors.
        average_latency, p50_latency, p95_latency, p99_latency: of events.
        ttl_secs: how long a session without a socket may be idle (`SESSION_TTL`).
    """

    active_sessions: int
    active_views: int
    active_components: int
    messages_processed: int
    errors: int
    restarts: int
    average_latency: float
    p50_latency: float
    p95_latency: float
    p99_latency: float
    ttl_secs: float


def get_actor_stats() -> ActorStats:
    """Return the numbers of this process. Asks no actor anything; any thread may call it."""
    observer = install()
    kinds = Counter(cell.kind for cell in actor_system().cells())
    all_series = observer.tally.series()
    outcomes: Counter[str] = Counter()
    for series in all_series:
        outcomes.update(series.outcomes)
    events = [series for series in all_series if series.labels[1] == "event"]
    counts = _added(events)
    return ActorStats(
        active_sessions=kinds["session"],
        active_views=kinds["view"],
        active_components=kinds["component"],
        messages_processed=sum(outcomes.values()),
        errors=sum(outcomes[name] for name in ERRORS),
        restarts=sum(observer.incidents.counts()[catalogue.RESTARTS].values()),
        average_latency=sum(each.sums[TOTAL] for each in events) / max(sum(counts), 1),
        p50_latency=percentile(counts, 0.50),
        p95_latency=percentile(counts, 0.95),
        p99_latency=percentile(counts, 0.99),
        ttl_secs=live_settings().session_ttl,
    )


def _added(all_series: Iterable[Series]) -> list[int]:
    """Return how many events fell into each bucket."""
    counts = [0] * (len(BUCKETS) + 1)
    for series in all_series:
        for bucket, count in enumerate(series.counts[TOTAL]):
            counts[bucket] += count
    return counts
