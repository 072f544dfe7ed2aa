"""The cell: mail across restarts, its end, fences."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorSystem,
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
    Events,
    Gate,
    Port,
    Worker,
    crash,
    ended,
    got,
    number,
    stop,
    until,
    worker,
)


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


def test_data_of_the_spec_is_there_for_whoever_finds_the_cell_and_its_own(
    system: ActorSystem,
) -> None:
    gate = Gate()

    class Slow(Worker):
        def on_start(self) -> None:
            gate()

    given = {"view": "counter"}
    reply = Port()
    system.root.post(StartChild(ChildSpec("slow", Slow, data=given)), reply)
    assert gate.entered.wait(TIMEOUT)
    cell = system.find("/slow")
    assert cell is not None
    assert cell.data == {"view": "counter"}
    cell.data["view"] = "another"
    gate.opened.set()
    assert given == {"view": "counter"}


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


def test_what_is_left_is_offered_to_the_heir_in_order_and_what_that_does_not_take_is_dead(
    system: ActorSystem,
) -> None:
    cell = worker(system)
    gate = Gate().hold(cell)
    taken: list[tuple[Any, Any]] = []

    def heir(message: Any, reply: Any) -> bool:
        if message == "unwanted":
            raise ValueError(message)  # which is logged
        taken.append((message, reply))
        return message != "refused"

    cell.bequeath(heir)
    ports = {message: Port() for message in ("first", "refused", "unwanted", "last")}
    for message, port in ports.items():
        cell.enqueue(message, port)
    cell.stop()
    until(lambda: cell.state == "stopping")
    gate.opened.set()
    ended(cell)
    cell.enqueue("late", late := Port())
    assert taken == [
        *((message, port) for message, port in ports.items() if message != "unwanted"),
        ("late", late),
    ]
    assert [each.message for each in system.dead_letters] == ["refused", "unwanted"]
    for message in ("refused", "unwanted"):
        assert isinstance(ports[message].get(), ActorStopped)


def test_what_is_dropped_from_a_full_mailbox_is_not_inherited(system: ActorSystem) -> None:
    cell = worker(system, capacity=1, overflow="drop_oldest")
    gate = Gate().hold(cell)
    taken: list[Any] = []
    cell.bequeath(lambda message, _reply: not taken.append(message))
    for message in ("old", "new"):
        cell.tell(message)
    assert [each.message for each in system.dead_letters] == ["old"]
    cell.stop()
    until(lambda: cell.state == "stopping")
    gate.opened.set()
    ended(cell)
    assert taken == ["new"]
