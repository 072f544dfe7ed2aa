"""Counts what views do, message by message, and keeps the number of series within bounds."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import Any

from pykka_live.live.hooks import Handled
from pykka_live.observability._counts import OUTCOMES, PHASES, Counts
from pykka_live.observability.catalogue import OTHER

__all__ = ["OUTCOMES", "PHASES", "Series", "Tally"]

Labels = tuple[str, str, str]

FOLDED: Labels = (OTHER, OTHER, OTHER)


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
        operations: how many patches there were of each of `hooks.OPERATIONS`
        checkpoints: how many times the state had become another
        part: `view` or `component`, of which the class is
    """

    labels: Labels
    outcomes: dict[str, int]
    counts: tuple[tuple[int, ...], ...]
    sums: tuple[float, ...]
    rendered: int
    reused: int
    from_page: int
    operations: tuple[int, ...]
    checkpoints: int
    part: str


class Tally:
    """Counts `Handled` records by view, kind and event. An instance is a listener for the hooks.

    The number of series is bounded twice. An event that the view's class has no method for is
    counted as `OTHER`; and once there are `limit` series, so is every further one.

    `_lock` guards the dict of series while one is added; looking one up, and counting, needs none.
    It is not held while other code runs.

    Args:
        limit: how many series there may be, the folded one aside
    """

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._reset()

    def __call__(self, handled: Handled) -> None:
        """Count one record. A phase that took 0 seconds did not take place, and is not counted."""
        labels: Any = handled[:3]
        counts = self._series.get(labels)
        if counts is None:
            counts = self._open(handled)
        counts.add(handled)

    @property
    def folded(self) -> int:
        """How many records were counted under `OTHER`."""
        return self._folded

    def series(self) -> list[Series]:
        """Return a copy of all that was counted; each series is consistent in itself."""
        return [
            Series(labels, *counts.copy(), self._parts[labels])
            for labels, counts in list(self._series.items())
        ]

    def _open(self, handled: Handled) -> Counts:
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
                self._parts[labels] = OTHER if labels[0] == OTHER else _part(handled.path)
                counts = self._series[labels] = Counts()
            return counts

    def _reset(self) -> None:
        """Forget everything, with new locks: in the child of a fork, the old may stay held."""
        self._lock = threading.Lock()
        self._series: dict[Labels, Counts] = {}
        self._parts: dict[Labels, str] = {}  # written before the series
        self._folded = 0  # guarded by _lock


def _part(path: str) -> str:
    """Return what lives at a path. What has none was on its way to a view."""
    return "component" if "/components/" in path else "view"


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
