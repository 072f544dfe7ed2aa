"""The skeleton of an outline: its elements, with a comment for each slot.

What the parser makes of it is what a browser makes of the page, whatever comes into the slots, if
each keeps to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pykka_live.rendering.outline import CLOSE, OPEN, Piece, Remark, Slot, Tagged, Words
from pykka_live.vdom import Comment, Element, Node, Text


def is_static(piece: Piece) -> bool:
    """Tell whether nothing in a piece ever changes."""
    if isinstance(piece, Tagged):
        if piece.why or any(OPEN in a.name + a.value for a in piece.attributes):
            return False
        return all(map(is_static, piece.children))
    return not isinstance(piece, Slot)


def skeleton(pieces: Iterable[Piece]) -> str:
    """Return the markup of some pieces, with comments for slots and for what is dirty."""
    texts = []
    for piece in pieces:
        if isinstance(piece, Words | Remark):
            texts.append(piece.source)
        elif isinstance(piece, Slot):
            texts.append(f"<!--{OPEN}{piece.index}{CLOSE}-->")
        elif piece.why:
            texts.append(f"<!--{OPEN}{CLOSE}-->")
        else:
            texts.append(f"{_start_tag(piece)}{skeleton(piece.children)}")
            if piece.ends:
                texts.append(f"</{piece.name}>")
    return "".join(texts)


def _start_tag(piece: Tagged) -> str:
    """Return the start tag of an element, as it is written but for what is between attributes."""
    attributes = []
    for attribute in piece.attributes:
        value = f"={attribute.quote}{attribute.value}{attribute.quote}"
        attributes.append(f" {attribute.name}{value if value != '=' else ''}")
    return f"<{piece.name}{''.join(attributes)}{' /' if piece.closes_itself else ''}>"


def expected(element: Tagged) -> Iterator[Piece]:
    """Yield the children that an element should have."""
    words = ""
    for piece in element.children:
        if isinstance(piece, Words):
            words += piece.source
            continue
        if words:
            yield Words(words)
            words = ""
        yield piece
    if words:
        yield Words(words)


def difference(element: Tagged, nodes: Sequence[Node]) -> Tagged | None:
    """Return the element whose children are not what they should be, or None."""
    pieces = list(expected(element))
    if len(pieces) != len(nodes):
        return element
    for piece, node in zip(pieces, nodes, strict=True):
        if isinstance(piece, Words):
            fits = isinstance(node, Text)
        elif isinstance(piece, Tagged) and not piece.why:
            fits = isinstance(node, Element) and node.tag.lower() == piece.name
        else:
            marks = not isinstance(piece, Remark)
            fits = isinstance(node, Comment) and node.data.startswith(OPEN) == marks
        if not fits:
            return element
    for piece, node in zip(pieces, nodes, strict=True):
        if isinstance(piece, Tagged) and isinstance(node, Element):
            found = difference(piece, node.children)
            if found is not None:
                return found
    return None
