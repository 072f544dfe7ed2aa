"""The one root element of a component: where it stands in its template, and in what Django makes of
that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.template import Node, Template
from django.template.base import VariableNode

from pykka_live._region import MARK
from pykka_live._tags import RAW_NAMES, VOID_NAMES
from pykka_live.rendering.findings import tag_of
from pykka_live.rendering.inheritance import Lineage
from pykka_live.rendering.knowledge import Knowledge
from pykka_live.rendering.outline import OPEN, SLOT, SPACES, Broken
from pykka_live.rendering.passages import Marked, Place
from pykka_live.rendering.placeholder import ATTRIBUTE
from pykka_live.rendering.scopes import SCOPES
from pykka_live.vdom import Element, Region, RegionError, find_region, parse_region

_NOTHING = re.compile(rf"(?:[{SPACES}]+|<!--(?:-?>|.*?--!?>))*", re.DOTALL)
"""What may stand around the root."""

_TAG = re.compile(rf"<([a-zA-Z][^{SPACES}/>{OPEN}]*)")

_VOID = frozenset(VOID_NAMES.split())
_RAW = frozenset(RAW_NAMES.split())
_WHOLE = frozenset("html head body frameset frame template".split())
_FOREIGN = frozenset(
    "svg math circle clippath defs desc ellipse filter foreignobject g image line lineargradient "
    "marker mask path pattern polygon polyline radialgradient rect stop switch symbol text "
    "textpath tspan use view".split()
)


@dataclass(frozen=True)
class Root:
    """The root element in a template.

    Attributes:
        scopes: the tags around it, outer ones first, which change the context for it.
        marked: the piece of the template that holds it.
        region: where in that.
    """

    scopes: Sequence[Node]
    marked: Marked
    region: Region


def find_root(nodes: Sequence[Node], bodies: Callable[[Node], Sequence[Iterable[Node]]]) -> Root:
    """Find the root element of a component.

    Args:
        nodes: those of the component's template.
        bodies: returns the contents of a node that are rendered in its place.

    Raises:
        Broken: if there is no single one; the text says why.
    """
    scopes: list[Node] = []
    while True:
        marked = Marked(nodes)
        source = marked.source
        begin = _end_of_nothing(source, 0)
        slot = SLOT.match(source, begin)
        if slot is None:
            region = _region(source, begin, marked.place)
            end = region.end
        else:
            node, end = marked.slots[int(slot[1])], slot.end()
            found = bodies(node) if isinstance(node, SCOPES) else ()
            if not found:
                raise Broken(f"it begins with {_tag(node)}", marked.place(begin))
        rest = _end_of_nothing(source, end)
        if rest < len(source):
            raise Broken(f"{_seen(marked, rest)} stands behind its root", marked.place(rest))
        if slot is None:
            return Root(scopes, marked, region)
        scopes.append(node)
        nodes = list(found[0])


def tag_of_root(template: Template) -> str:
    """Return the tag of the root of a component's template.

    Raises:
        ImproperlyConfigured: if it has no single one.
    """
    try:
        lineage = Lineage(template, lasts=False)
        return find_root(list(lineage.root.nodelist), Knowledge(lineage).bodies).region.tag
    except Broken as broken:
        place: Place = broken.place or Place(template.name or "", 0)
        line = f", line {place.line}" if place.line else ""
        where = f"{place.template or template.name or 'of a component'}{line}"
        raise ImproperlyConfigured(
            f"The template {where}: {broken}. A component's template is one element, written "
            'literally, such as <div class="{{ kind }}">…</div>, with nothing but blanks and '
            "comments around it; {% extends %}, {% block %} and {% with %} are allowed."
        ) from broken


def parse_root(html: str) -> Element:
    """Parse what Django makes of a component's template.

    Raises:
        ValueError: if that is no single element; the text says why.
    """
    try:
        region = _region(html, _end_of_nothing(html, 0), lambda at: None)
    except Broken as broken:
        raise ValueError(f"the component has no single root element: {broken}") from None
    if _end_of_nothing(html, region.end) < len(html):
        raise ValueError(
            "the component has no single root element: something stands behind its root"
        )
    marked = _with_mark(html, region.start + 1 + len(region.tag))
    root = parse_region(marked)[1]
    attributes = {name: value for name, value in root.attrs.items() if name != MARK}
    return Element(root.tag, attributes, root.children)


def _end_of_nothing(source: str, at: int) -> int:
    match = _NOTHING.match(source, at)
    assert match is not None
    return match.end()


def _with_mark(source: str, at: int) -> str:
    return f"{source[:at]} {MARK}{source[at:]}"


def _region(source: str, begin: int, place_at: Callable[[int], Place | None]) -> Region:
    """Return where the element is that begins at `begin`."""
    place = place_at(begin)
    if begin == len(source):
        raise Broken("it is empty", place)
    match = _TAG.match(source, begin)
    if source.startswith(OPEN, match.end() if match else begin + 1) and source[begin] == "<":
        raise Broken("the name of its root is put together", place)
    if match is None:
        raise Broken(f"it begins with {_words(source, begin)!r}", place)
    tag = match[1].lower()
    if tag in _VOID or tag in _RAW or tag in _WHOLE:
        raise Broken(f"its root is a <{tag}>, which holds no elements of a page", place)
    if tag in _FOREIGN:
        raise Broken(f"its root is a <{tag}>, which is no element of HTML", place)
    if MARK in source:
        raise Broken(f"it has the attribute {MARK}, which is for the pages of live views", place)
    added = len(MARK) + 1
    try:
        region = find_region(_with_mark(source, match.end()))
    except RegionError:
        raise Broken(f"its root, <{tag}>, has no end tag", place) from None
    if any(name == ATTRIBUTE for name, _ in region.attrs):
        raise Broken(f"its root has the attribute {ATTRIBUTE}, which is put there for it", place)
    return region._replace(
        inner_start=region.inner_start - added,
        inner_end=region.inner_end - added,
        end=region.end - added,
        attrs=tuple(pair for pair in region.attrs if pair[0] != MARK),
    )


def _seen(marked: Marked, at: int) -> str:
    slot = SLOT.match(marked.source, at)
    if slot is not None:
        return _tag(marked.slots[int(slot[1])])
    return repr(_words(marked.source, at))


def _tag(node: Node) -> str:
    if isinstance(node, VariableNode):
        return f"{{{{ {node.filter_expression.token} }}}}"
    return tag_of(node)


def _words(source: str, at: int) -> str:
    return source[at : at + 30].partition(OPEN)[0]
