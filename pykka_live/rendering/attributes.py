"""Compiles the attributes of elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.template import Node
from django.template.base import VariableNode

from pykka_live.rendering import _elements
from pykka_live.rendering.keys import KEY_ATTRIBUTES
from pykka_live.rendering.outline import OPEN, SLOT, is_half_done
from pykka_live.rendering.pieces import Attribute, Soiled, Tagged
from pykka_live.vdom import Element

if TYPE_CHECKING:
    from pykka_live.rendering.compiler import Compiler, Memory


def attributes_of(
    piece: Tagged, node: Element, slots: Sequence[Node], compiler: Compiler, memory: Memory
) -> list[Any]:
    """Compile the attributes of a start tag.

    Raises:
        Soiled: if they cannot be told apart.
    """
    written = {index: a for a in piece.attributes for index in SLOT.findall(a.value)}
    unused = {index for a in piece.attributes for index in SLOT.findall(a.name + a.value)}
    found: list[Any] = []
    for name, value in node.attrs.items():
        if OPEN not in name + value:
            found.append((name, value))
            continue
        unused.difference_update(SLOT.findall(name + value))
        match = SLOT.fullmatch(name)
        if match and not value:
            writer = compiler.in_tag(slots[int(match[1])], memory)
            found.append(_elements.AttributeSet(writer))
        elif OPEN in name:
            raise Soiled(piece, "an attribute's name is put together")
        else:
            attribute = written[SLOT.findall(value)[0]]
            found.append(_attribute(piece, attribute, name, value, slots, compiler, memory))
    if unused:
        raise Soiled(piece, "it has an attribute twice")
    return found


def _attribute(
    piece: Tagged,
    attribute: Attribute,
    name: str,
    value: str,
    slots: Sequence[Node],
    compiler: Compiler,
    memory: Memory,
) -> _elements.AttributeValue:
    texts = SLOT.split(attribute.value)[::2]
    if any(is_half_done(text) for text in texts[:-1]):
        raise Soiled(piece, "a character reference in an attribute is put together")
    parts: list[Any] = []
    pieces = SLOT.split(value)
    if name in KEY_ATTRIBUTES and len(pieces) == 3:
        compiler.keys.note(name, slots[int(pieces[1])])
    for text, index in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        if text:
            parts.append(text)
        if index is not None:
            node = slots[int(index)]
            if isinstance(node, VariableNode):
                parts.append(compiler.value(node, (), memory))
            else:
                parts.append(compiler.in_tag(node, memory))
    return _elements.AttributeValue(name, parts, attribute.quote)
