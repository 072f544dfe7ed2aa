"""What actors answer to Python, and what the caller is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pykka_live.actors import ActorError, Cell
from pykka_live.exceptions import (
    BadParameters,
    ComponentNotFound,
    HandlerNotFound,
    ViewNotFound,
)
from pykka_live.live.driven import Shown
from pykka_live.live.messages import Refusal
from pykka_live.rendering import compose
from pykka_live.vdom import Element, to_html

_REFUSALS: dict[str, type[ActorError]] = {
    "unknown_view": ViewNotFound,
    "unknown_event": HandlerNotFound,
    "bad_params": BadParameters,
    "unknown_component": ComponentNotFound,
}


def accepted(answer: Any) -> Any:
    """Return an answer that is no refusal. Raises what a refusal says."""
    if isinstance(answer, Refusal):
        raise _REFUSALS[answer.code](answer.message)
    return answer


def composed(root: Element, pictures: Mapping[str, Element]) -> str:
    """Return a picture as HTML, with the components in it."""
    return to_html(compose(root, pictures) if pictures else root)


def new_html(shown: Shown) -> dict[str, str]:
    """Return the HTML of the components that are shown for the first time, by their ids."""
    pictures = shown.pictures
    return {id: composed(pictures[id], pictures) for id in shown.new if id in pictures}


class TurnedAway:
    """Ends the component that is not wanted any more."""

    def set(self, answer: Any) -> None:
        if isinstance(answer, Cell):
            answer.stop("refused")

    def set_exception(self, error: BaseException) -> None:
        """Its view has ended, and so has it."""
