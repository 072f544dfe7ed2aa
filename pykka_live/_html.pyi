from typing import Final

from pykka_live._region import Region
from pykka_live._vdom import Element, Node

MAX_DEPTH: Final[int]
"""How deep elements may be nested in markup."""

class ParseError(ValueError):
    """HTML that cannot be parsed completely; the message names the limit that it exceeds."""

def parse(html: str, context: str = "div") -> Element:
    """Parse HTML as a browser does when it is assigned to `innerHTML`, with scripting enabled.

    Returns an `Element` named like the context, without attributes, whose children are the content.
    Attributes like `@click.prevent` become `live-on:click.prevent`; lone surrogates become U+FFFD.
    Raises ParseError for HTML that is nested deeper than `MAX_DEPTH`, or too large for lxml.
    """

def find_region(page: str) -> Region:
    """Find the live region of a whole page: the one element with the attribute
    `data-liveview-root`.

    Raises RegionError if there is none, more than one, one that has no content, or one without an
    end tag (only body and html may lack theirs).
    """

def parse_region(page: str) -> tuple[Region, Element]:
    """Find and parse the live region of a whole page: the region, and an `Element` with its tag,
    attributes and content.

    Raises RegionError and ParseError.
    """

def parse_inside(html: str, chain: tuple[str, ...]) -> tuple[Node, ...] | None:
    """Parse HTML that stands inside of open elements, with markup before and behind it.

    `chain` names the open elements, from the one that is the context to the innermost. Returns the
    nodes that the HTML adds to the innermost; None if it does not keep to itself: if it closes one
    of these elements, leaves one of its own open, or puts something elsewhere. None, too, for what
    `parse` refuses.
    """

def parse_attributes(source: str) -> tuple[str, ...]:
    """Parse what stands in a start tag behind its name: a flat tuple of names and values, as an
    HTML element would have them."""
