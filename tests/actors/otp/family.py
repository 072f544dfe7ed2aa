"""Supervisors with children, and what happens to them, that the tests of this package share."""

from __future__ import annotations

import threading
from typing import Any

from pykka_live.actors import (
    ActorSystem,
    Backoff,
    Cell,
    ChildCounts,
    ChildSpec,
    CountChildren,
    Ping,
    Reply,
    StartChild,
    SupervisedActor,
    Supervisor,
    WhichChildren,
)
from pykka_live.actors._messages import Wake
from tests.actors.actors import TIMEOUT, Clock, Crash, Gate, Worker, crash, number, until

NO_DELAY = Backoff(0, 0)
ONE_DELAY = Backoff(100, 100, jitter=0)  # the first restart is immediate, the next one is not
STUCK = 3600.0
Log = list[tuple[str, str]]


def family(
    system: ActorSystem, *specs: ChildSpec, id: str = "sup", spec: Any = None, **options: Any
) -> Cell:
    """Start a supervisor of these children under the root."""
    return system.start_child(
        ChildSpec(id, lambda: Supervisor(specs, **options), **(spec or {})), TIMEOUT
    )


def children(log: Log | None, ids: str, **options: Any) -> list[ChildSpec]:
    """Specs of workers with ids of one letter."""
    options = {"backoff": NO_DELAY, **options}
    return [ChildSpec(id, lambda: Worker(log), **options) for id in ids]


def names(log: Log) -> list[str]:
    """What was noted, without the paths of the supervisors."""
    return [f"{path.rsplit('/', 1)[1]} {what}" for path, what in log]


def counts(sup: Cell) -> tuple[int, int, int, int]:
    """specs, active, supervisors, workers."""
    count: ChildCounts = sup.request(CountChildren(), TIMEOUT)
    return count.specs, count.active, count.supervisors, count.workers


def states(sup: Cell) -> dict[str, str]:
    """The state of each child, in order of start."""
    return {info.id: info.state for info in sup.request(WhichChildren(), TIMEOUT)}


def add(sup: Cell, id: str, start: Any = Worker, **options: Any) -> Cell:
    """Start a dynamic child."""
    spec = ChildSpec(id, start, **{"backoff": NO_DELAY, **options})
    cell: Cell = sup.request(StartChild(spec), TIMEOUT)
    return cell


def starting(sup: Cell, spec: ChildSpec) -> Reply:
    """Have a child started, and do not wait for it."""
    reply = Reply()
    sup.post(StartChild(spec), reply)
    return reply


def fail(cell: Cell) -> None:
    """Fail a child and wait for its next incarnation."""
    before = cell.incarnation
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == before + 1


def loop(cell: Cell, fault: threading.Event) -> None:
    """Fail a `Fragile` child of `ONE_DELAY`, and its restart, so that it waits for the next."""
    failures = cell.failures
    fault.set()
    cell.tell(crash)
    until(lambda: cell.failures == failures + 2 and cell.state == "restarting")


def stick(cell: Cell, clock: Clock) -> None:
    """Let an actor of `stuck_timeout=STUCK` have been on its message, or its start, for so long."""
    assert cell.parent.request(Ping(), TIMEOUT)  # it has set its timer
    cell.busy_since -= int(STUCK * 1e9)
    clock.now += STUCK
    cell.parent.post(Wake())


class Fragile(Worker):
    """Fails to start while `fault` is set."""

    def __init__(self, fault: threading.Event, log: Log | None = None) -> None:
        super().__init__(log)
        self.fault = fault

    def on_start(self) -> None:
        super().on_start()
        if self.fault.is_set():
            raise Crash("start")


class Slow(Worker):
    """Is up when its gate is opened."""

    def __init__(self, gate: Gate, log: Log | None = None) -> None:
        super().__init__(log)
        self.gate = gate

    def on_start(self) -> None:
        self.gate()
        super().on_start()


class SlowEnd(Worker):
    """Is down when its gate is opened."""

    def __init__(self, gate: Gate, log: Log | None = None) -> None:
        super().__init__(log)
        self.gate = gate

    def on_stop(self) -> None:
        self.gate()
        super().on_stop()


class Stubborn(Gate):
    """A message that is being handled until it is opened, whatever is raised in the thread."""

    def __call__(self, actor: Any = None) -> str:
        while True:
            try:
                return super().__call__(actor)
            except SystemExit:
                pass


def bad_init() -> SupervisedActor:
    """A `start` that makes nothing."""
    raise Crash("constructor")


class BadStart(Worker):
    """Never starts."""

    def on_start(self) -> None:
        raise Crash("on_start")


class Session(Supervisor):
    """A supervisor that calls its messages, too."""

    def on_receive(self, message: Any) -> Any:
        return message(self)
