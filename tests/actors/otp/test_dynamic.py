"""Dynamic children: their number, who counts, and many of them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorSystem,
    ChildExists,
    ChildRefused,
    ChildSpec,
    PoisonPill,
    Reply,
    StartChild,
    StartFailed,
    Supervisor,
    TerminateChild,
)
from tests.actors.actors import TIMEOUT, Clock, Gate, Worker, crash, ended, number, stop, until
from tests.actors.otp.family import (
    NO_DELAY,
    ONE_DELAY,
    BadStart,
    Fragile,
    Slow,
    add,
    children,
    counts,
    fail,
    family,
    loop,
    starting,
    states,
)

STOP = {"strategy": "stop"}


def test_children_are_limited_in_number(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a"), max_children=2)
    b = add(sup, "b")
    with pytest.raises(ChildRefused, match=r"already has 2 children \(max_children\)"):
        add(sup, "c")
    stop(b)
    add(sup, "c")
    assert list(states(sup)) == ["a", "c"]


def test_a_supervisor_may_be_closed_to_dynamic_children(system: ActorSystem) -> None:
    sup = family(system, max_children=0)
    with pytest.raises(ChildRefused, match="max_children"):
        add(sup, "a")


def test_a_start_that_fails_takes_no_place(system: ActorSystem) -> None:
    sup = family(system, max_children=1)
    for _ in range(3):
        with pytest.raises(StartFailed):
            add(sup, "bad", BadStart)
    add(sup, "a")
    assert counts(sup) == (1, 1, 0, 1)


def test_a_child_that_starts_takes_its_place_at_once(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(system, max_children=1)
    started = starting(sup, ChildSpec("a", lambda: Slow(gate)))
    with pytest.raises(ChildRefused):
        add(sup, "b")
    gate.opened.set()
    assert started.get(TIMEOUT).path == "/sup/a"


def test_a_child_that_was_restarted_counts(system: ActorSystem) -> None:
    sup = family(system, max_children=1)
    fail(add(sup, "a", strategy="always"))
    assert counts(sup) == (1, 1, 0, 1)
    with pytest.raises(ChildRefused):
        add(sup, "b")


def test_a_child_that_waits_for_its_restart_counts(timed: ActorSystem) -> None:
    fault = threading.Event()
    sup = family(timed, max_children=1)
    loop(add(sup, "a", lambda: Fragile(fault), backoff=ONE_DELAY), fault)
    assert counts(sup) == (1, 0, 0, 1)
    with pytest.raises(ChildRefused):
        add(sup, "b")


def test_a_kept_child_that_is_down_counts(system: ActorSystem) -> None:
    sup = family(system, max_children=1)
    stop(add(sup, "a", keep=True))
    assert counts(sup) == (1, 0, 0, 1)
    with pytest.raises(ChildRefused):
        add(sup, "b")


def test_children_that_wait_for_their_restarts_are_not_active(
    timed: ActorSystem, clock: Clock
) -> None:
    faults = [threading.Event() for _ in range(3)]
    sup = family(timed, max_restarts=20)
    cells = [add(sup, f"c{n}", lambda n=n: Fragile(faults[n]), backoff=ONE_DELAY) for n in range(3)]
    assert counts(sup) == (3, 3, 0, 3)
    loop(cells[0], faults[0])
    loop(cells[1], faults[1])
    assert counts(sup) == (3, 1, 0, 3)
    assert states(sup) == {"c0": "restarting", "c1": "restarting", "c2": "running"}
    for fault in faults:
        fault.clear()
    answers = [Reply() for _ in cells]
    for cell, answer in zip(cells, answers, strict=True):
        cell.offer(number, answer)
    clock.advance(100, sup)
    assert [answer.get(TIMEOUT) for answer in answers] == [3, 3, 1]
    assert counts(sup) == (3, 3, 0, 3)
    for left, cell in zip((2, 1, 0), cells, strict=True):
        stop(cell)
        assert counts(sup) == (left, left, 0, left)


@pytest.mark.parametrize("start", [Worker, Supervisor])
def test_many_children_are_counted(system: ActorSystem, start: Any) -> None:
    sup = family(system)
    number_of = {Worker: lambda n: (n, n, 0, n), Supervisor: lambda n: (n, n, n, 0)}[start]
    for begin in (0, 100):
        replies = [
            starting(sup, ChildSpec(f"c{n}", start, strategy="stop"))
            for n in range(begin, begin + 100)
        ]
        cells = [reply.get(TIMEOUT) for reply in replies]
        assert counts(sup) == number_of(begin + 100)
    assert list(states(sup)) == [f"c{n}" for n in range(200)]
    for info in states(sup):
        system.find(f"/sup/{info}").tell(PoisonPill())
    for cell in cells:
        ended(cell)
    until(lambda: counts(sup) == (0, 0, 0, 0))


def test_nothing_is_kept_of_many_children_that_came_and_went(system: ActorSystem) -> None:
    sup = family(system)
    for end in (crash, PoisonPill(), None):
        cells = [add(sup, f"c{n}", strategy="stop") for n in range(50)]
        for cell in cells:
            if end is None:
                sup.post(TerminateChild(cell.spec.id))
            else:
                cell.tell(end)
        for cell in cells:
            ended(cell)
    assert counts(sup) == (0, 0, 0, 0)
    assert sup.children == {}
    assert [cell.path for cell in system.cells()] == ["/", "/sup"]


def test_dynamic_children_share_the_window_of_their_supervisor(system: ActorSystem) -> None:
    sup = family(system, max_restarts=2, spec=STOP)
    a, b = add(sup, "a"), add(sup, "b")
    fail(a)
    assert b.ask(number, TIMEOUT) == 1
    assert counts(sup) == (2, 2, 0, 2)
    fail(b)
    a.tell(crash)
    assert ended(sup) == "failed"
    assert system.find("/sup/b") is None


def test_children_that_are_stopped_together_have_each_its_own_time(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, stop_order="together", spec=STOP)
    limits = (("a", 2), ("b", 4), ("c", None))
    cells = [add(sup, id, shutdown=shutdown) for id, shutdown in limits]
    gates = [Gate().hold(cell) for cell in cells]
    sup.stop()
    until(lambda: all(cell.state == "stopping" for cell in cells))
    clock.advance(0, sup)  # it has set its timers
    clock.advance(2, sup, sup)
    assert [cell.alive for cell in cells] == [False, True, True]
    clock.advance(2, sup, sup)
    assert [cell.alive for cell in cells] == [False, False, True]
    for gate in gates:
        gate.opened.set()
    assert ended(sup) == "shutdown"


def test_a_dynamic_child_can_be_refused_the_same_id_twice_at_once(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(system)
    first = starting(sup, ChildSpec("a", lambda: Slow(gate)))
    second = starting(sup, ChildSpec("a", Worker))
    with pytest.raises(ChildExists, match="already has a child 'a'"):
        second.get(TIMEOUT)
    gate.opened.set()
    assert first.get(TIMEOUT).ask(number, TIMEOUT) == 1


def test_dynamic_children_do_not_come_back_with_their_supervisor(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a"), spec={"backoff": NO_DELAY})
    b = add(sup, "b", strategy="escalate")
    sup.request(StartChild(ChildSpec("c", Worker)), TIMEOUT)
    b.tell(crash)
    ended(b)
    until(lambda: sup.incarnation == 2 and sup.state == "running")
    assert states(sup) == {"a": "running"}
