"""A real supervision tree that does as a test says, and knows when nothing more will happen."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import defaultdict
from typing import Any

from pykka_live.actors import (
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    Ping,
    PoisonPill,
    Root,
    SupervisedActor,
    Supervisor,
)
from pykka_live.actors import _dispatcher as dispatch
from pykka_live.actors import _errors as errors
from tests.actors.actors import TIMEOUT, Clock, Crash
from tests.actors.lives import Key, Mail, Spec
from tests.actors.nodes import MAX, MIN, QUIET

STUCK = 1000.0
PATIENCE = 60.0


class Oops(Crash):
    """A kind of `Crash`."""


ERRORS: dict[str, type[BaseException]] = {
    "Crash": Crash,
    "Oops": Oops,
    "SystemExit": SystemExit,
    "Exception": Exception,
    "BaseException": BaseException,
    "RestartsExceeded": errors.RestartsExceeded,
    "StartFailed": errors.StartFailed,
}


class Port:
    """Takes the answer to one request, and notes if there is a second."""

    def __init__(self) -> None:
        self.answers: list[Any] = []

    @property
    def outcome(self) -> Any:
        """None, or the value (True for a cell), or the name of the error."""
        assert len(self.answers) <= 1, self.answers
        answer = self.answers[0] if self.answers else None
        return True if isinstance(answer, Cell) else answer

    def set(self, value: Any) -> None:
        self.answers.append(value)

    def set_exception(self, error: BaseException) -> None:
        cause = error.__cause__ if isinstance(error, errors.ActorFailed) else None
        kind = type(cause or error)
        # Whether a message was begun with is a matter of moments.
        self.answers.append(
            (errors.ActorStopped if issubclass(kind, errors.ActorStopped) else kind).__name__
        )


class Gate:
    """Where a thread waits until the test lets it through."""

    def __init__(self) -> None:
        self.thread = threading.current_thread()
        self._is_open = False
        self._lock = threading.Lock()
        self._lock.acquire()

    def open(self) -> None:
        self._is_open = True
        self._lock.release()

    def wait(self) -> None:
        """Return when it has been opened. Who was interrupted may call it again."""
        while not self._is_open:
            assert self._lock.acquire(timeout=PATIENCE)


class Bell:
    """Wakes who waits until something has happened. For one who waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # held, unless something has happened since it was waited

    def ring(self) -> None:
        with contextlib.suppress(RuntimeError):  # it has rung already
            self._lock.release()

    def wait(self, seconds: float) -> bool:
        """Tell whether something has happened."""
        return self._lock.acquire(timeout=seconds)


class Observed(dispatch.Dispatcher):
    """Rings when there is something to do, and when it is done."""

    def __init__(self, bell: Bell) -> None:
        super().__init__()
        self._bell = bell

    def schedule(self, task: dispatch.Task) -> None:
        super().schedule(task)
        self._bell.ring()

    def find_task(self, worker: dispatch.Worker) -> dispatch.Task | None:
        self._bell.ring()
        return super().find_task(worker)

    def relieve(self, worker: dispatch.Worker) -> None:
        super().relieve(worker)
        self._bell.ring()

    def is_quiet(self, waiting: list[threading.Thread]) -> bool:
        """Whether none of its threads has something to do but those that wait."""
        with self._lock:
            workers = [t for t in threading.enumerate() if isinstance(t, dispatch.Worker)]
            return not (self.queue or self._lane.queue) and not any(
                worker.task for worker in workers if worker not in waiting
            )


class Played(SupervisedActor):
    """What the actors of the tree have in common: they do as `Mail` says, and the tree notes it."""

    tree: Tree
    start_plan: str
    key: Key

    def on_start(self) -> None:
        self.tree.log.append((self.path, "start"))
        if self.start_plan.startswith("gate"):
            self.tree.wait_at_gate(self.key)
        if self.start_plan.endswith("fail"):
            raise Crash("as planned")

    def on_stop(self) -> None:
        self.tree.log.append((self.path, f"stop {self.stop_reason}"))

    def on_failure(self, *_exc_info: Any) -> None:
        self.tree.log.append((self.path, "failure"))

    def on_receive(self, message: Mail) -> int:
        self.tree.handled.append((self.path, message.number))
        kind = message.kind
        if kind == "hold":
            self.tree.wait_at_gate(self.key)
            kind = message.after
        if message.life == self.cell.incarnation:
            if kind == "end":
                self.stop()
            elif kind == "fail":
                raise ERRORS[message.error]("as told")
        return message.number


class Worker(Played):
    """A leaf of the tree."""


class Boss(Played, Supervisor):
    """A supervisor in the tree."""


