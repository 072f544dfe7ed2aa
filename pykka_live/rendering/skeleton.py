"""The skeleton of an outline: its elements, with a comment for each slot.

What the parser makes of it is what a browser makes of the page, whatever comes into the slots, if
each keeps to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pykka_live._html import parse_inside
from pykka_live.rendering.outline import CLOSE, OPEN
from pykka_live.rendering.pieces import Piece, Remark, Slot, Tagged, Words
from pykka_live.vdom import Comment, Element, Node, Text

Chain = tuple[str, ...]
"""The names of the elements around something, outer ones first."""


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


def parsed(element: Tagged, chain: Chain) -> Sequence[Node] | None:
    """Return what the parser makes of an element's content, inside of the elements of `chain`; or
    None, if that is not what is written: then the elements that are to blame are dirty from now on.
    """
    nodes = parse_inside(skeleton(element.children), chain)
    if nodes is None:
        _blame(element, chain)
        return None
    found = _difference(element, nodes, chain)
    if found is not None:
        _blame(*found)
        return None
    return nodes


def _difference(
    element: Tagged, nodes: Sequence[Node], chain: Chain
) -> tuple[Tagged, Chain] | None:
    """Return the element whose children are not what they should be, and the names of those that
    are open inside of it; or None."""
    pieces = list(expected(element))
    if len(pieces) != len(nodes) or not all(map(_fits, pieces, nodes)):
        return element, chain
    for piece, node in zip(pieces, nodes, strict=True):
        if isinstance(piece, Tagged) and isinstance(node, Element):
            found = _difference(piece, node.children, (*chain, piece.name))
            if found is not None:
                return found
    return None


def _fits(piece: Piece, node: Node) -> bool:
    if isinstance(piece, Words):
        return isinstance(node, Text)
    if isinstance(piece, Tagged) and not piece.why:
        return isinstance(node, Element) and node.tag.lower() == piece.name
    marks = not isinstance(piece, Remark)
    return isinstance(node, Comment) and node.data.startswith(OPEN) == marks


def _blame(element: Tagged, chain: Chain) -> None:
    """Find the children of an element that, alone in it, are not one element each. If they all are,
    it is the element itself that browsers make something else of."""
    pieces = [piece for piece in element.children if isinstance(piece, Tagged) and not piece.why]
    culprits = [piece for piece in pieces if not _is_one(piece, chain)]
    for culprit in culprits or [element]:
        culprit.why = "browsers make other elements of it"


def _is_one(piece: Tagged, chain: Chain) -> bool:
    nodes = parse_inside(skeleton([piece]), chain)
    return nodes is not None and len(nodes) == 1 and _fits(piece, nodes[0])
