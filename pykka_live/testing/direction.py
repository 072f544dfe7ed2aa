"""In which direction a text runs, which a field with `dirname` sends as well."""

from __future__ import annotations

from unicodedata import bidirectional

from pykka_live.testing.dom import DomElement

DIRECTED = frozenset("hidden text search tel url email password".split())
"""The types of `input` that tell it."""


def direction_of(field: DomElement, value: str) -> str:
    """Return `ltr` or `rtl`: what `dir` says of a field that holds a value, or of what it stands
    in."""
    for element in field.line():
        said = element.attrs.get("dir", "").lower()
        if said in ("ltr", "rtl"):
            return said
        if said == "auto":
            return _of_text(value if element is field else element.content())
        if element is field and field.attrs.get("type", "").lower() == "tel":
            return "ltr"
    return "ltr"


def _of_text(text: str) -> str:
    """Return the direction of the first letter that has one."""
    kinds = (bidirectional(character) for character in text)
    return "rtl" if next((k for k in kinds if k in ("L", "R", "AL")), "L") != "L" else "ltr"
