from typing import NamedTuple

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
