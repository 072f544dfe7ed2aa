"""One component that a test renders again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import Engine
from django.template.backends.django import Template as BackendTemplate

from pykka_live.rendering import ComponentTemplate
from tests.rendering.oracle import LIBRARIES, LOCMEM


def component_template(
    source: str,
    templates: Mapping[str, str] | None = None,
    cached: bool = True,
    debug: bool = False,
) -> ComponentTemplate:
    """Compile a component's template that is called `component.html`."""
    loader: Any = (f"{LOCMEM}.Loader", {**(templates or {}), "component.html": source})
    if cached:
        loader = ("django.template.loaders.cached.Loader", [loader])
    builtins = [
        "tests.rendering.tags",
        "pykka_live.templatetags.pykka_live",
        *LIBRARIES.values(),
    ]
    engine = Engine(loaders=[loader], libraries=LIBRARIES, builtins=builtins, debug=debug)
    return ComponentTemplate.of(BackendTemplate(engine.get_template("component.html"), None))
