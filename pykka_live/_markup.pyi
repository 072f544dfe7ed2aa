from typing import NamedTuple

from pykka_live._vdom import Node

MARK: str
"""The attribute that marks a page's live region."""

class RegionError(ValueError):
    """A page has no live region that can be told from the rest."""

class Region(NamedTuple):
    """The live region of a page: `page[start:end]` is the element, `page[inner_start:inner_end]`
    what is in it.
    """

    start: int
    inner_start: int
    inner_end: int
    end: int
    tag: str
    attrs: tuple[tuple[str, str], ...]
    foreign: bool
    """It stands inside of an svg."""

def to_html(node: Node, *, inner: bool = False) -> str:
    """A tree as HTML, from which a browser makes the same tree again; `inner` leaves out the node's
    own tags.

    Raises ValueError for what HTML cannot express, like `-->` in a comment. No parsed tree has such
    a thing.
    """
