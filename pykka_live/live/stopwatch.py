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
    """Made when a message is begun; `begin` names each stage, `finish` reports them all.

    Args:
        view, kind, event: as in `hooks.Handled`.
        actor: the actor that handles the message.
    """

    __slots__ = (
        *("_actor", "_began", "_event", "_kind", "_lap", "_renderer", "_spent", "_stage", "_view"),
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
        self._spent = {"handler": 0.0, "render": 0.0, "diff": 0.0, "": 0.0}
        self._stage = ""
        self._renderer: Renderer | None = None
        self._began = self._lap = perf_counter()

    def begin(self, stage: Literal["handler", "render", "diff", ""]) -> None:
        """From here on the time goes to `stage`."""
        now = perf_counter()
        self._spent[self._stage] += now - self._lap
        self._lap = now
        self._stage = stage

    def drawn_by(self, renderer: Renderer) -> None:
        """Note what has drawn the picture; it knows what that took."""
        self._renderer = renderer

    def finish(self, outcome: hooks.Outcome, update: Update | None = None) -> hooks.Handled:
        """Report the message, and what it is answered with; return the report."""
        self.begin("")
        waited = 0.0 if self._kind == "restore" else self._actor.message_waited
        spent = self._spent
        renderer = self._renderer
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
            waited + self._lap - self._began,
            0 if renderer is None else renderer.rendered,
            0 if renderer is None else renderer.reused,
            renderer is not None and renderer.has_fallen_back,
            0 if update is None else update.patch_count,
            0 if update is None else len(update.patches or update.tree or b""),
        )
        hooks.emit(handled)
        return handled
