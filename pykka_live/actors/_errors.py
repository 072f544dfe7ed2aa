"""The errors of the actor system; all but the fence are `ActorError`s."""

from __future__ import annotations

import pykka

__all__ = [
    "ActorError",
    "ActorFailed",
    "ActorStopped",
    "ActorStuck",
    "ActorTimeout",
    "ChildExists",
    "ChildNotFound",
    "ChildRefused",
    "Fenced",
    "Killed",
    "MailboxFull",
    "NameTaken",
    "RestartsExceeded",
    "StartFailed",
]


def describe(error: BaseException) -> str:
    """Return the class and the text of an error, whatever its own methods raise."""
    name = type(error).__name__
    try:
        return f"{name}: {error}"
    except BaseException:
        return f"{name}, which cannot be shown"


class ActorError(Exception):
    """Base of everything that the actor system raises or answers."""


class ActorStopped(ActorError, pykka.ActorDeadError):
    """The actor ended, or will not live again, before it handled the message."""


class ActorTimeout(ActorError, TimeoutError):
    """No answer came in time. The message may still be handled."""


class MailboxFull(ActorError):
    """The mailbox had no room, or the message was dropped from it to make room."""


class ActorFailed(ActorError):
    """The actor raised something that must not be raised again elsewhere, such as `SystemExit`.

    `__cause__` is what it raised.
    """


class ActorStuck(ActorError):
    """The actor was given up: it did not come back in `stuck_timeout`, or end in `shutdown`."""


class StartFailed(ActorError):
    """A child could not be started. The message names it; `__cause__` is what it raised."""


class RestartsExceeded(ActorError):
    """A child failed more often than `max_restarts` in `max_seconds`.

    `__cause__` is its last error.
    """


class ChildExists(ActorError):
    """The supervisor already has a child of that id."""


class NameTaken(ActorError):
    """Another actor of the system has that name; the message says which."""


class ChildNotFound(ActorError):
    """The supervisor has no child of that id."""


class ChildRefused(ActorError):
    """The supervisor cannot do that to this child now; the message says why."""


class Fenced(BaseException):
    """Raised in a thread whose incarnation was replaced: it may neither take mail nor commit.

    Not an `Exception`, so that a handler's `except Exception` does not swallow it.
    """


class Killed(SystemExit):
    """Raised asynchronously in a thread that was given up, so that it may end after all."""
