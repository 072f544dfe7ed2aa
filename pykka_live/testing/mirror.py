"""One live region as the tab shows it: what the server sends is applied to the page itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pykka_live import vdom
from pykka_live.testing.dom import COMPONENT, DomElement
from pykka_live.testing.failures import PageBroken

TOKEN = "data-live-token"


class Mirror:
    """Keeps the composed tree of a view and its components, which is what the page shows.

    Args:
        root: the region's element in the page.

    Attributes:
        version: that of the view's last update; 0 before the join.
        components: the same of each component that is shown.
    """

    def __init__(self, root: DomElement) -> None:
        self.root = root
        self.version = 0
        self.components: dict[str, int] = {}

    def take(self, part: dict[str, Any]) -> None:
        """Apply an update: patches or a tree, of the view or (`c`) of a component.

        :raises PageBroken: if it does not fit, or an update before it is missing
        """
        id = part.get("c")
        element = self.root if id is None else self.find(id)
        if element is None:
            return  # it is not shown any more
        before = self.version if id is None else self.components.get(id, 1)
        places = self._placed(self.root)
        if "tree" in part:
            self._rebuild(element, part["tree"])
        elif "p" in part:
            if part["v"] != before + 1:
                what = "the view" if id is None else f"the component {id!r}"
                raise PageBroken(
                    f"the server sent version {part['v']} of {what} after version {before}"
                )
            self._patch(element, vdom.decode(part["p"]))
        self._take_along(places)
        if id is None:
            self.version = part["v"]
        else:
            self.components[id] = part["v"]
        self.components = {
            shown: self.components.get(shown, 1) for shown in self._placed(self.root)
        }

    def _take_along(self, before: dict[str, DomElement]) -> None:
        """Let a component that is placed elsewhere now take its content there, as it is."""
        for place in list(self.root.walk()):
            old = before.get(place.attrs.get(COMPONENT, ""))
            if old is None or old is place or place is self.root:
                continue
            place.attrs.update(old.attrs)
            place.children, old.children = old.children, []
            place.settle()
            old.attrs.clear()

    def find(self, id: str) -> DomElement | None:
        """Return the root of a component, if it is shown."""
        return self._placed(self.root).get(id)

    def _placed(self, root: DomElement) -> dict[str, DomElement]:
        return {
            element.attrs[COMPONENT]: element
            for element in root.walk()
            if COMPONENT in element.attrs and element is not root
        }

    def _patch(self, element: DomElement, patches: list[vdom.Patch]) -> None:
        holder = DomElement("", {}, [element])
        try:
            for patch in patches:
                vdom.apply_in_place(holder, patch)
            if holder.children != [element]:
                raise vdom.PatchError("the root cannot be swapped")
        except vdom.PatchError as error:
            raise PageBroken(f"a patch does not fit the page: {error}") from error
        element.settle()

    def _rebuild(self, element: DomElement, data: Any) -> None:
        """Let an element be what the tree says. What is the same stays, and so does what a person
        has typed there, and what the components in it show."""
        tree = vdom.decode_node(data)
        own = {n: v for n, v in element.attrs.items() if n in (TOKEN, COMPONENT)}
        shown = own_tree(element)
        if not isinstance(tree, vdom.Element) or tree.tag != element.tag:
            raise PageBroken(f"a tree for {element!r} has another root: {tree!r}")
        self._patch(element, vdom.diff(shown, tree))
        written = dict(element.attrs)
        element.attrs.clear()
        element.attrs.update(own | written)


def own_tree(element: DomElement) -> vdom.Element:
    """Return the tree of a view or a component as its owner has it: its components hollow, and
    without what is put on its root for the browser."""
    tree = element.tree(hollow=True)
    attrs = {n: v for n, v in tree.attrs.items() if n not in (TOKEN, COMPONENT)}
    return vdom.Element(tree.tag, attrs, tree.children)


def composed(parts: list[dict[str, Any]]) -> vdom.Element:
    """Return what a page shows whose view and components have these trees, parents first."""
    tree: Any = vdom.decode_node(parts[0]["tree"])
    root = DomElement.of(tree)
    mirror = Mirror(root)
    for part in parts[1:]:
        mirror.take(part)
    return shown_tree(root)


def shown_tree(root: DomElement) -> vdom.Element:
    """Return what a region shows, without its token."""
    tree = root.tree()
    attrs = {name: value for name, value in tree.attrs.items() if name != TOKEN}
    return vdom.Element(tree.tag, attrs, tree.children)


def first_difference(shown: vdom.Element, rendered: vdom.Element) -> str | None:
    """Return in words where two trees differ first, or None."""
    if shown == rendered:
        return None
    where = shown.tag
    while True:
        differing = _differing_child(shown, rendered)
        if differing is None:
            return f"in <{where}> {_in_words(shown, rendered)}"
        shown, rendered = differing[1:]
        where = f"{where} > {shown.tag}:nth-child({differing[0] + 1})"


def _differing_child(
    one: vdom.Element, other: vdom.Element
) -> tuple[int, vdom.Element, vdom.Element] | None:
    """Return the only place to look further, if the two differ within one child element."""
    if one.attrs != other.attrs or len(one.children) != len(other.children):
        return None
    number = 0
    for mine, theirs in zip(one.children, other.children, strict=True):
        elements = isinstance(mine, vdom.Element) and isinstance(theirs, vdom.Element)
        if mine != theirs:
            if not isinstance(mine, vdom.Element) or not isinstance(theirs, vdom.Element):
                return None
            return (number, mine, theirs) if mine.tag == theirs.tag else None
        number += elements
    return None


def _in_words(shown: vdom.Element, rendered: vdom.Element) -> str:
    for name in dict.fromkeys([*rendered.attrs, *shown.attrs]):
        mine, theirs = shown.attrs.get(name), rendered.attrs.get(name)
        if mine != theirs:
            return f"the attribute {name} is {mine!r} on the page, and {theirs!r} on the server"
    one, other = shown.children, rendered.children
    index = next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
    return f"the page has {_node(one, index)}, and the server {_node(other, index)}"


def _node(children: Sequence[vdom.Node], index: int) -> str:
    if index >= len(children):
        return "no more children"
    node = children[index]
    if isinstance(node, vdom.Text):
        return f"the text {node.data!r:.100}"
    if isinstance(node, vdom.Comment):
        return f"the comment {node.data!r:.100}"
    return f"{vdom.to_html(node):.100}"
