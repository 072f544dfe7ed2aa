"""Components that are functions: what they return is what their template shows, and nothing of them
lasts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import SafeString, mark_safe

_Function = TypeVar("_Function", bound=Callable[..., Mapping[str, Any]])

_known: dict[str, list[FunctionComponent]] = {}


class FunctionComponent:
    """A function that templates show as a component.

    Args:
        function: takes the props, and returns the values of the template.
        template_name: its template's name,
        source: or what that consists of.
        name: what `{% live_component %}` calls it.
    """

    def __init__(
        self,
        function: Callable[..., Mapping[str, Any]],
        template_name: str | None,
        source: str | None,
        name: str,
    ) -> None:
        self.function = function
        self.name = name
        self.path = f"{function.__module__}.{function.__qualname__}"
        self._template_name = template_name
        self._source = source

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.signature(self.function)

    def render(
        self, context: Context, props: Mapping[str, Any], slots: Mapping[str, SafeString]
    ) -> SafeString:
        """Render the component where it stands.

        Its template sees what the function returns, and `slots`; of the page only the request and
        the CSRF token, as that of an inclusion tag.

        Raises:
            TemplateSyntaxError: if the function does not take these props, or its template never
                shows one of the slots.
            TypeError: if it returns no mapping.
            Exception: what it raises, or its template.
        """
        try:
            self._signature.bind(**props)
        except TypeError as error:
            raise TemplateSyntaxError(
                f'{{% live_component "{self.name}" %}} cannot be given these props: {error}. It is '
                f"{self.path}{self._signature}."
            ) from None
        values = self.function(**props)
        if not isinstance(values, Mapping):
            raise TypeError(
                f"{self.path} returns the values of its template as a dict, not {values!r}."
            )
        inner = context.new({**values, "slots": slots})
        token = context.get("csrf_token")
        if token is not None:
            inner["csrf_token"] = token
        template = self._template(context)
        if slots:
            from pykka_live.rendering.slot_names import check_slots  # which knows components

            check_slots(self.name, slots, template)
        with inner.render_context.push_state(template):
            return mark_safe(template.render(inner))

    def _template(self, context: Context) -> Template:
        """Return the template, as compiled by the engine of the page."""
        assert context.template is not None
        engine = context.template.engine
        if self._template_name is not None:
            return engine.get_template(self._template_name)
        templates = self._compiled
        if engine not in templates:
            assert self._source is not None
            templates[engine] = engine.from_string(self._source)
        return templates[engine]

    @cached_property
    def _compiled(self) -> dict[Any, Template]:
        return {}


def function_component(
    template_name: str | None = None, *, template: str | None = None, name: str | None = None
) -> Callable[[_Function], _Function]:
    """Declare a function as a component without state: `{% live_component "badge" label=x %}` calls
    it with the props, and shows its template with what it returns. One that is `pure` as well, and
    its template, too, is not called again while its props stay what they were.

    Args:
        template_name: the template's name,
        template: or its source.
        name: what it is called in templates; the function's own name, if there is none. Its dotted
            path is always another.

    Raises:
        ImproperlyConfigured: if there is neither a template's name nor a source, or both.
    """
    if not isinstance(template_name, str | None) or (template_name is None) == (template is None):
        raise ImproperlyConfigured(
            "A function component has either a template's name, as "
            '@function_component("badge.html"), or its source, as '
            '@function_component(template="<b>{{ label }}</b>").'
        )

    def declare(function: _Function) -> _Function:
        component = FunctionComponent(
            function, template_name, template, function.__name__ if name is None else name
        )
        for known_as in {component.name, component.path}:
            others = _known.setdefault(known_as, [])
            others[:] = [other for other in others if other.path != component.path]  # a reload
            others.append(component)
        return function

    return declare


def find_function(name: str) -> FunctionComponent | None:
    """Return the function component of a name, or of a dotted path; None if there is none.

    Raises:
        TemplateSyntaxError: if there are two.
    """
    found = _known.get(name)
    if not found:
        return None
    if len(found) > 1:
        paths = " and ".join(sorted(component.path for component in found))
        raise TemplateSyntaxError(
            f'Two function components are called "{name}": {paths}. Write the dotted path of the '
            "one that is meant, or give one another name: @function_component(…, name=…)."
        )
    return found[0]


def function_names() -> list[str]:
    """Return what templates call the function components that there are, without the dotted
    paths."""
    return sorted(name for name in list(_known) if "." not in name)
