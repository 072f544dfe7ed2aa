"""The context of a live template: Django's own, but the context processors run once per request,
not per render."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.template import Engine, RequestContext, Template
from django.template.context import RenderContext
from django.template.defaulttags import CycleNode

from pykka_live.rendering._cycles import Turns
from pykka_live.rendering.values import TemplateValues

if TYPE_CHECKING:
    from pykka_live.rendering.beside import Beside


def processed_values(engine: Engine, request: HttpRequest) -> dict[str, Any]:
    """Run the engine's context processors for `request` and return what they give."""
    values: dict[str, Any] = {}
    for processor in engine.template_context_processors:
        values.update(processor(request))
    return values


class LiveContext(RequestContext):
    """A `RequestContext` whose processors have already run.

    Args:
        request: the request that the page or the socket came with.
        values: the view's own context, which wins over the processors'.
        processed: what `processed_values` gave for the request.
        autoescape: as the engine is configured.

    Attributes:
        beside: takes what belongs beside the live region; None inside of the region.
    """

    beside: Beside | None = None
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


class LiveRenderContext(RenderContext):
    """Holds what nodes remember while a page is rendered, and knows where its cycles are. What
    Django sets for one is always its beginning."""

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, Turns(key.cyclevars) if type(key) is CycleNode else value)
