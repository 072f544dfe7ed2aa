"""What tells the rows of a loop apart, as far as their markup says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.template import Node
from django.template.base import VariableNode

from pykka_live.rendering.reads import Path, plain_path

KEY_ATTRIBUTES = ("live-key", "id")
"""What the differ goes by, the first before the second."""


class Keys:
    """Collects the keys of a template's rows: the ways that lead from a loop's item to the value of
    such an attribute. It does not matter much which loop it is: they help to guess which item of a
    list is which."""

    def __init__(self) -> None:
        self._ways: dict[Path, int] = {}
        self._names: list[Sequence[str]] = []  # those of the loops around

    @contextmanager
    def within(self, names: Sequence[str]) -> Iterator[None]:
        """Take what is noted meanwhile for a part of the rows of a loop that gives these names."""
        self._names.append(names)
        try:
            yield
        finally:
            self._names.pop()

    def note(self, attribute: str, node: Node) -> None:
        """Note what stands in such an attribute."""
        path = plain_path(node.filter_expression) if isinstance(node, VariableNode) else None
        if path is None or not self._names:
            return
        name, *way = path
        for names in reversed(self._names):
            if name in names and len(names) > 1:
                way.insert(0, str(names.index(name)))
                break
        rank = KEY_ATTRIBUTES.index(attribute)
        self._add(tuple(way), rank)
        if way[-1:] == ["pk"]:
            self._add((*way[:-1], "id"), rank)  # what it mostly is the name of

    def _add(self, way: Path, rank: int) -> None:
        if way:
            self._ways[way] = min(rank, self._ways.get(way, rank))

    def ranked(self) -> tuple[Path, ...]:
        """Return the ways, the best first."""
        return tuple(sorted(self._ways, key=self._ways.__getitem__))
