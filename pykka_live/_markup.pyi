from pykka_live._vdom import Node

def to_html(node: Node, *, inner: bool = False) -> str:
    """A tree as HTML, from which a browser makes the same tree again; `inner` leaves out the node's
    own tags.

    Raises ValueError for what HTML cannot express, like `-->` in a comment. No parsed tree has such
    a thing.
    """
