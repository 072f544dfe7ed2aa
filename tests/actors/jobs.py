"""Tasks for a dispatcher that no actor stands behind."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pykka_live.actors._alarms import Alarm
from pykka_live.actors._dispatcher import Dispatcher, Outcome, Worker
from tests.actors.actors import TIMEOUT


class Job:
    """A task that does something once, and notes in which thread."""

    alarm: Alarm | None = None
    slow = 0
    computes = False

    def __init__(
        self, deed: Callable[[], object] = lambda: None, outcome: Outcome = "later"
    ) -> None:
        self.deed = deed
        self.outcome = outcome
        self.name = "job"
        self.done = threading.Event()
        self.thread: threading.Thread | None = None

    def turn(self, worker: Worker) -> Outcome:
        assert threading.current_thread() is worker
        assert worker.name == self.name
        self.thread = worker
        self.deed()
        self.done.set()
        return self.outcome

    def wake(self) -> None:
        self.done.set()

    def run(self, dispatcher: Dispatcher) -> threading.Thread:
        """Be run, and return the thread."""
        dispatcher.schedule(self)
        assert self.done.wait(TIMEOUT)
        assert self.thread is not None
        return self.thread
