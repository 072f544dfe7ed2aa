"""Compiles pieces of a template to ops."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.template import Node
from django.template.base import VariableNode
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.library import InclusionNode
from django.template.loader_tags import IncludeNode

from pykka_live.rendering import _elements, _loops, _ops, _places, _scopes
from pykka_live.rendering._trust import Trust
from pykka_live.rendering.attributes import attributes_of
from pykka_live.rendering.findings import Finding, Findings
from pykka_live.rendering.inheritance import PARTIAL, PARTIAL_DEFINITION
from pykka_live.rendering.keys import Keys
from pykka_live.rendering.knowledge import Knowledge, NodeNets
from pykka_live.rendering.outline import NEWLINE_EATERS, SLOT, Broken, Outline
from pykka_live.rendering.passages import Item, Marked, Place
from pykka_live.rendering.pieces import Piece, Slot, Soiled, Tagged
from pykka_live.rendering.placeholder import ComponentNode, constant_name, function_of
from pykka_live.rendering.reads import (
    NOTHING,
    TESTED,
    Reads,
    all_of,
    of_condition,
    of_expression,
    plain_path,
)
from pykka_live.rendering.scopes import OVERRIDES, SCOPES, names_of, override_of, scope_of
from pykka_live.rendering.skeleton import Chain, expected, is_static, parsed
from pykka_live.vdom import Element
from pykka_live.vdom import Node as TreeNode

MAX_DEPTH = 30
"""So deep may control structures and includes be nested; what is deeper is rendered as a string."""

MAX_COPIES = 200
"""So often may a template that includes itself be compiled for all its places at one depth."""

_NEWLINE = re.compile("\r\n?|\n")
_NO_TEXT = frozenset("table tbody thead tfoot tr colgroup".split())
_NEVER_CUT = frozenset("template html head frameset".split())


class Memory:
    """Numbers the places of a memory."""

    def __init__(self) -> None:
        self.size = 0
        self.is_needed = False  # some op in it is worth it

    def place(self) -> int:
        """Return a new place."""
        self.size += 1
        return self.size - 1


class Compiler:
    """Compiles pieces of one template.

    Attributes:
        findings: what costs more than it could.
        keys: what tells items of loops apart.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.findings = Findings(knowledge)
        self.keys = Keys()
        self.depth = 0
        self._unfolding: list[Any] = []  # the templates that are being included
        self._copies = 1

    def sequence(
        self, items: Iterable[Item], chain: Chain, memory: Memory, is_whole: bool = False
    ) -> _ops.Sequence:
        """Compile what stands beside each other inside of the elements of `chain`; `is_whole` if
        the last of them ends there.

        Raises:
            Broken: if it does not keep to itself.
        """
        self.depth += 1
        try:
            return _Assembly(self, list(items), chain, memory).sequence(is_whole)
        finally:
            self.depth -= 1

    def op(self, node: Node, chain: Chain, memory: Memory) -> _ops.Op:
        """Compile a node whose place is among the children of an element.

        Raises:
            Broken: if what it makes cannot be a part of that element and no more.
        """
        make = _MAKERS.get(type(node))
        if make is None:
            return self._left(node, chain, memory)
        if self.depth > MAX_DEPTH:
            why = f"it is inside of more than {MAX_DEPTH} tags"
            return self._left(node, chain, memory, why if self.knowledge.bodies(node) else "")
        return make(self, node, chain, memory)

    def _left(self, node: Node, chain: Chain, memory: Memory, why: str = "") -> _ops.Op:
        """Leave a node to Django, because of `why` or of what it is."""
        return self.writer([node], chain, memory, self.findings.node(node, why))

    def in_tag(self, node: Node, memory: Memory) -> _ops.Writer:
        """Compile a node that stands in a tag."""
        self.findings.in_tag(node)
        return self.writer([node], (), memory)

    def writer(
        self, parts: Sequence[Item], chain: Chain, memory: Memory, finding: Finding | None = None
    ) -> _ops.Writer:
        """Leave a piece of a template to strings; `finding` says why, if it is more than a slot."""
        reads = self.knowledge.reader.of_nodes(parts)
        texts = [part if isinstance(part, Node) else str(part) for part in parts]
        return _ops.Nodes(texts, *self._place(reads, chain, memory), finding)

    def _place(self, reads: Reads, chain: Chain, memory: Memory) -> tuple[Trust, Chain, bool, int]:
        blank = bool(chain) and chain[-1] in _NO_TEXT
        return Trust(reads), chain, blank, memory.place()

    def value(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        """Compile a variable."""
        self.findings.slot(node)
        expression = node.filter_expression
        place = self._place(of_expression(expression), chain, memory)
        return _ops.Value(node, plain_path(expression), *place)

    def _if(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        self.findings.slot(node)
        conditions = [condition for condition, _ in node.conditions_nodelists]
        branches = [self.sequence(nodes, chain, memory) for _, nodes in node.conditions_nodelists]
        reads = all_of(map(of_condition, conditions))
        return _scopes.If(node, conditions, branches, Trust(reads))

    def _for(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        self.findings.slot(node)
        inside, otherwise = Memory(), Memory()
        self.findings.depth += 1
        try:
            with self.keys.within(node.loopvars):
                body = self.sequence(node.nodelist_loop, chain, inside)
        finally:
            self.findings.depth -= 1
        empty = self.sequence(node.nodelist_empty, chain, otherwise)
        body.size = inside.size if inside.is_needed else 0
        empty.size = otherwise.size
        sequence = of_expression(node.sequence, TESTED)
        outer, own = self.knowledge.reader.of_loop(node)
        lasting = outer.fixed and own <= _loops.PLACES.keys()
        self.findings.loop(node, outer, lasting and outer.trusted)
        places = 0
        for name in own & _loops.PLACES.keys():
            places |= _loops.PLACES[name]
        memory.is_needed = True
        return _loops.For(
            node, plain_path(node.sequence), Trust(sequence), body, empty, sorted(outer.paths),
            outer.cycles, lasting, places, memory.place(),
        )  # fmt: skip

    def _scope(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        if isinstance(node, WithNode):
            self.findings.slot(node)
        (content,) = self.knowledge.bodies(node)
        return scope_of(node, self.sequence(content, chain, memory))

    def _override(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        self.findings.slot(node)
        inside = Memory()
        (body,) = self.knowledge.bodies(node)
        content = self.sequence(body, chain, inside)
        content.size = inside.size
        memory.is_needed = memory.is_needed or inside.is_needed
        return override_of(node, content, memory.place())

    def _partial_definition(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        return self.sequence(node.nodelist if node.inline else (), chain, memory)

    def _include(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        template = self.knowledge.included(node)
        if template is None:
            return self._left(node, chain, memory)
        self.findings.slot(node)
        copies = self._copies
        self._copies *= self._ways_back_to(template)
        self._unfolding.append(template)
        try:
            if self._copies > MAX_COPIES:
                why = "it includes itself in too many places to be compiled for each"
                return self._left(node, chain, memory, why)
            content = self.sequence(template.nodelist, chain, memory)
        finally:
            self._unfolding.pop()
            self._copies = copies
        if type(node) is PARTIAL:
            return _scopes.Partial(content, template)
        if isinstance(node, InclusionNode):
            return _scopes.Inclusion(content, node, template)
        return _scopes.Include(content, names_of(node), template, node.isolated_context)

    def _component(self, node: Any, chain: Chain, memory: Memory) -> _ops.Op:
        if node.id is None or not constant_name(node) or function_of(node) is not None:
            return self._left(node, chain, memory)
        inside = self.knowledge.reader.of_nodes(node.slots)
        memory.is_needed = True
        return _places.Place(node, Trust(inside), *self._place(NOTHING, chain, memory)[1:])

    def _ways_back_to(self, template: Any) -> int:
        """Count how often a template that is being included includes itself, directly or not."""
        if template not in self._unfolding:
            return 1
        cycle = self._unfolding[self._unfolding.index(template) :]
        kinds = tuple(kind for kind in (IncludeNode, InclusionNode, PARTIAL) if kind is not None)
        nodes = [node for each in cycle for node in each.nodelist.get_nodes_by_type(kinds)]
        return sum(self.knowledge.included(node) in cycle for node in nodes)


_MAKERS: dict[type, Callable[[Compiler, Any, Chain, Memory], _ops.Op]] = {
    VariableNode: Compiler.value,
    IfNode: Compiler._if,
    ForNode: Compiler._for,
    **dict.fromkeys(SCOPES, Compiler._scope),
    **dict.fromkeys(OVERRIDES, Compiler._override),
    **dict.fromkeys((IncludeNode, InclusionNode), Compiler._include),
    PARTIAL: Compiler._include,
    ComponentNode: Compiler._component,
    PARTIAL_DEFINITION: Compiler._partial_definition,
}


class _Assembly:
    """Makes one sequence of ops."""

    def __init__(self, compiler: Compiler, items: list[Item], chain: Chain, memory: Memory) -> None:
        self._compiler = compiler
        self._chain = chain
        self._memory = memory
        self._marked = Marked(items)
        self._source, self._slots = self._marked.source, self._marked.slots
        self._causes: dict[int, Place] = {}  # by the `id` of the element

    def sequence(self, is_whole: bool) -> _ops.Sequence:
        if not _NEVER_CUT.isdisjoint(self._chain):
            raise Broken(f"it is inside of <{self._chain[-1]}>")
        nets = NodeNets(self._compiler.knowledge, self._slots)
        try:
            outline = Outline(self._source, nets, self._chain, is_whole)
        except Broken as broken:
            if broken.place is None and broken.at is not None:
                broken.place = self._marked.place(broken.at)
            raise
        if outline.net.closes or outline.net.opens:
            raise Broken("it begins or ends elements that it does not end or begin")
        ops = self._ops_of(outline.root)
        return _ops.Sequence(ops, self._memory.place())

    def _ops_of(self, root: Tagged) -> list[_ops.Op]:
        while not root.why:
            nodes = parsed(root, self._chain)
            if nodes is None:
                continue
            findings = self._compiler.findings
            known, loops = len(findings.found), len(findings.loops)
            try:
                return self._children(root, nodes, self._chain)
            except Soiled as soiled:
                del findings.found[known:], findings.loops[loops:]
                soiled.element.why = str(soiled)
                if soiled.place is not None:
                    self._causes[id(soiled.element)] = soiled.place
        return [self._string(root, self._chain)]

    def _string(self, element: Tagged, chain: Chain) -> _ops.Op:
        """Leave an element, or the whole, to strings."""
        begin = self._marked.place(element.start)
        cause = self._marked.place(element.cause) if element.cause >= 0 else begin
        cause = self._causes.get(id(element), cause)
        finding = self._compiler.findings.string(cause, element.why, element.name, begin)
        parts = self._marked.items(element.start, element.end)
        return self._compiler.writer(parts, chain, self._memory, finding)

    def _children(self, element: Tagged, nodes: Sequence[TreeNode], chain: Chain) -> list[_ops.Op]:
        ops: list[_ops.Op] = []
        static: list[TreeNode] = []
        for piece, node in zip(expected(element), nodes, strict=True):
            if is_static(piece):
                static.append(node)
                continue
            if static:
                ops.append(_ops.Static(static))
                static = []
            ops.append(self._op(element, piece, node, chain))
        if static:
            ops.append(_ops.Static(static))
        return ops

    def _op(self, element: Tagged, piece: Piece, node: TreeNode, chain: Chain) -> _ops.Op:
        if isinstance(piece, Slot):
            try:
                return self._compiler.op(self._slots[piece.index], chain, self._memory)
            except Broken as broken:
                raise Soiled(element, str(broken), broken.place) from None
        assert isinstance(piece, Tagged)
        if piece.why:
            return self._string(piece, chain)
        assert isinstance(node, Element)
        inner = (*chain, piece.name)
        if not _NEVER_CUT.isdisjoint(inner):
            raise Soiled(piece, f"it is a <{piece.name}>")
        content = _ops.Sequence(self._children(piece, node.children, inner), self._memory.place())
        if piece.implied:
            return _elements.ImpliedBody(content, self._memory.place())
        attributes = attributes_of(piece, node, self._slots, self._compiler, self._memory)
        start = SLOT.split(self._source[piece.start : self._content_start(piece)])[::2]
        end = self._source[piece.close : piece.end] if piece.ends else ""
        return _elements.Tag(node.tag, start, end, attributes, content, chain, self._memory.place())

    def _content_start(self, piece: Tagged) -> int:
        """Return where the content of an element begins that its tree shows."""
        if piece.name not in NEWLINE_EATERS:
            return piece.inner
        newline = _NEWLINE.match(self._source, piece.inner)
        return newline.end() if newline else piece.inner
