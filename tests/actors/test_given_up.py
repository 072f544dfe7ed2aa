"""Nothing counts that an actor does after it was given up."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStuck,
    ActorSystem,
    Backoff,
    ChildSpec,
    Event,
    Fenced,
    MailboxFull,
    Ping,
    Reply,
    StartChild,
    TerminateChild,
)
from pykka_live.actors import _dispatcher as dispatch
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    number,
    until,
    worker,
)
from tests.actors.otp.family import STUCK, Session, Stubborn, stick
from tests.actors.test_interrupt import Interrupted, sleeps

NO_DELAY = Backoff(0, 0)


def test_one_that_is_given_up_before_its_thread_ran_runs_no_code(
    system: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def make() -> Worker:
        ran.append("constructor")
        return Noting()

    class Noting(Worker):
        def on_start(self) -> None:
            ran.append("on_start")

    assert system.root.request(Ping(), TIMEOUT)
    later: list[dispatch.Task] = []
    schedule = system.dispatcher.schedule
    with monkeypatch.context() as patch:
        patch.setattr(
            system.dispatcher,
            "schedule",
            lambda task: later.append(task) if "late" in task.name else schedule(task),
        )
        system.root.post(StartChild(ChildSpec("late", make, shutdown=0)))
        assert system.root.request(TerminateChild("late"), TIMEOUT) is True
    [task] = later
    assert system.abandoned() == ["/late#1"]
    assert task.turn(dispatch.Worker(system.dispatcher)) == "spoiled"
    assert ran == []
    assert system.abandoned() == []


@pytest.mark.parametrize("where", ["constructor", "on_start"])
def test_what_fails_after_it_was_given_up_is_not_booked_on_the_successor(
    timed: ActorSystem, clock: Clock, where: str
) -> None:
    events = Events()
    timed.add_listener(events)
    gate = Stubborn()
    starts: list[int] = []
    goodbyes: list[int] = []

    def late() -> None:
        starts.append(1)
        if len(starts) == 2:
            gate()
            raise Crash("late")

    class Late(Worker):
        def __init__(self) -> None:
            super().__init__()
            if where == "constructor":
                late()

        def on_start(self) -> None:
            if where == "on_start":
                late()

        def on_failure(self, *_exc_info: Any) -> None:
            goodbyes.append(self._incarnation.number)  # type: ignore[union-attr]

    cell = worker(timed, start=Late, stuck_timeout=STUCK, backoff=NO_DELAY)
    cell.tell(crash)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 3
    gate.opened.set()
    until(lambda: timed.abandoned() == [])
    assert cell.failures == 2
    assert [event.reason for event in events.of("failed")] == ["Crash", "ActorStuck"]
    assert goodbyes == [1]
    assert cell.ask(number, TIMEOUT) == 3


def test_a_supervisor_that_was_given_up_can_do_nothing_to_its_children(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = timed.start_child(
        ChildSpec(
            "sup",
            lambda: Session([ChildSpec("kept", Worker, keep=True)]),
            stuck_timeout=STUCK,
            backoff=NO_DELAY,
        ),
        TIMEOUT,
    )
    assert sup.request(TerminateChild("kept"), TIMEOUT) is True
    gate = Stubborn()
    outcomes: list[type] = []
    done = threading.Event()

    def late(actor: Any) -> None:
        gate(actor)
        for deed in (actor.restart_child, actor.terminate_child, actor.delete_child):
            try:
                deed("kept")
            except BaseException as error:
                outcomes.append(type(error))
        done.set()

    sup.tell(late)
    assert gate.entered.wait(TIMEOUT)
    stick(sup, clock)
    assert sup.request(Ping(), TIMEOUT)
    until(lambda: timed.find("/sup/kept") is not None)
    kept = timed.find("/sup/kept")
    gate.opened.set()
    assert done.wait(TIMEOUT)
    assert outcomes == [Fenced] * 3
    assert timed.find("/sup/kept") is kept
    assert kept is not None
    assert kept.ask(number, TIMEOUT) == 1


def test_a_timer_of_one_that_was_given_up_does_nothing(timed: ActorSystem, clock: Clock) -> None:
    """Its supervisor is stuck, and it has nothing to do but that timer."""
    spec = ChildSpec(
        "sup", lambda: Session([ChildSpec("child", Worker)]), stuck_timeout=STUCK, backoff=NO_DELAY
    )
    sup = timed.start_child(spec, TIMEOUT)
    ran = threading.Event()
    child = timed.find("/sup/child")
    assert child is not None
    child.ask(lambda actor: actor.send_after(STUCK, lambda _actor: ran.set()) and None, TIMEOUT)
    until(lambda: child.mailbox._sleeper is not None)
    message = Interrupted(sleeps)
    sup.tell(message)
    assert message.entered.wait(TIMEOUT)
    stick(sup, clock)
    assert sup.request(Ping(), TIMEOUT)
    until(lambda: timed.abandoned() == [])
    assert not ran.is_set()


def test_an_asker_is_answered_though_a_listener_hangs_in_its_failure(
    timed: ActorSystem, clock: Clock
) -> None:
    gate = Gate()

    def hanging(event: Event) -> None:
        if event.kind == "failed" and event.reason == "Crash":
            gate()

    cell = worker(timed, strategy="resume", stuck_timeout=STUCK, backoff=NO_DELAY)
    timed.add_listener(hanging)
    asked = Reply()
    cell.offer(crash, asked)
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    with pytest.raises(ActorStuck):
        asked.get(TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_an_asker_is_answered_though_a_listener_is_interrupted_in_its_dead_letter(
    timed: ActorSystem, clock: Clock
) -> None:
    """One that drops mail from a full mailbox, and is given up in the middle of that."""
    gate = Gate()

    def hanging(event: Event) -> None:
        if event.kind == "dead_letter":
            gate()

    other = worker(timed, "other", capacity=1, overflow="drop_oldest")
    held = Gate().hold(other)
    dropped = Reply()
    other.offer("first", dropped)
    timed.add_listener(hanging)
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    cell.tell(lambda _actor: other.tell("second"))
    assert gate.entered.wait(TIMEOUT)
    stick(cell, clock)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()
    with pytest.raises(MailboxFull):
        dropped.get(TIMEOUT)
    held.opened.set()
    until(lambda: other.data.get("got") == ["second"])
