"""The system: lazy start, paths, shutdown, fork, listeners, threads."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
    Backoff,
    ChildExists,
    ChildSpec,
    Event,
    NameTaken,
    RestartChild,
    StartChild,
    StartFailed,
    Supervisor,
    current_cell,
)
from tests.actors.actors import (
    TIMEOUT,
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


def test_it_starts_when_it_is_used_and_once(make_system: Any) -> None:
    system = make_system()
    assert system.state == "new"
    assert system.find("/") is None
    barrier = threading.Barrier(8)
    roots: list[Any] = []

    def use() -> None:
        barrier.wait(TIMEOUT)
        roots.append(system.root)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(set(roots)) == 1
    assert system.state == "running"
    assert system.root.incarnation == 1


def test_the_default_system_is_one(make_system: Any) -> None:
    mine = make_system()
    ActorSystem.reset_default(mine)
    try:
        assert ActorSystem.default() is mine
    finally:
        ActorSystem.reset_default()
    assert ActorSystem.default() is ActorSystem.default() is not mine
    ActorSystem.reset_default()


def test_paths(system: ActorSystem) -> None:
    specs = [ChildSpec("views/1", Worker), ChildSpec("views/2", Worker)]
    sup = system.start_child(ChildSpec("sessions/3f2a", lambda: Supervisor(specs)), TIMEOUT)
    cell = system.find("/sessions/3f2a/views/1")
    assert cell.parent is sup
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2
    assert system.find("/sessions/3f2a/views/1") is cell
    assert system.find("/sessions/3f2a/views/3") is None
    assert [cell.path for cell in system.cells()] == [
        "/",
        "/sessions/3f2a",
        "/sessions/3f2a/views/1",
        "/sessions/3f2a/views/2",
    ]
    assert [info.path for info in system.tree()] == [cell.path for cell in system.cells()]
    stop(sup)
    assert [cell.path for cell in system.cells()] == ["/"]


def test_many_actors_without_mail_have_no_threads(system: ActorSystem) -> None:
    system.start()
    before = threading.active_count()
    cells = [worker(system, f"n{index}") for index in range(500)]
    assert [cell.ask(number, TIMEOUT) for cell in cells] == [1] * 500
    assert threading.active_count() < before + 100
    for cell in cells:
        cell.stop()
    for cell in cells:
        ended(cell)
    assert [cell.path for cell in system.cells()] == ["/"]


def test_shutdown_drains_the_mailboxes_and_stops_in_reverse_order(make_system: Any) -> None:
    system = make_system()
    log: list[tuple[str, str]] = []
    specs = [ChildSpec(id, lambda: Worker(log)) for id in "abc"]
    system.start_child(ChildSpec("sup", lambda: Supervisor(specs)), TIMEOUT)
    cells = [system.find(f"/sup/{id}") for id in "abc"]
    gates = [Gate().hold(cell) for cell in cells]
    for cell in cells:
        for message in range(5):
            cell.tell(message)
    for gate in gates:
        gate.opened.set()
    assert system.shutdown(TIMEOUT) == []
    assert [cell.data["got"] for cell in cells] == [list(range(5))] * 3
    assert [path for path, what in log if what == "stop system shutdown"] == [
        "/sup/c",
        "/sup/b",
        "/sup/a",
    ]
    assert len(system.dead_letters) == 0
    assert system.state == "stopped"
    assert system.cells() == []


def test_after_shutdown_new_work_is_refused(make_system: Any) -> None:
    system = make_system()
    cell = worker(system)
    assert system.shutdown(TIMEOUT) == []
    assert system.shutdown(TIMEOUT) == []
    with pytest.raises(ActorStopped):
        worker(system, "late")
    with pytest.raises(ActorStopped):
        cell.ask("late", TIMEOUT)


def test_new_work_is_refused_during_shutdown(make_system: Any) -> None:
    system = make_system()
    cell = worker(system)
    root = system.root
    gate = Gate().hold(cell)
    stopping = threading.Thread(target=system.shutdown, args=(TIMEOUT,))
    stopping.start()
    until(lambda: system.state == "stopping")
    with pytest.raises(ActorStopped):
        root.request(StartChild(ChildSpec("late", Worker)), TIMEOUT)
    gate.opened.set()
    stopping.join(TIMEOUT)
    assert not stopping.is_alive()


def test_shutdown_gives_up_what_does_not_end_and_lists_it(make_system: Any) -> None:
    system = make_system()
    gate = Gate()

    def stubborn(_actor: Any) -> None:
        while not gate.opened.is_set():
            with contextlib.suppress(SystemExit):
                gate()

    specs = [ChildSpec("a", Worker), ChildSpec("b", Worker)]
    system.start_child(ChildSpec("sup", lambda: Supervisor(specs)), TIMEOUT)
    good, bad = system.find("/sup/a"), system.find("/sup/b")
    bad.tell(stubborn)
    assert gate.entered.wait(TIMEOUT)
    bad.tell("left")
    assert system.shutdown(0.2) == ["/sup/b#1"]
    assert not good.alive
    assert [letter.message for letter in system.dead_letters] == ["left"]
    gate.opened.set()


def test_a_system_that_was_never_used_shuts_down(make_system: Any) -> None:
    system = make_system()
    assert system.shutdown(TIMEOUT) == []
    with pytest.raises(ActorStopped):
        system.start()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def in_a_fork(check: Callable[[], bool]) -> bool:
    """Return what `check` finds in the child of a fork."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        outcome = b"failed"
        try:
            signal.alarm(20)
            outcome = b"good" if check() else b"bad"
        finally:
            os.write(writer, outcome)
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        outcome = pipe.read()
    os.waitpid(pid, 0)
    return outcome == b"good"


