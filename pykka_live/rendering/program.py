"""The program that a template was compiled to: it makes the tree of the live region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template import Node, Template
from django.template.base import TextNode
from django.template.defaulttags import AutoEscapeControlNode, WithNode
from django.template.loader_tags import BlockNode

from pykka_live.rendering import _ops
from pykka_live.rendering.compiler import Compiler, Memory, attributes_of
from pykka_live.rendering.inheritance import Lineage
from pykka_live.rendering.knowledge import Finding, Item, Knowledge, NodeNets, marked
from pykka_live.rendering.outline import SLOT, Broken, Outline, Tagged
from pykka_live.vdom import Element, RegionError, find_region

_ROOT = "data-liveview-root"
_UNSUITABLE = frozenset(
    "html template pre listing textarea svg math g defs symbol marker mask pattern clippath text "
    "tspan switch lineargradient radialgradient filter".split()
)
_WRAPPERS = (BlockNode, WithNode, AutoEscapeControlNode)


class Program:
    """What makes the tree of a template's live region.

    Args:
        template: Django's.

    Attributes:
        lineage: the template and those that it extends.
        findings: the parts that are rendered as strings and then parsed.
        content: the ops; what they make is one element, the root.
        size: how long a memory has to be.

    Raises:
        Broken: if the template cannot be compiled; the text says why.
    """

    def __init__(self, template: Template) -> None:
        self.lineage = Lineage(template)
        knowledge = Knowledge(self.lineage)
        self._knowledge = knowledge
        self._compiler = Compiler(knowledge)
        self._memory = Memory()
        found = self._find(list(self.lineage.root.nodelist))
        if found is None:
            raise Broken(f"no element of the template itself has the attribute {_ROOT}")
        self.content = found
        self.findings: list[Finding] = self._compiler.findings
        self.size = self._memory.size

    def _find(self, nodes: Sequence[Node]) -> _ops.Op | None:
        """Compile the nodes that hold the region, and what it depends on."""
        for position, node in enumerate(nodes):
            if isinstance(node, TextNode) and _ROOT in node.s:
                return self._region(nodes)
            if isinstance(node, _WRAPPERS):
                bodies = self._knowledge.bodies(node)
                inner = self._find(list(bodies[0])) if bodies else None
                if inner is not None:
                    wrapped = self._wrap(node, _ops.Sequence([inner], self._memory.place()))
                    return self._surrounded(nodes[:position], wrapped, nodes[position + 1 :])
        return None

    def _wrap(self, node: Any, inner: _ops.Sequence) -> _ops.Op:
        from pykka_live.rendering import _scopes
        from pykka_live.rendering.compiler import names_of

        if isinstance(node, BlockNode):
            return _scopes.Block(inner, node)
        if isinstance(node, WithNode):
            return _scopes.With(inner, names_of(node))
        return _scopes.AutoEscape(inner, node.setting)

    def _surrounded(self, before: Sequence[Item], inner: _ops.Op, after: Sequence[Item]) -> _ops.Op:
        reader = self._knowledge.reader
        effects = [
            item for item in before if isinstance(item, Node) and not reader.of_node(item).fixed
        ]
        return _ops.Surrounded(before, effects, inner, after)

    def _region(self, nodes: Sequence[Node]) -> _ops.Op:
        source, slots = marked(nodes)
        try:
            region = find_region(source)
        except RegionError as error:
            raise Broken(str(error)) from None
        if region.foreign or region.tag in _UNSUITABLE:
            raise Broken(f"the live region is a <{region.tag}>")
        start = source[region.start : region.inner_start]
        outline = Outline(start + f"</{region.tag}>", NodeNets(self._knowledge, slots))
        (element,) = outline.root.children
        assert isinstance(element, Tagged)
        if element.why:
            raise Broken(element.why)
        root = Element(region.tag, region.attrs)
        attributes = attributes_of(element, root, slots, self._compiler, self._memory)
        inner = _items(source[region.inner_start : region.inner_end], slots)
        content = self._compiler.sequence(inner, (region.tag,), self._memory, is_whole=True)
        tag = _ops.Tag(
            region.tag, SLOT.split(start)[::2], attributes, content, (), self._memory.place()
        )
        before, after = source[: region.start], source[region.end :]
        return self._surrounded(_items(before, slots), tag, _items(after, slots))


def _items(source: str, slots: Sequence[Node]) -> list[Item]:
    """Return markup with slots as a list of texts and nodes."""
    items: list[Item] = []
    texts = SLOT.split(source)
    for text, index in zip(texts[::2], [*texts[1::2], None], strict=True):
        if text:
            items.append(text)
        if index is not None:
            items.append(slots[int(index)])
    return items
