"""Renders one live region again and again, with a memory of the last time."""

from __future__ import annotations

from collections.abc import Mapping
from operator import is_
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from pykka_live.rendering._ops import render
from pykka_live.rendering._run import Run
from pykka_live.rendering.context import ContextMaker, LiveContext
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.surroundings import Surroundings
from pykka_live.rendering.values import ValueFailed
from pykka_live.state._freeze import Freezer
from pykka_live.vdom import Element, parse_region

if TYPE_CHECKING:
    from pykka_live.rendering.program import Program
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
        self._program: Program | None = None
        self._surroundings = Surroundings()
        self._maker: ContextMaker | None = None
        self._made_for: tuple[Any, ...] = ()
        self.rendered = self.reused = 0
        self.has_compared = False
        self.has_fallen_back = False

    def render(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Render the region.

        What stands outside of it is not rendered, unless it sets variables or leaves another trace;
        so it raises nothing either, and what is called there is not called.

        Takes and raises what `LiveTemplate.render_region` does.
        """
        program = self.template.program
        if isinstance(program, Broken):
            return self.template.render_region(request, values, processed)
        context = self._maker_for(program, request, processed).make(values)
        program.lineage.prepare(context)
        run = Run(context, self._freezer)
        try:
            root = render(program.content, run, self._remembered(program))
        except ValueFailed as failed:
            raise (failed.__cause__ or failed) from None
        self.rendered, self.reused = run.rendered, run.reused
        self.has_compared = not run.stale
        self.has_fallen_back = root is None
        if root is None:
            return self.template.render_region(request, values, processed)
        return parse_region(root)[1] if isinstance(root, str) else root

    def _maker_for(
        self, program: Program, request: HttpRequest, processed: dict[str, Any]
    ) -> ContextMaker:
        made_for = (program, request, processed)
        if self._maker is None or not all(map(is_, made_for, self._made_for)):
            template = self.template.django_template
            model = LiveContext(request, {}, processed, template.engine.autoescape)
            self._maker = model.bound(template, program.lineage.root)
            self._made_for = made_for
        return self._maker

    def _remembered(self, program: Program) -> list[Any]:
        """Return the memory; an empty one, if what everything depends on has changed."""
        if self._surroundings.have_changed() or program is not self._program:
            self._program = program
            self._memory = [None] * program.size
        return self._memory
