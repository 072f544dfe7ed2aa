"""Times the stages of one message and reports them to the hooks."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Literal

from pykka_live.live import hooks

if TYPE_CHECKING:
    from pykka_live.actors import SupervisedActor
    from pykka_live.live.messages import Update
    from pykka_live.rendering import Renderer


class Stopwatch:
    """Made when the handler of a message is called; `begin` names each further stage, `finish`
    reports them all.

    Args:
        view, kind, event: as in `hooks.Handled`.
        actor: the actor that handles the message.

    Attributes:
        renderer: what has drawn a picture for the message, which knows what that took; None if
            nothing has.
    """

    __slots__ = (
        "_actor",
        "_checkpoint",
        "_diff",
        "_event",
        "_handler",
        "_kind",
        "_render",
        "_view",
        "renderer",
    )

    def __init__(
        self,
        view: str,
        kind: Literal["mount", "event", "info", "restore"],
        event: str,
        actor: SupervisedActor,
    ) -> None:
        self._view = view
        self._kind: Literal["mount", "event", "info", "restore"] = kind
        self._event = event
        self._actor = actor
        self.renderer: Renderer | None = None
        self._handler = perf_counter()
        self._render = self._checkpoint = self._diff = 0.0  # when each stage began, if it has

    def begin(self, stage: Literal["render", "checkpoint", "diff"]) -> None:
        """From here on the time goes to `stage`; they come in this order."""
        now = perf_counter()
        if stage == "diff":
            self._diff = now
        elif stage == "checkpoint":
            self._checkpoint = now
        else:  # it may be the second attempt
            self._render, self._checkpoint, self._diff = now, 0.0, 0.0

    def finish(self, outcome: hooks.Outcome, update: Update | None = None) -> hooks.Handled:
        """Report the message, and what it is answered with; return the report."""
        end = perf_counter()
        diff = self._diff or end
        checkpoint = self._checkpoint or diff
        render = self._render or checkpoint
        waited = self._actor.message_waited  # 0 before the first message
        rendered, reused, from_page = 0, 0, False
        if (renderer := self.renderer) is not None:
            rendered, reused = renderer.rendered, renderer.reused
            from_page = renderer.has_fallen_back
        patches, size = 0, 0
        if update is not None:
            patches, size = update.patch_count, len(update.patches or update.tree or b"")
        handled = hooks.Handled(
            self._view,
            self._kind,
            self._event,
            outcome,
            self._actor.path,
            waited,
            render - self._handler,
            checkpoint - render,
            diff - checkpoint,
            end - diff,
            waited + end - self._handler,
            rendered,
            reused,
            from_page,
            patches,
            size,
        )
        hooks.emit(handled)
        return handled
