"""The supervisor where it is not OTP's: its options, and children that are stuck.

What it has in common with OTP's is in `tests.actors.otp`.
"""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import (
    ActorStuck,
    ActorSystem,
    ChildSpec,
    Ping,
    Reply,
    RestartChild,
    StartChild,
    StartFailed,
    Supervisor,
    WhichChildren,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Events,
    Gate,
    Worker,
    crash,
    ended,
    got,
    number,
    until,
    worker,
)
from tests.actors.otp.family import STUCK, Slow, Stubborn, children, family, starting, stick


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("max_restarts", -1),
        ("max_restarts", 1.0),
        ("max_restarts", True),
        ("max_seconds", 0),
        ("max_seconds", "5"),
        ("max_seconds", float("nan")),
        ("counts", "all"),
        ("max_children", -1),
        ("max_children", False),
        ("stop_order", "random"),
    ],
)
def test_wrong_options_are_named_also_as_class_attributes(option: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"Supervisor: {option} must be "):
        Supervisor(**{option: value})
    cls = type("Own", (Supervisor,), {option: value})
    with pytest.raises(ValueError, match=f"Own: {option} must be "):
        cls()


def test_unknown_options_are_refused() -> None:
    with pytest.raises(TypeError, match="intensity"):
        Supervisor(intensity=3)  # type: ignore[call-arg]


def test_options_are_class_attributes_or_arguments() -> None:
    class Own(Supervisor):
        max_restarts = 7
        counts = "child"

    own = Own(max_restarts=8)
    assert (own.max_restarts, own.counts) == (8, "child")
    plain = Supervisor()
    assert (plain.max_restarts, plain.max_seconds, plain.counts) == (3, 5.0, "supervisor")
    assert (plain.max_children, plain.stop_order) == (None, "reverse")


# Stuck and busy


def test_a_busy_child_is_left_alone(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, stuck_timeout=STUCK)
    gate = Gate().hold(cell)
    assert timed.root.request(WhichChildren(), TIMEOUT)[0].state == "busy"
    cell.busy_since -= int((STUCK - 60) * 1e9)
    clock.advance(2 * STUCK, timed.root, timed.root)  # it looks at who is on it, and for how long
    assert cell.state == "busy"
    gate.opened.set()
    assert cell.ask(number, TIMEOUT) == 1


@pytest.mark.parametrize("strategy", ["restart", "always", "resume", {ActorStuck: "restart"}])
def test_a_stuck_child_is_replaced(timed: ActorSystem, clock: Clock, strategy: Any) -> None:
    events = Events()
    timed.add_listener(events)
    cell = worker(timed, strategy=strategy, stuck_timeout=STUCK)
    gate = Stubborn()
    asked = Reply()
    cell.offer(gate, asked)
    assert gate.entered.wait(TIMEOUT)
    cell.tell("kept")
    stick(cell, clock)
    assert cell.ask(got, TIMEOUT) == ["kept"]
    assert cell.ask(number, TIMEOUT) == 2
    with pytest.raises(ActorStuck, match="is stuck"):
        asked.get(TIMEOUT)
    assert [event.cell for event in events.of("stuck")] == [cell]
    assert timed.abandoned() == ["/worker#1"]
    gate.opened.set()


@pytest.mark.parametrize("strategy", ["stop", {ActorStuck: "stop"}])
def test_a_stuck_child_may_be_the_end_of_it(
    timed: ActorSystem, clock: Clock, strategy: Any
) -> None:
    cell = worker(timed, strategy=strategy, stuck_timeout=STUCK)
    gate = Stubborn().hold(cell)
    stick(cell, clock)
    assert ended(cell) == "failed"
    gate.opened.set()


@pytest.mark.parametrize("strategy", ["escalate", {ActorStuck: "escalate"}])
def test_a_stuck_child_may_fail_its_supervisor(
    timed: ActorSystem, clock: Clock, strategy: Any
) -> None:
    sup = family(
        timed,
        *children(None, "a", strategy=strategy, stuck_timeout=STUCK),
        spec={"strategy": "stop"},
    )
    a = timed.find("/sup/a")
    gate = Stubborn().hold(a)
    stick(a, clock)
    assert ended(sup) == "failed"
    assert sup.last_error.type == "ActorStuck"
    gate.opened.set()


