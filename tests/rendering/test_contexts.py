"""Django's context, which a rendering makes when it comes to a node of Django's."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from pykka_live.rendering import _contexts
from tests.rendering.region import REQUEST, Region


def test_plain_values_need_no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: Any) -> NoReturn:
        raise AssertionError("a context is made")

    region = Region("<h1 class='{{ kind }}'>{{ user.name }}</h1>{{ count }}")
    monkeypatch.setattr(_contexts, "LiveContext", type("Refuses", (), {"__new__": refuse}))
    for count in range(3):
        values = {"kind": "a", "user": {"name": "<Ada>"}, "count": count}
        region.root = region.renderer.render(REQUEST, values, {"kind": "processed"})
        assert region.html == f'<h1 class="a">&lt;Ada&gt;</h1>{count}'


def test_what_a_tag_writes_is_seen_behind_it_and_not_the_next_time() -> None:
    region = Region("{{ name }}{% assign 'name' 'tag' %}<b>{{ name }}</b>")
    for name in ("one", "one", "two"):
        values = {"name": name}
        region(**values)
        assert region.html == f"{name}<b>tag</b>"
        assert values == {"name": name}


def test_escaping_is_as_the_context_says() -> None:
    source = "{{ x }}{% autoescape off %}{{ x }}<i>{{ x }}</i>{% endautoescape %}{{ x }}"
    region = Region(source)
    for x in ("<b>1</b>", "<b>2</b>"):
        region(x=x)
        escaped = x.replace("<", "&lt;").replace(">", "&gt;")
        assert region.html == f"{escaped}{x}<i>{x}</i>{escaped}"


def test_names_of_djangos_own_are_there() -> None:
    region = Region("{{ True }}{{ None }}{{ unknown }}{{ template }}")
    region()
    assert region.html == "TrueNone"