class Tree:
    """An actor system that goes by a clock of the test's, and what was seen of it.

    Attributes:
        plans: what the next starts at a path do, as those of the model
        gates: the gates at which threads wait
        cells: the cells that were last seen, by path
    """

    def __init__(self) -> None:
        self.clock = Clock()
        self.bell = Bell()
        self.system = self.make_system()
        self.log: list[tuple[str, str]] = []
        self.handled: list[tuple[str, int]] = []
        self.plans: dict[str, list[str]] = {}
        self.runs: dict[str, int] = defaultdict(int)
        self.gates: dict[Key, Gate] = {}
        self.cells: dict[str, Cell] = {"/": self.system.root}
        self.left: list[str] | None = None

    def make_system(self) -> ActorSystem:
        """Make the actor system."""
        system = ActorSystem(Root, clock=self.clock, dead_letters=100_000)
        system.dispatcher = self.dispatcher = Observed(self.bell)
        return system

    # What the actors call

    def make(self, spec: Spec, path: str) -> SupervisedActor:
        """Make an actor, in its thread."""
        self.runs[path] += 1
        start_plan = spec.next_plan(self.plans.get(path))
        if start_plan == "unmade":
            raise Crash("as planned")
        actor: Played
        if spec.children is None:
            actor = Worker()
        else:
            actor = Boss(
                [self.child_spec(child, path) for child in spec.children],
                max_restarts=spec.intensity[0],
                max_seconds=spec.intensity[1],
                counts=spec.counts,  # type: ignore[arg-type]
                max_children=spec.max_children,
                stop_order="together" if spec.together else "reverse",
            )
        actor.tree, actor.start_plan, actor.key = self, start_plan, (path, self.runs[path])
        return actor

    def wait_at_gate(self, key: Key) -> None:
        """Wait until the test opens the gate."""
        gate = Gate()
        try:
            self.gates[key] = gate
            self.bell.ring()
            gate.wait()
        except SystemExit:  # it was given up, perhaps before it had begun to wait
            gate.wait()
            raise

    # What the test calls

    def child_spec(self, spec: Spec, parent: str) -> ChildSpec:
        """Translate."""
        path = f"{parent.rstrip('/')}/{spec.id}"
        strategy: Any = spec.strategy
        if not isinstance(strategy, str):
            strategy = {ERRORS[name]: word for name, word in strategy}
        limits = spec.limits or (None, None)
        return ChildSpec(
            spec.id,
            lambda: self.make(spec, path),
            strategy=strategy,
            scope=spec.scope,  # type: ignore[arg-type]
            max_restarts=limits[0],
            max_seconds=limits[1],
            backoff=Backoff(MIN, MAX, jitter=0, reset_after=QUIET)
            if spec.backoff
            else Backoff(0, 0),
            shutdown=spec.shutdown,
            stuck_timeout=STUCK if spec.stuck else None,
            keep=spec.keep,
            capacity=None,
        )

    def send(self, path: str, mail: Mail, port: Port | None) -> None:
        """Put mail into a mailbox."""
        message = PoisonPill() if mail.kind == "pill" else mail
        assert self.cells[path].offer(message, port)

    def open(self, key: Key, abandoned: bool) -> None:
        """Open a gate. A thread that was given up does nothing more than to end."""
        gate = self.gates.pop(key)
        gate.open()
        if abandoned:
            gate.thread.join(TIMEOUT)
            assert not gate.thread.is_alive()

    def stick(self, path: str) -> None:
        """Have a child be stuck: since `STUCK` seconds on its message or start."""
        self.clock.now += STUCK
        self.cells[path].busy_since -= int(STUCK * 1e9)

    def shutdown(self, seconds: float) -> None:
        """Begin the shutdown; `left` is its result, when it has ended."""

        def run() -> None:
            self.left = self.system.shutdown(seconds)

        self.stopping = threading.Thread(target=run)
        self.stopping.start()
        while self.system.state == "running":
            assert self.bell.wait(TIMEOUT)

    def give_in(self) -> None:
        """After a failed test: leave nothing behind."""
        self.clock.real = True
        while self.gates:
            self.open(next(iter(self.gates)), False)
        self.plans.clear()
        self.system.shutdown(2.0)

    # Quiescence

    def running(self) -> list[str]:
        """The names of the incarnations that live, and of those that were given up."""
        living = [cell._incarnation for cell in self.system.cells()]
        return [each.name for each in living if each is not None] + self.system.abandoned()

    def settle(self) -> None:
        """Wait until nothing more happens by itself.

        Who has something to do has a thread, or waits for one. A ping makes each of them see what
        the clock says.
        """
        deadline = time.monotonic() + TIMEOUT
        for cell in self.system.cells():
            cell.post(Ping())
        while not self.dispatcher.is_quiet([gate.thread for gate in list(self.gates.values())]):
            rung = self.bell.wait(max(0.0, deadline - time.monotonic()))
            assert rung, "it does not come to rest"
