"""The cell: mail across restarts, answers that always come, fences."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from pykka_live.actors import (
    ActorError,
    ActorFailed,
    ActorStopped,
    ActorSystem,
    ActorTimeout,
    Backoff,
    ChildSpec,
    Fenced,
    MailboxFull,
    Ping,
    PoisonPill,
    Reply,
    StartChild,
)
from tests.actors.actors import (
    TIMEOUT,
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

NO_DELAY = Backoff(0, 0)


class Port:
    """A reply port that counts."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.answered = threading.Event()

    def set(self, value: Any) -> None:
        self.answers.append(value)
        self.answered.set()

    set_exception = set

    def get(self) -> Any:
        assert self.answered.wait(TIMEOUT)
        return self.answers[0]


def test_ask_from_a_thread(system: ActorSystem) -> None:
    assert worker(system).ask("hello", TIMEOUT) == "hello"


def test_a_crash_loses_its_message_and_nothing_else_in_order(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    cell.tell(crash)
    for message in range(20):
        cell.tell(message)
    gate.opened.set()
    assert cell.ask(got, TIMEOUT) == list(range(20))
    assert (cell.incarnation, cell.restarts, cell.failures) == (2, 1, 1)
    assert cell.info().last_error.type == "Crash"


def test_mail_sent_before_the_start_is_done_waits(system: ActorSystem) -> None:
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()

    reply = Port()
    system.root.post(StartChild(ChildSpec("slow", Slow)), reply)
    assert gate.entered.wait(TIMEOUT)
    cell = system.find("/slow")
    assert cell.state == "starting"
    for message in range(3):
        cell.tell(message)
    gate.opened.set()
    assert cell.ask(got, TIMEOUT) == [0, 1, 2]
    assert reply.get() is cell


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


def test_an_actor_does_not_wait_for_room_in_its_own_mailbox(system: ActorSystem) -> None:
    cell = worker(system, capacity=1, block_timeout=None)

    def fill(actor: Any) -> None:
        actor.cell.tell(1)
        actor.cell.tell(2)

    with pytest.raises(MailboxFull):
        cell.ask(fill, TIMEOUT, resume=True)


def test_after_the_end_tell_is_a_dead_letter_and_ask_an_error(system: ActorSystem) -> None:
    cell = worker(system)
    stop(cell, "enough")
    cell.tell("too late", sender="me")
    with pytest.raises(ActorStopped, match="enough"):
        cell.ask("too late as well", TIMEOUT)
    letters = [(letter.path, letter.message, letter.reason) for letter in system.dead_letters]
    assert letters == [
        ("/worker", "too late", "enough"),
        ("/worker", "too late as well", "enough"),
    ]
    assert next(iter(system.dead_letters)).sender == "me"
    assert system.dead_letters.counts() == {"enough": 2}


def test_stop_makes_dead_letters_of_what_is_left(system: ActorSystem) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    ports = [Port() for _ in range(3)]
    for port in ports:
        assert cell.offer("never", port)
    cell.stop()
    until(lambda: cell.state == "stopping")
    gate.opened.set()
    assert all(isinstance(port.get(), ActorStopped) for port in ports)
    assert ended(cell) == "shutdown"
    assert len(system.dead_letters) == 3


@pytest.mark.parametrize("how", ["tell", "poison"])
def test_a_poison_pill_comes_after_the_mail_before_it(system: ActorSystem, how: str) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    port, late = Port(), Port()
    cell.offer("before", port)
    cell.tell(PoisonPill("done")) if how == "tell" else cell.poison("done")
    cell.offer("after", late)
    gate.opened.set()
    assert port.get() == "before"
    assert isinstance(late.get(), ActorStopped)
    assert ended(cell) == "done"


def test_stopping_twice_or_too_late_is_answered(system: ActorSystem) -> None:
    cell = worker(system)
    stop(cell)
    stop(cell)


def test_offer_to_a_full_mailbox_sends_nothing(system: ActorSystem) -> None:
    cell = worker(system, capacity=1)
    gate = Gate().hold(cell)
    first, second = Port(), Port()
    assert cell.offer(1, first) is True
    assert cell.offer(2, second) is False
    gate.opened.set()
    assert first.get() == 1
    assert cell.ask(got, TIMEOUT) == [1]
    assert second.answers == []
    assert cell.overflows == 1


def test_what_is_enqueued_at_a_full_mailbox_comes_in_order(system: ActorSystem) -> None:
    cell = worker(system, capacity=2)
    gate = Gate().hold(cell)
    ports = [Port() for _ in range(20)]
    for index, port in enumerate(ports):
        cell.enqueue(index, port)
    gate.opened.set()
    assert [port.get() for port in ports] == list(range(20))
    assert cell.ask(got) == list(range(20))


def test_what_is_enqueued_is_refused_where_the_policy_says_so(system: ActorSystem) -> None:
    cell = worker(system, capacity=1, overflow="reject")
    gate = Gate().hold(cell)
    cell.enqueue("first")
    with pytest.raises(MailboxFull):
        cell.enqueue("second")
    gate.opened.set()


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


def test_a_stale_incarnation_can_neither_commit_nor_answer_nor_take_mail(
    system: ActorSystem, events: Events
) -> None:
    gate = Gate()
    results: list[Any] = []
    returned = threading.Event()

    def stuck(actor: Any) -> str:
        me = actor.cell.incarnation
        try:
            while True:  # Killed is raised here, and swallowed
                try:
                    gate()
                    break
                except SystemExit:
                    results.append("killed")
            for attempt in (
                lambda: actor.commit(lambda: results.append("committed")),
                lambda: actor.cell.commit(me, lambda: results.append("committed")),
                lambda: actor._incarnation.receiver.take(),
                lambda: actor.defer(),
                lambda: actor.answer("stale answer"),
            ):
                try:
                    attempt()
                except Fenced:
                    results.append("fenced")
            return "stale answer"
        finally:
            returned.set()

    cell = worker(system, stuck_timeout=0.05)
    port = Port()
    cell.offer(stuck, port)
    assert gate.entered.wait(TIMEOUT)
    cell.tell("mail")
    events.wait("stuck")
    assert cell.ask(number, TIMEOUT) == 2  # a new incarnation serves the mailbox
    assert system.abandoned() == ["/worker#1"]
    gate.opened.set()
    assert returned.wait(TIMEOUT)
    assert cell.ask(got, TIMEOUT) == ["mail"]
    assert [result for result in results if result != "killed"] == ["fenced"] * 5
    assert type(port.get()).__name__ == "ActorStuck"
    assert len(port.answers) == 1
    stop(cell)


def test_watch_is_told_once_and_at_once_if_it_is_too_late(system: ActorSystem) -> None:
    cell = worker(system)
    told: list[str] = []
    cell.watch(lambda _cell, reason: told.append(reason))
    unwatch = cell.watch(lambda _cell, reason: told.append("not this"))
    unwatch()
    unwatch()
    stop(cell, "first")
    cell.watch(lambda _cell, reason: told.append(f"late {reason}"))
    assert told == ["first", "late first"]


def test_statistics(system: ActorSystem) -> None:
    cell = worker(system, kind="clerk", capacity=7)
    gate = Gate().hold(cell)
    info = cell.info()
    assert (info.path, info.kind, info.state, info.capacity) == ("/worker", "clerk", "busy", 7)
    assert info.current == "Gate"
    cell.tell("a")
    assert cell.info().mailbox == 1
    gate.opened.set()
    assert cell.ask("b", TIMEOUT) == "b"
    info = cell.info()
    assert (info.state, info.handled, info.mailbox, info.busy) == ("running", 3, 0, 0.0)
    assert info.waited > 0
    assert info.started_at == pytest.approx(time.time(), abs=TIMEOUT)
    reply = Reply()
    cell.post(Ping(), reply)
    assert reply.get(TIMEOUT) is True
