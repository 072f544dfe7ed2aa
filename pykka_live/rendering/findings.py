"""What makes an event cost more than what has changed, where the reason for that stands, and what
it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.template import Node, NodeList, TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import VariableNode
from django.template.defaulttags import ForNode, IfNode, WithNode
from django.template.library import InclusionNode
from django.template.loader_tags import IncludeNode

from pykka_live.rendering.inheritance import PARTIAL, is_constant
from pykka_live.rendering.knowledge import Knowledge
from pykka_live.rendering.passages import Place, place_of
from pykka_live.rendering.placeholder import ComponentNode, function_of
from pykka_live.rendering.purity import is_pure
from pykka_live.rendering.reads import Reads, all_of, of_condition, of_expression, of_names
from pykka_live.rendering.scopes import OVERRIDES, asked_by

Kind = Literal["error", "unknown", "page", "string", "rows", "slot", "binding"]


@dataclass(frozen=True)
class Finding:
    """Something that makes an event cost more than what has changed, or that is wrong.

    Attributes:
        place: where the reason for it stands.
        kind: `error`, if it cannot be shown; `unknown`, if it could not be checked; `page`, if all
            of the page is rendered as a string and then parsed; `string`, if a part of it is;
            `rows`, if a loop renders all its rows each time; `slot`, if something is evaluated each
            time that may cost anything; `binding`, if an event's binding is misspelt.
        why: the reason.
        part: what is concerned, if it is more than what stands there.
    """

    place: Place
    kind: Kind
    why: str
    part: str = ""


@dataclass(frozen=True)
class Loop:
    """A loop whose rows last, as long as what they read are plain values.

    Attributes:
        place: where it begins.
        names: what its rows read, the loop's own names first.
    """

    place: Place
    names: tuple[str, ...]


class Findings:
    """Collects what is found in one template.

    Args:
        knowledge: of the template's nodes.

    Attributes:
        found: what was found.
        loops: the loops whose rows last.
        depth: of how many loops the bodies are around what is looked at.
    """

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.found: list[Finding] = []
        self.loops: list[Loop] = []
        self.depth = 0

    def string(
        self, place: Place, why: str, element: str = "", begin: Place | None = None
    ) -> Finding:
        """Note what is left to a string: the node at `place`, or an element that may begin
        elsewhere, or, without a name, all beside it."""
        part = ""
        if begin is not None:
            part = f"<{element}>" if element else "all beside it"
            if begin != place:
                part += f" from {_seen_from(place, begin)} on"
        self.found.append(Finding(place, "string", why, part))
        return self.found[-1]

    def node(self, node: Node, why: str = "") -> Finding | None:
        """Note a node that is left to Django, because of `why` or of what it is; return what is
        said of it, unless it is a mere slot."""
        why = why or self._why_no_structure(node)
        if why:
            kind: Kind = "error" if id(node) in self._knowledge.failed else "string"
            self.found.append(Finding(place_of(node), kind, why))
            return self.found[-1]
        self.slot(node)
        return None

    def slot(self, node: Any) -> None:
        """Note a node that is not known to give the same for the same; of loops, `loop` tells."""
        if self.depth:
            return
        if not _asked(self._knowledge, node).trusted:
            self.found.append(Finding(place_of(node), "slot", self._doubt(node)))

    def effect(self, node: Node) -> None:
        """Note a node outside of the live region that is rendered all the same."""
        culprit = self._culprit([node], set())
        if culprit is None:  # what it asks objects for is known only when it does
            return
        why = f"{tag_of(culprit)} before the live region may change what that shows"
        self.found.append(Finding(place_of(culprit), "slot", why))

    def in_tag(self, node: Any) -> None:
        """Note a node that stands in a tag."""
        loops = node.get_nodes_by_type(ForNode)
        if loops:
            self.found.append(Finding(place_of(loops[0]), "rows", "it stands in a tag"))
        else:
            self.slot(node)

    def loop(self, node: Any, outer: Reads, lasts: bool) -> None:
        """Note a loop, which reads `outer` from outside."""
        begin = place_of(node)
        if lasts:
            own = self._knowledge.reader.of_nodes(node.nodelist_loop).paths - outer.paths
            names = [path for path in own if path[0] in node.loopvars]
            names += [path for path in outer.paths if len(path) > 1]
            self.loops.append(Loop(begin, tuple(sorted(map(".".join, names)))))
            return
        culprit = self._culprit(node.nodelist_loop, set())
        place, why = begin, "its rows ask forloop for more than their place"
        if culprit is not None:
            place, why = place_of(culprit), self._doubt(culprit)
        part = f"the loop in {_seen_from(place, begin)}" if place != begin else ""
        self.found.append(Finding(place, "rows", why, part))

    # Reasons

    def _culprit(self, nodes: Iterable[Node], seen: set[int]) -> Node | None:
        """Return the innermost node because of which some have to be rendered each time."""
        for node in nodes:
            reads = self._knowledge.reader.of_node(node)
            if (reads.fixed and reads.trusted) or id(node) in seen:
                continue
            seen.add(id(node))  # a template may include itself
            for body in self._knowledge.bodies(node):
                found = self._culprit(body, seen)
                if found is not None:
                    return found
            return node
        return None

    def _doubt(self, node: Node) -> str:
        """Return why a node has to be evaluated each time."""
        contents = str(getattr(node.token, "contents", type(node).__name__))
        if isinstance(node, VariableNode):
            return f"{{{{ {contents} }}}} uses a filter that is not known to be pure"
        if not _asked(self._knowledge, node).trusted and type(node) in _ASKING:
            return f"{{% {contents} %}} uses a filter that is not known to be pure"
        tag = tag_of(node)
        if isinstance(node, ComponentNode) and function_of(node) is None:
            return f"{tag} is given its props each time"
        if self._knowledge.reader.of_node(node).trusted:
            return f"{tag} sets a variable, or counts"
        if getattr(node, "takes_context", False) and is_pure(getattr(node, "func", None)):
            return f"{tag} takes the context, so it cannot be pure"
        return self._why_not_included(node) or f"{tag} is not known to be pure"

    def _why_no_structure(self, node: Node) -> str:
        """Return why what a node contains cannot be told apart; empty if it contains nothing."""
        tag = tag_of(node)
        if isinstance(node, IncludeNode | InclusionNode) or type(node) is PARTIAL:
            return self._why_not_included(node)
        if any(isinstance(value, NodeList) for value in vars(node).values()):
            return f"{tag} renders itself what it contains"
        return ""

    def _why_not_included(self, node: Any) -> str:
        if type(node) is PARTIAL:
            return "the partial is missing, or holds blocks"
        if not isinstance(node, IncludeNode | InclusionNode):
            return ""
        if self._knowledge.included(node) is not None:
            return ""
        name = node.filename if isinstance(node, InclusionNode) else _constant(node.template)
        if isinstance(node, InclusionNode) and is_pure(node.func):
            return f"{tag_of(node)} renders a template of its own"
        if not isinstance(name, str):
            return "which template it includes is only known when it is rendered"
        error = self._knowledge.failed.get(id(node))
        if isinstance(error, TemplateDoesNotExist):
            return f"there is no template {error}"
        if isinstance(error, TemplateSyntaxError):
            return f"{name} cannot be compiled: {error}"
        return f"{name} extends another template"


def _constant(expression: Any) -> Any:
    return expression.var if is_constant(expression) else None


def tag_of(node: Node) -> str:
    """Return the name of a node's tag, as it is written."""
    contents = str(getattr(node.token, "contents", "")) or type(node).__name__
    return f"{{% {contents.split()[0]} %}}"


_ASKING = frozenset({IfNode, WithNode, ForNode, *OVERRIDES})


def _asked(knowledge: Knowledge, node: Any) -> Reads:
    """Return what a node itself reads, and not what is in it."""
    kind = type(node)
    if kind is IfNode:
        return all_of(of_condition(condition) for condition, _ in node.conditions_nodelists)
    if kind is ForNode:
        return of_expression(node.sequence)
    if kind in OVERRIDES:
        return of_expression(asked_by(node))
    if kind is WithNode or (kind is IncludeNode and knowledge.included(node) is not None):
        return of_names(node.extra_context)
    return knowledge.reader.of_node(node)


def _seen_from(place: Place, other: Place) -> str:
    if place.template == other.template:
        return f"line {other.line}"
    return f"{other.template}:{other.line}"
