"""The context of a live template: Django's own, but the context processors run once per request,
not per render."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest
from django.template import Engine, RequestContext, Template
from django.template.context import RenderContext

from pykka_live.rendering.values import TemplateValues


def processed_values(engine: Engine, request: HttpRequest) -> dict[str, Any]:
    """Run the engine's context processors for `request` and return what they give."""
    values: dict[str, Any] = {}
    for processor in engine.template_context_processors:
        values.update(processor(request))
    return values


_BUILTINS: dict[Any, Any] = {"True": True, "False": False, "None": None}


class LiveContext(RequestContext):
    """A `RequestContext` whose processors have already run.

    Args:
        request: the request that the page or the socket came with.
        values: the view's own context, which wins over the processors'.
        processed: what `processed_values` gave for the request.
        autoescape: as the engine is configured.
    """

    _processors_index: int  # Django's

    def __init__(
        self,
        request: HttpRequest,
        values: Mapping[str, Any],
        processed: dict[str, Any],
        autoescape: bool = True,
    ) -> None:
        super().__init__(request, autoescape=autoescape)
        self._processed = processed
        self.dicts.append(values if isinstance(values, TemplateValues) else dict(values))

    def bound(self, template: Template, root: Template) -> ContextMaker:
        """Bind to a template for good, and return what makes such contexts with other values;
        `root` is the one of the templates which it extends that extends no other."""
        self.template = template
        self.template_name = template.name or "unknown"
        return ContextMaker(self, root)

    @contextmanager
    def bind_template(self, template: Template) -> Iterator[None]:
        if self.template is not None:
            raise RuntimeError("Context is already bound to a template")
        self.template = template
        self.dicts[self._processors_index] = self._processed
        try:
            yield
        finally:
            self.template = None
            self.dicts[self._processors_index] = {}


class ContextMaker:
    """Makes contexts that are like one another but for their values, faster than Django would.

    Args:
        model: what they are like.
        root: the template whose nodes are rendered first.
    """

    def __init__(self, model: LiveContext, root: Template) -> None:
        self._attributes = vars(model)
        self._processed = model._processed
        self._root = root

    def make(self, values: Mapping[str, Any]) -> LiveContext:
        """Return a new context."""
        context = LiveContext.__new__(LiveContext)
        attributes = vars(context)
        attributes.update(self._attributes)
        given = values if isinstance(values, TemplateValues) else dict(values)
        attributes["dicts"] = [{**_BUILTINS}, self._processed, {}, given]
        attributes["render_context"] = state = RenderContext.__new__(RenderContext)
        state.dicts = [{**_BUILTINS}, {}]
        state.template = self._root
        return context
