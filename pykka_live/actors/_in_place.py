"""A dispatcher without threads: whoever drives it runs the actors, in a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from math import inf, nextafter
from time import monotonic
from typing import TYPE_CHECKING, Any

from pykka_live.actors._alarms import Alarms, Sleeper
from pykka_live.actors._current import current
from pykka_live.actors._errors import ActorTimeout
from pykka_live.actors._locals import bring_back, forget_locals, set_aside
from pykka_live.actors._mailbox import check_stack
from pykka_live.actors._replies import Reply

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell
    from pykka_live.actors._incarnation import Incarnation

__all__ = ["InPlace", "InPlaceReply"]

STACK = 150  # calls that are left where an actor waits, so that others can run inside
NEWEST = 1000  # turns for which who waits prefers those that became ready last


class InPlace:
    """Runs the actors of a system in place: in the threads of those who drive it, one at a time.

        system = ActorSystem(dispatcher=InPlace)
        cell = system.start_child(ChildSpec("counter", Counter))
        cell.tell("increment")
        system.drive()  # runs all that is ready, in this thread
        cell.ask("value")  # drives by itself until there is an answer

    Who waits for something of the system (`ask`, `request`, room in a mailbox, `start`,
    `start_child`, `shutdown`) drives it meanwhile, an actor in the middle of a message included:
    then the other actors run inside of that, as deep as actors wait for each other. While a thread
    drives, others who want to drive leave the work to it. An actor that waits in this way cannot
    answer those that run meanwhile; who asks it gets `ActorTimeout` at once.

    What an actor leaves in a `threading.local` is gone after its turn, and it finds there nothing
    of the driving thread's, as if it had a thread of its own.

    Nobody but its driver can do anything about an actor that does not come back: `stuck_timeout`
    and `shutdown` are noticed when it does, or while it waits for others. A driving thread is
    never interrupted.

    `_changed` guards all that is written here, and is notified of every change; it is held for
    moments, never while other code runs.

    Args:
        on_ready: called with seconds when somebody should `drive` in so many seconds (0.0: now),
            because there is something to do then, and nobody drives; once, until it is done. From
            any thread; must neither block nor raise. Without it, nobody is told
        clock: that of the system, if it has one of its own
        shares_locals: let actors have the `threading.local`s of the thread that drives, so the
            database connections with the transactions that are open there; for tests

    Attributes:
        queue: the actors that wait to be run; look only
    """

    _called: bool

    def __init__(
        self,
        on_ready: Callable[[float], object] | None = None,
        *,
        clock: Callable[[], float] = monotonic,
        shares_locals: bool = False,
    ) -> None:
        self._on_ready = on_ready
        self._clock = clock
        self._shares_locals = shares_locals
        self.queue: deque[Incarnation] = deque()
        self.forget()

    # For actors

    def begin(self) -> None:
        """Be ready, which it is."""

    def schedule(self, task: Any) -> None:
        """Run an actor soon. It must be neither running nor scheduled.

        Raises:
            RecursionError: no stack is left for that, and nothing was done
        """
        with self._changed:
            calls = self._on_ready is not None and not self._present and not self._called
            self._tell_waiting()
            self.queue.append(task)
            self._called = self._called or calls
        if calls:
            try:
                self._on_ready(0.0)  # type: ignore[misc]
            except RecursionError:
                with self._changed:
                    self._called = False
                    if task not in self.queue:
                        return
                    self.queue.remove(task)
                raise

    def set_alarm(self, task: Sleeper, seconds: float) -> None:
        """Wake an actor in so many seconds, or sooner."""
        with self._changed:
            now = self._clock()
            # Behind now, also where the clock stands still: what is due now is done without it.
            when = max(now + seconds, nextafter(now, inf))
            if not self._closed and self._alarms.set(task, when):
                self._tell_waiting()

    def cancel_alarm(self, task: Sleeper) -> None:
        """Do not wake an actor, and do not keep it alive."""
        with self._changed:
            self._alarms.cancel(task)

    def close(self) -> None:
        """Wake no one any more."""
        with self._changed:
            self._closed = True
            self._alarms.clear()
            self._tell_waiting()

    def forget(self) -> None:
        """Begin anew; in the child of a fork, where the threads are not."""
        self._changed = threading.Condition(threading.Lock())
        self.queue.clear()
        self._alarms = Alarms()
        self._closed = False
        self._stack: list[Incarnation] = []  # those that run; each waits for the one behind it
        self._present = 0  # threads that drive, or wait to be able to
        self._waiting = 0  # of these, threads that sleep
        self._called = False  # whether somebody was told to come now, and has not come yet
        self._awaited: float | None = None  # the moment for which somebody was told to come

    # For those who drive

    def drive(self) -> float | None:
        """Run what is ready, in this thread, until nothing is and no alarm is due.

        Returns at once where another thread drives, which then does it.

        Returns:
            seconds until the next alarm, when there will be something to do again; None: there is
            none
        """
        self._attend(None, None)
        with self._changed:
            alarm = self._alarms.next
            return None if alarm is None else max(0.0, alarm - self._clock())

    def wait(self, is_over: Callable[[], bool], timeout: float | None = None) -> bool:
        """Drive, or let another thread do it, until something is over.

        Args:
            is_over: whether it is; asked again whenever an actor had its turn, or at `notice`. Must
                not block
            timeout: seconds to wait; None for no limit

        Returns:
            whether it is over; False: time is up
        """
        self._attend(is_over, None if timeout is None else monotonic() + timeout)
        return is_over()

    def notice(self) -> None:
        """Have those who wait look again."""
        with self._changed:
            self._tell_waiting()

    def runs(self, cell: Cell | None = None) -> bool:
        """Whether it is code of an actor of this system that calls; with `cell`: of that one, or of
        one for which, in the end, `cell` waits."""
        me = current.get()
        with self._changed:
            if me is None or me not in self._stack:
                return False
            return cell is None or cell._incarnation in self._stack[: self._stack.index(me) + 1]

    def _tell_waiting(self) -> None:
        if self._waiting:
            self._changed.notify_all()

    def _attend(self, is_over: Callable[[], bool] | None, deadline: float | None) -> None:
        """Drive until something is over; without `is_over`, until there is nothing to do."""
        me = current.get()
        if self.runs():  # inside of an actor: there has to be room for others
            check_stack(STACK)
        turns = 0
        with self._changed:
            self._present += 1
            self._called = False
        try:
            while is_over is None or not (is_over() or is_past(deadline)):
                if not self._step(me, is_over, deadline, turns < NEWEST):
                    break
                turns += 1
        finally:
            with self._changed:
                self._present -= 1
                seconds = self._needed_in()
            if seconds is not None and self._on_ready is not None:
                self._on_ready(seconds)

    def _step(
        self,
        me: Incarnation | None,
        is_over: Callable[[], bool] | None,
        deadline: float | None,
        newest: bool,
    ) -> bool:
        """Run one actor, or wake some, or wait for a change. False: there is no more to do.

        An actor that waits runs the `newest` first. Those are on the way to its answer, and others
        might come to wait inside of it, one inside of the other.
        """
        task = None
        with self._changed:
            due = self._alarms.pop_due(self._clock())
            if not due and self.queue and self._is_next(me):
                task = self.queue.pop() if self._stack and newest else self.queue.popleft()
                self._stack.append(task)
            elif not due:
                return is_over is not None and not is_over() and self._sleep(deadline)
        for sleeper in due:
            sleeper.wake()
        if task is not None:
            self._run(task)
        return True

    def _is_next(self, me: Incarnation | None) -> bool:
        """Whether a thread may run an actor: none runs, or the last one is this thread's own."""
        return not self._stack or self._stack[-1] is me

    def _sleep(self, deadline: float | None) -> bool:
        """Wait for a change, or the deadline. With the lock held, which it lets go of."""
        times = [] if deadline is None else [max(0.0, deadline - monotonic())]
        if self._alarms.next is not None:
            times.append(self._alarms.next - self._clock())
        self._waiting += 1
        self._changed.wait(min(*times, threading.TIMEOUT_MAX) if times else None)
        self._waiting -= 1
        return True

    def _run(self, task: Incarnation) -> None:
        """Give an actor its turn, as if in a thread of its own."""
        asker = current.get()
        thread = None if asker is None else asker.lend_thread()
        kept = None if self._shares_locals else set_aside()
        outcome = None
        try:
            outcome = task.turn(None)
        finally:
            if kept is not None:
                forget_locals()
                bring_back(kept)
            if asker is not None:
                asker.take_thread(thread)
            with self._changed:
                if task in self._stack:  # not so in the child of a fork
                    self._stack.remove(task)
                if outcome == "again":
                    self.queue.append(task)
                self._tell_waiting()

    def _needed_in(self) -> float | None:
        """Return when somebody is to be told to come, in seconds; None: not now."""
        if self._present or self._called:
            return None
        if self.queue:
            self._called = True
            return 0.0
        alarm = self._alarms.next
        if alarm is None:
            return None
        now = self._clock()
        # Who comes for that very moment may be here now, a little early.
        if self._awaited is not None and now + 0.01 < self._awaited <= alarm:
            return None
        self._awaited = alarm
        return max(0.0, alarm - now)


def is_past(deadline: float | None) -> bool:
    """Whether time is up."""
    return deadline is not None and deadline <= monotonic()


class InPlaceReply(Reply):
    """An answer of an actor in place. Who waits for it drives meanwhile.

    Args:
        dispatcher: the one that is driven
        cell: who is asked
    """

    __slots__ = ("_cell", "_dispatcher")

    def __init__(self, dispatcher: InPlace, cell: Cell) -> None:
        super().__init__()
        self._dispatcher = dispatcher
        self._cell = cell

    def set(self, value: Any) -> None:
        super().set(value)
        self._dispatcher.notice()

    def set_exception(self, error: BaseException) -> None:
        super().set_exception(error)
        self._dispatcher.notice()

    def _wait(self, timeout: float | None) -> None:
        if self._dispatcher.runs(self._cell):
            raise ActorTimeout(f"{self._cell.path} waits for who asks it, and cannot answer")
        self._dispatcher.wait(self._is_done, timeout)
        if not self._done.acquire(False):
            raise ActorTimeout(f"no answer in {timeout:g} s")

    def _is_done(self) -> bool:
        return not self._done.locked()
