"""Starts: their order, their failures, and what happens meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    ChildExists,
    ChildRefused,
    ChildSpec,
    Reply,
    RestartChild,
    StartChild,
    StartFailed,
    Supervisor,
    TerminateChild,
)
from tests.actors.actors import (
    TIMEOUT,
    Crash,
    Gate,
    Worker,
    crash,
    ended,
    number,
    until,
    worker,
)
from tests.actors.otp.family import (
    NO_DELAY,
    BadStart,
    Fragile,
    Log,
    Slow,
    add,
    bad_init,
    children,
    counts,
    fail,
    family,
    names,
    starting,
    states,
)


def test_a_supervisor_may_have_no_children(system: ActorSystem) -> None:
    sup = family(system)
    assert (states(sup), counts(sup)) == ({}, (0, 0, 0, 0))
    sup.stop()
    assert ended(sup) == "shutdown"


def test_static_children_start_in_order_each_when_the_one_before_is_up(
    system: ActorSystem,
) -> None:
    log: Log = []
    gate = Gate()
    specs = [*children(log, "a"), ChildSpec("b", lambda: Slow(gate, log)), *children(log, "c")]
    reply = starting(system.root, ChildSpec("sup", lambda: Supervisor(specs)))
    assert gate.entered.wait(TIMEOUT)
    sup = system.find("/sup")
    assert names(log) == ["a start"]
    assert sup.state == "starting"
    assert states(sup) == {"a": "running", "b": "starting"}
    gate.opened.set()
    assert reply.get(TIMEOUT) is sup
    assert names(log) == ["a start", "b start", "c start"]


def test_children_of_the_method_come_behind_those_of_the_argument(system: ActorSystem) -> None:
    class Own(Supervisor):
        ready = False

        def on_start(self) -> None:
            self.ready = True

        def children(self) -> Iterable[ChildSpec]:
            assert self.ready
            return children(None, "b")

    sup = system.start_child(ChildSpec("sup", lambda: Own(children(None, "a"))), TIMEOUT)
    assert states(sup) == {"a": "running", "b": "running"}


def test_a_slow_start_blocks_neither_the_supervisor_nor_the_siblings(system: ActorSystem) -> None:
    gate = Gate()
    sibling = worker(system, "sibling", backoff=NO_DELAY)
    reply = starting(system.root, ChildSpec("slow", lambda: Slow(gate)))
    assert gate.entered.wait(TIMEOUT)
    fail(sibling)
    assert worker(system, "another").ask("a", TIMEOUT) == "a"
    gate.opened.set()
    assert reply.get(TIMEOUT).path == "/slow"


@pytest.mark.parametrize(
    ("start", "cause"),
    [(bad_init, Crash), (BadStart, Crash), (object, TypeError), (sys.exit, SystemExit)],
)
@pytest.mark.parametrize("strategy", ["always", "restart", "stop", "resume", "escalate"])
@pytest.mark.parametrize("keep", [False, True])
def test_a_first_start_that_fails_is_answered_and_forgotten(
    system: ActorSystem, start: Any, cause: type[BaseException], strategy: Any, keep: bool
) -> None:
    sup = family(system)
    with pytest.raises(StartFailed, match="/sup/bad could not be started") as caught:
        add(sup, "bad", start, strategy=strategy, keep=keep)
    assert isinstance(caught.value.__cause__, cause)
    assert system.find("/sup/bad") is None
    assert counts(sup) == (0, 0, 0, 0)
    assert sup.incarnation == 1


def test_mail_for_a_child_that_fails_to_start_is_answered(system: ActorSystem) -> None:
    gate = Gate()
    fault = threading.Event()
    fault.set()

    class Late(Fragile):
        def on_start(self) -> None:
            gate()
            super().on_start()

    started = starting(system.root, ChildSpec("late", lambda: Late(fault)))
    assert gate.entered.wait(TIMEOUT)
    answer = Reply()
    system.find("/late").offer("hello", answer)
    gate.opened.set()
    with pytest.raises(StartFailed):
        started.get(TIMEOUT)
    with pytest.raises(ActorStopped):
        answer.get(TIMEOUT)
    assert [letter.message for letter in system.dead_letters] == ["hello"]


def test_on_failure_is_called_when_the_start_fails(system: ActorSystem) -> None:
    log: Log = []
    with pytest.raises(StartFailed):
        worker(system, "bad", lambda: BadStart(log))
    assert names(log) == ["bad failure"]


@pytest.mark.parametrize("bad", [BadStart, bad_init])
def test_a_static_child_that_fails_to_start_fails_the_start_of_all(
    system: ActorSystem, bad: Any
) -> None:
    log: Log = []
    specs = [*children(log, "ab"), ChildSpec("bad", bad), *children(log, "d")]
    with pytest.raises(StartFailed) as caught:
        family(system, *specs, spec={"strategy": "always"})
    assert "/sup/bad" in str(caught.value)
    assert names(log) == ["a start", "b start", "b stop failed", "a stop failed"]
    assert len(system.cells()) == 1


def test_a_start_that_fails_deep_down_names_the_child(system: ActorSystem) -> None:
    bad = ChildSpec("bad", BadStart)
    middle = ChildSpec("middle", lambda: Supervisor([bad]))
    with pytest.raises(StartFailed, match="/sup/middle/bad could not be started") as caught:
        family(system, middle)
    error: BaseException | None = caught.value
    while error is not None and not isinstance(error, Crash):
        error = error.__cause__
    assert error is not None
    assert len(system.cells()) == 1


def test_what_on_start_and_children_of_a_supervisor_raise_fails_its_start(
    system: ActorSystem,
) -> None:
    class NoStart(Supervisor):
        def on_start(self) -> None:
            raise Crash("on_start")

    class NoChildren(Supervisor):
        def children(self) -> Iterable[ChildSpec]:
            raise Crash("children")

    class NoSpecs(Supervisor):
        def children(self) -> Iterable[ChildSpec]:
            return ["a"]  # type: ignore[list-item]

    for cls, text in ((NoStart, "on_start"), (NoChildren, "children"), (NoSpecs, "ChildSpecs")):
        with pytest.raises(StartFailed, match=text):
            system.start_child(ChildSpec("sup", cls), TIMEOUT)
    assert len(system.cells()) == 1


def test_two_static_children_of_one_id_are_refused(system: ActorSystem) -> None:
    log: Log = []
    with pytest.raises(StartFailed, match="two children 'a'"):
        family(system, *children(log, "aba"))
    assert log == []


def test_more_static_children_than_max_children_are_refused(system: ActorSystem) -> None:
    log: Log = []
    with pytest.raises(StartFailed, match="max_children=1") as caught:
        family(system, *children(log, "ab"), max_children=1)
    assert isinstance(caught.value.__cause__, ChildRefused)
    assert log == []


def test_a_child_that_stops_in_its_start_has_started_and_ended(system: ActorSystem) -> None:
    class Shy(Worker):
        def on_start(self) -> None:
            self.stop()

    class ShySupervisor(Supervisor):
        def on_start(self) -> None:
            self.stop()

        def children(self) -> Iterable[ChildSpec]:
            raise AssertionError("it is not to have any")

    sup = family(
        system,
        ChildSpec("a", Shy),
        ChildSpec("b", ShySupervisor),
        ChildSpec("c", Shy, keep=True),
        *children(None, "d"),
    )
    until(lambda: states(sup) == {"c": "stopped", "d": "running"})
    for start in (Shy, ShySupervisor):
        cell = add(sup, "e", start)
        assert ended(cell) == "normal"


def test_a_static_child_terminated_in_its_start_is_passed_over(system: ActorSystem) -> None:
    gate = Gate()
    specs = [ChildSpec("a", lambda: Slow(gate)), *children(None, "b")]
    started = starting(system.root, ChildSpec("sup", lambda: Supervisor(specs)))
    assert gate.entered.wait(TIMEOUT)
    sup = system.find("/sup")
    down = Reply()
    sup.post(TerminateChild("a"), down)
    until(lambda: states(sup) == {"a": "stopping"})
    gate.opened.set()
    assert down.get(TIMEOUT) is True
    assert started.get(TIMEOUT) is sup
    assert states(sup) == {"b": "running"}


def test_a_child_that_fails_while_another_starts_is_restarted(system: ActorSystem) -> None:
    gate = Gate()
    specs = [
        *children(None, "a", scope="one_for_all"),
        ChildSpec("b", lambda: Slow(gate)),
        *children(None, "c"),
    ]
    started = starting(system.root, ChildSpec("sup", lambda: Supervisor(specs)))
    assert gate.entered.wait(TIMEOUT)
    system.find("/sup/a").tell(crash)
    until(lambda: system.find("/sup/b").state == "stopping")
    gate.opened.set()
    sup = started.get(TIMEOUT)
    assert [system.find(f"/sup/{id}").incarnation for id in "abc"] == [2, 2, 1]
    assert states(sup) == dict.fromkeys("abc", "running")
    assert counts(sup) == (3, 3, 0, 3)


def test_static_children_that_are_still_to_be_started_have_their_place_and_their_id(
    system: ActorSystem,
) -> None:
    gate = Gate()
    specs = [ChildSpec("a", lambda: Slow(gate)), *children(None, "bc")]
    started = starting(system.root, ChildSpec("sup", lambda: Supervisor(specs, max_children=4)))
    assert gate.entered.wait(TIMEOUT)
    sup = system.find("/sup")
    with pytest.raises(ChildExists, match="'c'"):
        add(sup, "c")
    add(sup, "d")
    with pytest.raises(ChildRefused, match="already has 4 children"):
        add(sup, "e")
    gate.opened.set()
    assert started.get(TIMEOUT) is sup
    assert states(sup) == dict.fromkeys("adbc", "running")


@pytest.mark.parametrize("strategy", ["always", "restart", "stop"])
def test_a_supervisor_can_be_stopped_while_it_starts(system: ActorSystem, strategy: Any) -> None:
    gate = Gate()
    log: Log = []
    specs = [*children(log, "a"), ChildSpec("b", lambda: Slow(gate, log)), *children(log, "c")]
    started = starting(system.root, ChildSpec("sup", lambda: Supervisor(specs), strategy=strategy))
    assert gate.entered.wait(TIMEOUT)
    sup = system.find("/sup")
    sup.stop("never mind")
    until(lambda: system.find("/sup/b").state == "stopping")
    gate.opened.set()
    assert ended(sup) == "never mind"
    with pytest.raises(ActorStopped):
        started.get(TIMEOUT)
    assert names(log) == ["a start", "b start", "b stop never mind", "a stop never mind"]


def test_a_start_can_be_given_up_by_who_asked_for_it(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(system)
    started = starting(sup, ChildSpec("a", lambda: Slow(gate)))
    assert gate.entered.wait(TIMEOUT)
    down = Reply()
    sup.post(TerminateChild("a"), down)
    assert counts(sup) == (1, 1, 0, 1)
    gate.opened.set()
    assert down.get(TIMEOUT) is True
    with pytest.raises(ActorStopped):
        started.get(TIMEOUT)
    assert counts(sup) == (0, 0, 0, 0)


def test_a_kept_child_whose_start_by_request_fails_stays_down(system: ActorSystem) -> None:
    fault = threading.Event()
    sup = family(system, ChildSpec("a", lambda: Fragile(fault), keep=True))
    cell = system.find("/sup/a")
    sup.request(TerminateChild("a"), TIMEOUT)
    fault.set()
    for _ in range(2):
        with pytest.raises(StartFailed, match="/sup/a"):
            sup.request(RestartChild("a"), TIMEOUT)
        assert states(sup) == {"a": "failed"}
        assert counts(sup) == (1, 0, 0, 1)
        with pytest.raises(ActorStopped):
            cell.ask("anyone?", TIMEOUT)
    fault.clear()
    assert sup.request(RestartChild("a"), TIMEOUT).ask(number, TIMEOUT) == 4


def test_start_child_takes_a_spec(system: ActorSystem) -> None:
    with pytest.raises(TypeError, match="ChildSpec, not 'a'"):
        system.root.request(StartChild("a"), TIMEOUT)  # type: ignore[arg-type]
