"""Threads for the actors that have something to do. One without mail has none."""

from __future__ import annotations

import threading
from collections import deque
from time import monotonic, process_time, sleep, thread_time
from typing import Literal, Protocol

from pykka_live.actors._alarms import Sleeper
from pykka_live.actors._lane import Lane
from pykka_live.actors._locals import forget_locals
from pykka_live.actors._watch import TICK, Watch

__all__ = ["Dispatcher", "Outcome", "Task", "Worker", "step_aside"]

QUICK = 0.0001  # seconds; a task whose turn took less is not slow
SLOW = 0.001  # seconds; one whose turn took more is, and is expected to be slow again
BREATH = 0.00001  # seconds without the interpreter, before a task that will compute for long
AGAIN = 100  # how often; between the two, it is slow if the process does little but wait
IDLE = 0.5  # the share of a core of which less is used by a process that waits
CALM = 20  # checks in a row with nothing in the queue, after which it is no longer checked

Outcome = Literal["later", "again", "ended", "spoiled"]
"""How a turn ended: `later` (the task sleeps, or runs again already), `again` (there is more to
do), `ended`, or `spoiled` (ended, and its thread must not be used again)."""


class Task(Sleeper, Protocol):
    """What a dispatcher runs: in whatever thread, but never in two at a time.

    Attributes:
        slow: for how many turns it is expected to take its time; kept by the dispatcher
        computes: whether it does more than wait when it takes its time; kept by the dispatcher
    """

    slow: int
    computes: bool

    @property
    def name(self) -> str:
        """What a thread is called that runs it."""

    def turn(self, worker: Worker | None) -> Outcome:
        """Go on for a while in the current thread, which is a worker's or not ours. Must not
        raise."""


