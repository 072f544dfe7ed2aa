"""How many restarts are too many, and how long they wait."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    PoisonPill,
    Reply,
    RestartChild,
    Root,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Worker,
    crash,
    ended,
    number,
    until,
    worker,
)
from tests.actors.otp.family import (
    NO_DELAY,
    ONE_DELAY,
    Fragile,
    Log,
    add,
    children,
    fail,
    family,
    loop,
    names,
    states,
)

STOP = {"strategy": "stop"}  # so that a supervisor that fails stays down


def test_more_than_max_restarts_fails_the_supervisor(timed: ActorSystem) -> None:
    log: Log = []
    sup = family(timed, *children(log, "ab"), max_restarts=2, max_seconds=5, spec=STOP)
    a = timed.find("/sup/a")
    fail(a)
    fail(a)
    a.tell(crash)
    assert ended(sup) == "failed"
    assert sup.last_error.type == "RestartsExceeded"
    assert "/sup/a: more than 2 restarts in 5 s" in sup.last_error.text
    assert names(log)[-2:] == ["a failure", "b stop failed"]
    assert timed.find("/sup/b") is None


def test_the_window_slides_and_is_common_to_the_children(timed: ActorSystem, clock: Clock) -> None:
    sup = family(timed, *children(None, "ab"), max_restarts=2, max_seconds=5, spec=STOP)
    a, b = timed.find("/sup/a"), timed.find("/sup/b")
    for _ in range(4):
        fail(a)
        clock.advance(2.5)
    clock.advance(3)
    fail(a)
    fail(b)
    b.tell(crash)
    assert ended(sup) == "failed"


def test_a_restart_leaves_the_window_when_it_is_max_seconds_old(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(timed, *children(None, "a"), max_restarts=1, max_seconds=5, spec=STOP)
    a = timed.find("/sup/a")
    fail(a)
    clock.advance(5)
    fail(a)
    clock.advance(4.999)
    a.tell(crash)
    assert ended(sup) == "failed"


def test_no_restart_may_be_tolerated(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a"), max_restarts=0, spec=STOP)
    system.find("/sup/a").tell(crash)
    assert ended(sup) == "failed"


def test_the_defaults_are_three_in_five_seconds(timed: ActorSystem, clock: Clock) -> None:
    sup = family(timed, *children(None, "a"), spec=STOP)
    a = timed.find("/sup/a")
    for _ in range(3):
        fail(a)
    clock.advance(5)
    for _ in range(3):
        fail(a)
    a.tell(crash)
    assert ended(sup) == "failed"


def test_starting_again_after_a_normal_end_counts(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a", strategy="always"), max_restarts=2, spec=STOP)
    a = system.find("/sup/a")
    for life in (2, 3):
        a.tell(PoisonPill())
        assert a.ask(number, TIMEOUT) == life
    a.tell(PoisonPill())
    assert ended(sup) == "failed"


@pytest.mark.parametrize("scope", ["one_for_all", "rest_for_one"])
def test_a_restart_of_several_counts_once(system: ActorSystem, scope: Any) -> None:
    sup = family(system, *children(None, "abc", scope=scope), max_restarts=2, spec=STOP)
    a, c = system.find("/sup/a"), system.find("/sup/c")
    for life in (2, 3):
        a.tell(crash)
        until(lambda life=life: c.incarnation == life and states(sup)["c"] == "running")
    a.tell(crash)
    assert ended(sup) == "failed"


@pytest.mark.parametrize("scope", ["one_for_one", "one_for_all", "rest_for_one"])
def test_starts_that_fail_in_a_restart_count_until_they_are_too_many(
    system: ActorSystem, scope: Any
) -> None:
    log: Log = []
    fault = threading.Event()
    sup = family(
        system,
        ChildSpec("a", lambda: Fragile(fault, log), scope=scope, backoff=NO_DELAY),
        *children(log, "b"),
        max_restarts=4,
        spec=STOP,
    )
    a, b = system.find("/sup/a"), system.find("/sup/b")
    fault.set()
    a.tell(crash)
    assert ended(sup) == "failed"
    assert a.incarnation == 5  # the first life, and four restarts
    assert ended(b) == ("failed" if scope == "one_for_one" else "supervisor ended")
    assert names(log).count("b start") == 1


@pytest.mark.parametrize("scope", ["one_for_all", "rest_for_one"])
def test_a_sibling_that_cannot_be_restarted_fails_the_supervisor(
    system: ActorSystem, scope: Any
) -> None:
    fault = threading.Event()
    sup = family(
        system,
        *children(None, "a", scope=scope),
        ChildSpec("b", lambda: Fragile(fault), scope=scope, backoff=NO_DELAY),
        max_restarts=4,
        spec=STOP,
    )
    a, b = system.find("/sup/a"), system.find("/sup/b")
    fault.set()
    a.tell(crash)
    assert ended(sup) == "failed"
    assert sup.last_error.text.startswith("/sup/b")
    assert b.incarnation == 5
    assert a.incarnation == (5 if scope == "one_for_all" else 2)


def test_too_many_restarts_while_another_child_waits_for_its_own(timed: ActorSystem) -> None:
    log: Log = []
    fault = threading.Event()
    sup = family(
        timed,
        ChildSpec("a", lambda: Fragile(fault, log), backoff=ONE_DELAY),
        *children(log, "bc"),
        max_restarts=3,
        spec=STOP,
    )
    a, b = timed.find("/sup/a"), timed.find("/sup/b")
    loop(a, fault)
    waiting = Reply()
    a.offer("waits", waiting)
    fail(b)
    b.tell(crash)
    assert ended(sup) == "failed"
    assert ended(a) == "supervisor ended"
    with pytest.raises(ActorStopped):
        waiting.get(TIMEOUT)
    assert names(log)[-2:] == ["b failure", "c stop failed"]


def test_counted_per_child_a_child_ends_alone(make_system: Any) -> None:
    system = make_system(root=lambda: Root(max_restarts=2, max_seconds=3600))
    a, b = worker(system, "a", backoff=NO_DELAY), worker(system, "b", backoff=NO_DELAY)
    for cell in (a, b, a, b):
        fail(cell)
    a.tell(crash)
    assert ended(a) == "restarts exceeded"
    assert a.state == "failed"
    assert b.ask(number, TIMEOUT) == 3


def test_the_count_of_a_kept_child_begins_anew_when_it_is_started_again(
    system: ActorSystem,
) -> None:
    sup = family(system, *children(None, "a", keep=True), max_restarts=1, counts="child")
    a = system.find("/sup/a")
    for _ in range(2):
        fail(a)
        a.tell(crash)
        assert ended(a) == "restarts exceeded"
        assert states(sup) == {"a": "failed"}
        sup.request(RestartChild("a"), TIMEOUT)


def test_a_child_may_have_limits_of_its_own(system: ActorSystem) -> None:
    sup = family(
        system,
        *children(None, "a", max_restarts=0),
        *children(None, "b"),
        max_restarts=5,
        spec=STOP,
    )
    fail(system.find("/sup/b"))
    system.find("/sup/a").tell(crash)
    assert ended(sup) == "failed"


def test_restarts_of_a_child_with_limits_of_its_own_are_not_counted_with_the_others(
    timed: ActorSystem, clock: Clock
) -> None:
    sup = family(
        timed,
        *children(None, "a", max_restarts=3),
        *children(None, "b"),
        max_restarts=1,
        max_seconds=5,
        spec=STOP,
    )
    a, b = timed.find("/sup/a"), timed.find("/sup/b")
    for cell in (a, a, b, a):
        fail(cell)
    clock.advance(5)  # the window is the supervisor's
    fail(a)
    fail(b)
    b.tell(crash)
    assert ended(sup) == "failed"


def test_the_first_restart_is_immediate_and_others_wait(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, backoff=Backoff(1, 3, jitter=0, reset_after=20))
    fail(cell)
    for incarnation, delay in ((3, 1), (4, 2), (5, 3), (6, 3)):
        with pytest.raises(Crash):
            cell.ask(crash, TIMEOUT)
        reply = Reply()
        cell.offer(number, reply)
        until(lambda: cell.state == "restarting")
        clock.advance(delay * 0.99, timed.root)
        assert cell.state == "restarting"  # and the root is not asleep
        clock.advance(delay * 0.02, timed.root)
        assert reply.get(TIMEOUT) == incarnation
    clock.advance(0, timed.root)  # it has noticed that the child is up
    clock.advance(20.1, timed.root)
    fail(cell)


def test_a_start_that_fails_in_a_restart_is_tried_again_until_it_succeeds(
    timed: ActorSystem, clock: Clock
) -> None:
    fault = threading.Event()
    sup = family(timed)
    cell = add(sup, "a", lambda: Fragile(fault), backoff=ONE_DELAY)
    cell.tell("kept")
    loop(cell, fault)
    fault.clear()
    answer = Reply()
    cell.offer(number, answer)
    clock.advance(100, sup)
    assert answer.get(TIMEOUT) == 3
    assert cell.ask(lambda actor: actor.cell.data["got"], TIMEOUT) == ["kept"]


def test_start_must_make_a_new_actor_each_time(system: ActorSystem) -> None:
    only = Worker()
    cell: Cell = worker(system, start=lambda: only, max_restarts=2, backoff=NO_DELAY)
    cell.tell(crash)
    assert ended(cell) == "restarts exceeded"
    assert "new actor" in cell.last_error.text
