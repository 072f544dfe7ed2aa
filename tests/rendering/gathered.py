"""A gatherer for tests: it notes what was placed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.safestring import SafeString

from pykka_live.rendering import gatherer

TAGS = {"row": "tr", "item": "li", "option": "option", "cell": "td", "badge": "b"}
"""The roots of components that are no `div`."""

Placed = tuple[str, str, dict[str, Any], dict[str, SafeString]]


class Noting:
    """Notes what was placed: names, ids, props and slots."""

    def __init__(self, target: str = "view") -> None:
        self.target = target
        self.placed: list[Placed] = []

    @property
    def ids(self) -> list[str]:
        return [id for _, id, _, _ in self.placed]

    def account(self) -> list[tuple[Any, ...]]:
        """What was placed, of which two may be compared that came from different worlds."""
        return [
            (name, id, [(prop, type(value).__name__) for prop, value in props.items()], slots)
            for name, id, props, slots in self.placed
        ]

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, SafeString]) -> str:
        self.placed.append((name, id, props, slots))
        return TAGS.get(name, "div")

    def restart(self) -> None:
        self.placed.clear()


@contextmanager
def gathering(target: str = "view") -> Iterator[Noting]:
    """Gather what is rendered meanwhile."""
    noting = Noting(target)
    token = gatherer.set(noting)
    try:
        yield noting
    finally:
        gatherer.reset(token)
