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


@register.filter
@pure
def shown(value: Any) -> str:
    return f"<{value['t']}>"


@register.simple_tag
@pure
def labelled(value: Any) -> str:
    record("labelled")
    return f"label {getattr(value, 'price', value)}"


@register.inclusion_tag("card.html")
@pure
def card(value: Any) -> dict[str, Any]:
    record("card")
    return {"price": getattr(value, "price", value)}


@register.simple_tag(takes_context=True)
@pure
def contextual(context: Any, value: Any) -> str:
    record("contextual")
    return f"{value}"


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

    @pure
    @property
    def outer_property(self) -> int:
        record("outer_property")
        return self.price

    @staticmethod
    @pure
    def pure_static() -> str:
        record("pure_static")
        return "static"

    @pure
    @classmethod
    def pure_class(cls) -> str:
        record("pure_class")
        return cls.__name__

    @property
    def impure_property(self) -> int:
        record("impure_property")
        return self.price

    def impure_method(self) -> int:
        record("impure_method")
        return self.price


class Answering(Article):
    """Is asked for what is not there."""

    def __getattr__(self, name: str) -> str:
        raise AttributeError(name)


class Asked(Article):
    """Is asked for items first."""

    def __getitem__(self, name: str) -> str:
        raise KeyError(name)
