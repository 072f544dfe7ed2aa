"""What a person sees of a page: which elements are hidden, and the text of the others."""

from __future__ import annotations

import re
from typing import Any

from pykka_live import vdom
from pykka_live.testing.dom import DomElement, start_tag
from pykka_live.testing.fields import is_open, type_of

# Without a box on any page, or (the second line) not a part of the page at all.
_UNSEEN = frozenset(
    "head title meta link base style script noscript datalist param track source area "
    "template".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label "
    "mark meter output progress q ruby rt rp s samp select small span strike strong sub sup svg "
    "textarea time tt u var wbr".split()
)
_HIDING = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))\b", re.I
)


def why_hidden(element: DomElement) -> str | None:
    """Return why nobody can see an element, as far as the markup tells, or None. Style sheets are
    not read."""
    inner: DomElement | None = None
    for each in element.line():
        reason = _hides(each, inner)
        if reason:
            return reason if each is element else f"{reason}, and it stands in that"
        inner = each
    return None


def _hides(element: DomElement, inner: DomElement | None) -> str | None:
    """Return why `element` is not seen, or does not show its child `inner`."""
    tag = start_tag(element)
    if element.tag in _UNSEEN:
        return f"{tag} is never shown"
    if "hidden" in element.attrs:
        return f"{tag} is hidden"
    if element.tag == "input" and type_of(element) == "hidden":
        return f"{tag} is hidden"
    if _HIDING.search(element.attrs.get("style", "")):
        return f"{tag} is hidden by its style"
    if element.tag == "dialog" and "open" not in element.attrs:
        return f"{tag} is closed"
    if inner is not None and _is_shut(element, inner):
        return f"{tag} is closed"
    return None


def _is_shut(element: DomElement, child: Any) -> bool:
    """Whether an element is a closed `details`, and `child` not its summary."""
    if element.tag != "details" or is_open(element):
        return False
    return child is not next((c for c in element.elements() if c.tag == "summary"), None)


def text_of(element: DomElement) -> str:
    """Return the text that a person sees in an element: blanks collapsed, a line for each block."""
    if why_hidden(element):
        return ""
    parts: list[str] = []
    waiting: list[Any] = [element]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, vdom.Text):
            parts.append(re.sub(r"\s+", " ", node.data))
        elif isinstance(node, DomElement):
            waiting += reversed(_shown(node, element))
    return _tidy("".join(parts))


def _shown(node: DomElement, top: DomElement) -> list[Any]:
    if node is not top and _hides(node, None):
        return []
    if node.tag == "br":
        return ["\n"]
    if node.tag in ("textarea", "select"):
        return []  # what they hold is a value
    children = [child for child in node.children if not _is_shut(node, child)]
    if node.tag in ("td", "th"):
        return ["\t", *children, "\t"]
    return children if node.tag in _INLINE else ["\n", *children, "\n"]


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
