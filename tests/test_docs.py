"""The documentation's examples run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory

from pykka_live import LiveView
from pykka_live.conf import find_problems
from pykka_live.live.spans import LISTENERS
from pykka_live.vdom import parse

DOCS = Path(__file__).parents[1] / "docs"
NAMES = ("actors.md", "live-views.md", "operations.md", "performance.md", "python-api.md")
URLS = re.compile(r"^(urlpatterns|path\()", re.MULTILINE)


def blocks(language: str) -> list[Any]:
    """Return the examples; those that are a part of a URLconf say nothing by themselves."""
    return [
        pytest.param(match[1], id=f"{name}-{number}")
        for name in NAMES
        for number, match in enumerate(
            re.finditer(
                rf"^```{language}\n(.*?)^```", (DOCS / name).read_text(), re.MULTILINE | re.DOTALL
            )
        )
        if not URLS.search(match[1])
    ]


@pytest.mark.parametrize("source", blocks("python"))
def test_a_python_example_runs_and_its_views_answer(source, rf: RequestFactory, actors):
    namespace: dict[str, Any] = {"__name__": "example"}
    exec(compile(source, "example", "exec", dont_inherit=True), namespace)
    LISTENERS.clear()  # of an example that attaches some
    assert find_problems(namespace.get("PYKKA_LIVE", {})) == []
    for cls in namespace.values():
        if isinstance(cls, type) and issubclass(cls, LiveView) and cls is not LiveView:
            response = cls.as_view()(rf.get("/"))
            assert response.status_code == 200
            assert b"data-live-token" in response.content


@pytest.mark.parametrize("source", blocks("html"))
def test_an_html_example_is_a_template_that_the_parser_understands(source):
    html = engines["django"].from_string(source).render({})
    assert "live-on:" in repr(parse(html).children)
