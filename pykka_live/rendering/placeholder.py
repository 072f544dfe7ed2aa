"""`{% live_component %}`: a component's place in the page of its parent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pykka_live.rendering._owners import owned
from pykka_live.rendering.beside import only_in_region
from pykka_live.rendering.functions import find_function
from pykka_live.rendering.gathering import Gatherer, gatherer

ATTRIBUTE = "live-component"
"""The attribute of a component's root that holds its id."""

DEFAULT_SLOT = "default"
"""What stands in the block, but in no other slot of it."""

MAX_ID = 200
"""So many letters may an id have."""
ID_RULE = f"a text of 1 to {MAX_ID} printable letters, or a number"

NO_GATHERER = (
    '{%% live_component "%s" %%} is shown by live views and components only; no such one renders '
    "this template."
)


class SlotNode(Node):
    """Content that a component is given.

    Args:
        name: the slot's.
        nodelist: what is in it.
    """

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """Render the content."""
        return self.nodelist.render(context)


class ComponentNode(Node):
    """A component's place: it tells the gatherer what the component is given, and writes a hollow
    element.

    Args:
        name: gives the component's name.
        id: gives its id; None, if it has none.
        props: give what it is given.
        slots: its `SlotNode`s.
    """

    def __init__(
        self,
        name: FilterExpression,
        id: FilterExpression | None,
        props: dict[str, FilterExpression],
        slots: list[SlotNode],
    ) -> None:
        self.name = name
        self.id = id
        self.props = props
        self.slots = slots
        if slots:
            self.nodelist = NodeList(slots)  # where Django looks for blocks

    def render(self, context: Context) -> SafeString:
        """Note the component, and write the element that stands for it; or what a function
        component shows.

        Raises:
            TemplateSyntaxError: if it has no name, or no id that is one, or if nobody asks for
                components.
            Exception: what the gatherer raises, or the function.
        """
        name = checked_name(self.name.resolve(context))
        props = {key: expression.resolve(context) for key, expression in self.props.items()}
        function = find_function(name)
        if function is not None:
            if self.id is not None:
                props["id"] = self.id.resolve(context)
            return function.render(context, props, self.filled(context))
        tag, id = self.placed(context, name, props)
        return mark_safe(hollow(tag, id))

    def placed(self, context: Context, name: str, props: dict[str, Any]) -> tuple[str, str]:
        """Note the component; return the tag of its root, and its id. Raises what `render`
        does."""
        if self.id is None:
            raise TemplateSyntaxError(
                f'{{% live_component "{name}" %}} needs an id by which its page knows it, such as '
                f'id="{name}-1", or id=row.pk in a loop.'
            )
        id = checked_id(name, self.id.resolve(context))
        here = gatherer.get()
        if here is None:
            raise TemplateSyntaxError(NO_GATHERER % name)
        with only_in_region(context):
            slots = self.owned(context, here)
        return here.place(name, id, props, slots), id

    def filled(self, context: Context) -> dict[str, SafeString]:
        """Render the slots."""
        slots: dict[str, SafeString] = {}
        for slot in self.slots:
            content: SafeString = slot.render_annotated(context)  # type: ignore[assignment]
            if slot.name != DEFAULT_SLOT or content.strip():
                slots[slot.name] = content
        return slots

    def owned(self, context: Context, here: Gatherer) -> dict[str, SafeString]:
        """Render the slots, with their events bound to whoever wrote them."""
        return {
            name: mark_safe(owned(str.__str__(content), here.target))
            for name, content in self.filled(context).items()
        }


def constant_name(node: ComponentNode) -> str | None:
    """Return the name of a component, if it is always the same."""
    name = node.name
    is_constant = isinstance(name.var, str) and not name.filters
    return str.__str__(name.var) if is_constant else None


def function_of(node: ComponentNode) -> Callable[..., Any] | None:
    """Return the function that a node always shows; None if it may be something else."""
    name = constant_name(node)
    try:
        found = find_function(name) if name else None
    except TemplateSyntaxError:
        return None
    return None if found is None else found.function


def checked_name(name: Any) -> str:
    """Return the name of a component as a plain text.

    Raises:
        TemplateSyntaxError: if it is none.
    """
    if not isinstance(name, str) or not name:
        raise TemplateSyntaxError(
            "{% live_component %} needs the name of a component, which is a text that is not "
            f"empty, not {name!r}."
        )
    return str.__str__(name)


def checked_id(name: str, id: Any) -> str:
    """Return the id of a component as a plain text.

    Raises:
        TemplateSyntaxError: if it is none.
    """
    text = plain_id(id)
    if text is None:
        raise TemplateSyntaxError(
            f'The id of {{% live_component "{name}" %}} is {ID_RULE}, not {shortened(id)}.'
        )
    return text


def plain_id(id: Any) -> str | None:
    """Return the id of a component as a plain text, or None if it is none."""
    text = str.__str__(str(id)) if id is not None else ""
    return text if 0 < len(text) <= MAX_ID and text.isprintable() else None


def shortened(value: Any) -> str:
    """Return how a value looks, at no great length."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:100]}…"


def hollow(tag: str, id: str) -> str:
    """Return the markup of the element that stands for a component in its parent's tree."""
    return f'<{tag} {ATTRIBUTE}="{escape(id)}"></{tag}>'
