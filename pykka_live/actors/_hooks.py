"""The hooks of an actor: what it may override, and what happens when it does not."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from pykka_live.actors._cell import Cell
from pykka_live.actors._on_demand import OnDemand

__all__ = ["Hooks"]

PLUMBING = frozenset(  # public attributes that are not the user's
    "actor_inbox actor_ref actor_stopped actor_urn cell message_waited stop_reason".split()
)


class Hooks(OnDemand):
    """What a `SupervisedActor` may override. Called in the thread that its incarnation has then."""

    cell: Cell
    message_waited: float = 0.0
    stop_reason: str = ""

    def on_start(self) -> None:
        """Prepare for the first message. What it raises is a failed start."""

    def on_receive(self, message: Any) -> Any:
        """Handle a message.

        Returns:
            the answer, for those who ask
        """
        return super().on_receive(message)

    def around(self, message: Any, handle: Callable[[Any], Any]) -> Any:
        """Handle a message by calling `handle(message)`.

        Override it for what has to be done before and after each message. What it returns is the
        answer; what it raises fails the actor.
        """
        return handle(message)

    def on_stop(self) -> None:
        """Clean up at a normal end; `stop_reason` says why. What it raises is logged."""

    def on_failure(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Clean up after a failure, before the thread ends; instead of `on_stop`.

        What it raises is logged.
        """

    def on_resume(self, error: BaseException) -> None:
        """Put things right after a message that failed, when this incarnation goes on.

        What it raises fails the actor.
        """

    def on_given_up(self) -> None:
        """Take note that this incarnation is given up: nothing that its thread does counts now.

        Called at once, in the supervisor's thread, while this one's may still do anything. What it
        raises is logged.
        """

    def get_state(self) -> Any:
        """Return what `Cell.get_state` answers: by default a dict of the own public attributes.

        What it raises is answered, and fails nothing.
        """
        own = vars(self)
        return {name: own[name] for name in own if name[0] != "_" and name not in PLUMBING}
