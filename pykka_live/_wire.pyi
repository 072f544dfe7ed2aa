from collections.abc import Iterable
from typing import Any

from pykka_live._vdom import Element, Node

def encode(patches: Iterable[tuple[Any, ...]]) -> bytes:
    """The patches as they go on the wire: a JSON array in UTF-8, where neighbours share the front
    of their paths.

    Raises ValueError for an operation that does not exist or an index that is negative.
    """

def encode_node(node: Node) -> bytes:
    """A tree as data, as it goes on the wire: UTF-8 JSON."""

def fingerprint(root: Element) -> int:
    """The 32-bit fingerprint of all that is inside a root, as docs/protocol.md defines it."""
