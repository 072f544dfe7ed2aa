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
_INVISIBLE = ("hidden", "collapse")
_INHERITED = ("inherit", "unset")
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;!]*?)\s*(!\s*important\s*)?(?:;|$)")


def why_hidden(element: DomElement) -> str | None:
    """Return why nobody can see an element, as far as the markup tells, or None. Style sheets are
    not read."""
    reason = _why_boxless(element)
    if reason:
        return reason
    decides, visibility = _inherited(element, "visibility")
    if visibility not in _INVISIBLE:
        return None
    return _because(f"{start_tag(decides)} is hidden by its style", decides, element)


def why_inert(element: DomElement) -> str | None:
    """Return why nothing can be done to an element that may well be seen, or None."""
    for each in element.line():
        if "inert" in each.attrs:
            return _because(f"{start_tag(each)} is inert", each, element)
    return None


def why_untouched(element: DomElement) -> str | None:
    """Return why the mouse goes through an element, or None."""
    decides, value = _inherited(element, "pointer-events")
    if value != "none":
        return None
    return _because(f"{start_tag(decides)} lets the mouse through", decides, element)


def _because(reason: str, outer: DomElement, element: DomElement) -> str:
    return reason if outer is element else f"{reason}, and it stands in that"


def _why_boxless(element: DomElement) -> str | None:
    inner: DomElement | None = None
    for each in element.line():
        reason = _hides(each, inner)
        if reason:
            return _because(reason, each, element)
        inner = each
    return None


def _hides(element: DomElement, inner: DomElement | None) -> str | None:
    """Return why `element` has no box, or none for its child `inner`."""
    tag, display = start_tag(element), _style(element).get("display", "")
    if element.tag in _UNSEEN:
        return f"{tag} is never shown"
    if element.tag == "input" and type_of(element) == "hidden":
        return f"{tag} is hidden"
    if display == "none":
        return f"{tag} is hidden by its style"
    if inner is not None and _is_shut(element, inner):
        return f"{tag} is closed"
    if display:
        return None  # it counts more than a browser's own style sheet, which hides what follows
    if "hidden" in element.attrs:
        return f"{tag} is hidden"
    if (element.tag == "dialog" or "popover" in element.attrs) and not is_open(element):
        return f"{tag} is closed"
    return None


def _is_shut(element: DomElement, child: Any) -> bool:
    """Whether an element is a closed `details`, and `child` not its summary."""
    if element.tag != "details" or is_open(element):
        return False
    return child is not summary_of(element)


def summary_of(details: DomElement) -> DomElement | None:
    """Return what a `details` is opened by."""
    return next((child for child in details.elements() if child.tag == "summary"), None)


def _style(element: DomElement) -> dict[str, str]:
    """Return what the attribute `style` says; of what it says twice, what counts."""
    if "style" not in element.attrs:
        return {}
    said: dict[str, tuple[bool, str]] = {}
    for match in _DECLARATION.finditer(element.attrs["style"]):
        name, value, important = match[1].lower(), match[2].lower(), bool(match[3])
        if value and (important or not said.get(name, (False, ""))[0]):
            said[name] = (important, value)
    return {name: value for name, (_, value) in said.items()}


def _inherited(element: DomElement, name: str) -> tuple[DomElement, str]:
    """Return the element that says what a property is that children inherit, and what it says."""
    for each in element.line():
        value = _style(each).get(name, "inherit")
        if value not in _INHERITED:
            return each, value
    return element, ""


def text_of(element: DomElement) -> str:
    """Return the text that a person sees in an element: blanks collapsed, a line for each block."""
    if _why_boxless(element):
        return ""
    parts: list[str] = []
    waiting: list[tuple[Any, str]] = [(element, _inherited(element, "visibility")[1])]
    while waiting:
        node, visibility = waiting.pop()
        if isinstance(node, str):
            parts.append(node)
        elif isinstance(node, vdom.Text) and visibility not in _INVISIBLE:
            parts.append(re.sub(r"\s+", " ", node.data))
        elif isinstance(node, DomElement):
            own = _style(node).get("visibility", "inherit")
            visibility = visibility if own in _INHERITED else own
            waiting += [(each, visibility) for each in reversed(_shown(node, element))]
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
