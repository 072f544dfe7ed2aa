"""What the tab shows of one view and its components: the order in which updates leave for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from pykka_live.live.messages import Outlet, Update, Updates

Deliver = Callable[[Any], object]
"""Takes an `Update` or `Updates` to the tab, or to whoever asked; must not block."""


Complete = Callable[[list[Update]], list[Update]]
"""Takes the updates that have come, and returns those that are to leave."""


class Batch:
    """Updates that leave together; `missing` are the components whose first picture is still to
    come; `complete` has the last word."""

    __slots__ = ("complete", "deliver", "missing", "parts")

    def __init__(
        self,
        deliver: Deliver,
        parts: list[Update],
        missing: set[str],
        complete: Complete | None = None,
    ) -> None:
        self.deliver = deliver
        self.parts = parts
        self.missing = missing
        self.complete = complete

    def leave(self) -> None:
        """Deliver it."""
        parts = self.parts if self.complete is None else self.complete(self.parts)
        self.deliver(parts[0] if len(parts) == 1 else Updates(tuple(parts)))


class Screen:
    """Orders the updates of a view and its components, which come from many threads.

    Where an update shows components that are new, it waits for their first pictures, and leaves
    with them as one; what comes meanwhile waits behind it.

    Attributes:
        lock: guards what is shown, in which order it leaves, and where to. Taken inside of a cell's
            own lock; no cell's lock is taken inside of it.
        outlet: where updates go that answer no request; None while no socket is there.
        batches: what waits for its turn, as does all that comes behind it; look only.
    """

    __slots__ = ("batches", "lock", "outlet")

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.outlet: Outlet | None = None
        self.batches: list[Batch] = []  # nearly always none

    def push(self, update: Update | Updates) -> None:
        """Send an update that answers no request, if a socket is there."""
        if self.outlet is not None:
            self.outlet.push(update)

    def stopped(self, code: str, message: str, component: str = "") -> None:
        """Tell that the view, or one component of it, has ended for good. Of a component that is
        told when its turn has come: its place may be in what waits."""
        with self.lock:
            if component and self.batches:
                told = Batch(lambda _: self._tell_stopped(code, message, component), [], set())
                self.batches.append(told)
            else:
                self._tell_stopped(code, message, component)

    def _tell_stopped(self, code: str, message: str, component: str) -> None:
        if self.outlet is not None:
            self.outlet.stopped(code, message, component)

    def show(
        self,
        parts: Sequence[Update],
        answer: Deliver | None = None,
        missing: Collection[str] = (),
        complete: Complete | None = None,
    ) -> Batch | None:
        """Let updates leave when their turn has come. The lock must be held.

        Args:
            parts: of the view or of a component, and of those below it.
            answer: takes them to whoever asked; None: nobody has, and what changes nothing is only
                told to those who wait for it.
            missing: the components that they show for the first time.
            complete: adds what is still missing when they leave.

        Returns:
            the batch that waits for them, if one does
        """
        batches, first = self.batches, parts[0]
        if not batches and not missing:  # as it is nearly always
            if answer is not None or first.is_change:
                Batch(answer or self.push, list(parts), set(), complete).leave()
            return None
        batch = next((each for each in batches if first.component in each.missing), None)
        if batch is not None:
            batch.missing.discard(first.component)
            batch.missing.update(missing)
            batch.parts += [each for each in parts if each.is_change]
            if answer is not None:  # that is for somebody else
                batches.append(Batch(answer, [first.acknowledgement()], set()))
            self._settle()
        elif answer is not None or missing or first.is_change:
            batch = Batch(answer or self.push, list(parts), set(missing), complete)
            batches.append(batch)
            self._settle()
        return batch if batch is not None and batch.missing else None

    def missing(self) -> set[str]:
        """Return the components whose first picture is waited for. The lock must be held."""
        return {id for batch in self.batches for id in batch.missing}

    def forget(self, component: str) -> None:
        """Do not wait for a component, which has ended."""
        with self.lock:
            for batch in self.batches:
                batch.missing.discard(component)
            self._settle()

    def wait_no_longer(self, batch: Batch | None = None) -> None:
        """Let a batch leave without what is missing, and all before it; None: every one."""
        with self.lock:
            if batch is None or batch in self.batches:
                for each in self.batches:
                    each.missing.clear()
                    if each is batch:
                        break
            self._settle()

    def _settle(self) -> None:
        batches = self.batches
        while batches and not batches[0].missing:
            batches.pop(0).leave()
