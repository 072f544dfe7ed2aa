"""What is known of the nodes of one template: what they read, what they contain, and what they do
to the elements around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.template import Node, TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import VariableNode
from django.template.defaulttags import AutoEscapeControlNode, ForNode, IfNode, WithNode
from django.template.loader_tags import BlockNode, IncludeNode

from pykka_live.rendering import reads
from pykka_live.rendering.inheritance import (
    PARTIAL,
    PARTIAL_DEFINITION,
    Lineage,
    included_template,
    partial_of,
)
from pykka_live.rendering.outline import BALANCED, Broken, Net, Nets, Outline
from pykka_live.rendering.passages import Marked, Place, text_of


@dataclass(frozen=True)
class Finding:
    """A part of a template that costs more than it could.

    Attributes:
        place: where it begins.
        kind: `string`, if it is rendered as a string and then parsed; `rows`, if a loop renders all
            its rows each time.
        why: the reason.
    """

    place: Place
    kind: Literal["string", "rows"]
    why: str


class Knowledge:
    """Knows the nodes of one template.

    Args:
        lineage: the template.

    Attributes:
        reader: knows what nodes read.
    """

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        self.reader = reads.Reader(self.contents_of)
        self._nets: dict[int, tuple[Node, Net | Broken]] = {}
        self._included: dict[int, tuple[Node, Any]] = {}

    # Bodies

    def contents_of(self, node: Node) -> Iterable[Node] | None:
        """Return what is shown in the place of a block or an include, if that is known."""
        if isinstance(node, BlockNode):
            return self.lineage.content_of(node)
        template = self.included(node)
        return None if template is None else template.nodelist

    def included(self, node: Any) -> Any:
        """Return the template, or the part of one, that a node always includes, or None."""
        if id(node) not in self._included:
            try:
                if type(node) is PARTIAL:
                    template = partial_of(node)
                else:
                    template = included_template(node, self.lineage.template)
            except (TemplateDoesNotExist, TemplateSyntaxError):
                template = None
            self._included[id(node)] = (node, template)
        return self._included[id(node)][1]

    def bodies(self, node: Node) -> list[Iterable[Node]]:
        """Return the contents of a node that are rendered in its place, one or the other."""
        kind = type(node)
        if kind is IfNode:
            return [nodes for _, nodes in node.conditions_nodelists]  # type: ignore[attr-defined]
        if kind is ForNode:
            return [node.nodelist_loop, node.nodelist_empty]  # type: ignore[attr-defined]
        if kind is WithNode or kind is AutoEscapeControlNode:
            return [node.nodelist]  # type: ignore[attr-defined]
        if kind is PARTIAL_DEFINITION:
            return [node.nodelist] if node.inline else []  # type: ignore[attr-defined]
        if kind is BlockNode or kind is IncludeNode or kind is PARTIAL:
            contents = self.contents_of(node)
            return [] if contents is None else [contents]
        return []

    def doubt_about(self, loop: ForNode) -> str:
        """Return why the rows of a loop have to be rendered each time."""
        nodes: Any = loop.nodelist_loop
        node = self._doubtful(nodes, set())
        if node is None:
            return "its rows ask forloop for more than their place"
        contents = str(getattr(node.token, "contents", type(node).__name__))
        if isinstance(node, VariableNode):
            return f"{{{{ {contents} }}}} uses a filter that is not known to be pure"
        return f"{{% {contents.split()[0]} %}} is not known to be pure"

    def _doubtful(self, nodes: Iterable[Node], seen: set[int]) -> Node | None:
        for node in nodes:
            reads = self.reader.of_node(node)
            if (reads.fixed and reads.trusted) or id(node) in seen:
                continue
            seen.add(id(node))  # a template may include itself
            for body in self.bodies(node):
                found = self._doubtful(body, seen)
                if found is not None:
                    return found
            return node
        return None

    def net(self, node: Node) -> Net | Broken:
        """Return what a node does to the elements around it."""
        if id(node) not in self._nets:
            self._nets[id(node)] = (node, BALANCED)  # an include of itself
            self._nets[id(node)] = (node, self._net(node))
        return self._nets[id(node)][1]

    def _net(self, node: Node) -> Net | Broken:
        found: list[Net] = []
        for body in self.bodies(node):
            try:
                marked = Marked(body)
                net = Outline(marked.source, NodeNets(self, marked.slots)).net
            except Broken as broken:
                return broken
            if marked.source and not marked.source.isspace():
                found.append(net)
        if not found:
            return BALANCED
        if all(net.rows for net in found):
            return Net(rows=True)
        ways = {(net.closes, net.opens) for net in found}
        if len(ways) > 1:
            ways.discard(((), ()))
        if len(ways) > 1:
            return Broken("its branches end or begin different elements")
        closes, opens = ways.pop()
        return Net(closes, opens)


class NodeNets(Nets):
    """The nets of some nodes, worked out when they are asked for.

    Raises:
        Broken: if there is none.
    """

    def __init__(self, knowledge: Knowledge, slots: Sequence[Node]) -> None:
        super().__init__()
        self._knowledge = knowledge
        self._slots = slots

    def __missing__(self, index: int) -> Net:
        net = self._knowledge.net(self._slots[index])
        if isinstance(net, Broken):
            raise net
        return net

    def is_spaced(self, index: int) -> bool:
        bodies = self._knowledge.bodies(self._slots[index])
        return bool(bodies) and all(
            (text_of(first) or "")[:1].isspace() for body in bodies for first in list(body)[:1]
        )
