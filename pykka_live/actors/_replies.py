"""Ports for answers: one for threads, one for asyncio."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextvars import Context
from typing import TYPE_CHECKING, Any

from pykka_live.actors._current import is_given_up
from pykka_live.actors._dispatcher import step_aside
from pykka_live.actors._envelope import Envelope, ReplyPort
from pykka_live.actors._errors import ActorFailed, ActorTimeout, describe
from pykka_live.actors._reports import report

if TYPE_CHECKING:
    from pykka_live.actors._life import CellLife

__all__ = [
    "AsyncReply",
    "Deferred",
    "PykkaReply",
    "Reply",
    "Stopping",
    "answer",
    "refuse",
    "refuse_envelope",
]


def answer(reply: ReplyPort | None, value: Any) -> None:
    """Give `value` to `reply`, if there is one. What the port raises is logged."""
    if reply is not None:
        try:
            reply.set(value)
        except BaseException:
            if is_given_up():
                raise
            report("A reply port failed to take an answer")


def refuse(reply: ReplyPort | None, error: BaseException) -> None:
    """Give `error` to `reply`, if there is one.

    What must not be raised in another thread (`SystemExit`, `KeyboardInterrupt`, ...) travels as
    the cause of an `ActorFailed`.
    """
    if reply is not None:
        if not isinstance(error, Exception):
            failed = ActorFailed(f"The actor raised {describe(error)}")
            failed.__cause__ = error
            error = failed
        try:
            reply.set_exception(error)
        except BaseException:
            if is_given_up():
                raise
            report("A reply port failed to take an error")


def refuse_envelope(envelope: Envelope, error: BaseException) -> None:
    """Answer an envelope, which the caller took out of its queue, with `error`."""
    reply = envelope.reply
    envelope.reply = None
    refuse(reply, error)


class Reply:
    """A one-shot answer for which a thread waits. One lock, no condition.

    Attributes:
        is_late: whether who waited has been told that there was no answer in time.
    """

    __slots__ = ("_done", "_error", "_value", "is_late")

    def __init__(self) -> None:
        self._done = threading.Lock()
        self._done.acquire()
        self._value: Any = None
        self._error: BaseException | None = None
        self.is_late = False

    def set(self, value: Any) -> None:
        """Take the answer. Must be called once only."""
        self._value = value
        self._done.release()

    def set_exception(self, error: BaseException) -> None:
        """Take the error. Must be called once only."""
        self._error = error
        self._done.release()

    def get(self, timeout: float | None = None) -> Any:
        """Wait for the answer.

        Args:
            timeout: seconds to wait; None waits until there is an answer

        Raises:
            ActorTimeout: there was none in time
            Exception: the error that was the answer
        """
        if not self._done.acquire(False):
            step_aside()
            try:
                self._wait(timeout)
            except ActorTimeout:
                self.is_late = True
                raise
        self._done.release()
        if self._error is not None:
            raise self._error
        return self._value

    def _wait(self, timeout: float | None) -> None:
        if timeout is None:
            self._done.acquire()
        elif not self._done.acquire(timeout=min(max(timeout, 0.0), threading.TIMEOUT_MAX)):
            raise ActorTimeout(f"no answer in {timeout:g} s")


class AsyncReply:
    """An answer for which a coroutine waits. Must be made on the loop that waits."""

    __slots__ = ("_landing", "future")

    def __init__(self) -> None:
        self._landing = Landing.here()
        self.future: asyncio.Future[Any] = self._landing.loop.create_future()

    @property
    def is_late(self) -> bool:
        """As `Reply.is_late`; an answer for which nobody waits any more is not late. For any thread
        that has not answered yet."""
        return self.future.done() and not self.future.cancelled()

    def set(self, value: Any) -> None:
        """Take the answer, from any thread. A loop that is closed no longer waits."""
        self._landing.add(self.future, value, None)

    def set_exception(self, error: BaseException) -> None:
        """Take the error, from any thread."""
        self._landing.add(self.future, None, error)

    async def get(self, timeout: float | None = None) -> Any:
        """Wait for the answer without blocking the loop; as `Reply.get`."""
        if timeout is None:
            return await self.future
        timer = self._landing.loop.call_later(timeout, self._expire, timeout)
        try:
            return await self.future
        finally:
            timer.cancel()

    def _expire(self, timeout: float) -> None:
        if not self.future.done():
            self.future.set_exception(ActorTimeout(f"no answer in {timeout:g} s"))


class Landing:
    """Brings answers from all threads to the futures of one loop, and wakes it once for many."""

    __slots__ = ("_answers", "_coming", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._answers: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        # Whether the loop will look after now. It takes that back before it looks, so an answer
        # that finds it set is not overlooked.
        self._coming = False

    @staticmethod
    def here() -> Landing:
        """Return that of the running loop."""
        landing = _here.landing
        loop = asyncio.get_running_loop()
        if landing is None or landing.loop is not loop:
            landing = _here.landing = Landing(loop)
        return landing

    def add(self, future: asyncio.Future[Any], value: Any, error: BaseException | None) -> None:
        """Bring an answer, from any thread."""
        self._answers.append((future, value, error))
        if not self._coming:
            self._coming = True
            try:
                # Not in the context of the actor that answers: the loop is not part of it.
                self.loop.call_soon_threadsafe(self._land, context=Context())
            except RuntimeError:
                self._coming = False
                if not self.loop.is_closed():  # no stack is left; the next answer tries again
                    raise
                self._answers.clear()  # nobody waits any more

    def _land(self) -> None:
        self._coming = False
        answers = self._answers
        for _ in range(len(answers)):
            future, value, error = answers.popleft()
            if future.done():
                continue
            if error is None:
                future.set_result(value)
                continue
            if isinstance(error, StopIteration):  # a future refuses it
                failed = ActorFailed("The actor raised StopIteration")
                failed.__cause__ = error
                error = failed
            future.set_exception(error)


class _Here(threading.local):
    """What a thread that runs a loop keeps for it."""

    landing: Landing | None = None


_here = _Here()


class Deferred:
    """A port that an actor took over; answered once only, at the latest when the actor ends."""

    __slots__ = ("_cell", "reply")

    def __init__(self, cell: CellLife, reply: ReplyPort) -> None:
        self._cell = cell
        self.reply = reply

    @property
    def is_late(self) -> bool:
        """Whether who asked has been told that there was no answer in time."""
        return getattr(self.reply, "is_late", False)

    def set(self, value: Any) -> None:
        """Pass the answer on, unless there was one."""
        if self._claim():
            answer(self.reply, value)

    def set_exception(self, error: BaseException) -> None:
        """Pass the error on, unless there was an answer."""
        if self._claim():
            refuse(self.reply, error)

    def _claim(self) -> bool:
        with self._cell._lock:
            mine = self in self._cell._deferred
            self._cell._deferred.pop(self, None)
            return mine


class PykkaReply:
    """Lets the future of a plain `pykka.ActorRef.ask` take the answer."""

    __slots__ = ("_future",)

    def __init__(self, future: Any) -> None:
        self._future = future

    def set(self, value: Any) -> None:
        """Take the answer."""
        self._future.set(value)

    def set_exception(self, error: BaseException) -> None:
        """Take the error."""
        self._future.set_exception((type(error), error, error.__traceback__))


class Stopping:
    """Turns the answer of `TerminateChild` into that of `Cell.stop`: what is gone is down."""

    __slots__ = ("_reply",)

    def __init__(self, reply: ReplyPort | None) -> None:
        self._reply = reply

    def set(self, _value: Any) -> None:
        """Say that it is down."""
        answer(self._reply, True)

    def set_exception(self, _error: BaseException) -> None:
        """Say that it is down: there is no such child, or no supervisor."""
        answer(self._reply, True)
