"""What is to be said of a template: what makes its events cost more than what has changed, or why
it cannot be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.core.exceptions import ImproperlyConfigured
from django.template import Node, NodeList
from django.template.base import TextNode
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import IncludeNode

from pykka_live._region import MARK
from pykka_live.rendering.findings import Finding, tag_of
from pykka_live.rendering.inheritance import PARTIAL, Lineage
from pykka_live.rendering.knowledge import Knowledge
from pykka_live.rendering.misspelt import misspelt
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.passages import Item, Marked, Place, place_of
from pykka_live.rendering.scopes import SCOPES
from pykka_live.rendering.template import ComponentTemplate, TreeTemplate
from pykka_live.vdom import RegionError, find_region

_ATTRIBUTE = re.compile(rf"(?:^|[\s\"'/]){MARK}")


def findings_of(template: TreeTemplate) -> list[Finding]:
    """Return what is to be said of a template."""
    return [*misspelt(template.django_template), *_found(template)]


def _found(template: TreeTemplate) -> list[Finding]:
    if isinstance(template, ComponentTemplate):
        return _of_component(template)
    program = template.program
    if not isinstance(program, Broken):
        fault = _Roots(program.lineage).fault()
        return program.findings if fault is None else [fault]
    place: Place = program.place or Place(template.django_template.name or "")
    if program.is_fatal:
        return [Finding(place, "error", str(program), "the page")]
    try:
        roots = _Roots(Lineage(template.django_template))
    except Broken:
        return [Finding(place, "page", str(program))]
    fault = roots.fault()
    if fault is not None:
        return [fault]
    why = str(program)
    if program.place is None:
        place, tag = roots.where() or (place, "")
        why = f"the live region is inside of {tag}" if tag else why
    return [Finding(place, "page", why)]


def _of_component(template: ComponentTemplate) -> list[Finding]:
    program = template.program
    place = Place(template.django_template.name or "")
    if isinstance(program, Broken):
        place = program.place or place
    try:
        _ = template.root_tag
    except ImproperlyConfigured as error:
        return [Finding(place, "error", str(error), "the component")]
    if isinstance(program, Broken):
        return [Finding(place, "page", str(program), "the component")]
    return program.findings


class _Roots:
    """Looks for the live region of a page.

    Args:
        lineage: the page's template.
    """

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._knowledge = Knowledge(lineage)
        self._nodes = lineage.root.nodelist

    def fault(self) -> Finding | None:
        """Return why the page cannot have one live region; None if it can."""
        try:
            marked = Marked(self._always(self._nodes, frozenset()))
        except Broken:
            return None
        try:
            find_region(marked.source)
        except RegionError as error:
            why = str(error)
        else:
            return None
        place = Place(self._lineage.template.name or "")
        matches = list(_ATTRIBUTE.finditer(marked.source))
        if matches:
            place = marked.place(matches[-1].end() - 1)
            # What is conditional may end the element, or make it a comment.
            is_certain = "two elements" in why or not marked.slots
        else:
            is_certain = self.where() is None and not self._may_write(self._nodes, set())
        return Finding(place, "error", why, "the page") if is_certain else None

    def where(self) -> tuple[Place, str] | None:
        """Return where the live region begins, and the outermost tag that it is inside of and that
        hides it, if there is one."""
        return self._search(self._nodes, "", set())

    def _always(self, nodes: Iterable[Node], within: frozenset[int]) -> Iterator[Item]:
        """Yield what is shown whatever happens, and the other nodes."""
        for node in nodes:
            bodies = []
            if isinstance(node, (*SCOPES, IncludeNode)) or type(node) is PARTIAL:
                bodies = self._knowledge.bodies(node)
            if bodies and id(node) not in within:
                yield from self._always(bodies[0], within | {id(node)})
            else:
                yield node

    def _search(self, nodes: Iterable[Node], tag: str, seen: set[int]) -> tuple[Place, str] | None:
        for node in nodes:
            if isinstance(node, TextNode) and (match := _ATTRIBUTE.search(node.s)):
                begin = place_of(node)
                line = begin.line + node.s.count("\n", 0, match.end())
                return Place(begin.template, line), tag
            if id(node) in seen:
                continue
            seen.add(id(node))
            for body in self._contents(node):
                hides = "" if isinstance(node, SCOPES) else tag_of(node)
                found = self._search(body, tag or hides, seen)
                if found is not None:
                    return found
        return None

    def _may_write(self, nodes: Iterable[Node], seen: set[int]) -> bool:
        """Tell whether there is a tag that may write any markup."""
        for node in nodes:
            if id(node) in seen:
                continue
            seen.add(id(node))
            bodies = self._contents(node)
            is_known = type(node).__module__.startswith("django.")
            if isinstance(node, IncludeNode):
                is_known = bool(bodies)
            if not is_known or isinstance(node, InclusionNode | SimpleNode):
                return True
            if any(self._may_write(body, seen) for body in bodies):
                return True
        return False

    def _contents(self, node: Node) -> list[Iterable[Node]]:
        lists = [value for value in vars(node).values() if isinstance(value, NodeList)]
        return self._knowledge.bodies(node) or list(lists)