def test_a_stuck_start_is_given_up(timed: ActorSystem, clock: Clock) -> None:
    gate = Gate()
    started = starting(timed.root, ChildSpec("slow", lambda: Slow(gate), stuck_timeout=STUCK))
    assert gate.entered.wait(TIMEOUT)
    stick(timed.find("/slow"), clock)
    with pytest.raises(StartFailed, match="stuck"):
        started.get(TIMEOUT)
    gate.opened.set()


def test_an_idle_child_is_never_stuck(timed: ActorSystem, clock: Clock) -> None:
    idle = worker(timed, "idle", stuck_timeout=STUCK)
    busy = worker(timed, "busy", stuck_timeout=STUCK)
    gate = Gate().hold(busy)
    idle.busy_since -= int(STUCK * 1e9)
    stick(busy, clock)
    assert busy.ask(number, TIMEOUT) == 2
    assert idle.ask(number, TIMEOUT) == 1
    gate.opened.set()


def test_a_child_that_is_to_stop_has_its_time_for_that_and_is_not_stuck(
    timed: ActorSystem, clock: Clock
) -> None:
    events = Events()
    timed.add_listener(events)
    cell = worker(timed, stuck_timeout=STUCK, shutdown=None)
    gate = Gate().hold(cell)
    cell.stop()
    until(lambda: cell.state == "stopping")
    stick(cell, clock)
    clock.advance(0, timed.root, timed.root)
    assert cell.alive
    gate.opened.set()
    assert ended(cell) == "shutdown"
    assert events.of("stuck") == []


class Lingering(Worker):
    """Hangs in its last hook."""

    def __init__(self, gate: Stubborn) -> None:
        super().__init__()
        self.gate = gate

    def on_stop(self) -> None:
        self.gate(self)

    def on_failure(self, *_exc_info: Any) -> None:
        self.gate(self)


@pytest.mark.parametrize("strategy", ["restart", "stop"])
def test_one_that_is_stuck_in_its_goodbye_ends_as_it_was_about_to(
    timed: ActorSystem, clock: Clock, strategy: Any
) -> None:
    gate = Stubborn()
    cell = worker(timed, start=lambda: Lingering(gate), strategy=strategy, stuck_timeout=STUCK)
    cell.poison("over")
    assert gate.entered.wait(TIMEOUT)
    assert timed.report_busy(0) == [cell]
    stick(cell, clock)
    assert ended(cell) == "over"
    gate.opened.set()


@pytest.mark.parametrize("strategy", ["restart", "stop"])
def test_one_that_is_stuck_after_a_crash_has_crashed(
    timed: ActorSystem, clock: Clock, strategy: Any
) -> None:
    gate = Stubborn()
    cell = worker(timed, start=lambda: Lingering(gate), strategy=strategy, stuck_timeout=STUCK)
    cell.tell(crash)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    if strategy == "stop":
        assert ended(cell) == "failed"
    else:
        assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_one_that_is_stuck_while_it_resumes_is_restarted(timed: ActorSystem, clock: Clock) -> None:
    gate = Stubborn()

    class Resuming(Worker):
        def on_resume(self, error: BaseException) -> None:
            gate(self)

    cell = worker(timed, start=Resuming, strategy="resume", stuck_timeout=STUCK)
    cell.tell(crash)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_one_that_is_stopped_while_its_children_start_starts_no_more(system: ActorSystem) -> None:
    log: list[tuple[str, str]] = []
    slow, held = Gate(), Gate()

    class Waiting(Worker):
        def on_start(self) -> None:
            slow()

    specs = [ChildSpec("slow", Waiting), ChildSpec("next", lambda: Worker(log))]
    system.root.post(StartChild(ChildSpec("top", lambda: Supervisor(specs))))
    assert slow.entered.wait(TIMEOUT)
    top = system.find("/top")
    assert top is not None
    held.hold(top.request(StartChild(ChildSpec("last", Worker)), TIMEOUT))
    top.stop()
    until(lambda: top.state == "stopping")
    slow.opened.set()
    child = system.find("/top/slow")
    assert child is not None
    assert child.request(Ping(), TIMEOUT) is True  # it is up, and has told so
    assert top.request(Ping(), TIMEOUT) is True
    held.opened.set()
    ended(top)
    assert log == []


def test_a_worker_may_fail_with_the_error_of_a_start_and_is_kept(system: ActorSystem) -> None:
    def fail(_actor: Any) -> None:
        raise StartFailed("something else could not be started")

    cell = worker(system, strategy="stop", keep=True)
    cell.tell(fail)
    assert ended(cell) == "failed"
    assert system.root.request(RestartChild("worker"), TIMEOUT) is cell
