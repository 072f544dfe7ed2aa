"""A bounded queue with two lanes and one consumer, which outlives its consumers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Literal, get_args

from pykka_live.actors._envelope import Envelope, SystemEnvelope
from pykka_live.actors._errors import ActorStopped, ActorTimeout, MailboxFull
from pykka_live.actors._receiver import EMPTY, Receiver, Waiter
from pykka_live.actors._replies import Reply, refuse_envelope

__all__ = ["Mailbox", "Overflow"]

Overflow = Literal["block", "reject", "drop_oldest"]
OVERFLOWS: tuple[str, ...] = get_args(Overflow)


class Mailbox:
    """The mail of one actor, across its restarts.

    One plain lock guards everything; it is never held while other code runs. A consumer that finds
    nothing goes away, and is woken by the next mail.

    A message that can never be handled (dropped, or the mailbox is closed) goes to `undelivered`,
    outside the lock, with its reply port still set; the default answers the asker.

    Args:
        capacity: how many messages the user lane holds; None for no limit
        overflow: what a full user lane does. `block`: the sender waits. `reject`: the sender gets
            `MailboxFull`. `drop_oldest`: the oldest message is dropped, and its asker gets
            `MailboxFull`; an `InsistentEnvelope` is not, so the lane may grow by as many
        undelivered: called with an envelope and the reason (`"dropped"`, or that of `close`)
        overflowed: called each time that the user lane was full
    """

    __slots__ = (
        "_closed",
        "_lock",
        "_overflowed",
        "_receiver",
        "_sleeper",
        "_system",
        "_taken",
        "_undelivered",
        "_user",
        "_waiters",
        "capacity",
        "overflow",
    )

    def __init__(
        self,
        capacity: int | None = None,
        overflow: Overflow = "block",
        *,
        undelivered: Callable[[Envelope, str], None] | None = None,
        overflowed: Callable[[], None] | None = None,
    ) -> None:
        if capacity is not None and (
            isinstance(capacity, bool) or not isinstance(capacity, int) or capacity < 1
        ):
            raise ValueError(f"capacity must be an integer >= 1 or None, not {capacity!r}")
        if overflow not in OVERFLOWS:
            raise ValueError(f"overflow must be one of {', '.join(OVERFLOWS)}, not {overflow!r}")
        self.capacity = capacity
        self.overflow: Overflow = overflow
        self._undelivered = undelivered or default_undelivered
        self._overflowed = overflowed
        self._lock = threading.Lock()
        self._user: deque[Envelope] = EMPTY
        self._system: deque[Envelope] = EMPTY
        self._waiters: deque[Waiter] = EMPTY
        self._receiver: Receiver | None = None
        self._sleeper: Callable[[], None] | None = None
        self._closed: str | None = None
        self._taken: Envelope | None = None  # what the receiver took last

    def __len__(self) -> int:
        """How many user messages are waiting, those of blocked senders included."""
        return len(self._user) + len(self._waiters)

    def waiting(self, limit: int) -> list[Envelope]:
        """Return the user mail that waits, the oldest first, at most so many messages."""
        with self._lock:
            mail = list(islice(self._user, limit))
            blocked = islice(self._waiters, limit - len(mail))
            return mail + [waiter.envelope for waiter in blocked]

    def is_next(self, kind: type) -> bool:
        """Tell whether the next user message is of this class, exactly."""
        with self._lock:
            return bool(self._user) and type(self._user[0].message) is kind

    @property
    def closed(self) -> str | None:
        """Why the mailbox takes no more mail, or None while it does."""
        return self._closed

    def put(self, envelope: Envelope, timeout: float | None = None) -> None:
        """Add user mail as the overflow policy says. A closed mailbox makes it a dead letter.

        Args:
            envelope: the mail
            timeout: with `block`, seconds to wait for room; None waits until there is room

        Raises:
            MailboxFull: the mailbox is full (`reject`) or stayed full for `timeout` seconds
                (`block`)
        """
        if not self.offer(envelope):
            self.wait(envelope, timeout)

    def wait(
        self, envelope: Envelope, timeout: float | None = None, room: Reply | None = None
    ) -> None:
        """Add user mail that `offer` had no room for; as `put`. `room` waits for some."""
        if self.overflow == "reject":
            raise MailboxFull(f"the mailbox is full ({self.capacity} messages)")
        room = room or Reply()
        waiter = self.put_when_room(envelope, partial(room.set, None))
        if waiter is None:
            return
        try:
            room.get(timeout)
        except BaseException as error:  # time is up, or the sender is interrupted
            taken_back = self.cancel(waiter)
            if not isinstance(error, ActorTimeout):
                raise
            if taken_back:
                long = "" if timeout is None else f" for {timeout:g} s"
                raise MailboxFull(
                    f"the mailbox stayed full{long} ({self.capacity} messages)"
                ) from None

    def offer(self, envelope: Envelope) -> bool:
        """Add user mail without waiting.

        Returns:
            False when there is no room (`block` and `reject`); the envelope is then untouched. True
            otherwise: it was added, or, the mailbox being closed, became a dead letter
        """
        dropped = None
        with self._lock:
            closed = self._closed
            full = self.capacity is not None and len(self._user) >= self.capacity
            if closed is None and not full:
                if self._user is EMPTY:
                    self._user = deque()
                self._user.append(envelope)
            elif closed is None and self.overflow == "drop_oldest":
                check_stack()  # what is dropped has to be answered
                self._user.append(envelope)
                dropped = self._pop_oldest()
        if self._sleeper is not None:
            self._rouse()
        if closed is not None:
            self._undelivered(envelope, closed)
        elif full:
            if self._overflowed is not None:
                self._overflowed()
            if self.overflow != "drop_oldest":
                return False
            if dropped is not None:
                self._undelivered(dropped, "dropped")
        return True

    def _pop_oldest(self) -> Envelope | None:
        """Take out the oldest user mail that may be dropped, if there is some."""
        for at, oldest in enumerate(self._user):
            if type(oldest) is Envelope:
                del self._user[at]
                return oldest
        return None

    def put_when_room(self, envelope: Envelope, notify: Callable[[], None]) -> Waiter | None:
        """Add user mail now or, in order, as soon as there is room, whatever the overflow policy.

        Never blocks.

        Args:
            envelope: the mail
            notify: called once, from some other thread, when the envelope was added or became a
                dead letter. Must not block

        Returns:
            None when that is already so (`notify` is not called), else a waiter that can be given
            to `cancel`
        """
        waiter = None
        with self._lock:
            closed = self._closed
            if closed is None:
                if self.capacity is not None and len(self._user) >= self.capacity:
                    waiter = Waiter(envelope, notify)
                    self._let_wait(waiter)
                else:
                    self._add(envelope)
        self._added(envelope, closed)
        return waiter

    def cancel(self, waiter: Waiter) -> bool:
        """Take back an envelope that still waits for room. False if it no longer does."""
        with self._lock:
            try:
                self._waiters.remove(waiter)
            except ValueError:
                return False
            return True

    def put_last(self, envelope: SystemEnvelope) -> None:
        """Add system mail behind all user mail, regardless of the capacity."""
        with self._lock:
            closed = self._closed
            if closed is None:
                if self._waiters:  # behind those who wait for room
                    self._let_wait(Waiter(envelope, _nothing))
                else:
                    self._add(envelope)
        self._added(envelope, closed)

    def put_system(self, envelope: SystemEnvelope) -> None:
        """Add mail to the system lane, which has no capacity and overtakes user mail."""
        with self._lock:
            closed = self._closed
            if closed is None:
                if self._system is EMPTY:
                    self._system = deque()
                self._system.append(envelope)
        self._added(envelope, closed)

    def _add(self, envelope: Envelope) -> None:
        """Add to the user lane. With the lock held."""
        if self._user is EMPTY:
            self._user = deque()
        self._user.append(envelope)

    def _let_wait(self, waiter: Waiter) -> None:
        """Add to those who wait for room. With the lock held."""
        if self._waiters is EMPTY:
            self._waiters = deque()
        self._waiters.append(waiter)

    def _added(self, envelope: Envelope, closed: str | None) -> None:
        """Tell of what was added, or that the mailbox was `closed`. Without the lock."""
        if self._sleeper is not None:
            self._rouse()
        if closed is not None:
            self._undelivered(envelope, closed)

    def attach(self, wake: Callable[[], None]) -> Receiver:
        """Give the right to take mail to a new receiver, and fence the one before."""
        receiver = Receiver(self, wake)
        self._hand_over(receiver)
        return receiver

    def detach(self) -> Envelope | None:
        """Fence the receiver; nobody takes mail until the next `attach`.

        Returns:
            what the receiver took last; it may or may not have been answered
        """
        return self._hand_over(None)

    def _hand_over(self, receiver: Receiver | None) -> Envelope | None:
        with self._lock:
            self._receiver = receiver
            taken, self._taken = self._taken, None
        if self._sleeper is not None:
            self._rouse()
        return taken

    def _rouse(self) -> None:
        """Wake whoever is parked."""
        with self._lock:
            sleeper, self._sleeper = self._sleeper, None
        if sleeper is None:
            return
        try:
            sleeper()
        except RecursionError:  # no stack is left; the next mail tries again
            with self._lock:
                self._sleeper = self._sleeper or sleeper
            raise

    def close(self, reason: str) -> int:
        """Take no more mail; what is left, and whatever still comes, is undelivered with `reason`.

        Returns:
            how many messages were left
        """
        with self._lock:
            if self._closed is not None:
                return 0
            self._closed = reason
            waiters = list(self._waiters)
            left = [*self._system, *self._user, *(waiter.envelope for waiter in waiters)]
            self._system = self._user = self._waiters = EMPTY
        for envelope in left:
            self._undelivered(envelope, reason)
        for waiter in waiters:
            waiter.notify()
        return len(left)

    def reopen(self) -> None:
        """Take mail again after `close`."""
        with self._lock:
            self._closed = None

    def _after_fork(self) -> None:
        """In the child of a fork, where the parent's threads are not: close, with new locks."""
        self._lock = threading.Lock()
        self._sleeper = None
        self._receiver = None
        self._closed = "forked"
        self._user = self._system = self._waiters = EMPTY


def default_undelivered(envelope: Envelope, reason: str) -> None:
    """Answer whoever asked: `MailboxFull` when it was dropped, else `ActorStopped`."""
    if envelope.reply is None:
        return
    if reason == "dropped":
        refuse_envelope(envelope, MailboxFull("dropped from a full mailbox"))
    else:
        refuse_envelope(envelope, ActorStopped(f"the actor ended ({reason})"))


def check_stack(calls: int = 60) -> None:
    """Raise RecursionError, if need be, now rather than in the middle of something."""
    if calls:
        check_stack(calls - 1)


def _nothing() -> None:
    pass
