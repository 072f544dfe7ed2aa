"""Who takes mail out of a mailbox, and who waits for room in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from pykka_live.actors._envelope import Envelope
from pykka_live.actors._errors import Fenced

if TYPE_CHECKING:
    from pykka_live.actors._mailbox import Mailbox

__all__ = ["EMPTY", "Receiver", "Waiter"]

# Stands for a queue with nothing in it. A deque of one's own takes 0.6 KiB, and most mailboxes are
# empty most of the time.
EMPTY: Final[deque[Any]] = deque(maxlen=0)


class Waiter:
    """An envelope that waits, in order, for room in a full mailbox."""

    __slots__ = ("envelope", "notify")

    def __init__(self, envelope: Envelope, notify: Callable[[], None]) -> None:
        self.envelope = envelope
        self.notify = notify


class Receiver:
    """The right to take mail out of a mailbox. Only the one made last has it.

    Used by one thread at a time. An older receiver gets `Fenced`, and is woken for that.

    Args:
        mailbox: the mailbox
        wake: called once for each time that `park` returned True, without any lock, by whoever
            has something for the receiver to look at. Must not block

    Attributes:
        has_all: whether the last `take` left nothing behind
    """

    __slots__ = ("_mailbox", "_user", "_wake", "has_all")

    def __init__(self, mailbox: Mailbox, wake: Callable[[], None]) -> None:
        self._mailbox = mailbox
        self._wake = wake
        self._user = True
        self.has_all = False

    def take(self, user: bool = True) -> Envelope | None:
        """Take the next envelope, those of the system lane first; None: there is none.

        Args:
            user: False leaves the user lane alone

        Raises:
            Fenced: there is a newer receiver, or the mailbox was taken away from this one
        """
        box = self._mailbox
        with box._lock:
            if box._receiver is not self:
                raise Fenced
            if box._system:
                box._taken = envelope = box._system.popleft()
                if not box._system:
                    box._system = EMPTY
                return envelope
            self._user = user
            if not user or not box._user:
                return None
            box._taken = envelope = box._user.popleft()
            waiter = box._waiters.popleft() if box._waiters else None
            if waiter is not None:
                box._user.append(waiter.envelope)
                if not box._waiters:
                    box._waiters = EMPTY
            self.has_all = not box._user
        if waiter is not None:
            waiter.notify()
        return envelope

    def park(self) -> bool:
        """Be woken by what comes next, if there is still nothing that the last `take` could take.

        Returns:
            False: there is something to look at now, and nobody will wake it
        """
        box = self._mailbox
        with box._lock:
            if box._receiver is not self or box._system or (self._user and box._user):
                return False
            box._sleeper = self._wake
            box._taken = None
            if not box._user:
                box._user = EMPTY
            return True

    def wake(self) -> None:
        """Wake it, if it is parked."""
        box = self._mailbox
        if box._receiver is self:
            box._rouse()
