from collections.abc import Iterable, Mapping
from typing import Any, final, overload

class Node:
    """The base of `Element`, `Text` and `Comment`: an immutable piece of a page.

    Nodes are compared by content and are hashable. The same node may stand in many places and many
    trees.
    """

    def __hash__(self) -> int: ...
    def __eq__(self, other: object) -> bool: ...

@final
class Text(Node):
    """A text node. `data` is never empty inside a tree."""

    def __init__(self, data: str) -> None: ...
    @property
    def data(self) -> str: ...

@final
class Comment(Node):
    """A comment; `data` is what stands between the dashes."""

    def __init__(self, data: str) -> None: ...
    @property
    def data(self) -> str: ...

@final
class Element(Node):
    """An element. Empty texts among the children are left out and adjacent ones joined.

    The order of the attributes is kept, but, as in the DOM, it makes no difference.
    """

    def __init__(
        self,
        tag: str,
        attrs: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        children: Iterable[Node | str] = (),
    ) -> None: ...
    @property
    def tag(self) -> str: ...
    @property
    def attrs(self) -> Mapping[str, str]:
        """A read-only mapping in the order of the page."""
    @property
    def children(self) -> tuple[Node, ...]: ...
    @property
    def key(self) -> str | None:
        """The identity among the siblings: `live-component x` for the place of the component x,
        else the `live-key`, else the `id`, else None."""
    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: str) -> str:
        """The value of one attribute, or the default."""

def diff(old: Element, new: Element) -> list[tuple[Any, ...]]:
    """The patches `(path, operation, *arguments)` that turn one tree into another; [] for equal
    trees.

    Raises ValueError if the roots have different tags.
    """
