"""The program that a template was compiled to: it makes the tree of the live region."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django.template import Node, Template
from django.template.base import TextNode
from django.template.defaulttags import (
    CommentNode,
    CsrfTokenNode,
    LoadNode,
    TemplateTagNode,
    VerbatimNode,
)

from pykka_live._region import MARK
from pykka_live.rendering import _elements, _ops
from pykka_live.rendering._classes import Classes
from pykka_live.rendering._trust import Trust
from pykka_live.rendering.attributes import attributes_of
from pykka_live.rendering.beside import Again, BesideNode
from pykka_live.rendering.compiler import Compiler, Memory
from pykka_live.rendering.findings import Finding
from pykka_live.rendering.inheritance import Lineage
from pykka_live.rendering.knowledge import Knowledge, NodeNets
from pykka_live.rendering.outline import SLOT, Broken, Outline
from pykka_live.rendering.passages import Item, Marked, text_of
from pykka_live.rendering.pieces import Tagged
from pykka_live.rendering.roots import find_root
from pykka_live.rendering.scopes import SCOPES, scope_of
from pykka_live.vdom import Element, Region, RegionError, find_region

_NO_ROOTS = frozenset(
    "html template pre listing textarea svg math g defs symbol marker mask pattern clippath text "
    "tspan switch lineargradient radialgradient filter".split()
)
_HARMLESS = (CommentNode, CsrfTokenNode, LoadNode, TemplateTagNode, VerbatimNode)


class Program:
    """What makes the tree of a template's live region.

    Args:
        template: Django's.

    Attributes:
        lineage: the template and those that it extends.
        findings: what costs more than it could.
        loops: the loops whose rows last.
        content: the ops; what they make is one element, the root.
        size: how long a memory has to be.
        keys: the ways from a loop's item to what tells it from the others, the best first.
        remembers: whether what it makes depends on what a memory holds.
        classes: those of what it has shown.

    Raises:
        Broken: if the template cannot be compiled; the text says why.
    """

    def __init__(self, template: Template) -> None:
        self.lineage = Lineage(template)
        knowledge = Knowledge(self.lineage)
        self._knowledge = knowledge
        self._compiler = Compiler(knowledge)
        self._memory = Memory()
        self.content = self._content(list(self.lineage.root.nodelist))
        found = self._compiler.findings
        self.findings: list[Finding] = list(dict.fromkeys(found.found))
        self.loops = list(dict.fromkeys(found.loops))
        self.size = self._memory.size
        self.keys = self._compiler.keys.ranked()
        self.remembers = self._memory.is_needed
        self.classes = Classes()

    def _content(self, nodes: Sequence[Node]) -> _ops.Op:
        """Compile the nodes of a page."""
        content = self._find(nodes)
        if content is None:
            raise Broken(f"no element of the template itself has the attribute {MARK}")
        return content

    def _find(self, nodes: Sequence[Node]) -> _ops.Op | None:
        """Compile the nodes that hold the region, and what it depends on."""
        if any(isinstance(node, TextNode) and MARK in node.s for node in nodes):
            marked = Marked(nodes)
            # It may as well be a style sheet that speaks of it.
            with suppress(RegionError):
                return self._region(marked, find_region(marked.source))
        for position, node in enumerate(nodes):
            if not isinstance(node, SCOPES):
                continue
            bodies = self._knowledge.bodies(node)
            inner = self._find(list(bodies[0])) if bodies else None
            if inner is not None:
                content = _ops.Sequence([inner], self._memory.place())
                return self._surrounded(
                    nodes[:position], scope_of(node, content), nodes[position + 1 :]
                )
        return None

    def _surrounded(self, before: Sequence[Item], inner: _ops.Op, after: Sequence[Item]) -> _ops.Op:
        for item in before:
            if isinstance(item, Node) and not self._knowledge.reader.of_node(item).fixed:
                self._compiler.findings.effect(item)
        outside = [[self._outside(item) for item in items] for items in (before, after)]
        return _ops.Surrounded(outside[0], inner, outside[1], f"<{self._tag} {MARK}></{self._tag}>")

    def _outside(self, item: Item) -> _ops.Outside | Node | str:
        text = text_of(item)
        if text is not None:
            return text
        assert isinstance(item, Node)
        if isinstance(item, BesideNode):
            return ""
        if isinstance(item, _HARMLESS):
            return item
        reads = self._knowledge.reader.of_node(item)
        self._memory.is_needed = True
        return _ops.Outside(Again(item), Trust(reads), reads.fixed, self._memory.place())

    def _region(self, marked: Marked, region: Region) -> _ops.Op:
        self._tag = region.tag
        tag = self._element(marked, region)
        before = marked.items(0, region.start)
        return self._surrounded(before, tag, marked.items(region.end, len(marked.source)))

    def _element(self, marked: Marked, region: Region) -> _ops.Op:
        """Compile the root of a tree."""
        if region.foreign or region.tag in _NO_ROOTS:
            place = marked.place(region.start)
            raise Broken(f"the root is a <{region.tag}>", place)
        start = marked.source[region.start : region.inner_start]
        nets = NodeNets(self._knowledge, marked.slots)
        (element,) = Outline(f"{start}</{region.tag}>", nets).root.children
        assert isinstance(element, Tagged)
        if element.why:
            raise Broken(element.why, marked.place(region.start))
        root = Element(region.tag, region.attrs)
        attributes = attributes_of(element, root, marked.slots, self._compiler, self._memory)
        content = self._compiler.sequence(
            marked.items(region.inner_start, region.inner_end),
            (region.tag,),
            self._memory,
            is_whole=True,
        )
        return _elements.Tag(
            region.tag,
            SLOT.split(start)[::2],
            marked.source[region.inner_end : region.end],
            attributes,
            content,
            (),
            self._memory.place(),
        )


class ComponentProgram(Program):
    """What makes the tree of a component: nothing around its root matters."""

    def _content(self, nodes: Sequence[Node]) -> _ops.Op:
        root = find_root(nodes, self._knowledge.bodies)
        content = self._element(root.marked, root.region)
        for scope in reversed(root.scopes):
            content = scope_of(scope, _ops.Sequence([content], self._memory.place()))
        return content
