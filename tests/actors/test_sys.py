"""Looking inside one actor, as OTP's `sys` does: suspend, resume, get_state, trace."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorStuck,
    ActorSystem,
    ActorTimeout,
    Backoff,
    ChildSpec,
    GetState,
    Ping,
    Reply,
    StartChild,
    Supervisor,
    Trace,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Gate,
    Worker,
    crash,
    ended,
    got,
    number,
    stop,
    worker,
)
from tests.actors.otp.family import STUCK, Slow, Stubborn, starting, stick

NO_DELAY = Backoff(0, 0)


def test_a_suspended_actor_leaves_its_mail_and_answers_requests(system: ActorSystem) -> None:
    cell = worker(system)
    cell.ask("before", TIMEOUT)
    cell.suspend(TIMEOUT)
    assert cell.state == "suspended"
    cell.tell("meanwhile")
    assert cell.request(Ping(), TIMEOUT)
    with pytest.raises(ActorTimeout):
        cell.ask("meanwhile too", 0.01)
    assert len(cell.mailbox) == 2
    cell.resume(TIMEOUT)
    assert cell.ask(got, TIMEOUT) == ["before", "meanwhile", "meanwhile too"]
    assert cell.state == "running"


def test_suspend_waits_for_the_current_message(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    cell.tell("next")
    with pytest.raises(ActorTimeout):
        cell.suspend(0.01)
    gate.opened.set()
    cell.suspend(TIMEOUT)
    assert len(cell.mailbox) == 1


def test_to_suspend_twice_is_to_suspend_and_to_resume_twice_is_to_resume(
    system: ActorSystem,
) -> None:
    cell = worker(system)
    cell.resume(TIMEOUT)
    cell.suspend(TIMEOUT)
    cell.suspend(TIMEOUT)
    cell.resume(TIMEOUT)
    cell.resume(TIMEOUT)
    assert cell.ask("on", TIMEOUT) == "on"


def test_timers_wait_for_a_suspended_actor_and_missed_ticks_are_one(
    timed: ActorSystem, clock: Clock
) -> None:
    cell = worker(timed)

    def arrange(actor: Any) -> None:
        actor.send_after(1, "once")
        actor.send_interval(2, "tick")

    cell.ask(arrange, TIMEOUT)
    cell.suspend(TIMEOUT)
    clock.advance(7, cell)
    cell.resume(TIMEOUT)
    assert cell.ask(got, TIMEOUT) == ["once", "tick"]


def test_a_suspended_actor_can_be_stopped(system: ActorSystem) -> None:
    cell = worker(system)
    cell.suspend(TIMEOUT)
    cell.tell("never")
    stop(cell)
    assert [letter.message for letter in system.dead_letters] == ["never"]
    with pytest.raises(ActorStopped):
        cell.suspend(TIMEOUT)


def test_a_suspended_actor_does_not_delay_the_shutdown(make_system: Any) -> None:
    system = make_system()
    cell = worker(system)
    cell.suspend(TIMEOUT)
    assert system.shutdown(0.1) == []
    assert not cell.alive


def test_the_next_incarnation_is_not_suspended(system: ActorSystem) -> None:
    class Pair(Supervisor):
        def children(self) -> list[ChildSpec]:
            options: dict[str, Any] = {"scope": "one_for_all", "backoff": NO_DELAY}
            return [ChildSpec(id, Worker, **options) for id in ("a", "b")]

    pair = system.start_child(ChildSpec("pair", Pair), TIMEOUT)
    first, second = pair.children["a"], pair.children["b"]
    first.suspend(TIMEOUT)
    first.tell("waiting")
    second.tell(crash)
    assert first.ask(number, TIMEOUT) == 2
    assert first.ask(got, TIMEOUT) == ["waiting"]


def test_a_suspended_supervisor_goes_on_supervising(system: ActorSystem) -> None:
    supervisor = system.start_child(ChildSpec("supervisor", Supervisor), TIMEOUT)
    child = supervisor.request(StartChild(ChildSpec("child", Worker, backoff=NO_DELAY)), TIMEOUT)
    supervisor.suspend(TIMEOUT)
    child.tell(crash)
    assert child.ask(number, TIMEOUT) == 2


def test_one_that_is_suspended_while_it_starts_shows_it(system: ActorSystem) -> None:
    gate = Gate()
    spec = ChildSpec("sup", lambda: Supervisor([ChildSpec("slow", lambda: Slow(gate))]))
    started = starting(system.root, spec)
    assert gate.entered.wait(TIMEOUT)
    cell = system.find("/sup")
    assert cell is not None
    cell.suspend(TIMEOUT)
    assert cell.state == "starting"
    gate.opened.set()
    assert started.get(TIMEOUT) is cell
    assert cell.state == "suspended"
    cell.resume(TIMEOUT)
    assert cell.state == "running"


def test_one_that_hangs_in_get_state_is_busy_and_stuck(timed: ActorSystem, clock: Clock) -> None:
    gate = Stubborn()

    class Hanging(Worker):
        def get_state(self) -> Any:
            return gate(self)

    cell = worker(timed, start=Hanging, stuck_timeout=STUCK, backoff=NO_DELAY)
    asked = Reply()
    cell.post(GetState(), asked)
    assert gate.entered.wait(TIMEOUT)
    assert cell.state == "busy"
    assert timed.report_busy(0) == [cell]
    stick(cell, clock)
    with pytest.raises(ActorStuck):
        asked.get(TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_get_state_tells_the_public_attributes(system: ActorSystem) -> None:
    class Counter(Worker):
        def __init__(self) -> None:
            super().__init__()
            self.count = 0
            self._secret = 1

    cell = worker(system, start=Counter)

    def add(actor: Any) -> None:
        actor.count += 1

    cell.tell(add)
    cell.ask(add, TIMEOUT)
    assert cell.get_state(TIMEOUT) == {"count": 2, "log": None}
    cell.suspend(TIMEOUT)
    assert asyncio.run(cell.request_async(GetState(), TIMEOUT)) == {"count": 2, "log": None}


@pytest.mark.parametrize("error", [Crash, SystemExit])
def test_a_get_state_that_raises_harms_nobody(
    system: ActorSystem, error: type[BaseException]
) -> None:
    class Shy(Worker):
        def get_state(self) -> Any:
            raise error("no")

    cell = worker(system, start=Shy)
    with pytest.raises(Crash if error is Crash else ActorError, match="no"):
        cell.get_state(TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 1


def test_an_actor_cannot_wait_for_its_own_suspension(system: ActorSystem) -> None:
    cell = worker(system)
    with pytest.raises(ActorError, match="its own answer"):
        cell.ask(lambda actor: actor.cell.suspend(), TIMEOUT)


def test_a_trace_shows_each_message_over_a_restart(system: ActorSystem) -> None:
    cell = worker(system, backoff=NO_DELAY)
    traces: list[Trace] = []
    untrace = cell.trace(traces.append)
    cell.ask("one", TIMEOUT)
    cell.tell(crash)
    cell.ask("two", TIMEOUT)
    cell.request(Ping(), TIMEOUT)  # after the last trace
    untrace()
    untrace()
    cell.ask("three", TIMEOUT)
    shown = [(trace.kind, trace.message, trace.result, type(trace.error)) for trace in traces]
    nothing = type(None)
    assert shown == [
        ("received", "one", None, nothing),
        ("handled", "one", "one", nothing),
        ("received", crash, None, nothing),
        ("failed", crash, None, Crash),
        ("received", "two", None, nothing),
        ("handled", "two", "two", nothing),
    ]
    assert all(trace.cell is cell and trace.waited >= 0 <= trace.took for trace in traces)


def test_a_tracer_that_raises_harms_nobody(system: ActorSystem) -> None:
    cell = worker(system)
    seen: list[Trace] = []
    cell.trace(lambda trace: 1 / 0)
    cell.trace(seen.append)
    assert cell.ask("one", TIMEOUT) == "one"
    stop(cell)
    assert [trace.kind for trace in seen] == ["received", "handled"]


def test_a_trace_goes_to_the_log_by_default(
    system: ActorSystem, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="pykka_live.actors.trace")
    cell = worker(system)
    cell.trace()
    cell.ask("hello", TIMEOUT)
    cell.poison("over")
    assert ended(cell) == "over"
    lines = [r.getMessage() for r in caplog.records if r.name == "pykka_live.actors.trace"]
    assert lines == ["/worker#1: received 'hello'", "/worker#1: handled 'hello' -> 'hello'"]
