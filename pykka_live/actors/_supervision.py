"""How a supervisor does what it does: its reactions to what happens to its children."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Literal

from pykka_live.actors._children import Child
from pykka_live.actors._envelope import Envelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import (
    ActorError,
    ActorStopped,
    ChildExists,
    ChildRefused,
    RestartsExceeded,
    StartFailed,
    describe,
)
from pykka_live.actors._messages import Exit, Exited, Started, Stop
from pykka_live.actors._patience import Patience
from pykka_live.actors._restarts import Restarts, exceeds
from pykka_live.actors._spec import ChildSpec

__all__ = ["Supervision"]

GRACE = 0.5  # seconds that a child has for ending even after the deadline of a shutdown


class Supervision(Patience):
    """The mechanics of a `Supervisor`, where the rules are written down.

    Everything runs in the supervisor's thread and nothing waits. A child's life is a walk through
    the phases of `Child`, driven by `Started` and `Exited`, by requests and by timers.
    """

    _is_supervisor = True

    max_restarts: int = 3
    max_seconds: float = 5.0
    counts: Literal["supervisor", "child"] = "supervisor"
    max_children: int | None = None
    stop_order: Literal["reverse", "together"] = "reverse"

    def __init__(self, children: Iterable[ChildSpec] = ()) -> None:
        super().__init__()
        self._given = tuple(children)
        self._static: deque[ChildSpec] = deque()
        self._awaited: Child | None = None  # the static child that is being started
        self._window: list[float] = []
        self._winding = False
        self._all_told = False  # in the end, all children have been told to stop
        self._drain_until: float | None = None
        self._deadline: float | None = None
        self._restarts: Restarts

    def children(self) -> Iterable[ChildSpec]:
        """Return the specs of the static children. Called once, after `on_start`."""
        return ()

    def _bind(self, incarnation: Any) -> None:
        super()._bind(incarnation)
        self._restarts = Restarts(self, self.cell.system.clock)

    def _ready(self) -> None:
        if self._exit is not None:  # `on_start` wants no children, and no life
            super()._ready()
            return
        specs = [*self._given, *self.children()]
        if self.max_children is not None and len(specs) > self.max_children:
            raise ChildRefused(
                f"{self.path} has {len(specs)} children, more than max_children={self.max_children}"
            )
        seen = set()
        for spec in specs:
            if not isinstance(spec, ChildSpec):
                raise TypeError(f"{self.path}: children must be ChildSpecs, not {spec!r}")
            if spec.id in seen:
                raise ChildExists(f"{self.path} has two children {spec.id!r}")
            seen.add(spec.id)
        self._static.extend(specs)
        self._next_static()

    def _next_static(self) -> None:
        if self._static:
            spec = self._static.popleft()
            try:
                self._awaited = self._add_child(spec, None)
            except ActorError as error:
                failed = StartFailed(f"{self.path}/{spec.id} could not be started: {error}")
                failed.__cause__ = error
                self._fail(failed)
        else:
            self._awaited = None
            super()._ready()

    def _wind_down(self) -> bool:
        if not self._winding:
            self._begin_to_wind_down()
        receiver = self._incarnation.receiver  # type: ignore[union-attr]
        timers = self._timers
        while len(self._children):
            action = timers.pop_due()
            if action is not None:
                action()
                continue
            envelope = receiver.take(False)
            if envelope is None:
                self._pause = timers.remaining()
                return False
            self._on_system(envelope)
        return True

    def _begin_to_wind_down(self) -> None:
        self._winding = True
        self._static.clear()
        self._awaited = None
        self._restarts.clear()
        for child in self._children:
            if child.phase == "down":
                self._end_child(child, "stopped", "supervisor ended")
            elif child.phase == "stopping":  # its timer is gone
                child.phase = "up"
        self._stop_next()

    def _stop_next(self) -> None:
        """Stop the last child; all at once if that is wanted, or when the deadline is past."""
        late = self._deadline is not None and self.cell.system.clock() >= self._deadline
        if self.stop_order == "reverse" and not late:
            last = self._children.last()
            if last is not None and last.phase in ("up", "starting"):
                self._stop_child(last, self._exit.reason)  # type: ignore[union-attr]
        elif not self._all_told:
            self._all_told = True
            for child in reversed(self._children):
                if child.phase in ("up", "starting"):
                    self._stop_child(child, self._exit.reason)  # type: ignore[union-attr]

    def _fail(self, error: BaseException) -> None:
        if self._exit is None or self._exit.error is None:
            self.cell._record_failure(error, None)
            self._exit = Exit("failed", error)

    def _on_system(self, envelope: Envelope) -> None:
        message = envelope.message
        if isinstance(message, Started):
            self._child_started(message)
        elif isinstance(message, Exited):
            self._child_exited(message)
        else:
            if isinstance(message, Stop) and self._is_for_me(message):
                self._drain_until = message.drain_until
                self._deadline = message.deadline
                if self._winding:
                    for child in self._children:
                        if child.phase == "stopping":
                            self._stop_now(child)
            super()._on_system(envelope)

    def _refuse_when_ending(self) -> None:
        if self._winding or self._exit is not None:
            raise ActorStopped(f"{self.path} is ending")

    def _add_child(self, spec: ChildSpec, reply: ReplyPort | None) -> Child:
        """Make and start a child. Raises Fenced in a supervisor that was replaced."""
        with self.fence():
            cell = self.cell.system._new_cell(spec, self.cell)
        if reply is not None:
            cell._start_ports.append(reply)
        child = Child(spec, cell)
        self._children.add(child)
        self._launch(child)
        return child

    def _launch(self, child: Child) -> None:
        """Start an incarnation of a child that is down."""
        if child.established:
            child.cell.restarts += 1
        child.phase = "starting"
        child.within = None
        child.incarnation = child.cell._launch()
        self._watch_stuck(child)

    def _child_started(self, message: Started) -> None:
        child = self._children.of(message.cell)
        if child is None or child.incarnation is not message.incarnation:
            return
        if child.phase != "starting":
            return
        child.phase = "up"
        child.unquiet = self.cell.system.clock()
        child.cell._emit("restarted" if child.established else "started")
        child.established = True
        child.cell._answer_start()
        self._restarts.started(child)
        if self._awaited is child:
            self._next_static()

    def _child_exited(self, message: Exited) -> None:
        child = self._children.of(message.cell)
        if child is not None and child.incarnation is message.incarnation:
            exit = message.exit
            self._child_gone(child, exit.reason, exit.error)

    def _child_gone(self, child: Child, reason: str, error: BaseException | None) -> None:
        """An incarnation is gone, or was given up."""
        phase, child.phase = child.phase, "down"
        child.incarnation = None
        child.set_timer(None)
        if phase == "stopping":
            if self._winding:
                self._end_child(child, "stopped", child.reason)
                self._stop_next()
            elif child.spec.strategy == "stop" or not self._restarts.down(child):
                self._end_child(child, "stopped", child.reason)
        elif self._winding:
            self._end_child(child, "stopped" if error is None else "failed", reason)
            self._stop_next()
        elif error is not None:
            self._child_failed(child, error)
        elif child.spec.restarts_always:
            self._restart(child, None)
        else:
            self._end_child(child, "stopped", reason)

    def _child_failed(self, child: Child, error: BaseException) -> None:
        if not child.established:
            self._start_failed(child, error)
            return
        strategy = child.spec.strategy_for(error)
        if strategy == "stop":
            self._end_child(child, "failed", "failed")
        elif strategy == "escalate":
            self._escalate(child, error, error)
        else:
            self._restart(child, error)

    def _start_failed(self, child: Child, error: BaseException) -> None:
        failed = StartFailed(f"{child.cell.path} could not be started: {describe(error)}")
        failed.__cause__ = error
        self._end_child(child, "failed", "start failed", failed)
        if self._awaited is child:
            self._static.clear()
            self._fail(failed)

    def _restart(self, child: Child, error: BaseException | None) -> None:
        """Restart a child that is down and those that its scope concerns, if not too often."""
        now = self.cell.system.clock()
        spec = child.spec
        limit = self._limit(child)
        seconds = self.max_seconds if spec.max_seconds is None else spec.max_seconds
        own = self.counts == "child" or (spec.max_restarts, spec.max_seconds) != (None, None)
        if exceeds(child.window if own else self._window, now, limit, seconds):
            exceeded = RestartsExceeded(
                f"{child.cell.path}: more than {limit} restarts in {seconds:g} s"
            )
            exceeded.__cause__ = error
            if self.counts == "child":
                self._end_child(child, "failed", "restarts exceeded")
            else:
                self._escalate(child, error, exceeded)
            return
        concerned = {
            "one_for_one": lambda: [child],
            "one_for_all": lambda: list(self._children),
            "rest_for_one": lambda: self._children.from_(child),
        }[spec.scope]()
        members = [each for each in concerned if each is child or self._restartable(each)]
        self._plan_restart(child, members)

    def _limit(self, child: Child) -> int:
        """Return how many restarts of a child are tolerated."""
        limit = child.spec.max_restarts
        return self.max_restarts if limit is None else limit

    def _plan_restart(self, child: Child, members: list[Child]) -> None:
        """Restart `members`, when the backoff of the one that is down is over."""
        now = self.cell.system.clock()
        backoff = child.spec.backoff
        if now - child.unquiet > backoff.quiet:
            child.attempts = 0
        child.unquiet = now
        due = now + backoff.delay(child.attempts)
        child.attempts += 1
        for each in members:
            if each.phase != "stopping":
                each.cell._state = "restarting"
        self._restarts.plan(members, due)

    def _restartable(self, child: Child) -> bool:
        """Whether a sibling's restart concerns this child: not if it has ended or is to end."""
        if child.phase in ("down", "stopping"):
            return self._restarts.concern(child)
        return True

    def _escalate(self, child: Child, error: BaseException | None, failure: BaseException) -> None:
        """Fail because of a child."""
        child.cell._emit("escalated", type(failure).__name__, error)
        self._fail(failure)

    def _end_child(
        self, child: Child, state: str, reason: str, failed: StartFailed | None = None
    ) -> None:
        """A child that is down will not live again: with `failed`, because its start has failed.

        A child may itself fail with `StartFailed`, of one of its own children.
        """
        child.phase = "down"
        child.set_timer(None)
        self._restarts.forget(child)
        never_up = failed is not None and child.cell.incarnation == 1
        if child.spec.keep and not self._winding and not never_up:
            child.established = False
            child.attempts = 0
            child.window.clear()
        else:
            self._children.remove(child)
        child.cell._end(state, reason, failed)
        if self._awaited is child and state == "stopped" and not self._winding:
            self._next_static()

    def _stop_child(self, child: Child, reason: str) -> None:
        """Have a child that lives end, after its mail if there is time for that."""
        child.phase = "stopping"
        child.reason = reason
        cell = child.cell
        suspended = cell._state == "suspended"
        cell._state = "stopping"
        drain = self._drain_until
        if drain is not None and not suspended and self.cell.system.clock() < drain:
            stop = Stop(reason, cell.incarnation, drain, self._deadline)
            cell.mailbox.put_last(SystemEnvelope(stop))
            child.set_timer(self._timers.at(drain, lambda: self._stop_now(child)))
        else:
            self._stop_now(child)

    def _stop_within(self, child: Child, within: float | None) -> None:
        """Set how long a child may take to end; also one that is about it."""
        if within is not None:
            child.within = within
            if child.phase == "stopping":
                self._stop_now(child)

    def _stop_now(self, child: Child) -> None:
        """Have a child end after its current message, and give it up if it does not."""
        cell = child.cell
        cell.mailbox.put_system(
            SystemEnvelope(Stop(child.reason, cell.incarnation, None, self._deadline))
        )
        limit = child.spec.shutdown if child.within is None else child.within
        if limit == "auto":
            limit = None if cell.is_supervisor else 5.0
        now = cell.system.clock()
        times = [] if limit is None else [now + limit]
        if self._deadline is not None:  # a supervisor gives up its own children first
            times.append(
                max(self._deadline, now + GRACE) + (2 * GRACE if cell.is_supervisor else 0)
            )
        if times:
            child.set_timer(self._timers.at(min(times), lambda: self._give_up(child)))
        else:
            child.set_timer(None)
