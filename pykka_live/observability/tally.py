"""Counts what views do, message by message, as cheaply as Python can."""

from __future__ import annotations

import sys
import threading
from bisect import bisect_left
from collections import Counter, deque
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

from pykka_live.live.hooks import Handled, Outcome
from pykka_live.observability.catalogue import BUCKETS, OTHER

__all__ = ["OUTCOMES", "PHASES", "Series", "Tally"]

OUTCOMES: tuple[str, ...] = (*get_args(Outcome), OTHER)
PHASES = ("waited", "handler", "render", "checkpoint", "diff", "total")
"""The times of a `Handled`, in the order in which a `Series` keeps them."""

Labels = tuple[str, str, str]

FOLDED: Labels = (OTHER, OTHER, OTHER)

BATCH = 32
"""So many records of one series wait to be counted, at most: together they cost a third."""

# Parts of a `Handled`.
_LABELS, _OUTCOME, _TIMES, _PICTURE = slice(0, 3), 3, slice(5, 11), slice(11, 14)

_bucket = partial(bisect_left, BUCKETS)


@dataclass(frozen=True)
class Series:
    """What was counted for one view, kind and event; a copy that does not change any more.

    Attributes:
        labels: view, kind, event
        outcomes: how many records ended how
        counts: for each of `PHASES`, how many times fell into each bucket; the last is `+Inf`
        sums: for each of `PHASES`, all times together, in seconds
        rendered, reused: rows of loops
        from_page: how many pictures were cut out of the whole page
    """

    labels: Labels
    outcomes: dict[str, int]
    counts: tuple[tuple[int, ...], ...]
    sums: tuple[float, ...]
    rendered: int
    reused: int
    from_page: int


class _Counts:
    """The live counts of one series. Its lock guards all else in it.

    Attributes:
        fresh: the records that are not counted yet; any thread may append to it.
    """

    __slots__ = ("counts", "fresh", "from_page", "lock", "outcomes", "rendered", "reused", "sums")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.fresh: deque[Handled] = deque()
        self.outcomes = dict.fromkeys(OUTCOMES, 0)
        self.counts = [[0] * (len(BUCKETS) + 1) for _ in PHASES]
        self.sums = [0.0] * len(PHASES)
        self.rendered = self.reused = self.from_page = 0

    def settle(self) -> None:
        """Count the fresh records."""
        with self.lock:
            records = [self.fresh.popleft() for _ in range(len(self.fresh))]
            if records:
                self._count(list(zip(*records, strict=True)))

    def _count(self, columns: list[Any]) -> None:
        for outcome, count in Counter(columns[_OUTCOME]).items():
            self.outcomes[outcome if outcome in self.outcomes else OTHER] += count
        for phase, times in enumerate(columns[_TIMES]):
            spent = [seconds for seconds in times if seconds > 0.0]
            for bucket, count in Counter(map(_bucket, spent)).items():
                self.counts[phase][bucket] += count
            self.sums[phase] += sum(spent)
        rendered, reused, from_page = map(sum, columns[_PICTURE])
        self.rendered += rendered
        self.reused += reused
        self.from_page += from_page

    def copy(self, labels: Labels) -> Series:
        self.settle()
        with self.lock:
            return Series(
                labels,
                dict(self.outcomes),
                tuple(map(tuple, self.counts)),
                tuple(self.sums),
                self.rendered,
                self.reused,
                self.from_page,
            )


class Tally:
    """Counts `Handled` records by view, kind and event. An instance is a listener for the hooks.

    The number of series is bounded twice. An event that the view's class has no method for is
    counted as `OTHER`; and once there are `limit` series, so is every further one.

    `_lock` guards the dict of series while one is added; looking one up needs no lock. Each series
    has a lock of its own, so that two views do not wait for one another. No lock is held while
    other code runs.

    Args:
        limit: how many series there may be, the folded one aside
    """

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._reset()

    def __call__(self, handled: Handled) -> None:
        """Count one record. A phase that took 0 seconds did not take place, and is not counted."""
        labels: Any = handled[_LABELS]
        counts = self._series.get(labels)
        if counts is None:
            counts = self._open(handled)
        fresh = counts.fresh
        fresh.append(handled)
        if len(fresh) >= BATCH:
            counts.settle()

    @property
    def folded(self) -> int:
        """How many records were counted under `OTHER`."""
        return self._folded

    def series(self) -> list[Series]:
        """Return a copy of all that was counted; each series is consistent in itself."""
        return [counts.copy(labels) for labels, counts in list(self._series.items())]

    def _open(self, handled: Handled) -> _Counts:
        """Return the series of labels that are new, or the one that they are folded into."""
        labels: Labels = (handled.view, handled.kind, handled.event)
        if handled.kind == "event" and not _may_have(handled.view, handled.event):
            labels = (handled.view, handled.kind, OTHER)
        with self._lock:
            if labels not in self._series and len(self._series) >= self._limit:
                labels = FOLDED
            if OTHER in labels:
                self._folded += 1
            counts = self._series.get(labels)
            if counts is None:
                counts = self._series[labels] = _Counts()
            return counts

    def _reset(self) -> None:
        """Forget everything, with new locks: in the child of a fork, the old may stay held."""
        self._lock = threading.Lock()
        self._series: dict[Labels, _Counts] = {}
        self._folded = 0  # guarded by _lock


def _may_have(view: str, event: str) -> bool:
    """Tell whether the class of that name has such an attribute; yes, if it cannot be looked up.

    Classes that stand inside a function, or that were made by calling `type`, cannot.
    """
    module, _, name = view.rpartition(".")
    names = [name]
    while module and module not in sys.modules:
        module, _, name = module.rpartition(".")
        names.insert(0, name)
    found: object = sys.modules.get(module)
    for name in names:
        found = getattr(found, name, None)
    return not event or not isinstance(found, type) or hasattr(found, event)
