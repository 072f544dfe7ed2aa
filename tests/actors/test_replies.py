"""Answers: who asks gets one, always, and only one."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorFailed,
    ActorStopped,
    ActorSystem,
    ActorTimeout,
    Backoff,
    MailboxFull,
)
from tests.actors.actors import TIMEOUT, Crash, Gate, Port, crash, got, number, stop, worker

NO_DELAY = Backoff(0, 0)


def test_ask_from_a_thread(system: ActorSystem) -> None:
    assert worker(system).ask("hello", TIMEOUT) == "hello"


def test_an_asker_gets_the_exception_and_the_actor_restarts(system: ActorSystem) -> None:
    cell = worker(system)
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT)
    assert cell.ask(number, TIMEOUT) == 2


def test_a_message_may_ask_for_resume(system: ActorSystem) -> None:
    cell = worker(system)
    with pytest.raises(Crash):
        cell.ask(crash, TIMEOUT, resume=True)
    assert cell.ask(number, TIMEOUT) == 1
    assert cell.failures == 1


@pytest.mark.parametrize(
    "error", [SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError]
)
def test_no_exception_concerns_another_actor(
    system: ActorSystem, error: type[BaseException]
) -> None:
    bystander = worker(system, "bystander")
    cell = worker(system)

    def raise_it(_actor: Any) -> None:
        raise error("enough")

    with pytest.raises(ActorFailed) as caught:
        cell.ask(raise_it, TIMEOUT)
    assert isinstance(caught.value.__cause__, error)
    assert cell.ask(number, TIMEOUT) == 2
    assert bystander.ask(number, TIMEOUT) == 1


def test_ask_times_out_and_the_message_is_still_handled(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    with pytest.raises(ActorTimeout):
        cell.ask("later", 0.01)
    gate.opened.set()
    assert cell.ask(got, TIMEOUT) == ["later"]


def test_an_actor_cannot_wait_for_itself(system: ActorSystem) -> None:
    cell = worker(system)
    with pytest.raises(ActorError, match="own answer"):
        cell.ask(lambda actor: actor.cell.ask("me"), TIMEOUT, resume=True)


def test_ports_are_answered_once(system: ActorSystem) -> None:
    cell = worker(system)
    ports = [Port() for _ in range(4)]
    for port, message in zip(ports, ["a", crash, "b", crash], strict=True):
        assert cell.offer(message, port)
    answers = [port.get() for port in ports]
    assert answers[::2] == ["a", "b"]
    assert [type(answer) for answer in answers[1::2]] == [Crash, Crash]
    stop(cell)
    assert [len(port.answers) for port in ports] == [1] * 4


def test_a_port_that_raises_disturbs_nobody(system: ActorSystem) -> None:
    class Bad:
        def set(self, _value: Any) -> None:
            raise Crash("port")

        set_exception = set

    cell = worker(system)
    cell.offer("a", Bad())
    assert cell.ask(number, TIMEOUT) == 1


def test_an_answer_that_comes_before_the_end_of_the_message_is_the_only_one(
    system: ActorSystem,
) -> None:
    cell = worker(system)
    port = Port()

    def early(actor: Any) -> str:
        actor.answer("early")
        assert port.answers == ["early"]
        actor.answer("again")
        return "late"

    cell.offer(early, port)
    assert cell.ask("next", TIMEOUT) == "next"
    cell.tell(lambda actor: actor.answer("nobody asked"))
    assert cell.ask("next", TIMEOUT) == "next"
    assert port.answers == ["early"]


def test_deferred_answers(system: ActorSystem) -> None:
    cell = worker(system)
    kept: list[Any] = []
    port = Port()
    cell.offer(lambda actor: kept.append(actor.defer()), port)
    assert cell.ask("next", TIMEOUT) == "next"
    assert port.answers == []
    kept[0].set("late")
    kept[0].set("later")
    assert port.answers == ["late"]


@pytest.mark.parametrize("end", [stop, lambda cell: cell.tell(crash)])
def test_a_deferred_answer_is_an_error_when_the_actor_ends(system: ActorSystem, end: Any) -> None:
    cell = worker(system)
    kept: list[Any] = []
    port = Port()
    cell.offer(lambda actor: kept.append(actor.defer()), port)
    assert cell.ask("next", TIMEOUT) == "next"
    end(cell)
    assert isinstance(port.get(), ActorStopped)
    kept[0].set("too late")
    assert len(port.answers) == 1


def test_asks_that_race_a_stop_always_end(system: ActorSystem) -> None:
    threads, rounds = 8, 20
    for round in range(rounds):
        cell = worker(system, f"racer{round}", capacity=3)
        barrier = threading.Barrier(threads + 1)
        outcomes: list[Any] = []

        def ask(cell: Any = cell, barrier: Any = barrier, outcomes: Any = outcomes) -> None:
            barrier.wait(TIMEOUT)
            for index in range(30):
                try:
                    outcomes.append(cell.ask(index, TIMEOUT))
                except (ActorStopped, MailboxFull) as error:
                    outcomes.append(error)

        askers = [threading.Thread(target=ask, daemon=True) for _ in range(threads)]
        for asker in askers:
            asker.start()
        barrier.wait(TIMEOUT)
        if round % 2:
            cell.stop()
        else:
            cell.poison()
        for asker in askers:
            asker.join(TIMEOUT)
            assert not asker.is_alive()
        assert len(outcomes) == threads * 30
        assert not any(isinstance(outcome, ActorTimeout) for outcome in outcomes)


def test_asks_that_race_crashes_always_end(system: ActorSystem) -> None:
    cell = worker(system, capacity=4, backoff=NO_DELAY)
    outcomes: list[Any] = []

    def ask(sender: int) -> None:
        for index in range(50):
            message = crash if (sender + index) % 5 == 0 else index
            try:
                outcomes.append(cell.ask(message, TIMEOUT))
            except Crash as error:
                outcomes.append(error)

    askers = [threading.Thread(target=ask, args=(n,), daemon=True) for n in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(3 * TIMEOUT)
        assert not asker.is_alive()
    assert len(outcomes) == 300
    assert sum(isinstance(outcome, Crash) for outcome in outcomes) == 60 == cell.failures
