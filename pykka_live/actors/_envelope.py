"""What travels through a mailbox: a message, and who waits for its answer."""

from __future__ import annotations

from time import monotonic_ns
from typing import Any, Protocol

__all__ = ["Envelope", "InsistentEnvelope", "ReplyPort", "SystemEnvelope"]


class ReplyPort(Protocol):
    """Where an answer goes. Exactly one of the two is called, once, from any thread.

    Neither may block, and neither should raise (what it raises is logged).
    """

    def set(self, value: Any, /) -> None:
        """Take the answer."""

    def set_exception(self, error: BaseException, /) -> None:
        """Take the error that stands for the answer."""


class Envelope:
    """A message in a mailbox.

    `sent` is the moment of creation in `time.monotonic_ns()`. `reply` is set to None by whoever
    takes over the duty to answer: the one that took the envelope out of the queue (under the
    mailbox's lock), or, while it is being handled, the one that cleared it under the cell's lock.
    """

    __slots__ = ("message", "reply", "resume", "sender", "sent")

    def __init__(
        self,
        message: Any,
        reply: ReplyPort | None = None,
        sender: Any = None,
        resume: bool = False,
    ) -> None:
        self.message = message
        self.reply = reply
        self.sender = sender
        self.resume = resume
        self.sent = monotonic_ns()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.message!r}>"


class InsistentEnvelope(Envelope):
    """A message that a full mailbox does not drop."""

    __slots__ = ()


class SystemEnvelope(Envelope):
    """A message in the system lane, which overtakes user mail and has no capacity."""

    __slots__ = ()
