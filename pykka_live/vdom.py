"""The tree of a page, and what can be done with it.

    >>> old = parse("<p>Count: <b>1</b></p>")
    >>> new = parse("<p>Count: <b>2</b></p>")
    >>> diff(old, new)
    [((0, 1, 0), 't', '2')]
    >>> encode(diff(old, new))
    b'[0,1,0,"t","2"]'

Trees are made of immutable nodes. `parse` gives a root, whose path is `()` and whose children are
the parsed content. A patch is a tuple `(path, operation, *arguments)`; docs/protocol.md tells what
the operations do and how they look on the wire.

The work is done in C. What is in this file is the reference for what patches mean, written to be
read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from pykka_live._html import (
    MAX_DEPTH,
    ParseError,
    find_region,
    parse,
    parse_region,
)
from pykka_live._markup import to_html
from pykka_live._region import Region, RegionError
from pykka_live._vdom import (
    Comment,
    Element,
    Node,
    Text,
    diff,
)
from pykka_live._wire import encode, encode_node, fingerprint

__all__ = [
    "MAX_DEPTH",
    "Comment",
    "Element",
    "Node",
    "ParseError",
    "Patch",
    "PatchError",
    "Region",
    "RegionError",
    "Text",
    "apply",
    "decode",
    "decode_node",
    "diff",
    "encode",
    "encode_node",
    "find_region",
    "fingerprint",
    "parse",
    "parse_region",
    "to_html",
]

Patch = tuple[Any, ...]
"""`(path, operation, *arguments)`; nodes among the arguments are `Node` objects."""

# How many arguments each operation takes: at least, at most.
_ARGUMENTS = {
    "t": (1, 1),
    "a": (2, 2),
    "r": (1, 1),
    "i": (2, None),
    "d": (1, 2),
    "m": (2, 3),
    "s": (1, 1),
}


class PatchError(ValueError):
    """A patch does not fit the tree that it is applied to, or is no patch at all."""


def apply(node: Node, patches: Iterable[Patch]) -> Node:
    """Apply patches one after the other: the reference for what a client does.

    :param node: the root of the tree; it is left as it is
    :param patches: what `diff` or `decode` returns
    :returns: the root of the new tree. Subtrees that no patch reaches are the same objects as
        before
    :raises PatchError: if a patch does not fit
    """
    holder = Draft("", {}, [node])
    try:
        for patch in patches:
            apply_in_place(holder, patch)
        root = holder.children[0]
        return root if isinstance(root, Node) else root.freeze()
    finally:
        holder.take_apart()


class Draft:
    """An element while it is being changed. Children become drafts, of the same class, when a path
    leads into them."""

    def __init__(self, tag: str, attrs: dict[str, str], children: list[Node | Draft]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children = children

    def enter(self, index: Any) -> Draft:
        """The child at index, made changeable."""
        child = self.children[_checked(index, len(self.children) - 1)]
        if isinstance(child, Element):
            child = type(self)(child.tag, dict(child.attrs), list(child.children))
            self.children[index] = child
        if not isinstance(child, Draft):
            raise PatchError(f"the path leads into {child!r}, which has no children")
        return child

    def drafts(self) -> list[Draft]:
        """This draft and all in it, parents first. Nothing here recurses, for trees may be deep."""
        found = [self]
        for draft in found:
            found.extend(child for child in draft.children if isinstance(child, Draft))
        return found

    def freeze(self) -> Element:
        """The finished element."""
        frozen: dict[int, Element] = {}
        for draft in reversed(self.drafts()):  # children first
            children = [frozen[id(c)] if isinstance(c, Draft) else c for c in draft.children]
            frozen[id(draft)] = Element(draft.tag, draft.attrs, children)
        return frozen[id(self)]

    def take_apart(self) -> None:
        """Python would free nested drafts by recursion, too."""
        for draft in self.drafts():
            draft.children = []


def apply_in_place(holder: Draft, patch: Patch) -> None:
    """Apply one patch to the tree whose root is the only child of `holder`.

    :raises PatchError: if the patch does not fit
    """
    try:
        path, operation, *arguments = patch
        steps = (0, *path)  # the root is the holder's first child
        fewest, most = _ARGUMENTS[operation]
    except (TypeError, ValueError, KeyError):
        raise PatchError(f"not a patch: {patch!r}") from None
    if len(arguments) < fewest or (most is not None and len(arguments) > most):
        raise PatchError(f"wrong number of arguments: {patch!r}")
    try:
        index, parent = steps[-1], holder
        for step in steps[:-1]:
            parent = parent.enter(step)
        if operation == "s":
            parent.children[_checked(index, len(parent.children) - 1)] = _node(arguments[0])
        elif operation == "t":
            _set_text(parent, index, arguments[0])
        else:
            _change_element(parent.enter(index), operation, arguments)
    except PatchError as error:
        raise PatchError(f"{error} (in patch {patch!r})") from None


def _set_text(parent: Draft, index: int, data: Any) -> None:
    child = parent.children[_checked(index, len(parent.children) - 1)]
    if not isinstance(child, (Text, Comment)):
        raise PatchError("only a text or a comment has data to set")
    parent.children[index] = type(child)(_string(data))


def _change_element(element: Draft, operation: str, arguments: Sequence[Any]) -> None:
    children = element.children
    if operation == "a":
        element.attrs[_string(arguments[0])] = _string(arguments[1])
    elif operation == "r":
        if element.attrs.pop(_string(arguments[0]), None) is None:
            raise PatchError(f"there is no attribute {arguments[0]!r} to remove")
    elif operation == "i":
        index = _checked(arguments[0], len(children))
        children[index:index] = [_node(argument) for argument in arguments[1:]]
    elif operation == "d":
        count = _count(arguments[1:])
        index = _checked(arguments[0], len(children) - count)
        del children[index : index + count]
    else:
        count = _count(arguments[2:])
        start = _checked(arguments[0], len(children) - count)
        moved = children[start : start + count]
        del children[start : start + count]
        index = _checked(arguments[1], len(children))
        children[index:index] = moved


def _checked(index: Any, highest: int) -> int:
    if type(index) is not int or not 0 <= index <= highest:
        raise PatchError(f"there is no index {index!r}")
    return index


def _count(arguments: Sequence[Any]) -> int:
    count = arguments[0] if arguments else 1
    if type(count) is not int or count < 1:
        raise PatchError(f"not a count: {count!r}")
    return count


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise PatchError(f"expected a string, got {value!r}")
    return value


def _node(value: Any) -> Node:
    if not isinstance(value, Node):
        raise PatchError(f"expected a node, got {value!r}")
    return value


def decode(data: Any) -> list[Patch]:
    """Patches from the wire's nested form.

    :param data: what `json.loads` makes of `encode`'s bytes
    :returns: a flat list, as `diff` returns it
    :raises PatchError: if that is not how patches look
    """
    if not isinstance(data, list):
        raise PatchError(f"expected a list of patches, got {data!r}")
    patches: list[Patch] = []
    waiting: list[tuple[tuple[int, ...], Any]] = [((), data)]
    while waiting:
        front, item = waiting.pop()
        if not isinstance(item, list):
            raise PatchError(f"not a patch: {item!r}")
        steps = 0
        while steps < len(item) and type(item[steps]) is int:
            steps += 1
        path, rest = front + tuple(item[:steps]), item[steps:]
        if rest and isinstance(rest[0], str):
            patches.append((path, *_decode_operation(rest)))
        elif steps and not rest:
            raise PatchError(f"a path without an operation: {item!r}")
        else:
            waiting.extend((path, inner) for inner in reversed(rest))
    return patches


def _decode_operation(item: list[Any]) -> Patch:
    if item[0] == "i":
        return (*item[:2], *map(decode_node, _written_out(item[2:])))
    if item[0] == "s":
        return ("s", *map(decode_node, item[1:]))
    return tuple(item)


def decode_node(data: Any) -> Node:
    """A tree from its data.

    :param data: what `json.loads` makes of `encode_node`'s bytes
    :raises PatchError: if that is not how a tree looks
    """
    # Parents stand before their children in `order`, so going backwards builds children first.
    order: list[Any] = [data]
    for item in order:
        if isinstance(item, list) and item[:1] != ["!"]:
            order.extend(_children(item))
    built: deque[Node] = deque()
    for item in reversed(order):
        if isinstance(item, str):
            built.append(Text(item))
        elif isinstance(item, list) and item[:1] == ["!"] and len(item) == 2:
            built.append(Comment(_string(item[1])))
        elif isinstance(item, list) and item and isinstance(item[0], str) and item[0] != "!":
            count = len(_children(item))
            children = [built.popleft() for _ in range(count)]
            built.append(Element(item[0], _attributes(item), reversed(children)))
        else:
            raise PatchError(f"not a node: {item!r}")
    return built[0]


def _attributes(item: list[Any]) -> dict[str, str]:
    attrs = item[1] if len(item) > 1 and isinstance(item[1], dict) else {}
    return {_string(name): _string(value) for name, value in attrs.items()}


def _children(item: list[Any]) -> list[Any]:
    return _written_out(item[2:] if len(item) > 1 and isinstance(item[1], dict) else item[1:])


def _written_out(items: list[Any]) -> list[Any]:
    """The data of siblings, without groups."""
    plain: list[Any] = []
    for item in items:
        if isinstance(item, list) and item and type(item[0]) is int:
            plain += _without_holes(item)
        else:
            plain.append(item)
    return plain


def _without_holes(group: list[Any]) -> list[Any]:
    """The data of a group's nodes."""
    period = group[0]
    shapes, values = group[1 : period + 1], deque(group[period + 1 :])
    if period < 1 or len(shapes) < period or not values:
        raise PatchError(f"not a group: {group!r}")
    plain: list[Any] = []
    while values:
        count = len(values)
        plain += _filled(shapes, values)
        if len(values) == count:
            raise PatchError(f"a group without holes: {group!r}")
    return plain


def _filled(shapes: list[Any], values: deque[Any]) -> list[Any]:
    """One repetition: the shapes, with a value in each hole."""
    filled: list[Any] = []
    waiting = [(filled, shape) for shape in reversed(shapes)]
    while waiting:  # the next one in document order
        place, item = waiting.pop()
        if isinstance(item, list) and item and isinstance(item[0], str):
            copy: list[Any] = []
            place.append(copy)
            waiting += [(copy, part) for part in reversed(item)]
        elif isinstance(item, dict):
            place.append({name: _value(value, values) for name, value in item.items()})
        else:
            place.append(_value(item, values))
    return filled


def _value(item: Any, values: deque[Any]) -> str:
    """A string of a shape, or what belongs into a hole."""
    if type(item) is not int or item != 0:
        return _string(item)
    if not values:
        raise PatchError("a group has too few values")
    return _string(values.popleft())
