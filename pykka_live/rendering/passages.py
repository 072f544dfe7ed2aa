"""Pieces of a template as markup with slots, and where in which file they stand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from django.template import Node
from django.template.base import TextNode
from django.template.defaulttags import CommentNode, LoadNode, TemplateTagNode, VerbatimNode

from pykka_live.rendering.outline import CLOSE, FORBIDDEN, OPEN, SLOT, Broken

_STATIC = (CommentNode, LoadNode, TemplateTagNode, VerbatimNode)


@dataclass(frozen=True)
class Place:
    """Where something stands: the name of a template, empty if it has none, and a line."""

    template: str = ""
    line: int = 0


class Passage(str):
    """A part of a template's text."""

    place: Place

    def __new__(cls, text: str, place: Place) -> Passage:
        passage = super().__new__(cls, text)
        passage.place = place
        return passage


Item = Node | Passage
"""A part of a template: text, or a node that may be more."""


def place_of(item: Item) -> Place:
    """Return where an item begins."""
    if isinstance(item, Passage):
        return item.place
    origin = getattr(item, "origin", None)
    name = getattr(origin, "template_name", None) or ""
    return Place(str(name), getattr(item.token, "lineno", 0))


def text_of(item: Item) -> str | None:
    """Return the text that an item always is, or None."""
    if isinstance(item, Passage):
        return str(item)
    if isinstance(item, TextNode):
        return str(item.s)
    if isinstance(item, _STATIC):
        return str(item.render(None))  # type: ignore[arg-type]
    return None


class Marked:
    """A piece of a template as markup with slots.

    Args:
        items: what it consists of.

    Attributes:
        source: the markup.
        slots: the nodes that belong there, by the numbers of the slots.

    Raises:
        Broken: if the text holds what marks slots.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        texts: list[str] = []
        self.slots: list[Node] = []
        self._starts: list[int] = []
        self._places: list[Place] = []
        at = 0
        for item in items:
            text = text_of(item)
            if text is None:
                assert isinstance(item, Node)
                text = f"{OPEN}{len(self.slots)}{CLOSE}"
                self.slots.append(item)
            elif FORBIDDEN.search(text):
                raise Broken("its text holds a noncharacter or a NUL")
            texts.append(text)
            self._starts.append(at)
            self._places.append(place_of(item))
            at += len(text)
        self.source = "".join(texts)

    def place(self, offset: int) -> Place:
        """Return where the markup at an offset stands."""
        index = bisect_right(self._starts, offset) - 1
        if index < 0:
            return Place()
        place = self._places[index]
        lines = self.source.count("\n", self._starts[index], offset)
        return Place(place.template, place.line + lines)

    def items(self, start: int, end: int) -> list[Item]:
        """Return a part of the markup as texts and nodes."""
        items: list[Item] = []
        at = start
        while at < end:
            match = SLOT.search(self.source, at, end)
            text = self.source[at : match.start() if match else end]
            if text:
                items.append(Passage(text, self.place(at)))
            if match is None:
                break
            items.append(self.slots[int(match[1])])
            at = match.end()
        return items
