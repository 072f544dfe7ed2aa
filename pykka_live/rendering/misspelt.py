"""The bindings in a template that say what no browser understands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.template import Node, NodeList, Template

from pykka_live.bindings import BINDING, BindingError, parse_binding, warn, written
from pykka_live.rendering._bound import bound
from pykka_live.rendering.findings import Finding
from pykka_live.rendering.inheritance import Lineage
from pykka_live.rendering.knowledge import Knowledge
from pykka_live.rendering.outline import OPEN, Broken
from pykka_live.rendering.passages import Marked, Place


def misspelt(template: Template) -> list[Finding]:
    """Return what is wrong with the bindings of a template, of those that it extends and of those
    that it includes."""
    return [
        Finding(place, "binding", why, written(attribute))
        for attribute, place, why in _misspelt(template)
    ]


def warn_of_misspelt(template: Template) -> None:
    """Log what is wrong with the bindings of a template, once for each place."""
    for attribute, place, why in _misspelt(template):
        where = f"{place.template or 'a template without a name'}:{place.line}"
        warn(attribute, where, why)


def _misspelt(template: Template) -> Iterator[tuple[str, Place, str]]:
    try:
        lineage = Lineage(template, lasts=False)
    except Broken:
        return  # what it shows is only known when it is rendered; the parser looks at that
    found = _Bindings(Knowledge(lineage)).of(lineage.root.nodelist)
    for attribute, place in dict.fromkeys(found):
        try:
            parse_binding(attribute)
        except BindingError as error:
            yield attribute, place, str(error)


class _Bindings:
    """Looks for the bindings of some nodes.

    Args:
        knowledge: of the nodes.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._seen: set[int] = set()

    def of(self, nodes: Iterable[Node]) -> Iterator[tuple[str, Place]]:
        """Yield them, with their places."""
        waiting = [nodes]
        while waiting:
            try:
                marked = Marked(waiting.pop())
            except Broken:
                continue
            for name, at in bound(marked.source):
                if OPEN not in name:  # else a slot tells what it is
                    yield f"{BINDING}{name}", marked.place(at)
            for node in marked.slots:
                if id(node) not in self._seen:
                    self._seen.add(id(node))  # a template may include itself
                    waiting += self._bodies(node)

    def _bodies(self, node: Node) -> list[Iterable[Node]]:
        lists = [value for value in vars(node).values() if isinstance(value, NodeList)]
        return self._knowledge.bodies(node) or list(lists)
