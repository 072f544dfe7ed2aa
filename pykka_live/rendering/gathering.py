"""Who is told of the components that a template shows while it is rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.utils.safestring import SafeString


class Gatherer(Protocol):
    """Notes the components of one rendering.

    Attributes:
        target: what `live-target` says of the one whose template it is: `view`, or `#id` of a
            component. What is bound in the slots that it fills belongs to it.
    """

    target: str

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, SafeString]) -> str:
        """Note a component, and return the tag of its root.

        It is called for each component that is shown, each time, whatever else of the page is
        reused; in the order of the page. It runs no code of a user's that changes what the page
        shows.

        Args:
            name: the component's name, or its dotted path.
            id: told apart by it from the others of its view.
            props: what it is given. The values are the parent's own, and go on changing.
            slots: the markup that it is given, by the names of the slots.

        Raises:
            Exception: whatever is wrong with that: there is no such component, or two of one id.
        """

    def restart(self) -> None:
        """Forget what was placed: the rendering begins anew."""


gatherer: ContextVar[Gatherer | None] = ContextVar("pykka_live_gatherer", default=None)
"""That of the rendering which goes on in this thread."""


class _Notes:
    """Hands on to a gatherer what is placed, and keeps a note of it."""

    def __init__(self, gatherer: Gatherer) -> None:
        self._gatherer = gatherer
        self.target = gatherer.target
        self.placed: list[tuple[str, str]] = []

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, SafeString]) -> str:
        tag = self._gatherer.place(name, id, props, slots)
        self.placed.append((tag, id))
        return tag

    def restart(self) -> None:
        self._gatherer.restart()
        self.placed.clear()


@contextmanager
def noted() -> Iterator[list[tuple[str, str]]]:
    """Yield the list that the tag and the id of each component is written into which is placed
    meanwhile."""
    here = gatherer.get()
    if here is None:
        yield []
        return
    notes = _Notes(here)
    token = gatherer.set(notes)
    try:
        yield notes.placed
    finally:
        gatherer.reset(token)