def test_the_child_of_a_fork_begins_anew(
    system: ActorSystem, caplog: pytest.LogCaptureFixture
) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    caplog.set_level(logging.INFO, logger="pykka_live.actors")

    def check() -> bool:
        with pytest.raises(ActorStopped):
            cell.ask("dead", 5)  # a dead letter, and so one for the log
        assert system.find("/worker") is None
        assert worker(system).ask("alive", 5) == "alive"
        return system.shutdown(5) == []

    with system.listeners.log._quota._lock:
        assert in_a_fork(check)
    gate.opened.set()
    assert cell.ask("here", TIMEOUT) == "here"


def test_an_actor_that_forks_is_no_actor_in_the_child(system: ActorSystem) -> None:
    cell = worker(system)

    def check() -> bool:
        with pytest.raises(ActorStopped):
            cell.ask("dead", 5)
        return current_cell() is None and worker(system).ask("alive", 5) == "alive"

    assert cell.ask(lambda _actor: in_a_fork(check), TIMEOUT) is True
    assert cell.ask("here", TIMEOUT) == "here"


def test_listeners_are_told_and_cannot_disturb(system: ActorSystem, events: Events) -> None:
    def bad(_event: Event) -> None:
        raise ValueError("listener")

    system.add_listener(bad)
    cell = worker(system, capacity=1, overflow="drop_oldest", backoff=Backoff(0, 0))
    gate = Gate().hold(cell)
    cell.tell("dropped")
    cell.tell(crash)
    gate.opened.set()
    events.wait("restarted")
    assert cell.ask(got, TIMEOUT) == []
    stop(cell)
    system.remove_listener(bad)
    kinds = [event.kind for event in events.seen if event.cell is cell]
    assert kinds == ["started", "overflow", "dead_letter", "failed", "restarted", "stopped"]
    (letter,) = [event.letter for event in events.of("dead_letter")]
    assert (letter.message, letter.reason) == ("dropped", "dropped")


def test_events_are_log_records(
    system: ActorSystem, events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="pykka_live.actors")
    cell = worker(system, kind="clerk", backoff=Backoff(0, 0))
    cell.tell(crash)
    events.wait("restarted")
    records = {record.event: record for record in caplog.records if hasattr(record, "event")}
    failed, restarted = records["failed"], records["restarted"]
    assert (failed.path, failed.actor_kind, failed.reason) == ("/worker", "clerk", "Crash")
    assert failed.exc_info[0].__name__ == "Crash"
    assert restarted.incarnation == 2


def test_dead_letters_are_bounded_and_all_counted(make_system: Any) -> None:
    system = make_system(dead_letters=3)
    cell = worker(system)
    stop(cell, "gone")
    for message in range(10):
        cell.tell(message)
    assert [letter.message for letter in system.dead_letters] == [7, 8, 9]
    assert system.dead_letters.counts() == {"gone": 10}


def test_names(system: ActorSystem) -> None:
    cell = worker(system, "first", name="cart", keep=True)
    assert system.whereis("cart") is cell is system.find("/first")
    with pytest.raises(NameTaken, match="/second: /first has the name 'cart'"):
        worker(system, "second", name="cart")
    assert system.find("/second") is None
    stop(cell)
    assert system.whereis("cart") is None
    second = worker(system, "second", name="cart")
    assert system.whereis("cart") is second
    with pytest.raises(NameTaken):
        system.root.request(RestartChild("first"), TIMEOUT)
    stop(second)
    assert system.root.request(RestartChild("first"), TIMEOUT) is system.whereis("cart")


def test_a_static_child_whose_name_is_taken_fails_the_start(system: ActorSystem) -> None:
    worker(system, "first", name="cart")

    class Shop(Supervisor):
        def children(self) -> list[ChildSpec]:
            return [ChildSpec("till", Worker), ChildSpec("cart", Worker, name="cart")]

    with pytest.raises(StartFailed, match="/first has the name 'cart'"):
        system.start_child(ChildSpec("shop", Shop), TIMEOUT)
    assert [cell.path for cell in system.cells()] == ["/", "/first"]


def test_no_two_actors_share_a_path(system: ActorSystem) -> None:
    inner = system.start_child(ChildSpec("a", Supervisor), TIMEOUT)
    outer = worker(system, "a/b")
    with pytest.raises(ChildExists, match="/a/b is the path of a child of another supervisor"):
        inner.request(StartChild(ChildSpec("b", Worker)), TIMEOUT)
    assert system.find("/a/b") is outer
    assert inner.children == {}


def test_a_busy_actor_is_told_of_once_per_message_and_left_alone(
    system: ActorSystem, events: Events
) -> None:
    cell, idle = worker(system), worker(system, "idle")
    assert system.report_busy(0) == []
    gate = Gate().hold(cell)
    assert system.report_busy(3600) == []
    assert system.report_busy(0) == [cell]
    assert system.report_busy(0) == []
    gate.opened.set()
    assert cell.ask(number, TIMEOUT) == 1
    assert system.report_busy(0) == []
    again = Gate().hold(cell)
    assert system.report_busy(0) == [cell]
    again.opened.set()
    told = events.of("busy")
    assert [event.cell for event in told] == [cell, cell]
    assert told[0].reason.startswith("Gate takes ")
    assert cell.ask(number, TIMEOUT) == 1
    assert idle.alive


def test_a_start_that_takes_long_is_busy_too(system: ActorSystem, events: Events) -> None:
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()

    system.root.post(StartChild(ChildSpec("slow", Slow)))
    assert gate.entered.wait(TIMEOUT)
    assert [cell.path for cell in system.report_busy(0)] == ["/slow"]
    gate.opened.set()
    assert events.of("busy")[0].reason.startswith("its start takes ")
