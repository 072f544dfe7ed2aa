"""The dispatcher: few threads for many actors, and none that waits for a slow one."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Backoff
from pykka_live.actors._dispatcher import Dispatcher
from tests.actors.actors import (
    TIMEOUT,
    Clock,
    Gate,
    crash,
    no_thread_left,
    number,
    stop,
    until,
    worker,
)
from tests.actors.jobs import Job

NO_DELAY = Backoff(0, 0)
MARK: ContextVar[str] = ContextVar("MARK", default="unset")


def is_idle(thread: threading.Thread) -> Callable[[], bool]:
    return lambda: thread.name == "idle actor thread"


def test_one_thread_runs_all_tasks_that_take_no_time(dispatcher: Dispatcher) -> None:
    first = Job().run(dispatcher)
    for _ in range(100):
        until(is_idle(first))
        assert Job().run(dispatcher) is first


def test_a_task_does_not_wait_for_others_that_take_their_time(dispatcher: Dispatcher) -> None:
    gates = [Gate() for _ in range(20)]
    slow = [Job(gate) for gate in gates]
    for job in slow:
        dispatcher.schedule(job)
    for gate in gates:
        assert gate.entered.wait(TIMEOUT)
    assert len({job.thread for job in slow}) == 20
    assert Job().run(dispatcher) not in {job.thread for job in slow}
    for gate in gates:
        gate.opened.set()


def test_a_task_does_not_wait_for_one_that_computes(dispatcher: Dispatcher) -> None:
    over = threading.Event()

    def burn() -> None:
        while not over.is_set():
            pass

    burning = Job(burn)
    dispatcher.schedule(burning)
    for _ in range(20):
        assert Job().run(dispatcher) is not burning.thread
    over.set()


def test_a_task_with_more_to_do_lets_others_have_their_turn(dispatcher: Dispatcher) -> None:
    turns: list[str] = []
    gate = Gate()
    more = Job(lambda: turns.append("more"), "again")
    other = Job(lambda: (turns.append("other"), setattr(more, "outcome", "later")))
    dispatcher.schedule(Job(gate))
    assert gate.entered.wait(TIMEOUT)
    with dispatcher._lock:
        dispatcher.queue.extend([more, other])
    gate.opened.set()
    assert other.done.wait(TIMEOUT)
    until(lambda: not dispatcher.queue)
    assert turns[:2] == ["more", "other"]


def test_a_thread_that_was_spoiled_ends_and_leaves_no_task_behind(dispatcher: Dispatcher) -> None:
    gate = Gate()
    spoils = Job(gate, "spoiled")
    dispatcher.schedule(spoils)
    assert gate.entered.wait(TIMEOUT)
    behind = Job()
    dispatcher.schedule(behind)
    gate.opened.set()
    assert behind.done.wait(TIMEOUT)
    assert spoils.thread is not None
    spoils.thread.join(TIMEOUT)
    assert not spoils.thread.is_alive()
    assert behind.thread is not spoils.thread


def test_no_more_idle_threads_are_kept_than_wanted(
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    dispatcher = make_dispatcher(keep=1)
    gates = [Gate() for _ in range(3)]
    jobs = [Job(gate) for gate in gates]
    for job in jobs:
        dispatcher.schedule(job)
    for gate in gates:
        assert gate.entered.wait(TIMEOUT)
    for gate in gates:
        gate.opened.set()
    until(lambda: sum(job.thread.is_alive() for job in jobs if job.thread) <= 1)
    assert len(dispatcher._idle) <= 1


def test_an_idle_thread_ends_after_a_while(make_dispatcher: Callable[..., Dispatcher]) -> None:
    dispatcher = make_dispatcher(seconds=0.001)
    first = Job().run(dispatcher)
    first.join(TIMEOUT)
    assert not first.is_alive()
    assert Job().run(dispatcher) is not first


def test_what_comes_when_a_thread_is_about_to_end_is_done(
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    dispatcher = make_dispatcher(seconds=0)
    for _ in range(500):
        Job().run(dispatcher)


def test_what_is_scheduled_while_there_is_no_thread_to_be_had_is_done_later(
    dispatcher: Dispatcher,
) -> None:
    gate = Gate()
    dispatcher.schedule(Job(gate))
    assert gate.entered.wait(TIMEOUT)
    Job().run(dispatcher)  # so there is a watch, and this one's thread ...
    until(lambda: bool(dispatcher._idle))
    second = Gate()
    dispatcher.schedule(Job(second))  # ... is busy again
    assert second.entered.wait(TIMEOUT)
    late = Job()
    with no_thread_left() as refused:
        dispatcher.schedule(late)
        assert refused.wait(TIMEOUT)
        assert not late.done.is_set()
    assert late.done.wait(TIMEOUT)
    gate.opened.set()
    second.opened.set()


@pytest.mark.parametrize("computes", [False, True])
def test_many_who_schedule_lose_and_double_nothing(dispatcher: Dispatcher, computes: bool) -> None:
    runs: list[int] = []
    jobs = [[Job(lambda n=n: runs.append(n)) for n in range(500)] for _ in range(4)]
    for mine in jobs:
        for job in mine[::2]:
            job.slow, job.computes = 1, computes

    def schedule(mine: list[Job]) -> None:
        for job in mine:
            dispatcher.schedule(job)

    threads = [threading.Thread(target=schedule, args=(mine,)) for mine in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
    for mine in jobs:
        for job in mine:
            assert job.done.wait(TIMEOUT)
    assert sorted(runs) == sorted(list(range(500)) * 4)


def test_an_alarm_wakes_at_its_moment_and_the_earliest_counts(dispatcher: Dispatcher) -> None:
    job, never = Job(), Job()
    start = time.monotonic()
    dispatcher.set_alarm(never, 60)
    dispatcher.set_alarm(job, 60)
    dispatcher.set_alarm(job, 0.02)
    dispatcher.set_alarm(job, 30)
    assert job.done.wait(TIMEOUT)
    assert time.monotonic() - start >= 0.02
    assert job.alarm is None
    assert not never.done.is_set()


def test_an_alarm_that_is_cancelled_keeps_nothing_alive(dispatcher: Dispatcher) -> None:
    jobs = [Job() for _ in range(1000)]
    for job in jobs:
        dispatcher.set_alarm(job, 60)
    for job in jobs:
        dispatcher.cancel_alarm(job)
        dispatcher.cancel_alarm(job)
    assert len(dispatcher._watch._alarms) < 100
    gone = weakref.ref(jobs.pop())
    del job
    gc.collect()
    assert gone() is None


def test_an_actor_that_has_ended_is_not_kept_by_its_timer(system: ActorSystem) -> None:
    cell = worker(system)
    cell.ask(lambda actor: actor.send_after(60, "never") and None, TIMEOUT)
    cell.ask(number, TIMEOUT)
    gone = weakref.ref(cell)
    stop(cell)
    del cell
    until(lambda: gc.collect() >= 0 and gone() is None)


# What actors see of it


def test_one_actor_after_the_other_has_the_same_thread_and_its_own_context(
    system: ActorSystem,
) -> None:
    def look(actor: Any) -> tuple[threading.Thread, str, str]:
        seen = MARK.get()
        MARK.set(actor.path)
        return threading.current_thread(), threading.current_thread().name, seen

    cells = [worker(system, "first"), worker(system, "second")]
    for round in range(2):
        for cell in cells:
            _thread, name, seen = cell.ask(look, TIMEOUT)
            assert name == f"{cell.path}#1"
            assert seen == ("unset" if round == 0 else cell.path)


class Local(threading.local):
    """What a thread keeps for whoever runs in it."""

    user = "nobody"


def test_what_one_actor_leaves_in_thread_locals_no_other_sees(system: ActorSystem) -> None:
    local, plain = Local(), threading.local()
    first, second = worker(system, "first"), worker(system, "second")
    threads = set()

    def leave(_actor: Any) -> None:
        threads.add(threading.current_thread())
        local.user = plain.user = "alice"

    def see(_actor: Any) -> tuple[str, bool]:
        threads.add(threading.current_thread())
        return local.user, hasattr(plain, "user")

    while len(threads) != 1:  # by chance, the second may have another thread
        threads.clear()
        first.ask(leave, TIMEOUT)
        until(lambda: all(is_idle(thread)() for thread in threads))
        assert second.ask(see, TIMEOUT) == ("nobody", False)


def test_a_thread_outlives_a_thread_local_that_keeps_another(dispatcher: Dispatcher) -> None:
    kept = threading.local()

    class Client:
        def __init__(self) -> None:
            self.local = threading.local()

    def leave() -> None:
        kept.begun = True
        kept.client = Client()
        kept.client.local.token = "secret"

    thread = Job(leave).run(dispatcher)
    until(is_idle(thread))
    assert Job().run(dispatcher) is thread


def test_an_actor_that_asks_another_and_so_on_waits_for_no_thread(system: ActorSystem) -> None:
    cells = [worker(system, f"n{index}") for index in range(50)]

    def ask_next(index: int) -> Callable[[Any], int]:
        if index == len(cells):
            return lambda _actor: index
        return lambda _actor: int(cells[index].ask(ask_next(index + 1), TIMEOUT))

    assert cells[0].ask(ask_next(1), TIMEOUT) == 50


def test_a_chatty_actor_does_not_keep_the_others_waiting(system: ActorSystem) -> None:
    chatty, other = worker(system, "chatty", capacity=None), worker(system, "other")
    stopped = threading.Event()

    def again(actor: Any) -> None:
        if not stopped.is_set():
            actor.cell.tell(again)

    chatty.tell(again)
    for _ in range(100):
        assert other.ask(number, TIMEOUT) == 1
    stopped.set()


def test_nor_does_one_whose_timers_are_always_due(
    system: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, other = worker(system, "busy"), worker(system, "other")
    over = threading.Event()

    def again(actor: Any) -> None:
        if not over.is_set():
            actor.send_after(0, again)

    monkeypatch.setattr(system.dispatcher._watch, "look", lambda: None)  # nobody helps
    busy.tell(again)
    try:
        for _ in range(100):
            assert other.ask(number, TIMEOUT) == 1
    finally:
        over.set()


def test_a_restart_has_a_new_thread(system: ActorSystem) -> None:
    cell = worker(system, backoff=NO_DELAY)
    threads: list[threading.Thread] = []

    def fail(_actor: Any) -> None:
        threads.append(threading.current_thread())
        crash(_actor)

    cell.tell(fail)
    assert cell.ask(number, TIMEOUT) == 2
    threads[0].join(TIMEOUT)
    assert not threads[0].is_alive()


def test_a_thread_that_was_given_up_is_not_used_again(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, stuck_timeout=10, backoff=NO_DELAY)
    threads: list[threading.Thread] = []
    gate = Gate()
    cell.tell(lambda _actor: threads.append(threading.current_thread()) or gate())
    assert gate.entered.wait(TIMEOUT)
    cell.busy_since -= 11 * 10**9
    clock.advance(11, timed.root)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()
    threads[0].join(TIMEOUT)
    assert not threads[0].is_alive()
    assert timed.abandoned() == []
