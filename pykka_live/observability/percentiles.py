"""Percentiles out of the buckets of a histogram."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from pykka_live.observability.catalogue import BUCKETS

__all__ = ["percentile"]


def percentile(counts: Sequence[int], share: float) -> float:
    """Return the time within which this share of what was counted has been, as if those of one
    bucket were spread evenly over it."""
    wanted = share * sum(counts)
    if not wanted:
        return 0.0
    so_far = list(accumulate(counts))
    bucket = bisect_left(so_far, wanted)
    if bucket == len(BUCKETS):
        return BUCKETS[-1]
    lower = BUCKETS[bucket - 1] if bucket else 0.0
    missing = so_far[bucket] - wanted
    return BUCKETS[bucket] - (BUCKETS[bucket] - lower) * missing / counts[bucket]
