"""What can go wrong with a live view, as exceptions that are all `ActorError`s."""

from __future__ import annotations

from pykka_live.actors import ActorError, ActorStopped, ActorTimeout, MailboxFull

__all__ = [
    "ActorError",
    "ActorStopped",
    "ActorTimeout",
    "BadParameters",
    "ComponentNotFound",
    "HandlerDenied",
    "HandlerFailed",
    "HandlerNotFound",
    "JoinRefused",
    "MailboxFull",
    "MountFailed",
    "TemplateFailed",
    "ViewNotFound",
    "ViewStopped",
]


class ViewNotFound(ActorError):
    """There is no such view, or it has not been joined."""


class ComponentNotFound(ActorError):
    """The view has no such component, or not any more."""


class HandlerNotFound(ActorError):
    """The view offers no such event."""


class BadParameters(ActorError):
    """A parameter of an event is missing or cannot be converted; the message names it."""


class HandlerFailed(ActorError):
    """The user's handler raised; the cause is chained."""


class HandlerDenied(HandlerFailed):
    """The user's handler raised Django's `PermissionDenied`, which is chained: it has refused, and
    nothing has changed. That is no failure of the view."""


class TemplateFailed(ActorError):
    """The user's template, or `get_context_data`, raised; the cause is chained."""


class MountFailed(ActorError):
    """The user's `mount` raised; the cause is chained."""


class ViewStopped(ActorError):
    """A join failed, and the view's strategy is to end then; what it raised is chained."""


class JoinRefused(ActorError):
    """The project's middleware, a decorator or the view itself answered a join with something other
    than the view.

    Attributes:
        code: `denied`, `redirect`, `bad_token` or `expired_token`.
        status: the HTTP status of the answer.
        location: where a redirect leads.
    """

    def __init__(self, code: str, message: str, status: int = 403, location: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.location = location
