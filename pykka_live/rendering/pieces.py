"""What an outline is made of: pieces of markup, as they are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Words:
    """Text, as it is written."""

    source: str


@dataclass
class Remark:
    """A comment, or what the parser takes for one."""

    source: str


@dataclass
class Slot:
    """A place where a template puts something."""

    index: int


@dataclass
class Attribute:
    """An attribute, as it is written; `quote` is empty for a bare value."""

    name: str
    value: str
    quote: str


@dataclass
class Tagged:
    """An element from its start tag to its end tag.

    Attributes:
        start, inner, close, end: where its start tag, its content, its end tag, and what follows
            it begin.
        why: the reason why it has to be rendered as a string; empty if it has not.
        cause: where the reason for that stands, if that is not where the element begins.
        implied: it has no tags: a table's row makes its `tbody`.
        ends: it has an end tag.
        closes_itself: its start tag says that it has none.
    """

    name: str
    start: int
    inner: int = 0
    close: int = 0
    end: int = 0
    attributes: list[Attribute] = field(default_factory=list)
    children: list[Piece] = field(default_factory=list)
    why: str = ""
    cause: int = -1
    implied: bool = False
    ends: bool = True
    closes_itself: bool = False


Piece = Words | Remark | Slot | Tagged


class Soiled(Exception):
    """An element has to be rendered as a string after all, because of what stands at `place`, if
    that is not where it begins."""

    def __init__(self, element: Tagged, why: str, place: Any = None) -> None:
        super().__init__(why)
        self.element = element
        self.place = place
