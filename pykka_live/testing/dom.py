"""The page that a tab shows: elements that patches change in place, and that remember what a person
has done to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pykka_live import vdom

COMPONENT = "live-component"


class Done(NamedTuple):
    """What a person has made of an element, and what the markup said then. It holds until the
    markup says something else."""

    value: Any
    markup: Any


class DomElement(vdom.Draft):
    """An element of the page. Its children are elements, texts and comments.

    Attributes:
        parent: the element that it stands in; None for the page itself, and for what has gone.
        done: what a person has typed, ticked, chosen or opened here, if anything.
        is_used: whether a person has changed, left or sent this field.
        waiting: how many answers to its events this element waits for.
    """

    def __init__(self, tag: str, attrs: dict[str, str], children: list[Any]) -> None:
        super().__init__(tag, attrs, children)
        self.parent: DomElement | None = None
        self.done: Done | None = None
        self.is_used = False
        self.waiting = 0

    @classmethod
    def of(cls, node: vdom.Element) -> DomElement:
        """Return a page's copy of a tree."""
        element = cls(node.tag, dict(node.attrs), list(node.children))
        element.settle()
        return element

    def settle(self) -> None:
        """Take over what patches have put into this subtree, and set its parents."""
        for element in self.walk():
            children = element.children
            for index, child in enumerate(children):
                if isinstance(child, vdom.Element):
                    new = DomElement(child.tag, dict(child.attrs), list(child.children))
                    children[index] = child = new
                if isinstance(child, DomElement):
                    child.parent = element

    def walk(self) -> Iterator[DomElement]:
        """Yield this element and all in it, in document order."""
        for node in self.nodes():
            if isinstance(node, DomElement):
                yield node

    def members(self) -> Iterator[DomElement]:
        """Yield this element and all in it that the page has, in document order: what is in a
        `template` stands in no page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            if element.tag != "template":
                waiting += reversed(element.elements())

    def elements(self) -> list[DomElement]:
        """Return the children that are elements."""
        return [child for child in self.children if isinstance(child, DomElement)]

    def line(self) -> Iterator[DomElement]:
        """Yield this element and its ancestors, the page last."""
        element: DomElement | None = self
        while element is not None:
            yield element
            element = element.parent

    def closest(self, *tags: str) -> DomElement | None:
        """Return this element, or the next ancestor, that has one of these tags."""
        return next((element for element in self.line() if element.tag in tags), None)

    def holds(self, other: DomElement) -> bool:
        """Whether `other` is this element or stands in it."""
        return any(element is self for element in other.line())

    def is_in(self, page: DomElement) -> bool:
        """Whether this element still is a part of the page."""
        element = self
        while element.parent is not None:
            if not any(child is element for child in element.parent.children):
                return False
            element = element.parent
        return element is page

    def content(self) -> str:
        """Return all text in this element, as `textContent`."""
        return "".join(node.data for node in self.nodes() if isinstance(node, vdom.Text))

    def nodes(self) -> Iterator[Any]:
        """Yield this element and all in it, texts and comments too, in document order."""
        waiting: list[Any] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if isinstance(node, DomElement):
                waiting += reversed(node.children)

    def tree(self, *, hollow: bool = False) -> vdom.Element:
        """Return this subtree as it is in the markup.

        :param hollow: leave the components in it empty, as the tree of whoever shows them has them
        """
        built: dict[int, vdom.Element] = {}
        for element in reversed(list(self._written(hollow))):
            attrs, children = element.attrs, element.children
            if hollow and element is not self and COMPONENT in attrs:
                attrs, children = {COMPONENT: attrs[COMPONENT]}, []
            nodes: list[Any] = [built[id(c)] if isinstance(c, DomElement) else c for c in children]
            built[id(element)] = vdom.Element(element.tag, attrs, nodes)
        return built[id(self)]

    def _written(self, hollow: bool) -> Iterator[DomElement]:
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            if not (hollow and element is not self and COMPONENT in element.attrs):
                waiting += element.elements()

    def __repr__(self) -> str:
        return start_tag(self)


def start_tag(element: DomElement) -> str:
    """Return the start tag of an element, for messages."""
    attrs = "".join(
        f' {name}="{value}"' if value else f" {name}" for name, value in element.attrs.items()
    )
    return f"<{element.tag}{attrs}>"
