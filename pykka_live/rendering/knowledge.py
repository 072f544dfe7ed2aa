"""What is known of the nodes of one template: what they read, what they contain, and what they do
to the elements around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.template import Node, TemplateDoesNotExist, TemplateSyntaxError
from django.template.defaulttags import ForNode, IfNode
from django.template.library import InclusionNode
from django.template.loader_tags import BlockNode, IncludeNode

from pykka_live.rendering import reads
from pykka_live.rendering.inheritance import (
    PARTIAL,
    PARTIAL_DEFINITION,
    Lineage,
    included_template,
    partial_of,
    template_of_tag,
)
from pykka_live.rendering.outline import BALANCED, SPACES, Broken, Net, Nets, Outline
from pykka_live.rendering.passages import Marked, place_of, text_of
from pykka_live.rendering.scopes import OVERRIDES, SCOPES


class Knowledge:
    """Knows the nodes of one template.

    Args:
        lineage: the template.

    Attributes:
        reader: knows what nodes read.
        failed: why includes failed whose template there is not, by the `id` of their nodes.
    """

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        self.reader = reads.Reader(self.contents_of)
        self.failed: dict[int, Exception] = {}
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
                elif isinstance(node, InclusionNode):
                    template = template_of_tag(node, self.lineage.template)
                else:
                    template = included_template(node, self.lineage.template)
            except (TemplateDoesNotExist, TemplateSyntaxError) as error:
                self.failed[id(node)] = error
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
        if kind is PARTIAL_DEFINITION:
            return [node.nodelist] if node.inline else []  # type: ignore[attr-defined]
        if kind in (BlockNode, IncludeNode, InclusionNode, PARTIAL):
            contents = self.contents_of(node)
            return [] if contents is None else [contents]
        if kind in SCOPES or kind in OVERRIDES:
            return [node.nodelist]  # type: ignore[attr-defined]
        return []

    def net(self, node: Node) -> Net | Broken:
        """Return what a node does to the elements around it."""
        if id(node) not in self._nets:
            self._nets[id(node)] = (node, BALANCED)  # an include of itself
            net = self._net(node)
            if isinstance(net, Broken) and net.place is None:
                net.place = place_of(node)
            self._nets[id(node)] = (node, net)
        return self._nets[id(node)][1]

    def _net(self, node: Node) -> Net | Broken:
        found: list[Net] = []
        half = False
        for body in self.bodies(node):
            marked = None
            try:
                marked = Marked(body)
                net = Outline(marked.source, NodeNets(self, marked.slots)).net
            except Broken as broken:
                if marked is not None and broken.place is None and broken.at is not None:
                    broken.place = marked.place(broken.at)
                return broken
            half = half or net.half
            if marked.source.strip(SPACES):
                found.append(net)
        torn = half and type(node) is ForNode
        if not found:
            return Net(half=half, torn=torn)
        if all(net.rows for net in found):
            return Net(rows=True, half=half, torn=torn)
        ways = {(net.closes, net.opens) for net in found}
        if len(ways) > 1:
            ways.discard(((), ()))
        if len(ways) > 1:
            return Broken("its branches end or begin different elements")
        closes, opens = ways.pop()
        return Net(closes, opens, half=half, torn=torn)


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
            (text_of(first) or "x")[:1] in SPACES for body in bodies for first in list(body)[:1]
        )