class Worker(threading.Thread):
    """A thread that runs one task after the other, and sleeps when there is none.

    It is called what its task is called.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.task: Task | None = None  # what it runs
        super().__init__(daemon=True)
        self.dispatcher = dispatcher
        self.wakeup = threading.Lock()  # held, except for the moment in which it wakes
        self.wakeup.acquire()

    @property
    def name(self) -> str:
        task = self.task
        return "idle actor thread" if task is None else task.name

    @name.setter
    def name(self, name: str) -> None:
        """Go by the task alone."""

    def run(self) -> None:
        dispatcher = self.dispatcher
        while (task := dispatcher.find_task(self)) is not None:
            begun = monotonic()
            used = thread_time() if task.slow else 0.0  # it is not for nothing
            outcome = task.turn(self)
            took = monotonic() - begun
            if took > SLOW or (took > QUICK and dispatcher.is_waiting):
                if task.slow:
                    task.computes = thread_time() - used > SLOW
                task.slow = AGAIN
            elif task.slow:
                task.slow = task.slow - 1 if took > QUICK else 0
            self.task = None
            if outcome == "spoiled":
                dispatcher.relieve(self)
                return
            if outcome == "again":
                dispatcher.schedule(task)
            del task
            # A tenant or a user that one actor has left must not reach another.
            forget_locals()


def step_aside() -> None:
    """Let no actor wait for the current thread, which is about to wait itself.

    Nothing depends on it, for the dispatcher would notice, but some milliseconds later.
    """
    thread = threading.current_thread()
    if isinstance(thread, Worker):
        thread.dispatcher.relieve(thread)


class Dispatcher:
    """Runs tasks in as few threads as will do: one, one for all that compute for long, and one more
    for each that waits.

    At most one worker is *on duty*: it takes what is in the queue, one task after the other. A task
    that is scheduled meanwhile wakes nobody, so under load there are no threads to switch between.
    A worker that takes a task which was slow before goes off duty before it begins. One whose task
    turns out to be slow is put off duty by the watch. Another takes its place; and when it is done
    it is on duty again only if nobody is. Those that are known to compute go through a `Lane`.

    There is no limit to the number of threads: tasks may wait for each other.

    Args:
        keep: how many idle threads are kept at most
        seconds: how long an idle thread is kept

    Attributes:
        queue: the tasks that wait for a thread; look only
        is_waiting: whether tasks wait for a thread while the process itself does little but wait
    """

    def __init__(self, keep: int = 256, seconds: float = 10.0) -> None:
        self._keep = keep
        self._seconds = seconds
        self._watch = Watch(self._check)
        self._lock = threading.Lock()  # guards what follows
        self.queue: deque[Task] = deque()
        self._lane = Lane()
        self._on_duty: Worker | None = None
        self._idle: list[Worker] = []
        self._closed = False
        # Whether the queue is checked. While there is something in it, it is checked, or a worker
        # that has just gone on duty is about to take that.
        self._watched = False
        self._calm = 0
        self._taken = 0  # tasks that workers took, in all
        self._taken_then = 0  # at the last check
        self._known_then = 0  # those that were in the queue then included
        self._then = self._used_then = 0.0  # time, and the processor's, at the last check
        self.is_waiting = False

    def begin(self) -> None:
        """Be ready. To be called before the first `schedule`.

        Raises:
            RuntimeError: there is no thread to be had. Later, that only delays what is scheduled
        """
        self._watch.begin()

    def schedule(self, task: Task) -> None:
        """Run a task soon. It must be neither running nor scheduled.

        Raises:
            RecursionError: no stack is left for that, and nothing was done
        """
        new = None
        with self._lock:
            computes = task.slow and task.computes
            if self._on_duty is None and (self.queue or not computes or self._lane.is_free):
                new = self._recruit()
            elif not self._watched:
                self._see_to_it()
            # Last, for it takes no more stack than what may fail before.
            if computes:
                self._lane.put(task, monotonic())
            else:
                self.queue.append(task)
        if new is not None:
            self._start(new)

    def _see_to_it(self) -> None:
        """Have what is in the queue checked. With the lock held."""
        self._watch.look()
        self._watched = True
        self._then, self._used_then = monotonic(), process_time()

    def set_alarm(self, task: Task, seconds: float) -> None:
        """Wake a task in so many seconds, or sooner."""
        self._watch.set(task, seconds)

    def cancel_alarm(self, task: Task) -> None:
        """Do not wake a task, and do not keep it alive."""
        self._watch.cancel(task)

    def close(self) -> None:
        """Let idle threads end, and others when there is nothing left to do."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.wakeup.release()
        self._watch.close()

    def forget(self) -> None:
        """In the child of a fork, where the threads are not: let the one that forked end, too."""
        self._lock = threading.Lock()
        self._closed = True
        self._on_duty = None
        self._idle.clear()
        self.queue.clear()
        self._lane = Lane()

    # For workers

    def find_task(self, worker: Worker) -> Task | None:
        """Return what a worker is to run, as soon as there is something; None: it is to end."""
        breathed = False
        while True:
            task = new = None
            with self._lock:
                if worker.task is not None:
                    return worker.task
                self._lane.leave(worker)
                is_free = self._on_duty in (None, worker)
                breathes = is_free and not self.queue and not breathed and self._lane.is_open
                if breathes:
                    self._on_duty = worker
                elif is_free and (self.queue or self._lane.is_open):
                    worker.task = task = self._take(worker)
                    if not task.slow:
                        self._on_duty = worker
                        return task
                    self._on_duty = None
                    if self.queue or self._lane.is_open:
                        new = self._recruit()
                else:
                    if self._on_duty is worker:
                        self._on_duty = None
                    if self._closed or len(self._idle) >= self._keep:
                        return None
                    self._idle.append(worker)
            if new is not None:
                self._start(new)
            # Not what it was sent just now: with that it is woken.
            if task is not None:
                return task
            if breathes:
                # The event loop, most of all, gets at what it has been waiting for.
                sleep(BREATH)
                breathed = True
                continue
            if not worker.wakeup.acquire(timeout=self._seconds) and self._retires(worker):
                return None

    def _take(self, worker: Worker) -> Task:
        """Return what a worker is to run next; there must be something. With the lock held."""
        if self._lane.is_open:
            now = monotonic()
            if not self.queue or self._lane.is_late(now):
                return self._lane.enter(worker, now)
        self._taken += 1
        return self.queue.popleft()

    def _retires(self, worker: Worker) -> bool:
        """Forget a worker that was idle for long. False: it has just been roused."""
        with self._lock:
            if worker in self._idle:
                self._idle.remove(worker)
                return True
        worker.wakeup.acquire()
        return False

    def relieve(self, worker: Worker) -> None:
        """Put a worker off duty, and let nobody wait for it in the lane."""
        new = None
        with self._lock:
            self._lane.leave(worker)
            if self._on_duty is worker:
                self._on_duty = None
            if self._on_duty is None and (self.queue or self._lane.is_open):
                new = self._recruit()
        if new is not None:
            self._start(new)

    def _recruit(self) -> Worker | None:
        """Put a worker on duty. Returns it if it is new, and to be started. With the lock held."""
        if not self._idle:
            self._on_duty = worker = Worker(self)
            return worker
        self._idle[-1].wakeup.release()
        self._on_duty = self._idle.pop()
        return None

    def _send(self) -> Worker | None:
        """Let a worker run the next task of the lane. As `_recruit`."""
        worker = self._idle.pop() if self._idle else Worker(self)
        worker.task = self._lane.enter(worker, monotonic())
        if worker.ident is None:
            return worker
        worker.wakeup.release()
        return None

    def _start(self, worker: Worker) -> None:
        try:
            worker.start()
        except RuntimeError:  # there is no thread to be had; the next check tries again
            with self._lock:
                if self._on_duty is worker:
                    self._on_duty = None
                elif worker.task is not None:
                    self._lane.put_back(worker.task, worker)
                if not self._watched:
                    self._see_to_it()

    def _check(self) -> bool:
        """See to it that what is in the queue is taken. Returns whether to look again.

        Who is on duty goes off duty if nothing was taken since the last check, or if something has
        been in the queue since: where all threads compute, one alone would get its turn too seldom.
        """
        new: list[Worker | None] = []
        now, used = monotonic(), process_time()
        with self._lock:
            spent = now - self._then
            idle = used - self._used_then < IDLE * spent
            self._then, self._used_then = now, used
            self.is_waiting = bool(self.queue) and idle
            # A check that comes late had to wait for the interpreter.
            self._lane.check(now, idle and spent < 2 * TICK)
            while self._lane.is_open:
                new.append(self._send())
            if self.queue:
                late = self._taken == self._taken_then or self._taken < self._known_then
                if late or self._on_duty is None:
                    new.append(self._recruit())
            if self.queue or self._lane.queue:
                self._calm = 0
            else:
                self._calm += 1
                self._watched = self._calm <= CALM
                if not self._watched:
                    self._lane.check(now, idle=False)
            self._taken_then = self._taken
            self._known_then = self._taken + len(self.queue)
            watched = self._watched
        for worker in new:
            if worker is not None:
                self._start(worker)
        return watched
