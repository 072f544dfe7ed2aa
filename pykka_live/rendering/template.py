"""Django templates that become trees: pages, whose marked region does, and components."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

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

from pykka_live.logs import own_logger
from pykka_live.rendering._renderer import Renderer
from pykka_live.rendering.beside import Beside
from pykka_live.rendering.context import LiveContext, processed_values
from pykka_live.rendering.gathering import noted
from pykka_live.rendering.misspelt import warn_of_misspelt
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.placeholder import hollow
from pykka_live.rendering.program import ComponentProgram, Program
from pykka_live.rendering.roots import parse_root, tag_of_root
from pykka_live.rendering.values import ValueFailed
from pykka_live.state._freeze import Freezer
from pykka_live.vdom import Element, parse_region, to_html

_Self = TypeVar("_Self", bound="TreeTemplate")

logger = own_logger(__name__)

# What follows a region that is the body, or the whole page. A browser would put the white space
# into the body, where the tree has none.
_ENDS = re.compile(r"\s*(</html>)?\s*", re.IGNORECASE)


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
        after = self.after
        if root.tag in ("body", "html") and _ENDS.fullmatch(after):
            after = "".join(after.split())
        return f"{self.before}{to_html(root)}{after}"


class TreeTemplate:
    """Renders one Django template as a tree.

    Args:
        template: a template of a `DjangoTemplates` engine.

    Raises:
        ImproperlyConfigured: if it is another engine's.
    """

    _kept_as: ClassVar[str]

    def __init__(self, template: Any) -> None:
        if not isinstance(template, BackendTemplate):
            raise ImproperlyConfigured(
                "Live views and components are rendered by Django's own template engine; "
                f"{template!r} is another engine's."
            )
        self.django_template: Template = template.template
        self._compiled: tuple[object, Program | Broken] | None = None
        warn_of_misspelt(self.django_template)

    @classmethod
    def of(cls: type[_Self], template: Any) -> _Self:
        """Return the one object for a template, which compiles it once.

        Raises:
            ImproperlyConfigured: if it is another engine's.
        """
        inner = getattr(template, "template", None)
        known: _Self | None = getattr(inner, cls._kept_as, None)
        if known is None:
            known = cls(template)
            setattr(inner, cls._kept_as, known)
        return known

    @staticmethod
    def _compile(template: Template) -> Program:
        """Compile the template. Raises what `Program` does."""
        raise NotImplementedError

    def parse(self, html: str) -> Element:
        """Return the tree that is in what Django renders.

        Raises:
            ValueError: if there is none that can be told apart; the message says why.
        """
        raise NotImplementedError

    @property
    def program(self) -> Program | Broken:
        """What the template was compiled to, or why it cannot be."""
        generation, known = _generation[0], self._compiled
        if known is None or known[0] is not generation:
            known = self._compiled = (generation, _compiled(self._compile, self.django_template))
        return known[1]

    def renderer(self, freezer: Freezer | None = None) -> Renderer:
        """Return what makes the tree of one page, or of one component, again and again."""
        return Renderer(self, freezer)

    @classmethod
    def load(cls: type[_Self], names: Sequence[str], using: str | None = None) -> _Self:
        """Return the first of the named templates that exists.

        Raises:
            TemplateDoesNotExist: if none does.
        """
        return cls.of(select_template(list(names), using=using))

    @classmethod
    def from_string(cls: type[_Self], source: str, using: str | None = None) -> _Self:
        """Compile a template from its source.

        Raises:
            TemplateSyntaxError: if the source is wrong.
        """
        return cls(_django_engine(using).from_string(source))

    def processed_values(self, request: HttpRequest) -> dict[str, Any]:
        """Run the context processors of the template's engine for `request`."""
        return processed_values(self.django_template.engine, request)

    def render_whole(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Let Django render the template, and return the tree that is in it.

        Args:
            request: the page's request.
            values: the context.
            processed: what `processed_values` gave.

        Raises:
            ValueError: as `parse` does.
            Exception: what the template raises.
        """
        return self.parse(self._render(request, values, processed))

    def _render(
        self,
        request: HttpRequest,
        values: Mapping[str, Any],
        processed: dict[str, Any],
        beside: Beside | None = None,
    ) -> str:
        context = LiveContext(request, values, processed, self.django_template.engine.autoescape)
        context.beside = beside
        try:
            html = self.django_template.render(context)
        except ValueFailed as failed:
            raise (failed.__cause__ or failed) from None
        return str.__str__(html)  # a plain str: a SafeString's own str() is itself


class LiveTemplate(TreeTemplate):
    """Renders one Django template, as a whole page or as the tree of its live region."""

    _kept_as = "_live_template"
    _compile = Program

    def parse(self, html: str) -> Element:
        return parse_region(html)[1]

    def render_whole(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        beside = Beside(are_shown=False)
        html = self._render(request, values, processed, beside)
        region, root = parse_region(html)
        beside.check(html[region.start : region.end])
        return root

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
            TemplateSyntaxError: if something is in the region that belongs beside it.
            Exception: what the template raises.
        """
        beside = Beside(are_shown=True)
        with noted() as placed:
            html = self._render(request, values, processed, beside)
        region, root = parse_region(html)
        beside.check(html[region.start : region.end])
        before, after = html[: region.start], html[region.end :]
        for tag, id in placed:
            place = hollow(tag, id)
            if place in before or place in after:
                raise ValueError(
                    f'the component "{id}" stands outside of the live region, where nothing is live'
                )
        return Page(beside.fill(before), root, beside.fill(after))

    def render_region(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Render the page and return the tree of its live region. Takes and raises what
        `render_page` does."""
        return self.render_whole(request, values, processed)


class ComponentTemplate(TreeTemplate):
    """Renders one Django template as the tree of a component: its one root element, written
    literally."""

    _kept_as = "_component_template"
    _compile = ComponentProgram

    def __init__(self, template: Any) -> None:
        super().__init__(template)
        self._root_tag: tuple[object, str] | None = None

    @property
    def root_tag(self) -> str:
        """The tag of the root.

        Raises:
            ImproperlyConfigured: if the template has no single root that can be told from its
                source; the message says why, and what is allowed.
        """
        generation, known = _generation[0], self._root_tag
        if known is None or known[0] is not generation:
            known = self._root_tag = (generation, tag_of_root(self.django_template))
        return known[1]

    def parse(self, html: str) -> Element:
        return parse_root(html)

    def render_element(
        self, request: HttpRequest, values: Mapping[str, Any], processed: dict[str, Any]
    ) -> Element:
        """Let Django render the template, and return its root. Takes and raises what
        `render_whole` does."""
        return self.render_whole(request, values, processed)


def _compiled(compile: Callable[[Template], Program], template: Template) -> Program | Broken:
    try:
        return compile(template)
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
