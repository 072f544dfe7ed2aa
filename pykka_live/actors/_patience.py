"""How a supervisor gives up the children that do not come back."""

from __future__ import annotations

from typing import Literal

from pykka_live.actors._actor import SupervisedActor
from pykka_live.actors._children import Child, Children
from pykka_live.actors._errors import ActorStuck
from pykka_live.actors._messages import Goodbye, Started, message_name
from pykka_live.actors._threads import stack_of
from pykka_live.actors._timers import Timer

__all__ = ["Patience"]

INTERRUPT_AGAIN = 0.05  # seconds after which a thread that could not be interrupted is tried again


class Patience(SupervisedActor):
    """The part of a `Supervisor` that looks how long its children take."""

    def __init__(self) -> None:
        super().__init__()
        self._children = Children()
        self._stuck_timer: Timer | None = None

    # What it leads to

    def _child_started(self, message: Started) -> None:
        raise NotImplementedError

    def _child_gone(self, child: Child, reason: str, error: BaseException | None) -> None:
        """An incarnation is gone, or was given up."""
        raise NotImplementedError

    # Giving up

    def _give_up(self, child: Child, busy: float | None = None) -> None:
        """Fence a child that does not come back: with `busy`, if it has been busy for so long."""
        cell, incarnation = child.cell, child.incarnation
        if incarnation is not None and incarnation.ended:  # its `Exited` is on the way
            return
        kind: Literal["stuck", "abandoned"] = "abandoned" if busy is None else "stuck"
        what = "is stuck" if kind == "stuck" else "did not stop in time"
        error = ActorStuck(f"{cell.path} {what} and was given up")
        current = cell.current
        stack = "" if incarnation is None else stack_of(incarnation.thread)
        if not cell._give_up(error, busy):
            return
        self._interrupt()
        message = None if current is None else current.message
        name = "" if message is None else message_name(message)
        cell._emit(kind, name, error, stack=stack)
        if kind == "stuck":
            cell._record_failure(error, message)
        if kind == "stuck" and isinstance(message, Goodbye):  # its end was decided before
            self._child_gone(child, message.exit.reason, message.exit.error)
        else:
            self._child_gone(child, kind, error)

    def _interrupt(self, tries: int = 20) -> None:
        """Interrupt all threads that were given up; later, where that cannot be now."""
        if not self.cell.system._given_up.interrupt() and tries:
            when = self.cell.system.clock() + INTERRUPT_AGAIN
            self._timers.at(when, lambda: self._interrupt(tries - 1))

    def _watch_stuck(self, child: Child) -> None:
        limit = child.spec.stuck_timeout
        if limit is not None:
            self._set_stuck_timer(self.cell.system.clock() + limit)

    def _set_stuck_timer(self, when: float) -> None:
        timer = self._stuck_timer
        if timer is None or timer.action is None or timer.when > when:
            if timer is not None:
                timer.cancel()
            self._stuck_timer = self._timers.at(when, self._check_stuck)

    def _check_stuck(self) -> None:
        """Give up the children that are stuck, and look again when the next one could be."""
        for child in self._children:
            limit = child.spec.stuck_timeout
            if limit is not None and child.phase in ("starting", "up"):
                left = limit - child.cell._busy_seconds()
                if left <= 0:
                    if child.incarnation is not None and child.cell._state == "running":
                        # That it is up may still be in the mailbox, behind this moment.
                        self._child_started(Started(child.cell, child.incarnation))
                    self._give_up(child, limit)
                else:
                    self._set_stuck_timer(self.cell.system.clock() + left)
