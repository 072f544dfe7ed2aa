"""The actor: its hooks, timers and monitors, and plain Pykka's ways of talking to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorSystem,
    Backoff,
    ChildSpec,
    Ping,
    SupervisedActor,
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
    stop,
    until,
    worker,
)
from tests.actors.otp.family import Session

NO_DELAY = Backoff(0, 0)


def test_around_wraps_each_message(system: ActorSystem) -> None:
    log: list[Any] = []

    class Careful(Worker):
        def around(self, message: Any, handle: Callable[[Any], Any]) -> Any:
            log.append("before")
            try:
                return ("wrapped", handle(message))
            finally:
                log.append("after")

    cell = worker(system, start=Careful, backoff=NO_DELAY)
    assert cell.ask("a", TIMEOUT) == ("wrapped", "a")
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert log == ["before", "after"] * 2


def name_of_thread(_actor: Any) -> tuple[str, bool]:
    thread = threading.current_thread()
    return thread.name, thread.daemon


def test_hooks_run_in_the_actors_thread_with_a_reason(system: ActorSystem) -> None:
    log: list[Any] = []
    cell = worker(system, start=lambda: Worker(log))
    assert cell.ask(name_of_thread, TIMEOUT) == ("/worker#1", True)
    cell.ask(lambda actor: actor.stop("done"), TIMEOUT)
    assert ended(cell) == "done"
    assert log == [("/worker", "start"), ("/worker", "stop done")]


@pytest.mark.parametrize("hook", ["on_stop", "on_failure"])
def test_what_the_last_hook_raises_is_contained(system: ActorSystem, hook: str) -> None:
    class Bad(Worker):
        def on_stop(self) -> None:
            raise Crash("on_stop")

        def on_failure(self, *_exc_info: Any) -> None:
            raise SystemExit

    cell = worker(system, start=Bad, backoff=NO_DELAY)
    if hook == "on_failure":
        cell.tell(crash)
        assert cell.ask(number, TIMEOUT) == 2
    stop(cell)


def test_on_resume_that_raises_fails_the_actor(system: ActorSystem, events: Events) -> None:
    class Bad(Worker):
        def on_resume(self, error: BaseException) -> None:
            raise KeyError from error

    cell = worker(system, start=Bad, strategy="resume")
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2
    assert [event.reason for event in events.of("failed")] == ["Crash", "KeyError"]
    assert cell.failures == 2


def test_the_time_in_the_mailbox_is_known(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    waited: list[float] = []
    cell.tell(lambda actor: waited.append(actor.message_waited))
    gate.opened.set()
    cell.ask("a", TIMEOUT)
    assert waited[0] > 0


def test_start_is_for_supervisors() -> None:
    with pytest.raises(ActorError, match="start_child"):
        SupervisedActor.start()


def test_plain_pykka_refs_and_proxies_work(system: ActorSystem) -> None:
    class Counter(Worker):
        def __init__(self) -> None:
            super().__init__()
            self.count = 0

        def add(self, amount: int) -> int:
            self.count += amount
            return self.count

        def fail(self) -> None:
            raise Crash("proxy")

    cell = worker(system, start=Counter, backoff=NO_DELAY)
    ref = cell.ask(lambda actor: actor.actor_ref, TIMEOUT)
    assert ref.ask("a", timeout=TIMEOUT) == "a"
    ref.tell("b")
    proxy = ref.proxy()
    assert proxy.add(2).get(timeout=TIMEOUT) == 2
    proxy.count = 5
    assert proxy.count.get(timeout=TIMEOUT) == 5
    assert cell.ask(got, TIMEOUT) == ["a", "b"]
    with pytest.raises(Crash):
        proxy.fail().get(timeout=TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2
    ref = cell.ask(lambda actor: actor.actor_ref, TIMEOUT)
    assert ref.stop(timeout=TIMEOUT) is True
    assert ended(cell) == "normal"
    assert not ref.is_alive()


def test_send_after_and_send_interval(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed)

    def arrange(actor: Any) -> None:
        actor.send_after(5, "late")
        actor.send_after(2, "early")
        actor.send_after(3, "never").cancel()
        actor.timer = actor.send_interval(10, "tick")

    cell.ask(arrange, TIMEOUT)
    clock.advance(1.9, cell)
    assert cell.ask(got, TIMEOUT) == []
    clock.advance(3.2, cell, cell)
    cell.ask("", TIMEOUT)
    clock.advance(5, cell)
    clock.advance(25, cell)
    clock.advance(10, cell)
    cell.ask(lambda actor: actor.timer.cancel(), TIMEOUT)
    clock.advance(100, cell)
    messages = [message for message in cell.ask(got, TIMEOUT) if message]
    assert messages == ["early", "late", "tick", "tick", "tick"]


def tick_too_fast(actor: Any) -> None:
    """A message: take longer for each tick than the interval is."""
    clock = actor.cell.system.clock

    def tick(_actor: Any) -> None:
        clock.now += 2
        actor.cell.data["ticks"] = actor.cell.data.get("ticks", 0) + 1

    actor.send_interval(1, tick)
    clock.now += 2


def test_an_interval_that_is_too_short_starves_no_mail(timed: ActorSystem) -> None:
    cell = worker(timed)
    cell.tell(tick_too_fast)
    for message in range(10):
        assert cell.ask(message, TIMEOUT) == message
        assert cell.request(Ping(), TIMEOUT)
    until(lambda: cell.data["ticks"] > 100)
    cell.suspend(TIMEOUT)
    cell.resume(TIMEOUT)
    stop(cell)


def test_an_interval_of_a_supervisor_that_is_too_short_starves_no_child(
    timed: ActorSystem,
) -> None:
    class Ticking(Session):
        def on_start(self) -> None:
            tick_too_fast(self)

    children = [ChildSpec("child", Worker, backoff=NO_DELAY)]
    sup = timed.start_child(ChildSpec("sup", lambda: Ticking(children)), TIMEOUT)
    child = timed.find("/sup/child")
    assert child is not None
    child.tell(crash)
    assert child.ask(number, TIMEOUT) == 2
    assert sup.data["ticks"] > 0
    stop(sup)


def test_timers_that_were_cancelled_leave_the_heap(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed)

    def debounce(actor: Any) -> int:
        for _ in range(1000):
            actor.send_after(3600, "never").cancel()
        actor.send_after(5, "due")
        return len(actor._user_timers.heap)

    assert cell.ask(debounce, TIMEOUT) < 200
    clock.advance(4000, cell)
    until(lambda: cell.data.get("got") == ["due"])


def test_timers_die_with_the_incarnation(timed: ActorSystem, clock: Clock) -> None:
    cell = worker(timed, backoff=NO_DELAY)
    cell.ask(lambda actor: actor.send_after(5, "a") and None, TIMEOUT)
    cell.tell(crash)
    assert cell.ask(number, TIMEOUT) == 2
    clock.advance(10, cell)
    assert cell.ask(got, TIMEOUT) == []


def test_an_actor_may_be_a_supervisors_child_of_any_depth(system: ActorSystem) -> None:
    assert worker(system, "views/1b/components/cart").path == "/views/1b/components/cart"
    assert ChildSpec("a", Worker).kind == "actor"
