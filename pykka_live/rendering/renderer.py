"""Renders one live region again and again, with a memory of the last time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone, translation

from pykka_live.rendering._ops import render
from pykka_live.rendering._run import Run
from pykka_live.rendering.context import LiveContext
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.values import ValueFailed
from pykka_live.state._freeze import Freezer
from pykka_live.vdom import Element, parse_region

if TYPE_CHECKING:
    from pykka_live.rendering.template import LiveTemplate


class Renderer:
    """Renders the live region of a template.

    It belongs to one page, and to one thread. What it returns is, node for node, the tree of what
    Django renders; where nothing has changed, the nodes are the same objects as the last time.

    Args:
        template: the template.
        freezer: compares values with what they were. One that also pictures the state of the view
            has compared most of them when the renderer asks.

    Attributes:
        template: the template.
        rendered, reused: the rows that loops have rendered the last time, and those that they have
            not.
        has_fallen_back: whether the last picture was cut out of the whole page, because the markup
            of the region is so broken that its parts tell nothing. What was called for these parts
            has been called a second time.
        has_compared: whether the freezer is in the middle of a pass, and no code of the user's has
            run since it began.
    """

    def __init__(self, template: LiveTemplate, freezer: Freezer | None = None) -> None:
        self.template = template
        self._freezer = freezer or Freezer()
        self._memory: list[Any] = []
        self._surroundings: tuple[Any, ...] = ()
        self.rendered = self.reused = 0
        self.has_compared = False
        self.has_fallen_back = False

    def render(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Render the region. Takes and raises what `LiveTemplate.render_region` does."""
        program = self.template.program
        if isinstance(program, Broken):
            return self.template.render_region(request, values, processed)
        template = self.template.django_template
        context = LiveContext(request, values, processed, template.engine.autoescape)
        run = Run(context, self._freezer)
        memory = self._remembered(program)
        try:
            with context.render_context.push_state(template), context.bind_template(template):
                context.template_name = template.name or "unknown"
                program.lineage.prepare(context)
                context.render_context.template = program.lineage.root
                root = render(program.content, run, memory)
        except ValueFailed as failed:
            raise (failed.__cause__ or failed) from None
        self.rendered, self.reused = run.rendered, run.reused
        self.has_compared = not run.stale
        self.has_fallen_back = root is None
        if root is None:
            return self.template.render_region(request, values, processed)
        return parse_region(root)[1] if isinstance(root, str) else root

    def _remembered(self, program: Any) -> list[Any]:
        """Return the memory; an empty one, if what everything depends on has changed."""
        surroundings = (
            program,
            translation.get_language(),
            timezone.get_current_timezone(),
            get_script_prefix(),
            get_urlconf(),
        )
        if surroundings != self._surroundings:
            self._surroundings = surroundings
            self._memory = [None] * program.size
        return self._memory
