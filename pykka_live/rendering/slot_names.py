"""Which slots a component's template shows, so that one which it never shows can be refused."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.core.signals import setting_changed
from django.dispatch import receiver
from django.template import Node, Template, TemplateSyntaxError, Variable
from django.template.base import FilterExpression, TextNode
from django.template.defaulttags import DebugNode
from django.template.library import InclusionNode, SimpleNode
from django.template.loader_tags import BlockNode, IncludeNode
from django.template.smartif import TokenBase
from django.utils.autoreload import file_changed

from pykka_live.rendering.inheritance import PARTIAL, Lineage
from pykka_live.rendering.knowledge import Knowledge
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.placeholder import DEFAULT_SLOT, ComponentNode, SlotNode
from pykka_live.rendering.purity import is_pure_node

SLOTS = "slots"
"""What the slots are called in a component's template."""

_OF_DICT = frozenset(dir(dict))


class _Unknown(Exception):
    """A template may show any slot."""


_known: WeakKeyDictionary[Template, frozenset[str] | None] = WeakKeyDictionary()


@receiver([file_changed, setting_changed])
def _forget(**kwargs: Any) -> None:
    _known.clear()  # what a template includes may be another


def check_slots(name: str, given: Collection[str], template: Template) -> None:
    """Refuse slots that a component never shows, on whatever condition.

    Args:
        name: the component's.
        given: the names of the slots.
        template: the component's.

    Raises:
        TemplateSyntaxError: naming the slot, and those that there are.
    """
    shown = slot_names(template)
    if shown is None or shown.issuperset(given):
        return
    slot = next(each for each in given if each not in shown)
    what = " (all that is in its block, but in no {% slot %})" if slot == DEFAULT_SLOT else ""
    there_are = ", ".join(f'"{each}"' for each in sorted(shown)) or "none"
    raise TemplateSyntaxError(
        f'The component "{name}" never shows the slot "{slot}"{what}; the slots that its template '
        f"shows: {there_are}. If this belongs to a component around it, end the tag of "
        f'"{name}" with / %}}: it has no end tag.'
    )


def slot_names(template: Template) -> frozenset[str] | None:
    """Return the names of the slots that a template shows somewhere; None if it may show any: it
    hands on all of them, or has tags of which nobody knows what they show."""
    try:
        return _known[template]
    except KeyError:
        names = _known[template] = _found(template)
        return names


def _found(template: Template) -> frozenset[str] | None:
    try:
        knowledge = Knowledge(Lineage(template, lasts=False))
        return frozenset(_Search(knowledge).of(knowledge.lineage.root.nodelist))
    except (_Unknown, Broken, RecursionError):
        return None


class _Search:
    """Looks for the names in what the nodes of one template hold."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._seen: set[int] = set()  # a template may include itself

    def of(self, value: Any) -> Iterator[str]:
        """Yield the names of the slots that something looks up.

        Raises:
            _Unknown: if it may look up any.
        """
        if isinstance(value, Node):
            if id(value) not in self._seen:
                self._seen.add(id(value))
                yield from self._of_node(value)
        elif isinstance(value, Variable):
            yield from _looked_up(value)
        elif isinstance(value, FilterExpression):
            yield from self.of(value.var)
            for _, arguments in value.filters:
                yield from self.of(arguments)
        elif isinstance(value, TokenBase):
            yield from self.of([getattr(value, "value", None), value.first, value.second])
        elif isinstance(value, Mapping):
            yield from self.of(list(value.values()))
        elif isinstance(value, list | tuple | set | frozenset):
            for each in value:
                yield from self.of(each)

    def _of_node(self, node: Any) -> Iterator[str]:
        if isinstance(node, TextNode):
            return
        if not _is_open(node):
            raise _Unknown
        if isinstance(node, BlockNode | IncludeNode) or type(node) is PARTIAL:
            contents = self._knowledge.contents_of(node)
            if contents is None:
                raise _Unknown
            yield from self.of(list(contents))
        if not isinstance(node, BlockNode):  # whose own content may be overridden
            yield from self.of(vars(node))


def _looked_up(variable: Variable) -> Iterator[str]:
    path = variable.lookups or ()
    if path[:2] == ("block", "super"):
        raise _Unknown
    if path[:1] != (SLOTS,):
        return
    if len(path) == 1 or path[1] in _OF_DICT:
        raise _Unknown
    yield path[1]


def _is_open(node: Node) -> bool:
    """Tell whether a node shows nothing but what it holds."""
    if isinstance(node, SimpleNode | InclusionNode):
        return not node.takes_context
    if isinstance(node, DebugNode):
        return False
    known = isinstance(node, ComponentNode | SlotNode) or is_pure_node(node)
    return known or type(node).__module__.startswith("django.")
