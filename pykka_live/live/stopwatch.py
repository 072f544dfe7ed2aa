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

    __slots__ = ("_actor", "_event", "_kind", "_laps", "_view", "renderer")

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
        self._laps = [("handler", perf_counter())]

    def begin(self, stage: Literal["handler", "render", "diff"]) -> None:
        """From here on the time goes to `stage`."""
        self._laps.append((stage, perf_counter()))

    def finish(self, outcome: hooks.Outcome, update: Update | None = None) -> hooks.Handled:
        """Report the message, and what it is answered with; return the report."""
        now = end = perf_counter()
        spent = {"handler": 0.0, "render": 0.0, "diff": 0.0}
        for stage, begun in reversed(self._laps):
            spent[stage] += end - begun
            end = begun
        waited = 0.0 if self._kind == "restore" else self._actor.message_waited
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
            spent["handler"],
            spent["render"],
            spent["diff"],
            waited + now - end,
            rendered,
            reused,
            from_page,
            patches,
            size,
        )
        hooks.emit(handled)
        return handled
