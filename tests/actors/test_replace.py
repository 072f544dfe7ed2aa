"""A living actor is replaced because somebody wants that, and not because it has failed."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorStopped,
    ActorStuck,
    ActorSystem,
    Backoff,
    Cell,
    ChildNotFound,
    ChildRefused,
    ChildSpec,
    ReplaceChild,
    StartChild,
    Supervisor,
)
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Crash,
    Events,
    Gate,
    Port,
    Worker,
    crash,
    ended,
    got,
    number,
    until,
    worker,
)

NO_RESTART: dict[str, Any] = {"max_restarts": 0, "max_seconds": 60}


def replace(cell: Cell, within: float | None = None) -> Any:
    """Have a cell restarted, and return the answer."""
    port = Port()
    cell.restart(port, within)
    return port.get()


def test_a_new_incarnation_takes_over_the_cell_and_its_mail(system: ActorSystem) -> None:
    log: list[tuple[str, str]] = []
    cell = worker(system, start=lambda: Worker(log))
    gate = Gate().hold(cell)
    cell.tell("waits")
    port = Port()
    cell.restart(port)
    gate.opened.set()
    assert port.get() is cell
    assert cell.ask(number, TIMEOUT) == 2
    assert cell.ask(got, TIMEOUT) == ["waits"]
    assert log == [("/worker", "start"), ("/worker", "stop restart"), ("/worker", "start")]
    assert (cell.failures, cell.restarts) == (0, 1)


def test_it_does_not_count_as_a_restart_too_many(system: ActorSystem) -> None:
    cell = worker(system, **NO_RESTART)
    for _ in range(3):
        assert replace(cell) is cell
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert ended(cell) == "restarts exceeded"


def test_siblings_are_not_concerned(system: ActorSystem) -> None:
    specs = [ChildSpec(id, Worker, scope="one_for_all") for id in "ab"]
    system.start_child(ChildSpec("boss", lambda: Supervisor(specs)), TIMEOUT)
    first, second = system.find("/boss/a"), system.find("/boss/b")
    assert first is not None
    assert second is not None
    replace(first)
    assert (first.incarnation, second.incarnation) == (2, 1)


def test_one_that_waits_for_its_backoff_is_started_now(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, backoff=Backoff(1000, 1000, jitter=0))
    for _ in range(2):  # the first restart is immediate
        with pytest.raises(Crash):
            cell.ask(crash, TIMEOUT)
    until(lambda: cell.state == "restarting")
    assert replace(cell) is cell
    assert cell.ask(number, TIMEOUT) == 3


def test_a_busy_one_is_given_up_in_time_and_replaced(system: ActorSystem, events: Events) -> None:
    cell = worker(system, shutdown=None)
    gate = Gate()
    asked = Port()
    cell.offer(gate, asked)
    assert gate.entered.wait(TIMEOUT)
    assert replace(cell, within=0) is cell
    assert isinstance(asked.get(), ActorStuck)
    assert cell.ask(number, TIMEOUT) == 2
    assert [event.cell for event in events.of("abandoned")] == [cell]
    assert events.of("failed") == []
    gate.opened.set()


def test_who_is_being_replaced_politely_can_still_be_given_up(system: ActorSystem) -> None:
    cell = worker(system, shutdown=None)
    gate = Gate().hold(cell)
    polite = Port()
    cell.restart(polite)
    assert replace(cell, within=0) is cell
    assert polite.get() is cell
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()


def test_one_that_is_being_stopped_can_be_given_up(system: ActorSystem) -> None:
    cell = worker(system, shutdown=None)
    gate = Gate().hold(cell)
    cell.stop()
    cell.stop("now", within=0)
    assert ended(cell) == "now"
    gate.opened.set()


def test_twice_at_once_is_once(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    ports = [Port(), Port()]
    for port in ports:
        cell.restart(port)
    gate.opened.set()
    assert [port.get() for port in ports] == [cell, cell]
    assert cell.ask(number, TIMEOUT) == 2


def test_a_supervisor_starts_its_children_anew(system: ActorSystem) -> None:
    spec = ChildSpec("boss", lambda: Supervisor([ChildSpec("a", Worker)]))
    boss = system.start_child(spec, TIMEOUT)
    boss.request(StartChild(ChildSpec("dynamic", Worker)), TIMEOUT)
    old = boss.children["a"]
    assert replace(boss) is boss
    assert list(boss.children) == ["a"]
    assert boss.children["a"] is not old
    assert ended(old) == "restart"


def test_a_start_that_fails_is_tried_again(system: ActorSystem) -> None:
    plan = [False, True, False]

    class Fickle(Worker):
        def on_start(self) -> None:
            if plan.pop(0):
                raise Crash

    cell = worker(system, start=Fickle, backoff=Backoff(0, 0))
    assert replace(cell) is cell
    assert cell.ask(number, TIMEOUT) == 3


def test_one_that_is_not_tried_again_has_ended(system: ActorSystem) -> None:
    plan = [False, True]

    class Fickle(Worker):
        def on_start(self) -> None:
            if plan.pop(0):
                raise Crash

    spec = ChildSpec(
        "boss", lambda: Supervisor([ChildSpec("a", Fickle)]), strategy={Exception: "stop"}
    )
    answer = replace(system.start_child(spec, TIMEOUT))
    assert type(answer) is ActorStopped
    assert "/boss ended (failed)" in str(answer)


def test_refused(system: ActorSystem) -> None:
    once = worker(system, "once", strategy="stop")
    assert "strategy 'stop'" in str(replace(once))
    kept = worker(system, "kept", keep=True)
    gate = Gate().hold(kept)
    kept.stop()
    assert str(replace(kept)) == "/kept is stopping"
    gate.opened.set()
    ended(kept)
    assert isinstance(replace(kept), ChildRefused)
    assert isinstance(answer_of(system, ReplaceChild("nobody")), ChildNotFound)
    with pytest.raises(ActorError, match="the root cannot be restarted"):
        system.root.restart()


def test_one_that_has_just_died(system: ActorSystem) -> None:
    cell = worker(system)
    cell.stop()
    ended(cell)
    assert isinstance(replace(cell), ChildNotFound)
    successor = worker(system)
    assert isinstance(replace(cell), ActorStopped)
    assert successor.ask(number, TIMEOUT) == 1


def answer_of(system: ActorSystem, message: Any) -> Any:
    port = Port()
    system.root.post(message, port)
    return port.get()
