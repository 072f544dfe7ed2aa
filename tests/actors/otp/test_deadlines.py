"""Shutdowns with a deadline: how long mail is handled, and when who does not end is given up."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import ActorStopped, ActorSystem, Cell, ChildSpec, Reply
from pykka_live.actors._envelope import SystemEnvelope
from pykka_live.actors._messages import Stop, Wake
from tests.actors.actors import TIMEOUT, Clock, Gate, Worker, crash, ended, until
from tests.actors.otp.family import Session, Stubborn, children, family


def order(sup: Cell, clock: Clock, drain: float, deadline: float) -> None:
    """Do to a supervisor what a shutdown of the system does to the root."""
    stop = Stop("system shutdown", sup.incarnation, clock.now + drain, clock.now + deadline)
    sup.mailbox.put_system(SystemEnvelope(stop))


def test_mail_is_handled_before_the_end_as_long_as_there_is_time(
    timed: ActorSystem, clock: Clock
) -> None:
    handled: list[Any] = []
    sup = family(timed, *children(None, "a"))
    a = timed.find("/sup/a")
    gates = [Gate(), Gate()]
    gates[0].hold(a)
    a.tell(lambda _actor: handled.append("in time"))
    a.tell(gates[1])
    a.tell("too late")
    order(sup, clock, 30, 40)
    until(lambda: a.state == "stopping")
    gates[0].opened.set()
    assert gates[1].entered.wait(TIMEOUT)
    assert handled == ["in time"]
    clock.advance(30, sup, sup)
    gates[1].opened.set()
    assert ended(a) == "system shutdown"
    assert [letter.message for letter in timed.dead_letters] == ["too late"]


def test_a_crash_while_the_mail_is_handled_ends_the_child_and_the_rest_is_dead_letters(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "a", strategy="always"))
    a = timed.find("/sup/a")
    gate = Gate().hold(a)
    answer = Reply()
    a.tell("handled")
    a.tell(crash)
    a.tell("lost")
    a.offer("refused", answer)
    order(sup, clock, 30, 40)
    until(lambda: a.state == "stopping")
    gate.opened.set()
    ended(sup)
    assert a.data["got"] == ["handled"]
    assert a.incarnation == 1
    with pytest.raises(ActorStopped):
        answer.get(TIMEOUT)
    assert [letter.message for letter in timed.dead_letters] == ["lost", "refused"]


@pytest.mark.parametrize(
    ("as_supervisor", "early", "seconds"),
    [(False, True, 40.0), (True, True, 41.0), (False, False, 40.5), (True, False, 41.5)],
)
def test_when_a_child_is_given_up_in_a_shutdown(
    timed: ActorSystem, clock: Clock, as_supervisor: bool, early: bool, seconds: float
) -> None:
    """Its deadline, or half a second where it is told later; a supervisor has one second more."""
    cls = Session if as_supervisor else Worker
    late = [] if early else [ChildSpec("z", Worker, shutdown=None)]
    sup = family(timed, ChildSpec("a", cls, shutdown=None), *late)
    a = timed.find("/sup/a")
    gates = [Stubborn().hold(a)]
    if not early:
        gates.append(Stubborn().hold(timed.find("/sup/z")))
    begin = clock.now
    order(sup, clock, 30, 40)
    last = timed.find("/sup/a" if early else "/sup/z")
    until(lambda: last.state == "stopping")

    clock.advance(30, sup, sup)
    if not early:
        clock.advance(10, sup, sup)
        assert a.state == "stopping"
    clock.advance(begin + seconds - 0.01 - clock.now, sup, sup)
    assert a.alive
    clock.now = begin + seconds
    sup.post(Wake())
    ended(sup)
    assert timed.abandoned() == sorted(f"/sup/{id}#1" for id in ("a" if early else "az"))
    for gate in gates:
        gate.opened.set()


def test_after_the_deadline_those_who_are_left_are_stopped_together(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "abz", shutdown=None))
    a, b, z = (timed.find(f"/sup/{id}") for id in "abz")
    gates = [Stubborn().hold(cell) for cell in (a, b, z)]
    order(sup, clock, 30, 40)
    until(lambda: z.state == "stopping")
    assert (a.state, b.state) == ("busy", "busy")
    clock.advance(40, sup, sup)  # the end of draining
    clock.advance(0.5, sup, sup)
    assert not z.alive
    assert (a.state, b.state) == ("stopping", "stopping")
    clock.now += 0.5
    sup.post(Wake())
    ended(sup)
    assert timed.abandoned() == ["/sup/a#1", "/sup/b#1", "/sup/z#1"]
    for gate in gates:
        gate.opened.set()


def test_a_shutdown_time_out_of_the_child_comes_before_the_deadline(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "a", shutdown=2))
    gate = Stubborn().hold(timed.find("/sup/a"))
    order(sup, clock, 0, 40)
    clock.advance(0, sup)  # it has begun to stop
    clock.advance(1.99, sup, sup)
    assert sup.alive
    clock.now += 0.01
    sup.post(Wake())
    ended(sup)
    assert timed.abandoned() == ["/sup/a#1"]
    gate.opened.set()
