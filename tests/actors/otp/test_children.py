"""Requests: what a supervisor can be asked to do with its children, and what it refuses."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorSystem,
    Backoff,
    CellInfo,
    ChildExists,
    ChildNotFound,
    ChildRefused,
    ChildSpec,
    CountChildren,
    DeleteChild,
    NameTaken,
    PoisonPill,
    Reply,
    RestartChild,
    StartChild,
    TerminateChild,
    WhichChildren,
)
from tests.actors.actors import TIMEOUT, Clock, Gate, Worker, ended, number, stop, worker
from tests.actors.otp.family import (
    ONE_DELAY,
    Fragile,
    Session,
    SlowEnd,
    add,
    children,
    counts,
    family,
    loop,
    states,
)


def test_the_life_of_a_kept_child(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a", keep=True))
    spec = children(None, "a", keep=True)[0]
    cell = system.find("/sup/a")
    assert (states(sup), counts(sup)) == ({"a": "running"}, (1, 1, 0, 1))
    with pytest.raises(ChildExists, match="'a'"):
        sup.request(StartChild(spec), TIMEOUT)
    for request in (RestartChild("a"), DeleteChild("a")):
        with pytest.raises(ChildRefused, match="/sup/a is running"):
            sup.request(request, TIMEOUT)

    for _ in range(2):  # what is down can be terminated
        assert sup.request(TerminateChild("a"), TIMEOUT) is True
        assert (states(sup), counts(sup)) == ({"a": "stopped"}, (1, 0, 0, 1))
    assert not cell.alive
    assert system.find("/sup/a") is None
    with pytest.raises(ChildExists, match="'a'"):
        sup.request(StartChild(spec), TIMEOUT)

    assert sup.request(RestartChild("a"), TIMEOUT) is cell
    assert (states(sup), counts(sup)) == ({"a": "running"}, (1, 1, 0, 1))
    assert cell.ask(number, TIMEOUT) == 2
    assert system.find("/sup/a") is cell
    with pytest.raises(ChildRefused, match="running"):
        sup.request(RestartChild("a"), TIMEOUT)

    cell.tell(PoisonPill())
    assert ended(cell) == "normal"
    assert sup.request(DeleteChild("a"), TIMEOUT) is True
    assert (states(sup), counts(sup)) == ({}, (0, 0, 0, 0))
    assert sup.request(StartChild(spec), TIMEOUT) is not cell


@pytest.mark.parametrize("message", [TerminateChild, RestartChild, DeleteChild])
def test_unknown_children_are_named(system: ActorSystem, message: type) -> None:
    sup = family(system, *children(None, "a"))
    with pytest.raises(ChildNotFound, match="/sup has no child 'b'"):
        sup.request(message("b"), TIMEOUT)
    assert states(sup) == {"a": "running"}


def test_what_is_not_kept_is_unknown_when_it_is_down(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a"))
    sup.request(TerminateChild("a"), TIMEOUT)
    for message in (TerminateChild, RestartChild, DeleteChild):
        with pytest.raises(ChildNotFound):
            sup.request(message("a"), TIMEOUT)


@pytest.mark.parametrize("keep", [False, True])
def test_a_child_that_waits_for_its_restart_can_be_terminated_and_nothing_else(
    timed: ActorSystem, clock: Clock, keep: bool
) -> None:
    fault = threading.Event()
    sup = family(timed, ChildSpec("a", lambda: Fragile(fault), backoff=ONE_DELAY, keep=keep))
    cell = timed.find("/sup/a")
    loop(cell, fault)
    assert (states(sup), counts(sup)) == ({"a": "restarting"}, (1, 0, 0, 1))
    with pytest.raises(ChildExists):
        add(sup, "a")
    for request in (RestartChild("a"), DeleteChild("a")):
        with pytest.raises(ChildRefused, match="restarting"):
            sup.request(request, TIMEOUT)
    waiting = Reply()
    cell.offer("waits", waiting)
    sup.request(TerminateChild("a"), TIMEOUT)
    with pytest.raises(ActorStopped):
        waiting.get(TIMEOUT)
    assert ended(cell) == "shutdown"
    assert states(sup) == ({"a": "stopped"} if keep else {})
    clock.advance(1000, sup, sup)
    assert cell.incarnation == 2
    if keep:
        fault.clear()
        sup.request(RestartChild("a"), TIMEOUT)
        assert cell.ask(number, TIMEOUT) == 3
        loop(cell, fault)
        stop(sup)
        assert not cell.alive


def test_a_child_that_is_stopping_can_neither_be_restarted_nor_deleted(
    system: ActorSystem,
) -> None:
    gate = Gate()
    sup = family(system, ChildSpec("a", lambda: SlowEnd(gate), keep=True))
    down = Reply()
    sup.post(TerminateChild("a"), down)
    assert gate.entered.wait(TIMEOUT)
    for request in (RestartChild("a"), DeleteChild("a")):
        with pytest.raises(ChildRefused, match="stopping"):
            sup.request(request, TIMEOUT)
    gate.opened.set()
    assert down.get(TIMEOUT) is True


def test_a_supervisor_that_is_gone_refuses_everything(system: ActorSystem) -> None:
    sup = family(system, *children(None, "a"))
    stop(sup)
    for request in (
        StartChild(ChildSpec("b", Worker)),
        TerminateChild("a"),
        RestartChild("a"),
        DeleteChild("a"),
        WhichChildren(),
        CountChildren(),
    ):
        with pytest.raises(ActorStopped):
            sup.request(request, TIMEOUT)


def test_a_supervisor_that_ends_starts_nothing(system: ActorSystem) -> None:
    gate = Gate()
    sup = family(
        system,
        ChildSpec("a", lambda: SlowEnd(gate)),
        *children(None, "b", keep=True),
    )
    sup.request(TerminateChild("b"), TIMEOUT)
    sup.stop()
    assert gate.entered.wait(TIMEOUT)
    with pytest.raises(ActorStopped, match="/sup is ending"):
        sup.request(StartChild(ChildSpec("c", Worker)), TIMEOUT)
    with pytest.raises(ChildNotFound):
        sup.request(RestartChild("b"), TIMEOUT)
    assert states(sup) == {"a": "stopping"}
    gate.opened.set()
    assert ended(sup) == "shutdown"


def test_a_cell_that_ended_cannot_stop_its_successor(system: ActorSystem) -> None:
    first = worker(system, "a")
    stop(first)
    second = worker(system, "a")
    stop(first)  # answered, for it is down
    assert second.alive
    assert second.ask(number, TIMEOUT) == 1
    assert system.root.request(TerminateChild("a"), TIMEOUT) is True  # by its id, whoever it is
    assert not second.alive


def test_requests_are_for_supervisors(system: ActorSystem) -> None:
    with pytest.raises(ActorError, match="does not understand CountChildren"):
        worker(system).request(CountChildren(), TIMEOUT)


def test_requests_in_a_coroutine(system: ActorSystem) -> None:
    sup = family(system)

    async def requests() -> None:
        cell = await sup.request_async(StartChild(ChildSpec("a", Worker, keep=True)), TIMEOUT)
        with pytest.raises(ChildRefused):
            await sup.request_async(DeleteChild("a"), TIMEOUT)
        assert await sup.request_async(TerminateChild("a"), TIMEOUT) is True
        assert await sup.request_async(RestartChild("a"), TIMEOUT) is cell

    asyncio.run(requests())


def test_the_functions_of_the_supervisor_raise_at_once_in_its_own_thread(
    system: ActorSystem,
) -> None:
    sup = system.start_child(ChildSpec("s", lambda: Session(children(None, "a"))), TIMEOUT)

    def look(actor: Session) -> None:
        for call, error in (
            (lambda: actor.start_child(ChildSpec("a", Worker)), ChildExists),
            (lambda: actor.terminate_child("b"), ChildNotFound),
            (lambda: actor.restart_child("a"), ChildRefused),
            (lambda: actor.delete_child("a"), ChildRefused),
        ):
            with pytest.raises(error):
                call()
        assert [info.id for info in actor.which_children()] == ["a"]
        assert actor.count_children().active == 1

    sup.ask(look, TIMEOUT)
    child = sup.ask(lambda actor: actor.start_child(ChildSpec("x/1", Worker)), TIMEOUT)
    assert child.path == "/s/x/1"
    assert child.ask(number, TIMEOUT) == 1
    assert sup.ask(lambda actor: actor.terminate_child("x/1"), TIMEOUT) is None
    assert ended(child) == "shutdown"


def test_which_and_count(system: ActorSystem) -> None:
    sup = family(system, *children(None, "ab"))
    worker(system, kind="clerk")
    infos = system.root.request(WhichChildren(), TIMEOUT)
    assert [(i.id, i.kind, i.state, i.is_supervisor) for i in infos] == [
        ("sup", "actor", "running", True),
        ("worker", "clerk", "running", False),
    ]
    assert counts(system.root) == (2, 2, 1, 1)
    assert list(sup.children) == ["a", "b"]
    assert [info.cell for info in sup.request(WhichChildren(), TIMEOUT)] == [
        system.find("/sup/a"),
        system.find("/sup/b"),
    ]


def test_the_spec_of_a_child_can_be_read_with_its_defaults(system: ActorSystem) -> None:
    sup = family(system, ChildSpec("a", Worker))
    [info] = sup.request(WhichChildren(), TIMEOUT)
    spec = info.cell.spec
    assert (spec.strategy, spec.scope, spec.shutdown, spec.keep) == (
        "restart",
        "one_for_one",
        "auto",
        False,
    )
    assert (spec.max_restarts, spec.max_seconds, spec.backoff) == (None, None, Backoff())
    assert (spec.capacity, spec.overflow, spec.block_timeout) == (1000, "block", 5.0)
    assert (spec.stuck_timeout, spec.name, spec.kind) == (None, None, "actor")
    assert isinstance(info.cell.info(), CellInfo)


def test_a_kept_child_does_not_hold_its_name_while_it_is_down(system: ActorSystem) -> None:
    sup = family(system)
    a = add(sup, "a", name="clerk", keep=True)
    with pytest.raises(NameTaken):
        add(sup, "b", name="clerk")
    assert list(states(sup)) == ["a"]
    sup.request(TerminateChild("a"), TIMEOUT)
    b = add(sup, "b", name="clerk")
    with pytest.raises(NameTaken, match="/sup/b"):
        sup.request(RestartChild("a"), TIMEOUT)
    assert states(sup) == {"a": "stopped", "b": "running"}
    stop(b)
    assert sup.request(RestartChild("a"), TIMEOUT) is a
    assert system.whereis("clerk") is a
