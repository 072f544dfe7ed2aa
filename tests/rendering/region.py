"""One live region that a test renders again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.template import Engine
from django.template.backends.django import Template as BackendTemplate
from django.test import RequestFactory

from pykka_live.rendering import Finding, LiveTemplate
from pykka_live.rendering.outline import Broken
from pykka_live.vdom import Element, Node, to_html
from tests.rendering.oracle import COMPONENTS, LIBRARIES, LOCMEM

REQUEST = RequestFactory().get("/")


def live_template(
    source: str,
    templates: Mapping[str, str] | None = None,
    cached: bool = True,
    debug: bool = False,
) -> LiveTemplate:
    """Compile a template that is called `page.html`; where it says nothing of a live region, it is
    the content of one."""
    if "data-liveview-root" not in source and "{% extends" not in source:
        source = f"<main data-liveview-root>{source}</main>"
    loader: Any = (f"{LOCMEM}.Loader", {**(templates or {}), "page.html": source})
    if cached:
        loader = ("django.template.loaders.cached.Loader", [loader])
    builtins = ["tests.rendering.tags", "tests.rendering.pure_tags", *LIBRARIES.values()]
    engine = Engine(
        loaders=[loader],
        libraries={"pykka_live": COMPONENTS, **LIBRARIES},
        builtins=builtins,
        debug=debug,
    )
    return LiveTemplate.of(BackendTemplate(engine.get_template("page.html"), None))


def findings(source: str, templates: Mapping[str, str] | None = None) -> list[Finding]:
    """Return what is found in a template."""
    program = live_template(source, templates).program
    assert not isinstance(program, Broken), program
    return program.findings


class Region:
    """Renders the live region of a template, and holds each picture against Django's."""

    def __init__(self, source: str, templates: Mapping[str, str] | None = None) -> None:
        self.template = live_template(source, templates)
        self.renderer = self.template.renderer()
        self.root = Element("none")

    def __call__(self, **values: Any) -> Element:
        """Render once more."""
        self.root = self.renderer.render(REQUEST, values, {})
        assert self.root == self.expected(values)
        return self.root

    def count(self, **values: Any) -> tuple[int, int]:
        """Render once more, and return how many rows were rendered, and how many reused."""
        self(**values)
        return self.rows

    def expected(self, values: Mapping[str, Any]) -> Element:
        return self.template.render_region(REQUEST, values, {})

    @property
    def html(self) -> str:
        return to_html(self.root, inner=True)

    def elements(self, tag: str) -> list[Element]:
        """Return the elements of a name, in document order."""
        return [node for node in walk(self.root) if isinstance(node, Element) and node.tag == tag]

    @property
    def rows(self) -> tuple[int, int]:
        """How many rows were rendered, and how many reused."""
        return self.renderer.rendered, self.renderer.reused


def walk(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Element):
        for child in node.children:
            yield from walk(child)


def same(before: list[Element], after: list[Element]) -> list[bool]:
    """Tell which elements are the very objects that stood in their places before."""
    return [one is other for one, other in zip(before, after, strict=True)]
