"""What the system keeps of one actor across its restarts, and how to talk to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from pykka_live.actors._current import check_fence, current, sender_of
from pykka_live.actors._envelope import Envelope, InsistentEnvelope, ReplyPort, SystemEnvelope
from pykka_live.actors._errors import ActorError, Fenced, MailboxFull
from pykka_live.actors._looking import ASK_TIMEOUT, CellLooking
from pykka_live.actors._messages import PoisonPill, ReplaceChild, Stop, TerminateChild
from pykka_live.actors._replies import AsyncReply, Stopping
from pykka_live.actors._statistics import CellInfo

__all__ = ["Cell"]

T = TypeVar("T")


class Cell(CellLooking):
    """The stable identity of an actor: path, mailbox, spec, statistics, current incarnation.

    Hold a cell (or look it up by its path) and never an incarnation: mail to a cell is handled by
    whatever incarnation lives when its turn comes. Mail that arrives before the start is done or
    during a restart waits; mail that arrives after the end becomes a dead letter, and its asker
    gets `ActorStopped`.

    Two locks guard it. `_lock` guards which incarnation is current, the message that it handles and
    who answers that message; a `fence` holds it. The mailbox's own lock guards the queues. They are
    taken in this order, and no user code runs under the mailbox's.

    In an actor that was given up, whatever sends mail raises `Fenced`.

    Attributes:
        path: such as `/sessions/3f2a/views/1b`
        spec: the `ChildSpec`
        data: a dict for what one incarnation leaves to the next; the system does not touch it
        children: the cells of a supervisor's children, by id; read it only
        incarnation: the number of the current incarnation, from 1; 0 before the first start
        backing_off: whether it waits, `restarting`, for the time that its `Backoff` has set
    """

    def __repr__(self) -> str:
        return f"<Cell {self.path} {self.state}>"

    @property
    def state(self) -> str:
        """What it is doing.

        `starting`, `running` (it waits for mail), `busy` (it handles a message), `suspended`,
        `restarting`, `stopping`, `stopped` or `failed`.
        """
        state = self._state
        return "busy" if state == "running" and self.current is not None else state

    @property
    def alive(self) -> bool:
        """Whether mail may still be handled, if only after a restart."""
        return self._end_reason is None

    def info(self) -> CellInfo:
        """Return a snapshot of state and statistics."""
        return CellInfo.of(self)

    # Mail

    def tell(self, message: Any, sender: Any = None, *, resume: bool = False) -> None:
        """Send a message without waiting for its answer.

        Args:
            message: any object; both threads share it, so it should be immutable
            sender: who sends it, for dead letters; default: the path of the actor that does
            resume: an exception that this message causes fails nothing but the message

        Raises:
            MailboxFull: with overflow `reject`, or with `block` after `spec.block_timeout` seconds
        """
        envelope = Envelope(message, None, sender_of(sender), resume)
        if not self.mailbox.offer(envelope):
            self._wait(envelope, self.spec.block_timeout)

    def ask(
        self,
        message: Any,
        timeout: float | None = ASK_TIMEOUT,
        *,
        sender: Any = None,
        resume: bool = False,
    ) -> Any:
        """Send a message and wait for the answer. In a coroutine use `ask_async`.

        Args:
            message, sender, resume: as for `tell`
            timeout: seconds to wait for room and answer together; None for no limit

        Raises:
            MailboxFull: there was no room, or the message was dropped
            ActorStopped: the actor ended first
            ActorTimeout: there was no answer in time; the message may still be handled
            ActorError: the actor asked itself
            Exception: what the actor raised
        """
        self._refuse_self()
        reply = self.reply()
        envelope = Envelope(message, reply, sender_of(sender), resume)
        if not self.mailbox.offer(envelope):
            block = self.spec.block_timeout
            if timeout is not None:
                block = timeout if block is None else min(block, timeout)
            self._wait(envelope, block)
            if timeout is not None:
                timeout -= (time.monotonic_ns() - envelope.sent) * 1e-9
        return reply.get(timeout)

    async def ask_async(
        self,
        message: Any,
        timeout: float | None = ASK_TIMEOUT,
        *,
        sender: Any = None,
        resume: bool = False,
    ) -> Any:
        """Send a message and wait for the answer, in a coroutine, without blocking its loop.

        As `ask`.
        """
        self._refuse_self()
        if self._is_asked_inside():
            ask = partial(self.ask, message, timeout, sender=sender, resume=resume)
            return await asyncio.to_thread(ask)
        reply = AsyncReply()
        envelope = Envelope(message, reply, sender_of(sender), resume)
        if not self.mailbox.offer(envelope):
            block = self.spec.block_timeout
            if timeout is not None:
                block = timeout if block is None else min(block, timeout)
            await self._wait_for_room(envelope, block)
            if timeout is not None:
                timeout -= (time.monotonic_ns() - envelope.sent) * 1e-9
        return await reply.get(timeout)

    def offer(
        self,
        message: Any,
        reply: ReplyPort | None = None,
        sender: Any = None,
        *,
        resume: bool = False,
    ) -> bool:
        """Send a message without ever waiting.

        Args:
            message, sender, resume: as for `tell`
            reply: gets the answer: any object with `set(value)` and `set_exception(error)`, exactly
                one of which is called, once, from any thread (perhaps before `offer` returns)

        Returns:
            False when there was no room; then nothing was sent, and `reply` is not called
        """
        return self.mailbox.offer(Envelope(message, reply, sender_of(sender), resume))

    def enqueue(
        self,
        message: Any,
        reply: ReplyPort | None = None,
        sender: Any = None,
        *,
        resume: bool = False,
        insist: bool = False,
    ) -> None:
        """Send a message now or, behind those that wait already, as soon as there is room.

        Never waits. Nothing bounds how much mail waits in this way, so the sender has to.

        Args:
            message, reply, sender, resume: as for `offer`
            insist: wait for room even where the overflow policy is `reject`, and do not be dropped
                where it is `drop_oldest`

        Raises:
            MailboxFull: the overflow policy is `reject` and there is no room; nothing was sent
        """
        kind = InsistentEnvelope if insist else Envelope
        envelope = kind(message, reply, sender_of(sender), resume)
        if not self.mailbox.offer(envelope):
            if self.mailbox.overflow == "reject" and not insist:
                raise MailboxFull(f"{self.path}: the mailbox is full")
            self.mailbox.put_when_room(envelope, _nothing)

    async def send_async(
        self,
        message: Any,
        reply: ReplyPort | None = None,
        sender: Any = None,
        *,
        resume: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Send a message as soon as the mailbox has room, in a coroutine.

        Whoever waits first is served first.

        Args:
            message, reply, sender, resume: as for `offer`
            timeout: seconds to wait for room; None for no limit

        Raises:
            MailboxFull: there was no room in time, or the overflow policy is `reject`; nothing was
                sent
        """
        envelope = Envelope(message, reply, sender_of(sender), resume)
        if not self.mailbox.offer(envelope):
            await self._wait_for_room(envelope, timeout)

    def request(self, message: Any, timeout: float | None = ASK_TIMEOUT) -> Any:
        """Ask in the system lane: `Ping`, or to a supervisor `StartChild`, `TerminateChild`, ...

        As `ask`.
        """
        self._refuse_self()
        reply = self.reply()
        self.mailbox.put_system(SystemEnvelope(message, reply, sender_of(None)))
        return reply.get(timeout)

    async def request_async(self, message: Any, timeout: float | None = ASK_TIMEOUT) -> Any:
        """As `request`, in a coroutine."""
        self._refuse_self()
        if self._is_asked_inside():
            return await asyncio.to_thread(self.request, message, timeout)
        reply = AsyncReply()
        self.mailbox.put_system(SystemEnvelope(message, reply, sender_of(None)))
        return await reply.get(timeout)

    def post(self, message: Any, reply: ReplyPort | None = None) -> None:
        """Send in the system lane, without waiting; the answer goes to `reply`."""
        self.mailbox.put_system(SystemEnvelope(message, reply, sender_of(None)))

    def restart(self, reply: ReplyPort | None = None, within: float | None = None) -> None:
        """Have a new incarnation take over after the current message. The mail waits for it.

        The supervisor sees to it. Nothing has failed, and it does not count as a restart that is
        one too many.

        Args:
            reply: gets this cell when the new incarnation is up, or the error
            within: seconds, >= 0, that the present one has for ending before it is given up; None:
                the `shutdown` of its spec

        Raises:
            ActorError: it is the root
        """
        check_fence()
        if self.parent is None:
            raise ActorError("the root cannot be restarted; all actors would end with it")
        self.parent.post(ReplaceChild(self.spec.id, self, within), reply)

    def stop(
        self,
        reason: str = "shutdown",
        reply: ReplyPort | None = None,
        within: float | None = None,
    ) -> None:
        """Have the actor end for good after its current message.

        Mail that is left becomes dead letters. The supervisor sees to it, whatever the strategy. To
        stop after the queued mail, `tell(PoisonPill())`.

        Args:
            reason: goes to `on_stop`, to monitors and to the dead letters
            reply: gets True when the actor is down, also when it was before
            within: seconds, >= 0, that it has for ending before it is given up; None: the
                `shutdown` of its spec. The root has none
        """
        check_fence()
        if self.parent is None:
            if reply is not None:
                self.watch(lambda _cell, _reason: reply.set(True))
            self.mailbox.put_system(SystemEnvelope(Stop(reason)))
        else:
            message = TerminateChild(self.spec.id, reason, self, within)
            self.parent.post(message, Stopping(reply))

    def poison(self, reason: str = "normal") -> None:
        """Have the incarnation end after the mail that is queued now. There is always room."""
        check_fence()
        self.mailbox.put_last(SystemEnvelope(PoisonPill(reason)))

    def watch(self, callback: Callable[[Cell, str], object]) -> Callable[[], None]:
        """Call `callback(cell, reason)` once when the actor ends for good; at once if it has.

        Returns:
            a function that takes the wish back
        """
        key = object()
        with self._lock:
            reason = self._end_reason
            if reason is None:
                self._watchers[key] = callback
        if reason is not None:
            callback(self, reason)

        def unwatch() -> None:
            with self._lock:
                self._watchers.pop(key, None)

        return unwatch

    def bequeath(self, heir: Callable[[Any, ReplyPort | None], bool]) -> None:
        """Offer what nobody has begun with to `heir` when the actor ends for good, and what comes
        later.

        Args:
            heir: called with each message and its reply port, in order, from any thread, before
                those who `watch` are told. It returns True if it sees to it that the message is
                answered; else that is a dead letter, as is what is dropped from a full mailbox
        """
        self._heir = heir

    def commit(self, incarnation: int, change: Callable[[], T]) -> T:
        """Run `change` while no other incarnation can take over.

        It must be short and call no user code.

        Raises:
            Fenced: incarnation number `incarnation` is not the current one
        """
        with self._lock:
            current = self._incarnation
            if current is None or current.number != incarnation:
                raise Fenced
            return change()

    def _is_self(self) -> bool:
        """Whether it is this actor whose code runs."""
        incarnation = current.get()
        return incarnation is not None and incarnation.cell is self

    def _refuse_self(self) -> None:
        if self._is_self():
            raise ActorError(f"{self.path} cannot wait for its own answer")

    def _wait(self, envelope: Envelope, timeout: float | None) -> None:
        """Send mail that `offer` had no room for."""
        if self._is_self():
            timeout = 0.0  # only this thread could make room
        self.mailbox.wait(envelope, timeout, self.reply())

    async def _wait_for_room(self, envelope: Envelope, timeout: float | None) -> None:
        if self.mailbox.overflow == "reject":
            raise MailboxFull(f"{self.path}: the mailbox is full")
        if self._is_asked_inside():
            return await asyncio.to_thread(self._wait, envelope, timeout)
        room = AsyncReply()
        waiter = self.mailbox.put_when_room(envelope, lambda: room.set(None))
        if waiter is None:
            return None
        try:
            await room.get(timeout)
        except BaseException as error:  # time is up, or the coroutine was cancelled
            taken_back = self.mailbox.cancel(waiter)
            if not isinstance(error, TimeoutError):
                raise
            if taken_back:
                raise MailboxFull(
                    f"{self.path}: the mailbox stayed full for {timeout:g} s"
                ) from None


def _nothing() -> None:
    """Notify nobody."""
