"""Template tags and filters that declare that they are pure, and write down their calls."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.template.defaultfilters import stringfilter

from pykka_live import pure
from tests.rendering.world import record

register = template.Library()


@register.filter
@pure
def priced(value: Any) -> str:
    record("priced")
    return f"{getattr(value, 'price', value)} EUR"


@register.filter
@stringfilter
@pure
def quoted(value: str) -> str:
    record("quoted")
    return f"'{value}'"


@register.simple_tag
@pure
def labelled(value: Any) -> str:
    record("labelled")
    return f"label {getattr(value, 'price', value)}"


@pure
class Framed(Node):
    def __init__(self, value: FilterExpression, nodelist: NodeList) -> None:
        self.value, self.nodelist = value, nodelist

    def render(self, context: Any) -> str:
        record("framed")
        value = self.value.resolve(context)
        return f"[{getattr(value, 'price', value)}{self.nodelist.render(context)}]"


class Impostor(Framed):
    """Declares nothing itself."""


@register.tag
def framed(parser: Parser, token: Token) -> Node:
    _, value = token.split_contents()
    nodelist = parser.parse(("endframed",))
    parser.delete_first_token()
    return Framed(parser.compile_filter(value), nodelist)


@register.tag
def impostor(parser: Parser, token: Token) -> Node:
    _, value = token.split_contents()
    return Impostor(parser.compile_filter(value), NodeList())


class Article:
    def __init__(self, price: int) -> None:
        self.price = price
        self.details = {"sizes": [price]}

    @property
    @pure
    def pure_property(self) -> int:
        record("pure_property")
        return self.price

    @pure
    def pure_method(self) -> int:
        record("pure_method")
        return int(sum(self.details["sizes"]))

    @property
    def impure_property(self) -> int:
        record("impure_property")
        return self.price

    def impure_method(self) -> int:
        record("impure_method")
        return self.price
