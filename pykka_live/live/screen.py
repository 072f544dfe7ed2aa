"""What the tab shows of one view and its components: the order in which updates leave for it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from pykka_live.live.messages import Outlet, Update, Updates

Deliver = Callable[[Any], object]
"""Takes an `Update` or `Updates` to the tab, or to whoever asked; must not block."""


class Batch:
    """Updates that leave together; `missing` are the components whose first picture is still to
    come."""

    __slots__ = ("deliver", "missing", "parts")

    def __init__(self, deliver: Deliver, parts: list[Update], missing: set[str]) -> None:
        self.deliver = deliver
        self.parts = parts
        self.missing = missing

    def leave(self) -> None:
        """Deliver it."""
        parts = self.parts
        self.deliver(parts[0] if len(parts) == 1 else Updates(tuple(parts)))


class Screen:
    """Orders the updates of a view and its components, which come from many threads.

    Where an update shows components that are new, it waits for their first pictures, and leaves
    with them as one; what comes meanwhile waits behind it.

    Attributes:
        lock: guards what is shown, in which order it leaves, and where to. Taken inside of a cell's
            own lock; no cell's lock is taken inside of it.
        outlet: where updates go that answer no request; None while no socket is there.
    """

    __slots__ = ("_batches", "lock", "outlet")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.outlet: Outlet | None = None
        self._batches: deque[Batch] = deque()  # the first is waited for

    def push(self, update: Update | Updates) -> None:
        """Send an update that answers no request, if a socket is there."""
        if self.outlet is not None:
            self.outlet.push(update)

    def stopped(self, code: str, message: str, component: str = "") -> None:
        """Tell that the view, or one component of it, has ended for good."""
        with self.lock:
            if self.outlet is not None:
                self.outlet.stopped(code, message, component)

    def show(
        self, update: Update, deliver: Deliver | None, missing: Collection[str] = ()
    ) -> Batch | None:
        """Let an update leave when its turn has come. The lock must be held.

        Args:
            update: of the view, or of a component.
            deliver: takes it where it goes; None: it is only told to those who wait for it.
            missing: the components that it shows for the first time.

        Returns:
            the batch that waits for them, if one does
        """
        batches = self._batches
        if not batches and not missing:  # as it is nearly always
            if deliver is not None:
                deliver(update)
            return None
        batch = next((each for each in batches if update.component in each.missing), None)
        if batch is not None:
            batch.missing.discard(update.component)
            batch.missing.update(missing)
            if update.patches is not None or update.tree is not None:
                batch.parts.append(update)
            self._settle()
        elif deliver is not None:
            batch = Batch(deliver, [update], set(missing))
            batches.append(batch)
            self._settle()
        return batch if batch is not None and batch.missing else None

    def forget(self, component: str) -> None:
        """Do not wait for a component, which has ended."""
        with self.lock:
            for batch in self._batches:
                batch.missing.discard(component)
            self._settle()

    def wait_no_longer(self, batch: Batch | None = None) -> None:
        """Let a batch leave without what is missing, and all before it; None: every one."""
        with self.lock:
            if batch is None or batch in self._batches:
                for each in self._batches:
                    each.missing.clear()
                    if each is batch:
                        break
            self._settle()

    def _settle(self) -> None:
        batches = self._batches
        while batches and not batches[0].missing:
            batches.popleft().leave()
