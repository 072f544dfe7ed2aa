"""Threads: used again after a good end, and only then; none is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Backoff
from pykka_live.actors._threads import Threads
from pykka_live.live.system import new_system
from tests.actors.actors import TIMEOUT, Clock, Gate, crash, number, stop, until, worker

NO_DELAY = Backoff(0, 0)
MARK: ContextVar[str] = ContextVar("MARK", default="unset")


def thread(_actor: Any) -> threading.Thread:
    """A message that asks for the actor's thread."""
    return threading.current_thread()


class Job:
    """Work that tells which thread does it, and that it may be used again."""

    def __init__(self, good: bool = True) -> None:
        self.good = good
        self.thread: threading.Thread | None = None
        self.done = threading.Event()

    def __call__(self) -> bool:
        self.thread = threading.current_thread()
        self.done.set()
        return self.good

    def run(self, threads: Threads) -> threading.Thread:
        """Be done in one of `threads`."""
        threads.run(self, "job")
        assert self.done.wait(TIMEOUT)
        assert self.thread is not None
        return self.thread


def is_idle(each: threading.Thread) -> Callable[[], bool]:
    return lambda: each.name == "idle actor thread"


def test_an_idle_thread_is_used_again() -> None:
    threads = Threads()
    first = Job().run(threads)
    until(is_idle(first))
    assert Job().run(threads) is first
    threads.close()
    first.join(TIMEOUT)
    assert not first.is_alive()


def test_a_thread_whose_work_went_wrong_ends() -> None:
    threads = Threads()
    first = Job(good=False).run(threads)
    first.join(TIMEOUT)
    assert not first.is_alive()
    second = Job().run(threads)
    assert second is not first
    threads.close()


def test_no_more_idle_threads_are_kept_than_wanted() -> None:
    threads = Threads(keep=1)
    gate = threading.Event()
    jobs = [Job() for _ in range(3)]
    for job in jobs:
        threads.run(lambda job=job: bool(gate.wait(TIMEOUT)) and job(), "job")
    gate.set()
    workers = [job.thread for job in jobs if job.done.wait(TIMEOUT) and job.thread]
    until(lambda: sum(worker.is_alive() for worker in workers) == 1)
    [left] = [worker for worker in workers if worker.is_alive()]
    assert is_idle(left)()
    threads.close()
    left.join(TIMEOUT)


def test_an_idle_thread_ends_after_a_while() -> None:
    threads = Threads(seconds=0.001)
    first = Job().run(threads)
    first.join(TIMEOUT)
    assert not first.is_alive()
    assert Job().run(threads) is not first


def test_work_that_comes_when_a_thread_is_about_to_end_is_done() -> None:
    threads = Threads(seconds=0)
    for _ in range(500):
        Job().run(threads)
    threads.close()


def test_a_thread_that_is_busy_at_the_close_ends_afterwards() -> None:
    threads = Threads()
    gate = Gate()
    job = Job()
    threads.run(lambda: bool(gate()) and job(), "busy")
    assert gate.entered.wait(TIMEOUT)
    threads.close()
    gate.opened.set()
    assert job.done.wait(TIMEOUT)
    assert job.thread is not None
    job.thread.join(TIMEOUT)
    assert not job.thread.is_alive()


def test_an_actor_takes_over_the_thread_of_one_that_stopped(system: ActorSystem) -> None:
    first = worker(system, "first")
    used = first.ask(thread, TIMEOUT)
    first.ask(lambda _actor: MARK.set("first") and None, TIMEOUT)
    assert used.name == "/first#1"
    stop(first)
    until(is_idle(used))
    second = worker(system, "second")
    assert second.ask(thread, TIMEOUT) is used
    assert used.name == "/second#1"
    assert second.ask(lambda _actor: MARK.get(), TIMEOUT) == "unset"


class Local(threading.local):
    """What a thread keeps for whoever runs in it."""

    user = "nobody"


@pytest.mark.parametrize(("idle_threads", "seen"), [(256, "alice"), (0, "nobody")])
def test_what_is_left_in_thread_locals_is_seen_where_threads_are_used_again(
    make_system: Any, idle_threads: int, seen: str
) -> None:
    local = Local()
    system = make_system(idle_threads=idle_threads)
    first = worker(system, "first")
    used = first.ask(thread, TIMEOUT)
    first.ask(lambda _actor: setattr(local, "user", "alice"), TIMEOUT)
    stop(first)
    if idle_threads:
        until(is_idle(used))
    else:
        used.join(TIMEOUT)
        assert not used.is_alive()
    second = worker(system, "second")
    assert second.ask(lambda _actor: local.user, TIMEOUT) == seen


def test_live_sessions_share_no_threads() -> None:
    system = new_system()
    Job().run(system.threads).join(TIMEOUT)
    assert system.threads._idle == []


def test_a_restart_has_a_new_thread(system: ActorSystem) -> None:
    cell = worker(system, backoff=NO_DELAY)
    before = cell.ask(thread, TIMEOUT)
    cell.tell(crash)
    assert cell.ask(thread, TIMEOUT) is not before
    before.join(TIMEOUT)
    assert not before.is_alive()


def test_a_thread_that_was_given_up_is_not_used_again(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, stuck_timeout=10, backoff=NO_DELAY)
    used = cell.ask(thread, TIMEOUT)
    gate = Gate().hold(cell)
    cell.busy_since -= 11 * 10**9
    clock.advance(11, timed.root)
    assert cell.ask(number, TIMEOUT) == 2
    gate.opened.set()
    used.join(TIMEOUT)
    assert not used.is_alive()
    assert timed.abandoned() == []
