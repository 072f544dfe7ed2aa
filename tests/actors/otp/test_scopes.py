"""Who is restarted with a child: orders, siblings that must not come back, trouble on the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    ChildSpec,
    PoisonPill,
    Reply,
    RestartChild,
    TerminateChild,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    ended,
    got,
    number,
    until,
)
from tests.actors.otp.family import (
    NO_DELAY,
    ONE_DELAY,
    Fragile,
    Log,
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


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("one_for_one", ["b failure", "b start"]),
        (
            "one_for_all",
            ["b failure", "c stop restart", "a stop restart", "a start", "b start", "c start"],
        ),
        ("rest_for_one", ["b failure", "c stop restart", "b start", "c start"]),
    ],
)
def test_scopes(system: ActorSystem, events: Events, scope: Any, expected: list[str]) -> None:
    log: Log = []
    sup = family(system, *children(log, "abc", scope=scope))
    del log[:]
    cells = [system.find(f"/sup/{id}") for id in "abc"]
    for cell in cells:
        cell.tell("kept")
    with pytest.raises(Crash):
        cells[1].ask(crash, TIMEOUT)
    events.wait("restarted", sum(what.endswith(" start") for what in expected))
    assert names(log) == expected
    assert [cell.incarnation for cell in cells] == [
        2 if f"{id} start" in expected else 1 for id in "abc"
    ]
    for cell in cells:
        assert cell.ask(got, TIMEOUT) == ["kept"]
    assert counts(sup) == (3, 3, 0, 3)


def test_the_order_is_that_of_the_starts_and_no_other(system: ActorSystem, events: Events) -> None:
    log: Log = []
    sup = family(system, *children(log, "gcjb", scope="rest_for_one"))
    add(sup, "e", lambda: Worker(log))
    assert list(states(sup)) == list("gcjbe")
    assert names(log) == [f"{id} start" for id in "gcjbe"]
    del log[:]
    system.find("/sup/j").tell(crash)
    events.wait("restarted", 3)
    assert names(log) == [
        "j failure",
        "e stop restart",
        "b stop restart",
        "j start",
        "b start",
        "e start",
    ]
    assert list(states(sup)) == list("gcjbe")
    del log[:]
    sup.stop()
    ended(sup)
    assert names(log) == [f"{id} stop shutdown" for id in "ebjcg"]


def test_the_scope_is_that_of_the_child_that_fails(system: ActorSystem, events: Events) -> None:
    log: Log = []
    family(system, *children(log, "a", scope="one_for_all"), *children(log, "b"))
    a, b = system.find("/sup/a"), system.find("/sup/b")
    b.tell(crash)
    assert (b.ask(number, TIMEOUT), a.ask(number, TIMEOUT)) == (2, 1)
    a.tell(crash)
    events.wait("restarted", 3)
    assert (b.incarnation, a.incarnation) == (3, 2)


def test_after_a_normal_end_the_scope_counts_with_always_only(
    system: ActorSystem, events: Events
) -> None:
    family(
        system,
        *children(None, "a", strategy="always", scope="one_for_all"),
        *children(None, "b", scope="one_for_all"),
    )
    a, b = system.find("/sup/a"), system.find("/sup/b")
    a.tell(PoisonPill())
    events.wait("restarted", 2)
    assert (a.incarnation, b.incarnation) == (2, 2)
    b.tell(PoisonPill())
    assert ended(b) == "normal"
    assert a.ask(number, TIMEOUT) == 2


@pytest.mark.parametrize("scope", ["one_for_all", "rest_for_one"])
def test_siblings_of_strategy_stop_end_with_the_others_and_stay_so(
    system: ActorSystem, events: Events, scope: Any
) -> None:
    log: Log = []
    sup = family(
        system,
        *children(log, "a", scope=scope),
        *children(log, "b", strategy="stop"),
        *children(log, "c"),
    )
    b = system.find("/sup/b")
    system.find("/sup/a").tell(crash)
    assert ended(b) == "restart"
    events.wait("restarted", 2)
    assert list(states(sup)) == ["a", "c"]
    assert names(log)[3:] == [
        "a failure",
        "c stop restart",
        "b stop restart",
        "a start",
        "c start",
    ]


def test_the_failure_of_a_child_of_strategy_stop_concerns_nobody(system: ActorSystem) -> None:
    family(
        system,
        *children(None, "a", scope="one_for_all"),
        *children(None, "b", strategy="stop"),
    )
    b = system.find("/sup/b")
    b.tell(crash)
    assert ended(b) == "failed"
    assert system.find("/sup/a").ask(number, TIMEOUT) == 1


@pytest.mark.parametrize("scope", ["one_for_all", "rest_for_one"])
def test_a_kept_sibling_that_has_ended_stays_down(
    system: ActorSystem, events: Events, scope: Any
) -> None:
    sup = family(system, *children(None, "abcd", scope=scope, keep=True))
    b, c, d = (system.find(f"/sup/{id}") for id in "bcd")
    sup.request(TerminateChild("b"), TIMEOUT)
    c.tell(PoisonPill())
    ended(c)
    system.find("/sup/a").tell(crash)
    events.wait("restarted", 2)
    assert d.incarnation == 2
    assert states(sup) == {"a": "running", "b": "stopped", "c": "stopped", "d": "running"}
    assert sup.request(RestartChild("b"), TIMEOUT) is b
    assert b.ask(number, TIMEOUT) == 2


def test_who_is_started_again_by_request_keeps_its_place(system: ActorSystem) -> None:
    log: Log = []
    sup = family(system, *children(log, "abc", keep=True))
    sup.request(TerminateChild("b"), TIMEOUT)
    sup.request(RestartChild("b"), TIMEOUT)
    assert list(states(sup)) == ["a", "b", "c"]
    del log[:]
    sup.stop()
    ended(sup)
    assert names(log) == ["c stop shutdown", "b stop shutdown", "a stop shutdown"]


@pytest.mark.parametrize(
    ("scope", "again"),
    [
        ("one_for_one", ["b start"]),
        ("rest_for_one", ["b start"]),
        ("one_for_all", ["a stop restart", "a start", "b start"]),
    ],
)
def test_a_sibling_that_fails_on_its_way_back_has_its_scope_begin_anew(
    system: ActorSystem, scope: Any, again: list[str]
) -> None:
    log: Log = []
    fault = threading.Event()

    class Once(Fragile):
        def on_start(self) -> None:
            try:
                super().on_start()
            finally:
                fault.clear()

    family(
        system,
        *children(log, "a", scope="one_for_all"),
        ChildSpec("b", lambda: Once(fault, log), scope=scope, backoff=NO_DELAY),
        *children(log, "c"),
    )
    del log[:]
    fault.set()
    system.find("/sup/a").tell(crash)
    c = system.find("/sup/c")
    until(lambda: c.incarnation == 2 and c.state == "running")
    assert system.find("/sup/b").ask(number, TIMEOUT) == 3
    assert names(log) == [
        "a failure",
        "c stop restart",
        "b stop restart",
        "a start",
        "b start",
        "b failure",
        *again,
        "c start",
    ]


def test_a_sibling_that_fails_while_it_is_stopped_for_a_restart_is_not_counted(
    system: ActorSystem, events: Events
) -> None:
    gate = Gate()

    def fail_then(actor: Any) -> None:
        gate(actor)
        crash(actor)

    sup = family(system, *children(None, "ab", scope="one_for_all"), max_restarts=1)
    a, b = system.find("/sup/a"), system.find("/sup/b")
    b.tell(fail_then)
    assert gate.entered.wait(TIMEOUT)
    a.tell(crash)
    until(lambda: b.state == "stopping")
    gate.opened.set()
    events.wait("restarted", 2)
    assert (a.incarnation, b.incarnation, sup.incarnation) == (2, 2, 1)


def test_a_sibling_that_does_not_stop_in_time_is_given_up_and_restarted(
    timed: ActorSystem, clock: Clock
) -> None:
    gate = Stubborn()
    sup = family(timed, *children(None, "ab", scope="one_for_all", shutdown=5))
    a, b = timed.find("/sup/a"), timed.find("/sup/b")
    gate.hold(b)
    b.tell("kept")
    a.tell(crash)
    until(lambda: b.state == "stopping")
    clock.advance(0, sup)  # it has set its timer
    clock.advance(5, sup)
    assert b.ask(got, TIMEOUT) == ["kept"]
    assert (a.ask(number, TIMEOUT), b.ask(number, TIMEOUT)) == (2, 2)
    assert timed.abandoned() == ["/sup/b#1"]
    gate.opened.set()


def test_a_child_that_starts_for_the_first_time_is_part_of_a_restart_of_all(
    system: ActorSystem,
) -> None:
    gate = Gate()
    log: Log = []
    sup = family(system, *children(log, "a", scope="one_for_all"))
    answer = starting(sup, ChildSpec("b", lambda: Slow(gate, log)))
    assert gate.entered.wait(TIMEOUT)
    system.find("/sup/a").tell(crash)
    until(lambda: states(sup)["b"] == "stopping")
    gate.opened.set()
    assert answer.get(TIMEOUT).ask(number, TIMEOUT) == 2
    assert names(log)[-4:] == ["b start", "b stop restart", "a start", "b start"]


def test_a_child_terminated_while_it_is_stopped_for_a_restart_stays_down(
    system: ActorSystem,
) -> None:
    gate = Gate()
    log: Log = []
    sup = family(
        system,
        *children(log, "a", scope="one_for_all"),
        ChildSpec("b", lambda: SlowEnd(gate, log)),
        *children(log, "c"),
    )
    a, b, c = (system.find(f"/sup/{id}") for id in "abc")
    a.tell(crash)
    assert gate.entered.wait(TIMEOUT)  # c is down, b is going
    down = Reply()
    b.stop("no more", down)
    assert states(sup)["b"] == "stopping"
    gate.opened.set()
    assert down.get(TIMEOUT) is True
    assert ended(b) == "no more"
    assert (a.ask(number, TIMEOUT), c.ask(number, TIMEOUT)) == (2, 2)
    assert system.find("/sup/b") is None


def test_restarts_with_a_child_in_common_happen_at_the_later_of_their_moments(
    timed: ActorSystem, clock: Clock
) -> None:
    fault = threading.Event()
    log: Log = []
    sup = family(
        timed,
        *children(log, "a", scope="one_for_all"),
        ChildSpec("b", lambda: Fragile(fault, log), backoff=ONE_DELAY),
    )
    a, b = timed.find("/sup/a"), timed.find("/sup/b")
    loop(b, fault)
    fault.clear()
    del log[:]
    a.tell(crash)
    until(lambda: a.state == "restarting")
    clock.advance(99, sup, sup)
    assert states(sup) == {"a": "restarting", "b": "restarting"}
    clock.advance(1, sup)
    assert b.ask(number, TIMEOUT) == 3
    assert names(log) == ["a failure", "a start", "b start"]


def test_who_is_on_its_way_back_is_left_alone_by_those_who_come_after_it(
    system: ActorSystem,
) -> None:
    log: Log = []
    gates = [Gate(), Gate()]
    gates[0].opened.set()
    slow = iter(gates)
    sup = family(
        system,
        ChildSpec("a", lambda: Slow(next(slow), log), scope="rest_for_one", backoff=NO_DELAY),
        *children(log, "b", scope="rest_for_one", keep=True),
        *children(log, "c"),
    )
    a, b, c = (system.find(f"/sup/{id}") for id in "abc")
    sup.request(TerminateChild("b"), TIMEOUT)
    a.tell(crash)
    assert gates[1].entered.wait(TIMEOUT)
    sup.request(RestartChild("b"), TIMEOUT)
    del log[:]
    b.tell(crash)
    until(lambda: states(sup) == {"a": "starting", "b": "restarting", "c": "restarting"})
    gates[1].opened.set()
    assert [cell.ask(number, TIMEOUT) for cell in (a, b, c)] == [2, 3, 2]
    assert names(log) == ["b failure", "a start", "b start", "c start"]


def test_who_is_terminated_while_it_waits_for_a_restart_leaves_the_others_to_it(
    timed: ActorSystem, clock: Clock
) -> None:
    fault = threading.Event()
    sup = family(
        timed,
        *children(None, "a"),
        ChildSpec("b", lambda: Fragile(fault), scope="rest_for_one", backoff=ONE_DELAY, keep=True),
        *children(None, "c"),
    )
    b, c = timed.find("/sup/b"), timed.find("/sup/c")
    loop(b, fault)
    assert states(sup) == {"a": "running", "b": "restarting", "c": "restarting"}
    assert counts(sup) == (3, 1, 0, 3)
    waiting = Reply()
    b.offer("waits", waiting)
    sup.request(TerminateChild("b"), TIMEOUT)
    with pytest.raises(ActorStopped):
        waiting.get(TIMEOUT)
    clock.advance(100, sup)
    assert c.ask(number, TIMEOUT) == 2
    assert states(sup) == {"a": "running", "b": "stopped", "c": "running"}
    fault.clear()
    sup.request(RestartChild("b"), TIMEOUT)
    assert b.ask(number, TIMEOUT) == 3
