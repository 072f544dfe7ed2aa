"""The mailbox: lanes, bounds, overflow policies, the end, and who may take mail."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.actors import ActorStopped, Fenced, Mailbox, MailboxFull, Reply
from pykka_live.actors._envelope import Envelope, InsistentEnvelope, SystemEnvelope
from pykka_live.actors._receiver import EMPTY
from tests.actors.actors import TIMEOUT


def in_thread(function: Callable[[], Any]) -> Reply:
    """Call a function in a thread of its own; the reply has what came of it."""
    reply = Reply()

    def run() -> None:
        try:
            reply.set(function())
        except BaseException as error:
            reply.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return reply


class Consumer:
    """Takes mail as an actor does, in a thread that sleeps while there is none."""

    def __init__(self, box: Mailbox) -> None:
        self._woken = threading.Semaphore(0)
        self.receiver = box.attach(self._woken.release)

    def get(self) -> Any:
        """Return the next message."""
        while (envelope := self.receiver.take()) is None:
            assert not self.receiver.park() or self._woken.acquire(timeout=TIMEOUT)
        return envelope.message


def nobody() -> None:
    """Be woken, and do nothing."""


def drain(box: Mailbox) -> list[Any]:
    receiver = box.attach(nobody)
    messages = []
    while (envelope := receiver.take()) is not None:
        messages.append(envelope.message)
    return messages


def test_user_mail_is_taken_in_order_and_system_mail_before_it() -> None:
    box = Mailbox()
    for message in ("a", "b"):
        box.put(Envelope(message))
    box.put_system(SystemEnvelope("stop"))
    assert drain(box) == ["stop", "a", "b"]


def test_the_user_lane_can_be_left_alone() -> None:
    box = Mailbox()
    box.put(Envelope("a"))
    receiver = box.attach(nobody)
    assert receiver.take(user=False) is None
    assert receiver.park() is True  # nothing that it could take
    assert receiver.take().message == "a"


def test_a_receiver_knows_when_it_has_all_mail() -> None:
    box = Mailbox(capacity=2)
    receiver = box.attach(nobody)
    for message in "ab":
        box.put(Envelope(message))
    box.put_when_room(Envelope("c"), nobody)
    for message, has_all in (("a", False), ("b", False), ("c", True)):
        assert receiver.take().message == message
        assert receiver.has_all is has_all


def test_a_receiver_that_sleeps_keeps_no_mail() -> None:
    class Message:
        pass

    box, message = Mailbox(), Message()
    receiver, left = box.attach(nobody), weakref.ref(message)
    box.put(Envelope(message))
    assert receiver.take().message is message
    del message
    assert left() is not None  # whoever takes over has to know of it
    assert receiver.park() is True
    assert left() is None


def test_a_mailbox_has_no_queues_while_its_receiver_sleeps() -> None:
    box, other = Mailbox(capacity=1), Mailbox(capacity=1)
    receiver = box.attach(nobody)
    for _ in range(2):
        box.put_when_room(Envelope("a"), nobody)
        box.put_when_room(Envelope("b"), nobody)
        box.put_system(SystemEnvelope("stop"))
        assert len(other) == 0
        assert drain(other) == []
        found = [receiver.take() for _ in range(3)]
        assert [each.message for each in found if each is not None] == ["stop", "a", "b"]
        assert receiver.take() is None
        assert receiver.park() is True
        assert box._user is box._system is box._waiters is EMPTY


def test_a_receiver_that_sleeps_is_woken_by_mail() -> None:
    box = Mailbox()
    consumer = Consumer(box)
    for message in range(100):
        reply = in_thread(consumer.get)
        box.put(Envelope(message))
        assert reply.get(TIMEOUT) == message


def test_a_receiver_is_woken_once_for_each_time_that_it_goes_to_sleep() -> None:
    box = Mailbox()
    woken: list[int] = []
    receiver = box.attach(lambda: woken.append(1))
    receiver.wake()
    assert receiver.take() is None
    box.put(Envelope("it is awake"))
    assert woken == []
    assert receiver.park() is False
    assert receiver.take() is not None
    assert receiver.take() is None
    assert receiver.park() is True
    for message in range(3):
        box.put(Envelope(message))
    receiver.wake()
    assert woken == [1]


@pytest.mark.parametrize("take_away", [lambda box: box.attach(nobody), Mailbox.detach])
def test_an_older_receiver_is_fenced_even_while_it_sleeps(take_away: Any) -> None:
    box = Mailbox()
    old = Consumer(box)
    waiting = in_thread(old.get)
    take_away(box)
    with pytest.raises(Fenced):
        waiting.get(TIMEOUT)
    box.put(Envelope("a"))
    with pytest.raises(Fenced):
        old.receiver.take()
    assert old.receiver.park() is False
    assert drain(box) == ["a"]


def test_block_times_out() -> None:
    box = Mailbox(1)
    box.put(Envelope("a"))
    with pytest.raises(MailboxFull):
        box.put(Envelope("b"), 0.01)
    assert drain(box) == ["a"]


def test_blocked_senders_are_admitted_in_order() -> None:
    box = Mailbox(1)
    box.put(Envelope(0))
    replies = []
    for message in range(1, 4):
        replies.append(in_thread(lambda message=message: box.put(Envelope(message), TIMEOUT)))
        while len(box) <= message:  # until it waits
            pass
    assert box.offer(Envelope("no room")) is False
    assert drain(box) == [0, 1, 2, 3]
    for reply in replies:
        reply.get(TIMEOUT)


def test_a_waiter_can_be_taken_back() -> None:
    box = Mailbox(1)
    box.put(Envelope("a"))
    called = []
    waiter = box.put_when_room(Envelope("b"), lambda: called.append(1))
    assert box.cancel(waiter) is True
    assert box.cancel(waiter) is False
    assert drain(box) == ["a"]
    assert called == []


def test_reject() -> None:
    overflows = []
    box = Mailbox(1, "reject", overflowed=lambda: overflows.append(1))
    box.put(Envelope("a"))
    with pytest.raises(MailboxFull):
        box.put(Envelope("b"))
    assert box.offer(Envelope("c")) is False
    assert drain(box) == ["a"]
    assert len(overflows) == 2


def test_drop_oldest_answers_whoever_asked() -> None:
    box = Mailbox(2, "drop_oldest")
    reply = Reply()
    box.put(Envelope("a", reply))
    box.put(Envelope("b"))
    box.put(Envelope("c"))
    with pytest.raises(MailboxFull):
        reply.get(0)
    assert drain(box) == ["b", "c"]


def test_drop_oldest_never_drops_an_order_to_stop() -> None:
    box = Mailbox(1, "drop_oldest")
    box.put_last(SystemEnvelope("stop after the mail"))
    box.put(Envelope("a"))
    assert drain(box) == ["stop after the mail"]


def test_drop_oldest_never_drops_what_insists() -> None:
    dropped: list[Any] = []
    box = Mailbox(
        2, "drop_oldest", undelivered=lambda envelope, why: dropped.append((envelope.message, why))
    )
    for envelope in (InsistentEnvelope("a"), Envelope("b"), InsistentEnvelope("c")):
        assert box.offer(envelope)
    assert dropped == [("b", "dropped")]
    assert box.offer(Envelope("d"))
    assert dropped == [("b", "dropped"), ("d", "dropped")]
    assert box.offer(InsistentEnvelope("e"))
    assert len(dropped) == 2
    assert drain(box) == ["a", "c", "e"]


def test_put_last_is_behind_those_who_wait_for_room() -> None:
    box = Mailbox(1)
    box.put(Envelope("a"))
    box.put_when_room(Envelope("b"), lambda: None)
    box.put_last(SystemEnvelope("last"))
    assert drain(box) == ["a", "b", "last"]


def test_close_answers_all_who_are_left_and_all_who_come() -> None:
    undelivered = []
    box = Mailbox(
        1, undelivered=lambda envelope, reason: undelivered.append((envelope.message, reason))
    )
    box.put(Envelope("a"))
    notified = []
    box.put_when_room(Envelope("b"), lambda: notified.append(1))
    assert box.close("gone") == 2
    assert box.close("again") == 0
    box.put(Envelope("c"))
    assert box.offer(Envelope("d")) is True
    assert undelivered == [(message, "gone") for message in "abcd"]
    assert notified == [1]
    box.reopen()
    box.put(Envelope("e"))
    assert drain(box) == ["e"]


def test_the_default_for_undelivered_mail_is_an_error_for_the_asker() -> None:
    box = Mailbox()
    reply = Reply()
    box.put(Envelope("a", reply))
    box.close("gone")
    with pytest.raises(ActorStopped, match="gone"):
        reply.get(0)


@pytest.mark.parametrize("options", [{"capacity": 0}, {"capacity": True}, {"overflow": "wait"}])
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Mailbox(**options)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers()),
            st.tuples(st.just("system"), st.integers()),
            st.just(("get", 0)),
            st.just(("attach", 0)),
        )
    ),
    st.integers(1, 4),
    st.sampled_from(["reject", "drop_oldest"]),
)
def test_it_behaves_like_two_lists(
    operations: list[tuple[str, int]], capacity: int, overflow: Any
) -> None:
    dropped: list[int] = []
    box = Mailbox(
        capacity, overflow, undelivered=lambda envelope, _reason: dropped.append(envelope.message)
    )
    receiver = box.attach(nobody)
    user: list[int] = []
    system: list[int] = []
    lost: list[int] = []
    for name, value in operations:
        if name == "put":
            full = len(user) == capacity
            assert box.offer(Envelope(value)) is not (full and overflow == "reject")
            if full and overflow == "drop_oldest":
                lost.append(user.pop(0))
            if not full or overflow == "drop_oldest":
                user.append(value)
        elif name == "system":
            box.put_system(SystemEnvelope(value))
            system.append(value)
        elif name == "attach":
            receiver = box.attach(nobody)
        else:
            envelope = receiver.take()
            lane = system or user
            assert (envelope and [envelope.message]) == ([lane.pop(0)] if lane else None)
        assert len(box) == len(user)
    assert dropped == lost
    assert drain(box) == system + user


def test_many_senders_lose_and_double_nothing() -> None:
    box = Mailbox(5)
    consumer = Consumer(box)
    senders, each = 8, 500
    start = threading.Barrier(senders)

    def send(sender: int) -> None:
        start.wait(TIMEOUT)
        for index in range(each):
            box.put(Envelope((sender, index)), TIMEOUT)

    replies = [in_thread(lambda sender=sender: send(sender)) for sender in range(senders)]
    got: list[tuple[int, int]] = [consumer.get() for _ in range(senders * each)]
    for reply in replies:
        reply.get(TIMEOUT)
    for sender in range(senders):
        assert [index for who, index in got if who == sender] == list(range(each))
    assert consumer.receiver.take() is None


def test_one_can_look_at_what_waits_without_taking_it() -> None:
    mailbox = Mailbox(2)
    for i in range(4):
        mailbox.put_when_room(Envelope(i), lambda: None)
    assert [envelope.message for envelope in mailbox.waiting(10)] == [0, 1, 2, 3]
    assert [envelope.message for envelope in mailbox.waiting(3)] == [0, 1, 2]
    assert len(mailbox) == 4
