"""A Django template whose marked region becomes a tree."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.template import Template, engines
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as BackendTemplate
from django.template.loader import select_template
from django.utils.autoreload import file_changed

from pykka_live.rendering._renderer import Renderer
from pykka_live.rendering.context import LiveContext, processed_values
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.program import Program
from pykka_live.rendering.values import ValueFailed
from pykka_live.state._freeze import Freezer
from pykka_live.vdom import Element, parse_region, to_html

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """A whole page: the HTML around the live region, and the region as a tree."""

    before: str
    root: Element
    after: str

    def to_html(self, root_attributes: Mapping[str, str]) -> str:
        """Return the page as HTML, its root with some attributes more, which are no part of the
        tree."""
        root = Element(
            self.root.tag, {**dict(self.root.attrs), **root_attributes}, self.root.children
        )
        return f"{self.before}{to_html(root)}{self.after}"


class LiveTemplate:
    """Renders one Django template, as a whole page or as the tree of its live region.

    Args:
        template: a template of a `DjangoTemplates` engine.

    Raises:
        ImproperlyConfigured: if it is another engine's.
    """

    def __init__(self, template: Any) -> None:
        if not isinstance(template, BackendTemplate):
            raise ImproperlyConfigured(
                "Live views are rendered by Django's own template engine; "
                f"{template!r} is another engine's."
            )
        self.django_template: Template = template.template
        self._compiled: tuple[object, Program | Broken] | None = None

    @classmethod
    def of(cls, template: Any) -> LiveTemplate:
        """Return the one `LiveTemplate` of a template, which compiles it once.

        Raises:
            ImproperlyConfigured: if it is another engine's.
        """
        inner = getattr(template, "template", None)
        known: LiveTemplate | None = getattr(inner, "_live_template", None)
        if known is None:
            known = cls(template)
            inner._live_template = known  # type: ignore[union-attr]
        return known

    @property
    def program(self) -> Program | Broken:
        """What the template was compiled to, or why it cannot be."""
        generation, known = _generation[0], self._compiled
        if known is None or known[0] is not generation:
            known = self._compiled = (generation, _compiled(self.django_template))
        return known[1]

    def renderer(self, freezer: Freezer | None = None) -> Renderer:
        """Return what renders the live region of one page again and again."""
        return Renderer(self, freezer)

    @classmethod
    def load(cls, names: Sequence[str], using: str | None = None) -> LiveTemplate:
        """Return the first of the named templates that exists.

        Raises:
            TemplateDoesNotExist: if none does.
        """
        return cls.of(select_template(list(names), using=using))

    @classmethod
    def from_string(cls, source: str, using: str | None = None) -> LiveTemplate:
        """Compile a template from its source.

        Raises:
            TemplateSyntaxError: if the source is wrong.
        """
        return cls(_django_engine(using).from_string(source))

    def processed_values(self, request: HttpRequest) -> dict[str, Any]:
        """Run the context processors of the template's engine for `request`."""
        return processed_values(self.django_template.engine, request)

    def render_page(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Page:
        """Render the whole page.

        Args:
            request: the page's request.
            values: the view's context.
            processed: what `processed_values` gave.

        Raises:
            ValueError: if the page has no live region, or one that cannot be told apart; the
            message says why.
            Exception: what the template raises.
        """
        html = self._render(request, values, processed)
        region, root = parse_region(html)
        return Page(html[: region.start], root, html[region.end :])

    def render_region(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Render the page and return the tree of its live region. Takes and raises what
        `render_page` does."""
        return parse_region(self._render(request, values, processed))[1]

    def _render(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> str:
        context = LiveContext(request, values, processed, self.django_template.engine.autoescape)
        try:
            html = self.django_template.render(context)
        except ValueFailed as failed:
            raise (failed.__cause__ or failed) from None
        return str.__str__(html)  # a plain str: a SafeString's own str() is itself


def _compiled(template: Template) -> Program | Broken:
    try:
        return Program(template)
    except Broken as broken:
        return broken
    except RecursionError:
        return Broken("it is nested too deeply")
    except Exception:
        logger.exception("The template %r is rendered as a string", template.name)
        return Broken("compiling it failed")


# Django's development server has loaders forget what was read from a file that has changed; a
# template that was made of such a one is then compiled again. So it is where a test has changed a
# setting.
_generation = [object()]


@receiver([file_changed, setting_changed])
def _begin_generation(**kwargs: Any) -> None:
    _generation[0] = object()


def _django_engine(using: str | None) -> BaseEngine:
    if using is not None:
        return engines[using]
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates):
            return engine
    raise ImproperlyConfigured("TEMPLATES configures no DjangoTemplates engine.")
