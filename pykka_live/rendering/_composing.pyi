from collections.abc import Mapping

from pykka_live.vdom import Element

def compose(root: Element, trees: Mapping[str, Element]) -> Element:
    """Put the trees of components into the places that are theirs, and so on within these. What
    holds no component is the same object as before; a place whose tree is missing stays hollow."""
