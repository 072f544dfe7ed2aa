"""Taking the places of components out of a tree."""

from __future__ import annotations

from collections.abc import Collection

from pykka_live.rendering.placeholder import ATTRIBUTE
from pykka_live.vdom import Element, apply


def without_places(root: Element, ids: Collection[str]) -> Element:
    """Return a tree in which the places of these components are empty elements of the same names,
    and nothing else has moved; the same tree if it has no such places."""
    patches = []
    waiting: list[tuple[tuple[int, ...], Element]] = [((), root)]
    while waiting:
        path, element = waiting.pop()
        for index, child in enumerate(element.children):
            if not isinstance(child, Element):
                continue
            if child.get(ATTRIBUTE) in ids:
                patches.append(((*path, index), "s", Element(child.tag)))
            elif child.children:
                waiting.append(((*path, index), child))
    if not patches:
        return root
    tree = apply(root, patches)
    assert isinstance(tree, Element)
    return tree
