"""In place: the actors run in the threads of those who drive."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorStuck,
    ActorSystem,
    ActorTimeout,
    Backoff,
    Cell,
    ChildSpec,
    InPlace,
    MailboxFull,
    PoisonPill,
    Root,
    StartFailed,
    Supervisor,
)
from tests.actors.actors import TIMEOUT, Clock, Crash, Gate, Port, Worker, crash, got, number

SOON = Backoff(0, 0)


@pytest.fixture
def system(place) -> ActorSystem:
    return place()


def worker(system: ActorSystem, id: str, **options: Any) -> Cell:
    return system.start_child(ChildSpec(id, Worker, backoff=SOON, **options))


def where(_actor: Any) -> threading.Thread:
    """A message that asks for the thread in which it is handled."""
    return threading.current_thread()


def test_nothing_happens_until_somebody_drives(system):
    cell = worker(system, "a")
    cell.tell("one")
    cell.tell("two")
    assert cell.data == {}
    system.drive()
    assert cell.data["got"] == ["one", "two"]


def test_who_asks_drives_and_the_actor_runs_in_that_thread(system):
    cell = worker(system, "a")
    assert cell.ask(where) is threading.current_thread()


def test_asks_between_actors_nest(system):
    cells = [worker(system, str(n)) for n in range(50)]

    def pass_on(n: int, _actor: Any) -> int:
        return n if n == len(cells) else cells[n].ask(partial(pass_on, n + 1)) + 1

    assert cells[0].ask(partial(pass_on, 1)) == 2 * len(cells) - 1


def test_where_asks_nest_deeper_than_the_stack_no_actor_is_lost(system):
    cells = [worker(system, str(n), strategy="resume") for n in range(100)]

    def pass_on(n: int, _actor: Any) -> int:
        return n if n == len(cells) else cells[n].ask(partial(pass_on, n + 1))

    with pytest.raises((RecursionError, ActorStopped)):
        cells[0].ask(partial(pass_on, 1))
    assert [cell.ask("alive") for cell in cells] == ["alive"] * 100


def test_who_asks_an_actor_that_waits_for_it_is_told_at_once(system):
    a, b, c = (worker(system, id, strategy="resume") for id in "abc")
    with pytest.raises(ActorTimeout, match="/a waits for who asks it"):
        a.ask(lambda _: b.ask(lambda _: c.ask(lambda _: a.ask("round", None), None), None), None)
    assert a.ask(got) == ["round"], "as with threads, the message is handled later"
    assert [cell.restarts for cell in (a, b, c)] == [0, 0, 0]


def test_an_actor_starts_and_stops_others_in_the_middle_of_a_message(system):
    cell = worker(system, "a")

    def replace(_actor: Any) -> int:
        child = worker(system, "b")
        child.ask("hello")
        port = Port()
        child.stop(reply=port)
        system.dispatcher.wait(port.answered.is_set)
        return worker(system, "b").ask(number)

    assert cell.ask(replace) == 1


def test_a_sender_that_waits_for_room_runs_who_makes_it(system):
    cell = worker(system, "a")
    narrow = worker(system, "narrow", capacity=1)

    def flood(_actor: Any) -> None:
        for n in range(5):
            narrow.tell(n)

    cell.ask(flood)
    assert narrow.ask(got) == [0, 1, 2, 3, 4]


def test_a_mailbox_that_only_the_sender_could_empty_is_full(system):
    a = worker(system, "a", capacity=1, strategy="resume")
    b = worker(system, "b", strategy="resume")

    def fill(_actor: Any) -> None:
        a.tell("fits")
        a.tell("does not")

    with pytest.raises(MailboxFull):
        a.ask(lambda _: b.ask(fill))
    assert a.ask(got) == ["fits"]


def test_a_coroutine_of_a_handler_asks_while_its_loop_goes_on(system):
    a, b = worker(system, "a"), worker(system, "b")

    async def ask() -> Any:
        return await asyncio.gather(b.ask_async("x"), b.ask_async("y"), asyncio.sleep(0, "z"))

    assert a.ask(lambda _: asyncio.run(ask())) == ["x", "y", "z"]


def test_a_thread_that_a_handler_awaits_asks_too(system):
    a, b = worker(system, "a"), worker(system, "b")
    assert a.ask(lambda _: asyncio.run(asyncio.to_thread(b.ask, "x"))) == "x"


def test_a_failure_is_answered_and_the_mail_behind_it_is_handled_by_the_next_incarnation(system):
    cell = worker(system, "a")
    port = Port()
    cell.offer(crash, port)
    cell.tell("behind")
    system.drive()
    assert isinstance(port.answers[0], Crash)
    assert (cell.ask(got), cell.ask(number)) == (["behind"], 2)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_what_an_actor_raises_never_reaches_who_drives(system, error):
    cell = worker(system, "a")

    def leave(_actor: Any) -> None:
        raise error

    cell.tell(leave)
    system.drive()
    assert cell.ask(number) == 2


def test_a_failed_start_reaches_who_starts(system):
    def refuse() -> Worker:
        raise Crash("as told")

    with pytest.raises(StartFailed):
        system.start_child(ChildSpec("a", refuse))
    assert worker(system, "a").ask("fine") == "fine"


def test_a_root_that_fails_to_start_is_tried_again(place):
    plans = [Crash("as told")]

    def root() -> Supervisor:
        if plans:
            raise plans.pop()
        return Root()

    system = ActorSystem(root, dispatcher=InPlace)
    with pytest.raises(StartFailed):
        system.start()
    assert worker(system, "a").ask("fine") == "fine"
    system.shutdown(5)


def test_shutdown_handles_the_mail_and_stops_everything(system):
    log: list[tuple[str, str]] = []
    cell = system.start_child(ChildSpec("a", lambda: Worker(log)))
    ports = [Port() for _ in range(100)]
    for port in ports:
        cell.offer("mail", port)
    assert system.shutdown() == []
    assert [port.answers for port in ports] == [["mail"]] * 100
    assert log[-1] == ("/a", "stop system shutdown")
    with pytest.raises(ActorStopped):
        cell.ask("late")


def test_a_thread_that_finds_another_driving_leaves_the_work_to_it(system):
    cell = worker(system, "a")
    gate = Gate()
    cell.tell(gate)
    driver = threading.Thread(target=system.drive)
    driver.start()
    assert gate.entered.wait(TIMEOUT)
    port = Port()
    cell.offer(where, port)
    system.drive()
    assert port.answers == []
    gate.opened.set()
    assert port.get() is driver
    driver.join(TIMEOUT)


def test_who_waits_takes_over_when_the_driver_has_left(system):
    cell, other = worker(system, "a"), worker(system, "b")
    gate = Gate()
    cell.tell(gate)
    driver = threading.Thread(target=cell.ask, args=("driver's",))
    driver.start()
    assert gate.entered.wait(TIMEOUT)
    answers: list[Any] = []
    asker = threading.Thread(target=lambda: answers.extend(other.ask(n) for n in range(100)))
    asker.start()
    gate.opened.set()
    for thread in (driver, asker):
        thread.join(TIMEOUT)
    assert answers == list(range(100))


def test_many_threads_ask_at_once_and_one_at_a_time_runs(system):
    cells = [worker(system, str(n)) for n in range(3)]
    inside: list[int] = []
    most: list[int] = []

    def enter(actor: Any) -> str:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0)
        inside.pop()
        return str(actor.path)

    def ask() -> None:
        for n in range(60):
            assert cells[n % 3].ask(enter) == cells[n % 3].path

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    assert (len(most), max(most)) == (240, 1)


def test_who_waits_for_a_restart_with_a_delay_wakes_for_it(system):
    slow = Backoff(0.01, 0.01, jitter=0)
    cell = system.start_child(ChildSpec("a", Worker, backoff=slow))
    for life in (1, 2, 3):
        cell.tell(crash)
        assert cell.ask(number) == life + 1


def test_an_actor_finds_nothing_in_thread_locals_and_leaves_nothing(system):
    local = threading.local()
    local.host = "mine"
    a, b = worker(system, "a"), worker(system, "b")

    def look(_actor: Any) -> list[str]:
        found = sorted(vars(local))
        local.actor = "its own"
        return found

    def look_around(actor: Any) -> list[list[str]]:
        return [look(actor), b.ask(look), sorted(vars(local))]

    assert a.ask(look_around) == [[], [], ["actor"]]
    assert a.ask(look) == []
    assert vars(local) == {"host": "mine"}


def test_a_thread_local_that_has_gone_meanwhile_is_not_brought_back(system):
    locals_ = [threading.local() for _ in range(50)]
    for each in locals_:
        each.old = True

    def replace(_actor: Any) -> bool:
        locals_.clear()
        locals_.extend(threading.local() for _ in range(50))
        return True

    assert worker(system, "a").ask(replace)
    assert [vars(each) for each in locals_] == [{}] * 50


def test_for_tests_actors_share_the_thread_locals_of_who_drives(place):
    local = threading.local()
    local.host = "mine"
    assert worker(place(shares_locals=True), "a").ask(lambda _: local.host) == "mine"


def test_an_actor_that_hangs_is_fenced_at_the_shutdown_and_its_thread_left_alone(place):
    system = place()
    cell = worker(system, "a", shutdown=0.0)
    gate = Gate()
    port = Port()
    cell.offer(gate, port)
    driver = threading.Thread(target=system.drive)
    driver.start()
    assert gate.entered.wait(TIMEOUT)
    assert "/a#1" in system.shutdown(-3.0 + 0.01)
    assert isinstance(port.get(), ActorStopped | ActorStuck)
    gate.opened.set()
    driver.join(TIMEOUT)
    assert system.abandoned() == []
    assert len(port.answers) == 1


def test_who_is_given_up_while_it_waits_is_fenced_when_it_goes_on(place):
    clock = Clock()
    system = place(clock)
    other = worker(system, "b")
    cell = worker(system, "a", stuck_timeout=5.0)
    done: list[str] = []

    def wait(actor: Any) -> None:
        cell.busy_since -= 10 * 10**9
        clock.now += 5.0
        other.ask("anything")  # the supervisor has its turn before
        done.append("went on")
        actor.cell.data["harm"] = done
        other.tell("never sent")

    with pytest.raises(ActorStuck):
        cell.ask(wait)
    clock.now += 5.0
    system.drive()
    assert (cell.ask(number), done, system.abandoned()) == (2, ["went on"], [])
    assert other.ask(got) == ["anything"]
    clock.real = True


def test_a_worker_of_another_system_that_drives_is_not_interrupted_for_what_it_runs(
    system, make_system
):
    threads = make_system()
    inner = worker(system, "inner", strategy="stop")
    gate = Gate()
    outer = threads.start_child(ChildSpec("outer", Worker, stuck_timeout=0.05, backoff=SOON))
    port = Port()
    outer.offer(lambda _: inner.ask(gate), port)
    assert isinstance(port.get(), ActorStuck)
    gate.opened.set()
    assert inner.ask("fine") == "fine"
    assert inner.failures == 0


def test_a_pill_ends_an_actor_after_its_mail(system):
    cell = worker(system, "a")
    cell.tell("first")
    cell.tell(PoisonPill())
    system.drive()
    assert (cell.alive, cell.data["got"]) == (False, ["first"])
