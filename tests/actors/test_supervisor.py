"""The supervisor where it is not OTP's: its options, and children that are stuck.

What it has in common with OTP's is in `tests.actors.otp`.
"""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import (
    ActorStuck,
    ActorSystem,
    StartFailed,
    Supervisor,
    WhichChildren,
)
from tests.actors.actors import TIMEOUT, Events, Gate, ended, got, number, until, worker
from tests.actors.otp.family import NO_DELAY, Slow, Stubborn, children, family


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


def test_a_busy_child_is_left_alone(system: ActorSystem, events: Events) -> None:
    cell = worker(system, stuck_timeout=3600)
    gate = Gate().hold(cell)
    assert system.root.request(WhichChildren(), TIMEOUT)[0].state == "busy"
    gate.opened.set()
    assert cell.ask(number, TIMEOUT) == 1
    assert events.of("stuck") == []


@pytest.mark.parametrize("strategy", ["restart", "always", "resume", {ActorStuck: "restart"}])
def test_a_stuck_child_is_replaced(system: ActorSystem, events: Events, strategy: Any) -> None:
    cell = worker(system, strategy=strategy, stuck_timeout=0.05, backoff=NO_DELAY)
    gate = Stubborn().hold(cell)
    cell.tell("kept")
    events.wait("stuck")
    assert cell.ask(got, TIMEOUT) == ["kept"]
    assert cell.ask(number, TIMEOUT) == 2
    assert system.abandoned() == ["/worker#1"]
    gate.opened.set()


@pytest.mark.parametrize("strategy", ["stop", {ActorStuck: "stop"}])
def test_a_stuck_child_may_be_the_end_of_it(system: ActorSystem, strategy: Any) -> None:
    cell = worker(system, strategy=strategy, stuck_timeout=0.05)
    gate = Stubborn().hold(cell)
    assert ended(cell) == "failed"
    gate.opened.set()


@pytest.mark.parametrize("strategy", ["escalate", {ActorStuck: "escalate"}])
def test_a_stuck_child_may_fail_its_supervisor(system: ActorSystem, strategy: Any) -> None:
    sup = family(
        system,
        *children(None, "a", strategy=strategy, stuck_timeout=0.05),
        spec={"strategy": "stop"},
    )
    gate = Stubborn().hold(system.find("/sup/a"))
    assert ended(sup) == "failed"
    assert sup.last_error.type == "ActorStuck"
    gate.opened.set()


def test_a_stuck_start_is_given_up(system: ActorSystem) -> None:
    gate = Gate()
    with pytest.raises(StartFailed, match="stuck"):
        worker(system, "slow", lambda: Slow(gate), stuck_timeout=0.05)
    gate.opened.set()


def test_an_idle_child_is_never_stuck(system: ActorSystem, events: Events) -> None:
    idle = worker(system, "idle", stuck_timeout=0.02)
    busy = worker(system, "busy", stuck_timeout=0.06, backoff=NO_DELAY)
    gate = Gate().hold(busy)
    events.wait("stuck")
    assert busy.ask(number, TIMEOUT) == 2
    assert idle.ask(number, TIMEOUT) == 1
    gate.opened.set()


def test_a_child_that_is_stopped_has_its_shutdown_time_and_is_not_stuck(
    system: ActorSystem, events: Events
) -> None:
    cell = worker(system, stuck_timeout=0.02, shutdown=None)
    other = worker(system, "other", stuck_timeout=0.03, strategy="stop")
    gate = Gate().hold(cell)
    cell.stop()
    until(lambda: cell.state in ("stopping", "stopped") or bool(events.of("stuck")))
    blocker = Stubborn().hold(other)
    assert ended(other) == "failed"
    blocker.opened.set()
    gate.opened.set()
    ended(cell)
