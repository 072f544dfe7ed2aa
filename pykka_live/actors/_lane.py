"""The tasks that compute for long: one at a time, while the process does nothing but compute."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pykka_live.actors._dispatcher import Task, Worker

__all__ = ["Lane"]

LATE = 0.02  # seconds for which one task holds up the others, at most
PATIENCE = 0.1  # seconds for which quick ones do, at most
MOST = 256  # how many may start beside it from one check to the next


class Lane:
    """A queue whose first task has the lane to itself until its turn is over.

    The interpreter runs one thread at a time, so two that compute are no faster than one after the
    other; but who needs the interpreter for a moment waits for each of them in turn. A task that
    waits for something, instead, or computes on and on, must not hold up the others: a check finds
    that out, and lets more of them start. While the process is idle that is twice as many each
    time.

    It knows no threads and no lock; a dispatcher guards it with its own.

    Attributes:
        queue: the tasks that wait; look only
    """

    def __init__(self) -> None:
        self.queue: deque[Task] = deque()
        self._came: deque[float] = deque()  # when each of them did
        self._holder: Worker | None = None
        self._since = 0.0  # when it has begun
        self._extra = 0  # how many may start beside it from one check to the next
        self._left = 0  # and how many of them have not

    def put(self, task: Task, now: float) -> None:
        """Let a task wait for its turn."""
        self.queue.append(task)
        self._came.append(now)

    def put_back(self, task: Task, worker: Worker) -> None:
        """Let a task be the next again, for there was no thread for it."""
        self.leave(worker)
        self.queue.appendleft(task)
        self._came.appendleft(self._since)

    @property
    def is_free(self) -> bool:
        """Whether a task may start, if there is one."""
        return self._holder is None or self._left > 0

    @property
    def is_open(self) -> bool:
        """Whether there is a task that may start."""
        return bool(self.queue) and (self._holder is None or self._left > 0)

    def enter(self, worker: Worker, now: float) -> Task:
        """Return the next task, which a worker is about to run. It must be open."""
        if self._holder is None:
            self._holder = worker
            self._since = now
        else:
            self._left -= 1
        self._came.popleft()
        return self.queue.popleft()

    def is_late(self, now: float) -> bool:
        """Whether a task that may start has waited for so long that quick ones do not come first
        any more. It must be open."""
        return now - self._came[0] > PATIENCE

    def leave(self, worker: Worker) -> None:
        """A worker computes no longer."""
        if self._holder is worker:
            self._holder = None

    def check(self, now: float, idle: bool) -> None:
        """Let no one wait for a task that has not ended in time, or does not compute."""
        if not idle:
            self._extra = 0
        elif self.queue:
            self._extra = min(2 * self._extra + 1, MOST)
        self._left = self._extra
        if idle or now - self._since > LATE:
            self._holder = None
