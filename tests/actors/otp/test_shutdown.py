"""Stops: their order and their time-outs."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorSystem,
    Cell,
    ChildSpec,
    Ping,
    Reply,
    RestartChild,
    StartChild,
    TerminateChild,
)
from pykka_live.actors._messages import Wake
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
    stop,
    until,
    worker,
)
from tests.actors.otp.family import (
    ONE_DELAY,
    Fragile,
    Log,
    Session,
    Slow,
    SlowEnd,
    Stubborn,
    add,
    children,
    counts,
    family,
    loop,
    names,
    starting,
    states,
)


def down(cell: Cell, reason: str = "shutdown") -> Reply:
    """Stop an actor, and wait until its supervisor is about it, and has set its timer."""
    reply = Reply()
    cell.stop(reason, reply)
    assert cell.parent.request(Ping(), TIMEOUT)
    return reply


def done(reply: Reply) -> bool:
    """Whether there is an answer already."""
    try:
        return bool(reply.get(0))
    except TimeoutError:
        return False


# Order


def test_stop_is_in_reverse_order_each_when_the_one_after_it_is_down(system: ActorSystem) -> None:
    log: Log = []
    gate = Gate()
    sup = family(
        system, *children(log, "a"), ChildSpec("b", lambda: SlowEnd(gate, log)), *children(log, "c")
    )
    sup.stop("enough")
    assert gate.entered.wait(TIMEOUT)
    assert names(log)[3:] == ["c stop enough"]
    gate.opened.set()
    assert ended(sup) == "enough"
    assert names(log)[3:] == ["c stop enough", "b stop enough", "a stop enough"]


def test_stop_together(system: ActorSystem) -> None:
    barrier = threading.Barrier(3)

    class Together(Worker):
        def on_stop(self) -> None:
            barrier.wait(TIMEOUT)

    sup = family(system, *[ChildSpec(id, Together) for id in "abc"], stop_order="together")
    stop(sup)
    assert not barrier.broken


def test_a_child_that_fails_while_the_supervisor_stops_is_not_restarted(
    system: ActorSystem,
) -> None:
    log: Log = []
    gate = Gate()
    sup = family(
        system,
        *children(log, "a", strategy="always", scope="one_for_all"),
        ChildSpec("b", lambda: SlowEnd(gate, log)),
    )
    a = system.find("/sup/a")
    sup.stop()
    assert gate.entered.wait(TIMEOUT)
    a.tell(crash)
    a.tell("behind it")
    assert ended(a) == "failed"
    gate.opened.set()
    assert ended(sup) == "shutdown"
    assert names(log)[2:] == ["a failure", "b stop shutdown"]
    assert [letter.message for letter in system.dead_letters] == ["behind it"]


# Time-outs


def test_a_worker_has_five_seconds_by_default(timed: ActorSystem, clock: Clock) -> None:
    sup = family(timed, *children(None, "a"))
    a = timed.find("/sup/a")
    gate = Stubborn().hold(a)
    reply = down(a)
    clock.advance(4.99, sup, sup)  # the second time it has looked at its timers
    assert not done(reply)
    clock.advance(0.01, sup)
    assert reply.get(TIMEOUT) is True
    assert timed.abandoned() == ["/sup/a#1"]
    gate.opened.set()


def test_a_supervisor_has_all_the_time_by_default(timed: ActorSystem, clock: Clock) -> None:
    sup = family(timed, *children(None, "a", shutdown=None))
    gate = Gate().hold(timed.find("/sup/a"))
    reply = down(sup)
    until(lambda: timed.find("/sup/a").state == "stopping")
    clock.advance(1_000_000, timed.root, timed.root)
    assert not done(reply)
    gate.opened.set()
    assert reply.get(TIMEOUT) is True
    assert timed.abandoned() == []


@pytest.mark.parametrize("as_supervisor", [False, True])
def test_time_without_limit_can_be_given(
    timed: ActorSystem, clock: Clock, as_supervisor: bool
) -> None:
    cell = timed.start_child(
        ChildSpec("a", Session if as_supervisor else Worker, shutdown=None), TIMEOUT
    )
    gate = Gate().hold(cell)
    reply = down(cell)
    clock.advance(1_000_000, timed.root, timed.root)
    assert not done(reply)
    gate.opened.set()
    assert reply.get(TIMEOUT) is True


def test_a_child_that_does_not_end_in_time_is_given_up(timed: ActorSystem, clock: Clock) -> None:
    events = Events()
    timed.add_listener(events)
    cell = worker(timed, shutdown=2)
    gate = Stubborn()
    reply = Reply()
    cell.offer(gate, reply)
    assert gate.entered.wait(TIMEOUT)
    stopped = down(cell)
    clock.advance(2, timed.root)
    assert stopped.get(TIMEOUT) is True
    assert cell.state == "stopped"
    assert [event.cell for event in events.of("abandoned")] == [cell]
    assert timed.abandoned() == ["/worker#1"]
    with pytest.raises(ActorError, match="did not stop"):
        reply.get(TIMEOUT)
    gate.opened.set()
    until(lambda: timed.abandoned() == [])


def test_no_time_at_all_gives_a_child_up_at_once_and_only_it(system: ActorSystem) -> None:
    log: Log = []
    sup = family(system, *children(log, "a"), *children(log, "b", shutdown=0), *children(log, "c"))
    gate = Stubborn().hold(system.find("/sup/b"))
    stop(sup)
    assert system.abandoned() == ["/sup/b#1"]
    assert names(log)[3:] == ["c stop shutdown", "a stop shutdown"]
    gate.opened.set()


def test_a_child_that_has_ended_in_time_is_not_reported_as_given_up(
    timed: ActorSystem, clock: Clock
) -> None:
    events = Events()
    timed.add_listener(events)
    sup = timed.start_child(ChildSpec("sup", lambda: Session(children(None, "a"))), TIMEOUT)
    a = timed.find("/sup/a")

    def stop_and_look_away(actor: Any) -> None:
        """Have the child end while the supervisor is busy for longer than it may take."""
        incarnation = actor._children.get("a").incarnation
        actor.terminate_child("a")
        until(lambda: incarnation.ended)
        clock.now += 100

    sup.tell(stop_and_look_away)
    assert ended(a) == "shutdown"
    assert events.of("abandoned") == []


def test_a_slow_start_is_given_up_too(timed: ActorSystem, clock: Clock) -> None:
    gate = Stubborn()
    sup = family(timed)
    started = starting(sup, ChildSpec("a", lambda: Slow(gate), shutdown=3))
    assert gate.entered.wait(TIMEOUT)
    stopped = down(sup)
    clock.advance(0, sup)  # it has begun to stop
    clock.advance(3, timed.root)
    sup.post(Wake())
    assert stopped.get(TIMEOUT) is True
    with pytest.raises(ActorStopped):
        started.get(TIMEOUT)
    assert timed.abandoned() == ["/sup/a#1"]
    gate.opened.set()


def test_a_supervisor_that_is_given_up_takes_its_descendants_along(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = timed.start_child(
        ChildSpec("session", lambda: Session(children(None, "ab")), shutdown=1), TIMEOUT
    )
    a = timed.find("/session/a")
    gate = Gate().hold(sup)
    reply = Reply()
    sup.post(StartChild(ChildSpec("c", Worker)), reply)
    stopped = down(sup)
    clock.advance(1, timed.root)
    assert stopped.get(TIMEOUT) is True
    assert not a.alive
    assert timed.find("/session/a") is None
    with pytest.raises(ActorStopped):
        a.ask("anyone?", TIMEOUT)
    with pytest.raises(ActorStopped):
        reply.get(TIMEOUT)
    gate.opened.set()


def test_others_are_served_while_a_child_takes_its_time(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(system, ChildSpec("a", lambda: SlowEnd(gate)), *children(None, "b"))
    first, second = Reply(), Reply()
    sup.post(TerminateChild("a"), first)
    sup.post(TerminateChild("a"), second)
    assert gate.entered.wait(TIMEOUT)
    b = system.find("/sup/b")
    b.tell(crash)
    assert b.ask(number, TIMEOUT) == 2
    assert states(add(sup, "c").parent) == {"a": "stopping", "b": "running", "c": "running"}
    assert counts(sup) == (3, 3, 0, 3)
    gate.opened.set()
    assert (first.get(TIMEOUT), second.get(TIMEOUT)) == (True, True)


def test_a_supervisor_can_be_stopped_while_a_child_waits_for_its_restart(
    timed: ActorSystem,
) -> None:
    fault = threading.Event()
    log: Log = []
    sup = family(
        timed, *children(log, "a"), ChildSpec("b", lambda: Fragile(fault), backoff=ONE_DELAY)
    )
    b = timed.find("/sup/b")
    loop(b, fault)
    waiting = Reply()
    b.offer("waits", waiting)
    stop(sup)
    assert ended(b) == "supervisor ended"
    with pytest.raises(ActorStopped):
        waiting.get(TIMEOUT)
    assert names(log) == ["a start", "a stop shutdown"]


def test_a_supervisor_can_be_stopped_while_siblings_are_stopped_for_a_restart(
    system: ActorSystem,
) -> None:
    gate = Gate()
    log: Log = []
    sup = family(
        system,
        *children(log, "a", scope="one_for_all"),
        ChildSpec("b", lambda: SlowEnd(gate, log)),
    )
    system.find("/sup/a").tell(crash)
    assert gate.entered.wait(TIMEOUT)
    reply = down(sup, "enough")
    gate.opened.set()
    assert reply.get(TIMEOUT) is True
    assert names(log) == ["a start", "b start", "a failure", "b stop restart"]


def test_a_child_that_does_not_stop_is_given_up_also_by_a_supervisor_that_stops_meanwhile(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "a", shutdown=2))
    a = timed.find("/sup/a")
    gate = Stubborn().hold(a)
    first = down(a, "first")
    second = down(sup, "second")
    clock.advance(0, sup)  # it has begun to stop
    clock.advance(1.99, sup, sup)
    assert not done(first)
    clock.now += 0.01
    sup.post(Wake())
    assert (first.get(TIMEOUT), second.get(TIMEOUT)) == (True, True)
    assert ended(a) == "second"
    assert timed.abandoned() == ["/sup/a#1"]
    gate.opened.set()


def test_to_be_told_to_stop_twice_is_no_reason_to_take_longer(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "a", shutdown=2))
    a = timed.find("/sup/a")
    gate = Stubborn().hold(a)
    first = down(a)
    clock.advance(1, sup)
    second = down(a)
    clock.advance(1, sup)
    assert (first.get(TIMEOUT), second.get(TIMEOUT)) == (True, True)
    assert timed.abandoned() == ["/sup/a#1"]
    gate.opened.set()


def test_what_a_kept_child_got_before_it_was_stopped_is_not_handled_afterwards(
    system: ActorSystem,
) -> None:
    cell = worker(system, keep=True)
    gate = Gate().hold(cell)
    cell.tell("never")
    reply = down(cell)
    gate.opened.set()
    assert reply.get(TIMEOUT) is True
    system.root.request(RestartChild("worker"), TIMEOUT)
    assert cell.ask(got, TIMEOUT) == []
