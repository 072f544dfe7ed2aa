"""Supervisors: actors that start, watch, restart and stop other actors.

This page is the specification. The words are OTP's where the thing is OTP's.

**Where supervision runs.** In the supervisor's thread, between two of its messages, driven by
system messages from the children's threads. It never waits for a child: a slow `on_start`, a delay
before a restart, a child that does not stop are all waited for while other children are served. (So
a supervisor's own `on_receive` should be quick: it delays supervision.)

**Children** come from `Supervisor(children=[...])` or the `children()` method (*static*: started in
order when the supervisor starts, each when the one before is up, and only then is the supervisor
up) and from `start_child` (*dynamic*). A child has an `id`, unique among its siblings, and a `Cell`
at the supervisor's path plus the id. The options of a child are those of `ChildSpec`.

**Start.** `start_child` makes the cell at once (mail for it waits) and answers when `on_start` is
done. A first start that fails is not retried: the answer is `StartFailed`, which names the child,
and the child is forgotten. When a static child fails to start, those before it are stopped in
reverse order and the supervisor's own start fails with `StartFailed`.

**End of a child.** Normal: it called `stop()`, got a `PoisonPill` or a Pykka stop. Failure:
`on_receive`, `on_start` or the constructor raised, or it was given up as stuck. What follows:

=========  =========================  ==========================
strategy   after a failure            after a normal end
=========  =========================  ==========================
restart    restarted                  ends
always     restarted                  restarted
stop       ends                       ends
resume     goes on, same incarnation  ends
escalate   the supervisor fails       ends
=========  =========================  ==========================

A child that *ends* is forgotten (its mail becomes dead letters), or with `keep=True` stays, down,
until `restart_child` or `delete_child`.

**Restart.** A new incarnation takes over the same cell: path, mailbox (without the message that
failed), `data` and statistics. The scope of the child that failed says who else is restarted:
`one_for_one` nobody, `one_for_all` every sibling, `rest_for_one` those started after it. Siblings
are stopped in reverse order first and started in order, each when the one before is up. Siblings
whose strategy is `stop` are stopped and end. A start that fails in a restart counts as another
failure of that child. The first restart after a quiet time is immediate; others wait as the child's
`Backoff` says.

**Intensity.** More than `max_restarts` restarts in `max_seconds` (sliding window; a restart of
several counts once) are too many. With `counts="supervisor"` there is one window for all children
(and one for each child whose spec has limits of its own); when it is exceeded, the supervisor stops
its children in reverse order and fails with `RestartsExceeded`, to which *its* supervisor's
strategy applies. With `counts="child"` each child has its own window, and one that exceeds it ends
alone, in state `failed`.

**Stop.** A supervisor that ends, for whatever reason, stops its children in reverse order of their
start, each when the one after it is down (`stop_order="together"`: all at once). A child that does
not end within `shutdown` seconds is *given up*: it is fenced (it can neither take mail nor commit
nor answer), `Killed` is raised in its thread, and if the thread still lives it is listed in
`ActorSystem.abandoned()`. For the supervisor it is down.

**Stuck.** A child that spends more than `stuck_timeout` seconds on one message or on its start is
given up in the same way, and that is a failure like others. A child that is merely busy is left
alone.

**Requests** are functions of the supervisor, to be called in its own thread, and system messages
for everyone else, sent with `Cell.request`, `Cell.request_async` or `Cell.post`:

==================  ==========================  ===============================================================
method              message                     answer
==================  ==========================  ===============================================================
`start_child`       `StartChild(spec)`          the cell; `ChildExists`; `ChildRefused` (`max_children`);
                                                `StartFailed`; `ActorStopped` (the supervisor ends)
`terminate_child`   `TerminateChild(id)`        True when it is down; `ChildNotFound`
`restart_child`     `RestartChild(id)`          the cell; `ChildNotFound`; `ChildRefused` (it is not down);
                                                `StartFailed` (it stays, down)
`delete_child`      `DeleteChild(id)`           True; `ChildNotFound`; `ChildRefused` (it is not down)
`which_children`    `WhichChildren()`           a tuple of `ChildInfo`, in order of start
`count_children`    `CountChildren()`           `ChildCounts`
==================  ==========================  ===============================================================
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Literal

from pykka_live.actors._actor import SupervisedActor
from pykka_live.actors._cell import Cell
from pykka_live.actors._children import Child, Children
from pykka_live.actors._envelope import Envelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import (
    ActorStopped,
    ActorStuck,
    ChildExists,
    ChildRefused,
    RestartsExceeded,
    StartFailed,
)
from pykka_live.actors._messages import (
    ChildCounts,
    ChildInfo,
    CountChildren,
    DeleteChild,
    Exit,
    Exited,
    RestartChild,
    StartChild,
    Started,
    Stop,
    TerminateChild,
    WhichChildren,
)
from pykka_live.actors._options import check_options
from pykka_live.actors._replies import answer, refuse_envelope
from pykka_live.actors._restarts import Restarts, exceeds
from pykka_live.actors._spec import ChildSpec
from pykka_live.actors._timers import Timer

__all__ = ["Supervisor"]


class Supervisor(SupervisedActor):
    """An actor that has children; see the module's documentation for the rules.

    Each argument can also be given as a class attribute.

    Args:
        children: specs of static children, before those of `children()`
        max_restarts: how many restarts are tolerated in `max_seconds`
        max_seconds: the window, in seconds
        counts: `"supervisor"`: one window for all children; too many restarts fail the supervisor.
            `"child"`: a window for each; too many restarts end that child alone
        max_children: how many children it may have; None: any number
        stop_order: `"reverse"`: one after the other; `"together"`: all at once

    Raises:
        ValueError: naming the option and what is allowed
    """

    _is_supervisor = True

    max_restarts: int = 3
    max_seconds: float = 5.0
    counts: Literal["supervisor", "child"] = "supervisor"
    max_children: int | None = None
    stop_order: Literal["reverse", "together"] = "reverse"

    _names: ClassVar[tuple[str, ...]] = (
        "max_restarts",
        "max_seconds",
        "counts",
        "max_children",
        "stop_order",
    )

    def __init__(
        self,
        children: Iterable[ChildSpec] = (),
        *,
        max_restarts: int | None = None,
        max_seconds: float | None = None,
        counts: Literal["supervisor", "child"] | None = None,
        max_children: int | None = None,
        stop_order: Literal["reverse", "together"] | None = None,
    ) -> None:
        super().__init__()
        given = (max_restarts, max_seconds, counts, max_children, stop_order)
        for name, value in zip(self._names, given, strict=True):
            if value is not None:
                setattr(self, name, value)
        check_options(self)
        self._given = tuple(children)
        self._children = Children()
        self._static: deque[ChildSpec] = deque()
        self._awaited: Child | None = None  # the static child that is being started
        self._window: deque[float] = deque()
        self._winding = False
        self._drain_until: float | None = None
        self._deadline: float | None = None
        self._stuck_timer: Timer | None = None
        self._restarts: Restarts

    # For subclasses, and for use in the supervisor's own thread

    def children(self) -> Iterable[ChildSpec]:
        """Return the specs of the static children. Called once, after `on_start`."""
        return ()

    def start_child(self, spec: ChildSpec, reply: ReplyPort | None = None) -> Cell:
        """Start a dynamic child, without waiting for it.

        Args:
            spec: what to start
            reply: gets the cell when the child is up, or `StartFailed`, or `ActorStopped`

        Returns:
            the cell, to which mail can be sent at once

        Raises:
            ChildExists: there is a child of that id (it may be down, with `keep`)
            ChildRefused: there are `max_children`
            ActorStopped: the supervisor is ending
        """
        if not isinstance(spec, ChildSpec):
            raise TypeError(f"start_child takes a ChildSpec, not {spec!r}")
        if self._winding or self._exit is not None:
            raise ActorStopped(f"{self.path} is ending")
        if spec.id in self._children:
            raise ChildExists(f"{self.path} already has a child {spec.id!r}")
        if self.max_children is not None and len(self._children) >= self.max_children:
            raise ChildRefused(
                f"{self.path} already has {self.max_children} children (max_children)"
            )
        cell = self.cell.system._new_cell(spec, self.cell)
        child = Child(spec, cell)
        if reply is not None:
            child.started.append(reply)
        self._children.add(child)
        self._launch(child)
        return cell

    def terminate_child(
        self, id: str, reason: str = "shutdown", reply: ReplyPort | None = None
    ) -> None:
        """Stop a child for good, after its current message. `reply` gets True when it is down.

        Raises:
            ChildNotFound: there is no such child
        """
        child = self._children.require(id, self.path)
        if reply is not None:
            child.stopped.append(reply)
        self._restarts.forget(child)
        child.reason = reason
        if child.phase == "down":
            self._end_child(child, "stopped", reason)
        elif child.phase != "stopping":
            self._stop_child(child, reason)

    def restart_child(self, id: str, reply: ReplyPort | None = None) -> Cell:
        """Start a kept child that has ended. `reply` and what is returned are as for `start_child`.

        Raises:
            ChildNotFound: there is no such child
            ChildRefused: it has not ended
            ActorStopped: the supervisor is ending
        """
        child = self._children.require(id, self.path)
        if self._winding or self._exit is not None:
            raise ActorStopped(f"{self.path} is ending")
        if child.cell.alive:
            raise ChildRefused(f"{child.cell.path} is {child.cell.state}")
        if reply is not None:
            child.started.append(reply)
        child.cell._revive()
        child.established = False
        self._launch(child)
        return child.cell

    def delete_child(self, id: str) -> None:
        """Forget a kept child that has ended.

        Raises:
            ChildNotFound: there is no such child
            ChildRefused: it has not ended
        """
        child = self._children.require(id, self.path)
        if child.cell.alive:
            raise ChildRefused(f"{child.cell.path} is {child.cell.state}")
        self._children.remove(child)

    def which_children(self) -> tuple[ChildInfo, ...]:
        """Describe each child, in order of start."""
        return self._children.which()

    def count_children(self) -> ChildCounts:
        """Count the children."""
        return self._children.count()

    # Life

    def _bind(self, incarnation: Any) -> None:
        super()._bind(incarnation)
        self._restarts = Restarts(self, self.cell.system.clock)

    def _ready(self) -> None:
        specs = [*self._given, *self.children()]
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
            self.start_child(spec)
            self._awaited = self._children.get(spec.id)
        else:
            self._awaited = None
            super()._ready()

    def _wind_down(self) -> None:
        self._winding = True
        self._restarts.clear()
        receiver = self._incarnation.receiver  # type: ignore[union-attr]
        timers = self._timers
        for child in self._children:
            if child.phase == "down":
                self._end_child(child, "stopped", "supervisor ended")
            elif child.phase == "stopping":  # its timer is gone
                child.phase = "up"
        self._stop_next()
        while len(self._children):
            action = timers.pop_due()
            if action is not None:
                action()
                continue
            envelope = receiver.get(timers.remaining(), False)
            if envelope is not None:
                self._on_system(envelope)

    def _stop_next(self) -> None:
        for child in reversed(self._children):
            if child.phase in ("up", "starting"):
                self._stop_child(child, child.reason or self._exit.reason)  # type: ignore[union-attr]
            if self.stop_order == "reverse":
                return

    def _fail(self, error: BaseException) -> None:
        if self._exit is None or self._exit.error is None:
            self.cell._record_failure(error, None)
            self._exit = Exit("failed", error)

    # System mail

    def _on_system(self, envelope: Envelope) -> None:
        message = envelope.message
        if isinstance(message, Started):
            self._child_started(message)
        elif isinstance(message, Exited):
            self._child_exited(message)
        elif isinstance(message, Stop):
            self._drain_until = message.drain_until
            self._deadline = message.deadline
            if self._winding:
                for child in self._children:
                    if child.phase == "stopping":
                        self._stop_now(child)
            super()._on_system(envelope)
        else:
            request = self._requests.get(type(message))
            if request is None:
                super()._on_system(envelope)
                return
            try:
                request(self, message, envelope)
            except Exception as error:
                refuse_envelope(envelope, error)

    def _request_start(self, message: StartChild, envelope: Envelope) -> None:
        self.start_child(message.spec, envelope.reply)

    def _request_terminate(self, message: TerminateChild, envelope: Envelope) -> None:
        self.terminate_child(message.id, message.reason, envelope.reply)

    def _request_restart(self, message: RestartChild, envelope: Envelope) -> None:
        self.restart_child(message.id, envelope.reply)

    def _request_delete(self, message: DeleteChild, envelope: Envelope) -> None:
        self.delete_child(message.id)
        answer(envelope.reply, True)

    def _request_which(self, _message: WhichChildren, envelope: Envelope) -> None:
        answer(envelope.reply, self.which_children())

    def _request_count(self, _message: CountChildren, envelope: Envelope) -> None:
        answer(envelope.reply, self.count_children())

    _requests: ClassVar[dict[type, Callable[[Any, Any, Envelope], None]]] = {
        StartChild: _request_start,
        TerminateChild: _request_terminate,
        RestartChild: _request_restart,
        DeleteChild: _request_delete,
        WhichChildren: _request_which,
        CountChildren: _request_count,
    }

    # What happens to children

    def _launch(self, child: Child) -> None:
        """Start an incarnation of a child that is down."""
        if child.established:
            child.cell.restarts += 1
        child.phase = "starting"
        child.incarnation = child.cell._launch()
        self._watch_stuck(child)

    def _child_started(self, message: Started) -> None:
        child = self._children.of(message.cell)
        if child is None or child.incarnation is not message.incarnation:
            return
        if child.phase != "starting":
            return
        child.phase = "up"
        child.cell._emit("restarted" if child.established else "started")
        child.established = True
        child.answer_start()
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
            self._end_child(child, "failed", "failed", error)
        elif strategy == "escalate":
            self._escalate(child, error, error)
        else:
            self._restart(child, error)

    def _start_failed(self, child: Child, error: BaseException) -> None:
        failed = StartFailed(f"{child.cell.path} could not be started: {error!r}")
        failed.__cause__ = error
        self._end_child(child, "failed", "start failed", failed)
        if self._awaited is child:
            self._static.clear()
            self._fail(failed)

    def _restart(self, child: Child, error: BaseException | None) -> None:
        """Restart a child that is down, and those that its scope concerns, unless it is once too often."""
        now = self.cell.system.clock()
        spec = child.spec
        if now - child.last_failure > spec.backoff.quiet:
            child.attempts = 0
        child.last_failure = now
        limit = self.max_restarts if spec.max_restarts is None else spec.max_restarts
        seconds = self.max_seconds if spec.max_seconds is None else spec.max_seconds
        own = self.counts == "child" or (spec.max_restarts, spec.max_seconds) != (None, None)
        if exceeds(child.window if own else self._window, now, limit, seconds):
            exceeded = RestartsExceeded(
                f"{child.cell.path}: more than {limit} restarts in {seconds:g} s"
            )
            exceeded.__cause__ = error
            if self.counts == "child":
                self._end_child(child, "failed", "restarts exceeded", exceeded)
            else:
                self._escalate(child, error, exceeded)
            return
        due = now + spec.backoff.delay(child.attempts)
        child.attempts += 1
        order = list(self._children)
        concerned = {
            "one_for_one": lambda: [child],
            "one_for_all": lambda: order,
            "rest_for_one": lambda: self._children.from_(child),
        }[spec.scope]()
        members = [each for each in concerned if each is child or self._restartable(each)]
        for each in members:
            each.cell._state = "restarting"
        self._restarts.plan(members, due, order)

    def _restartable(self, child: Child) -> bool:
        """Whether a sibling's restart concerns this child: not if it has ended, or is being terminated."""
        if child.phase in ("down", "stopping"):
            return self._restarts.concern(child)
        return True

    def _escalate(self, child: Child, error: BaseException | None, failure: BaseException) -> None:
        """Fail because of a child."""
        child.cell._emit("escalated", type(failure).__name__, error)
        self._fail(failure)

    def _end_child(
        self, child: Child, state: str, reason: str, error: BaseException | None = None
    ) -> None:
        """A child that is down will not live again."""
        child.phase = "down"
        child.set_timer(None)
        self._restarts.forget(child)
        if child.spec.keep and not self._winding:
            child.established = False
            child.attempts = 0
            child.window.clear()
        else:
            self._children.remove(child)
        child.cell._end(state, reason)
        if not isinstance(error, StartFailed):
            error = ActorStopped(f"{child.cell.path} ended ({reason})")
        child.answer_start(error)
        child.answer_stop()

    def _stop_child(self, child: Child, reason: str) -> None:
        """Have a child that lives end, after its mail if there is time for that."""
        child.phase = "stopping"
        child.reason = reason
        child.cell._state = "stopping"
        drain = self._drain_until
        if drain is not None and self.cell.system.clock() < drain:
            stop = Stop(reason, drain, self._deadline)
            child.cell.mailbox.put_last(SystemEnvelope(stop))
            child.set_timer(self._timers.at(drain, lambda: self._stop_now(child)))
        else:
            self._stop_now(child)

    def _stop_now(self, child: Child) -> None:
        """Have a child end after its current message, and give it up if it does not."""
        cell = child.cell
        cell.mailbox.put_system(SystemEnvelope(Stop(child.reason, None, self._deadline)))
        limit = child.spec.shutdown
        if limit == "auto":
            limit = None if cell.is_supervisor else 5.0
        times = [] if limit is None else [cell.system.clock() + limit]
        if self._deadline is not None:  # a supervisor gives up its own children first
            times.append(self._deadline + (1.0 if cell.is_supervisor else 0.0))
        if times:
            timer = self._timers.at(min(times), lambda: self._give_up(child, "abandoned"))
            child.set_timer(timer)
        else:
            child.set_timer(None)

    def _give_up(self, child: Child, kind: Literal["stuck", "abandoned"]) -> None:
        """Fence a child that does not come back."""
        what = "did not stop in time" if kind == "abandoned" else "is stuck"
        error = ActorStuck(f"{child.cell.path} {what} and was given up")
        current = child.cell.current
        child.cell._give_up(error)
        child.cell._emit(kind, "" if current is None else type(current.message).__name__, error)
        if kind == "stuck":
            child.cell._record_failure(error, None if current is None else current.message)
        self._child_gone(child, kind, error)

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
            if limit is None or child.phase not in ("starting", "up"):
                continue
            left = limit - child.cell._busy_seconds(child.phase == "starting")
            if left <= 0:
                self._give_up(child, "stuck")
            else:
                self._set_stuck_timer(self.cell.system.clock() + left)
