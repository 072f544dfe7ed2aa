"""Template tags and filters as third parties write them: none declares anything."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from tests.rendering.world import clock, record

register = template.Library()


@register.simple_tag
def shout(value: Any) -> str:
    record(f"shout {value}")
    return f"{value}!"


@register.simple_tag
def raw(value: Any) -> str:
    """Markup, of which the tags need not match."""
    return mark_safe(value)


@register.simple_tag
def hour() -> str:
    return str(clock["now"])


@register.simple_tag(takes_context=True)
def assign(context: Any, name: str, value: Any) -> str:
    record(f"assign {name}")
    context[name] = value
    return ""


@register.simple_tag(takes_context=True)
def put_option(context: Any, name: str, value: Any) -> str:
    """Sets how all that follows is written."""
    setattr(context, name, value)
    return ""


@register.simple_tag(takes_context=True)
def seen(context: Any, name: str) -> str:
    return f"{context.get(name)}"


@register.simple_tag(takes_context=True)
def counted(context: Any) -> int:
    """Counts within one render."""
    number: int = context.render_context.get("counted", 0) + 1
    context.render_context["counted"] = number
    return number


@register.simple_tag(takes_context=True)
def append(context: Any, name: str, value: Any) -> str:
    """Changes a value in place, while the page is rendered."""
    record(f"append {name}")
    context[name].append(value)
    return ""


@register.simple_block_tag
def box(content: str, kind: str = "a") -> str:
    record(f"box {kind}")
    return format_html("<section class={}>{}</section>", kind, content)


@register.inclusion_tag("badge.html")
def badge(text: Any) -> dict[str, Any]:
    record("badge")
    return {"text": text}


@register.inclusion_tag("badge.html", takes_context=True)
def outer_badge(context: Any) -> dict[str, Any]:
    return {"text": context.get("x", "none")}


class Repeat(Node):
    """Renders its content several times, in a scope of its own."""

    def __init__(self, nodelist: NodeList, times: Any) -> None:
        self.nodelist, self.times = nodelist, times

    def render(self, context: Any) -> str:
        parts = []
        for number in range(int(self.times.resolve(context) or 0)):
            with context.push(round=number):
                parts.append(self.nodelist.render(context))
        return mark_safe("".join(parts))


@register.tag
def repeat(parser: Parser, token: Token) -> Node:
    times = parser.compile_filter(token.split_contents()[1])
    nodelist = parser.parse(("endrepeat",))
    parser.delete_first_token()
    return Repeat(nodelist, times)


class Capture(Node):
    """Hides its list of nodes, and leaves its content in the context."""

    def __init__(self, inner: NodeList, name: str) -> None:
        self.hidden, self.name = inner, name

    def render(self, context: Any) -> str:
        context[self.name] = self.hidden.render(context)
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> Node:
    name = token.split_contents()[1]
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Capture(nodelist, name)


class Upper(Node):
    """Changes what its content has rendered to."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render_annotated(self, context: Any) -> Any:
        return self.nodelist.render(context).upper()

    def render(self, context: Any) -> Any:
        raise AssertionError("never asked")


@register.tag
def upper(parser: Parser, token: Token) -> Node:
    nodelist = parser.parse(("endupper",))
    parser.delete_first_token()
    return Upper(nodelist)


@register.filter
def told(value: Any) -> Any:
    record(f"told {value}")
    return value


@register.filter
def at_hour(value: Any) -> str:
    return f"{value}@{clock['now']}"


@register.filter(is_safe=True)
def dotted(value: Any) -> str:
    return f"{value}."


@register.filter(needs_autoescape=True)
def emphasised(value: Any, autoescape: bool = True) -> str:
    text = conditional_escape(value) if autoescape else value
    return mark_safe(f"<em>{text}</em>")


@register.filter
def popped(value: list[Any]) -> Any:
    """Changes its value in place."""
    record("popped")
    return value.pop() if value else "empty"
