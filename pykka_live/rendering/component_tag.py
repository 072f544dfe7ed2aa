"""How `{% live_component %}` and `{% slot %}` are written: what a template's parser makes of
them."""

from __future__ import annotations

import re
from typing import Any

from django.template import Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, TextNode, Token, TokenType
from django.template.defaulttags import CommentNode

from pykka_live.rendering.placeholder import DEFAULT_SLOT, ComponentNode, SlotNode

TAG, END = "live_component", "endlive_component"
SLOT, END_SLOT = "slot", "endslot"
CACHE = "cache"
CLOSED = "/"
"""Ends the tag of a component that has no end tag, where another's would be taken for it."""

_PROP = re.compile(r"(\w+)=(.+)", re.DOTALL)
_EXAMPLE = '{% live_component "cart" id="c1" items=items %}'


def compile_component(parser: Parser, token: Token) -> ComponentNode:
    """Compile `{% live_component %}`, with what is in it if it has an end tag.

    Raises:
        TemplateSyntaxError: if it is written wrongly.
    """
    bits = token.split_contents()[1:]
    is_closed = bits[-1:] == [CLOSED]
    if is_closed:
        bits.pop()
    if not bits or _PROP.fullmatch(bits[0]):
        raise TemplateSyntaxError(
            f"{{% {TAG} %}} begins with the name of a component, such as {_EXAMPLE}."
        )
    name = parser.compile_filter(bits[0])
    props = _props(parser, bits[1:])
    id = props.pop("id", None)
    if id is not None and any(command == CACHE for command, _ in parser.command_stack):
        raise TemplateSyntaxError(
            f"{{% {TAG} %}} with an id cannot stand inside of {{% {CACHE} %}}: what is taken from "
            "the cache shows no component. Cache what the component shows in its own template."
        )
    slots: list[SlotNode] = []
    if not is_closed and _has_end(parser):
        content = parser.parse((END,))
        parser.delete_first_token()
        slots = _slots(content)
    return ComponentNode(name, id, props, slots)


def compile_slot(parser: Parser, token: Token) -> SlotNode:
    """Compile `{% slot %}`.

    Raises:
        TemplateSyntaxError: if it is written wrongly, or stands elsewhere than directly in the
            block of a component.
    """
    around = [command for command, _ in parser.command_stack[:-1]]
    if around[-1:] != [TAG]:
        where = f"inside of {{% {around[-1]} %}}" if around else "outside of any block"
        raise TemplateSyntaxError(
            f"{{% {SLOT} %}} stands directly between {{% {TAG} %}} and {{% {END} %}}, not {where}; "
            f"put what is conditional, or repeated, into the slot."
        )
    bits = token.split_contents()[1:]
    name = _constant(parser, bits[0]) if len(bits) == 1 else None
    if name is None or not name.isidentifier():
        raise TemplateSyntaxError(
            f'{{% {SLOT} %}} takes one name in quotation marks, such as {{% {SLOT} "footer" %}}, '
            f"of letters, digits and underscores, not {' '.join(bits) or 'nothing'}."
        )
    content = parser.parse((END_SLOT,))
    parser.delete_first_token()
    return SlotNode(name, content)


def _constant(parser: Parser, bit: str) -> str | None:
    expression = parser.compile_filter(bit)
    plain = isinstance(expression.var, str) and not expression.filters
    return str.__str__(expression.var) if plain else None


def _props(parser: Parser, bits: list[str]) -> dict[str, FilterExpression]:
    props: dict[str, FilterExpression] = {}
    for bit in bits:
        match = _PROP.fullmatch(bit)
        if match is None:
            raise TemplateSyntaxError(
                f"{{% {TAG} %}} takes props by their names only, such as items=items; {bit!r} has "
                f"none. Like this: {_EXAMPLE}."
            )
        if match[1] in props:
            raise TemplateSyntaxError(f"{{% {TAG} %}} is given {match[1]!r} twice.")
        if match[1] == "slots":
            raise TemplateSyntaxError(
                f"{{% {TAG} %}} gives a component its slots between {{% {TAG} %}} and "
                f"{{% {END} %}}; no prop may have that name."
            )
        props[match[1]] = parser.compile_filter(match[2])
    return props


def _slots(content: NodeList) -> list[SlotNode]:
    """Sort what is in the block of a component into its slots; the default one comes last."""
    slots: dict[str, SlotNode] = {}
    rest: list[Node] = []
    for node in content:
        if not isinstance(node, SlotNode):
            rest.append(node)
        elif node.name in slots:
            raise TemplateSyntaxError(f'A component has the slot "{node.name}" twice.')
        else:
            slots[node.name] = node
    says_something = not all(
        isinstance(node, CommentNode) or (isinstance(node, TextNode) and not node.s.strip())
        for node in rest
    )
    if says_something and DEFAULT_SLOT in slots:
        raise TemplateSyntaxError(
            f'A component has the slot "{DEFAULT_SLOT}" twice: what stands beside the slots of its '
            "block is that one, too."
        )
    if says_something:
        default = slots[DEFAULT_SLOT] = SlotNode(DEFAULT_SLOT, NodeList(rest))
        default.token, default.origin = rest[0].token, rest[0].origin
    return list(slots.values())


def _has_end(parser: Parser) -> bool:
    """Tell whether a component that has just begun has an end tag.

    An end tag ends what began last, has no other, and has not said that it has none. That of a
    block which began before the component ends the search: what is in the component stands in the
    same block.
    """
    begun = [TAG]
    tokens: list[Any] = list(parser.tokens)
    for token in reversed(tokens):  # the next one stands last
        if token.token_type is not TokenType.BLOCK:
            continue
        words = token.contents.split() or [""]
        command = words[0]
        if command == TAG and words[-1] == CLOSED:
            continue
        if not command.startswith("end"):
            begun.append(command)
            continue
        name = command[len("end") :]
        while begun and begun[-1] != name:
            begun.pop()
        if not begun:
            return False
        begun.pop()
        if not begun:
            return True
    return False
