"""One life of an actor: its turns in a thread, and the right to act for the cell."""

from __future__ import annotations

import threading
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING

from pykka_live.actors._alarms import Alarm
from pykka_live.actors._current import current
from pykka_live.actors._dispatcher import Outcome, Worker
from pykka_live.actors._errors import Fenced, Killed
from pykka_live.actors._interrupt import interrupt
from pykka_live.actors._messages import Exit

if TYPE_CHECKING:
    from pykka_live.actors._actor import SupervisedActor
    from pykka_live.actors._cell import Cell

__all__ = ["Incarnation"]


class Incarnation:
    """One instance of an actor, which has a thread while it has something to do.

    It acts for its cell as long as `cell._incarnation is self`, which is read and written under the
    cell's lock. `given_up` is set when it is fenced before its end; the thread that runs it then,
    and one whose actor failed, is not used again.
    """

    __slots__ = (
        "_context",
        "actor",
        "alarm",
        "cell",
        "computes",
        "ended",
        "given_up",
        "interrupted",
        "number",
        "receiver",
        "slow",
        "thread",
    )

    def __init__(self, cell: Cell, number: int) -> None:
        self.cell = cell
        self.number = number
        self.receiver = cell.mailbox.attach(partial(cell.system.dispatcher.schedule, self))
        self.actor: SupervisedActor | None = None
        # Guarded by the cell's lock.
        self.ended = False
        self.given_up = False
        self.interrupted = False
        # The one that runs it now. Cleared under the cell's lock, so that one which is to be
        # interrupted is not at something else meanwhile.
        self.thread: threading.Thread | None = None
        self.alarm: Alarm | None = None
        self.slow = 0
        self.computes = False
        # Of its own, as in a new thread.
        self._context = Context()

    @property
    def name(self) -> str:
        """The name of the thread that runs it."""
        return f"{self.cell.path}#{self.number}"

    def start(self) -> None:
        """Begin to live. Raises RuntimeError when the system has not one thread to give."""
        self._context.run(current.set, self)
        dispatcher = self.cell.system.dispatcher
        dispatcher.begin()
        dispatcher.schedule(self)

    def turn(self, worker: Worker | None) -> Outcome:
        """Live on for a while. Only a worker is ever interrupted."""
        self.thread = worker
        try:
            while True:
                try:
                    exit = self._context.run(self._live)
                except BaseException as error:  # what is fenced off does not count
                    exit = Exit("failed", error)
                if exit is not None:
                    return self._end(exit)
                if self._let_go():
                    return self._rest()
        except Killed:  # it came late, and comes once only
            return self._end(Exit("failed"))

    def lend_thread(self) -> threading.Thread | None:
        """Have no thread until it is set again: what runs in it now is another's code."""
        with self.cell._lock:
            thread, self.thread = self.thread, None
            return thread

    def take_thread(self, thread: threading.Thread | None) -> None:
        """Undo `lend_thread`."""
        with self.cell._lock:
            self.thread = thread

    def _live(self) -> Exit | None:
        """Live on until there is nothing to do. Returns how it ended, if it has."""
        actor = self.actor
        if actor is None:
            actor = self._create()
        return actor._exit if actor._live() else None

    def _let_go(self) -> bool:
        """Give the thread back. False: it was given up, and has to end in this thread."""
        with self.cell._lock:
            if self.given_up:
                return False
            self.thread = None
            return True

    def _rest(self) -> Outcome:
        assert self.actor is not None
        pause = self.actor._pause
        if pause == 0.0 or not self.receiver.park():
            return "again"
        if pause is not None:
            dispatcher = self.cell.system.dispatcher
            dispatcher.set_alarm(self, pause)
            if self.ended:  # another thread was faster
                dispatcher.cancel_alarm(self)
        return "later"

    def _end(self, exit: Exit) -> Outcome:
        self.actor = None
        self.cell._incarnation_ended(self, exit)
        self.cell.system.dispatcher.cancel_alarm(self)
        return "spoiled" if self.given_up or exit.error is not None else "ended"

    def wake(self) -> None:
        """Look at mail and timers, if it does not already."""
        self.receiver.wake()

    def _create(self) -> SupervisedActor:
        from pykka_live.actors._actor import SupervisedActor

        self._check()
        try:
            actor = self.cell.spec.start()
            if not isinstance(actor, SupervisedActor):
                raise TypeError(
                    f"{self.cell.path}: start must return a SupervisedActor, not {actor!r}"
                )
            actor._bind(self)
        except BaseException as error:
            self._check()
            self.cell._record_failure(error, None)
            raise
        self.actor = actor
        return actor

    def _check(self) -> None:
        """Raise `Fenced` when another incarnation has taken over."""
        with self.cell._lock:
            if self.cell._incarnation is not self:
                raise Fenced

    def interrupt(self) -> bool:
        """Raise `Killed` in the thread, once, if it is at a place where that does no harm.

        Returns:
            whether there is nothing more to do; else it is to be tried again
        """
        with self.cell._lock:
            # Without a thread it stops by itself.
            if self.interrupted or self.ended or self.thread is None:
                return True
            self.interrupted = interrupt(self.thread.ident or 0, Killed)
            return self.interrupted
