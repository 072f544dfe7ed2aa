"""What stands outside of the live region: what it does to the region, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.safestring import mark_safe

from pykka_live.rendering._renderer import Renderer
from pykka_live.vdom import Element, to_html
from tests.rendering.oracle import expected, outcome
from tests.rendering.region import REQUEST, live_template
from tests.rendering.world import recorded

REGION = "<main data-liveview-root>IT</main>"


class Bumped:
    def __init__(self) -> None:
        self.n = 0

    def bump(self) -> int:
        self.n += 1
        return self.n

    @property
    def next(self) -> int:
        return self.bump()

    def fail(self) -> None:
        raise RuntimeError


class Twice:
    """A template's region, by ours and by Django, each with values of its own."""

    def __init__(self, source: str, make: Callable[[], dict[str, Any]], **templates: str) -> None:
        template = live_template(source, {f"{name}.html": text for name, text in templates.items()})
        self.renderer: Renderer = template.renderer()
        self.template = template.django_template
        self.ours, self.theirs = make(), make()

    def __call__(self, **changes: Any) -> str:
        self.ours.update(changes)
        self.theirs.update(changes)
        with recorded() as wanted_calls:
            wanted = expected(self.template, REQUEST, self.theirs, {})
        with recorded() as self.calls:
            got = outcome(lambda: self.renderer.render(REQUEST, self.ours, {}))
        assert got == wanted
        assert set(self.calls) <= set(wanted_calls)
        return to_html(got, inner=True) if isinstance(got, Element) else got.__name__


def counted() -> dict[str, Any]:
    return {"c": Bumped(), "l": [*range(9)], "g": iter(range(9)), "a": "a", "b": "b"}


@pytest.mark.parametrize(
    "source",
    [
        "{{ l.pop }}",
        "{{ c.bump }}",
        "{{ c.next }}",
        "{% if c.bump %}x{% endif %}",
        "{% for x in g %}{{ x }}{% if x == 2 %}{{ c.bump }}{% endif %}{% endfor %}",
        "{% with d=c %}{{ d.bump }}{% endwith %}",
        "{% include 'bump.html' with d=c only %}",
        "{% for d in cs %}{{ d.bump }}{% endfor %}",
        "{% spaceless %}{{ c.bump }}{% endspaceless %}",
    ],
)
@pytest.mark.parametrize(
    "page", [f"IT{REGION}", f"{REGION}IT", f"<body>IT{{% block a %}}IT{REGION}IT{{% endblock %}}IT"]
)
def test_what_is_called_outside_is_seen_inside(page, source):
    def make() -> dict[str, Any]:
        values = counted()
        return {**values, "cs": [values["c"]]}

    page = page.replace("IT</main>", "{{ c.n }}{{ l }}</main>").replace("IT", source)
    both = Twice(page, make, bump="{{ d.bump }}")
    assert len({both() for _ in range(3)}) == (1 if "in g" in source else 3) or "in g" in source


def test_what_fails_outside_fails():
    both = Twice(f"{{% if a %}}{{{{ c.fail }}}}{{% endif %}}{REGION}", counted)
    assert both() == "RuntimeError"
    assert both(a="") == "IT"
    assert both(a="a") == "RuntimeError"
    both = Twice(f"{REGION}{{% if a %}}{{{{ l|divisibleby:a }}}}{{% endif %}}", counted)
    assert both(a="") == "IT"
    assert both(a="x") == "TypeError"
    assert both(a="x") == "TypeError"
    assert both(a="") == "IT"


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("<svg>", "<p></p>"),
        ("<textarea>", "RegionError"),
        ("<!--", "RegionError"),
        ("<i data-liveview-root></i>", "RegionError"),
        ("<b>", "<p></p>"),
    ],
)
@pytest.mark.parametrize(
    "page",
    [
        f"{{{{ a|safe }}}}{REGION}",
        f"<body>{{% block a %}}{{{{ a }}}}{REGION}{{% endblock %}}</body>",
    ],
)
def test_markup_outside_is_looked_at_where_it_has_changed(page, markup, html):
    both = Twice(page.replace("IT", "<p>{{ b }}</p>"), lambda: {"a": mark_safe("x"), "b": ""})
    assert both() == "<p></p>"
    for _ in range(2):
        both(a=mark_safe(markup))
    both(b="b")
    assert both(a=mark_safe("x"), b="") == "<p></p>"
    assert not both.renderer.has_fallen_back


def test_a_second_root_behind_the_region_is_seen():
    both = Twice(f"{REGION}{{{{ a }}}}", lambda: {"a": ""})
    assert both() == "IT"
    assert both(a=mark_safe("<i data-liveview-root></i>")) == "RegionError"
    assert both(a="") == "IT"


@pytest.mark.parametrize("markup", ["<textarea>", "<i data-liveview-root></i>"])
def test_markup_outside_is_looked_at_later_if_there_was_nothing_to_look_for(markup):
    source = f"{{{{ a|safe }}}}{REGION}".replace(
        "IT", "{% if b %}{{ f.fail }}{% endif %}{{ c|safe }}"
    )
    both = Twice(source, lambda: {"a": "x", "b": "", "c": "c", "f": Bumped()})
    for failing in ({"b": "b"}, {"c": "<hr"}):
        assert both(a="x", b="", c="c") == "c"
        both(a=markup, **failing)
        assert both(b="", c="c") == "RegionError"


def test_what_is_known_and_has_not_changed_is_not_rendered_again():
    source = (
        "{% load i18n %}<title>{{ title|upper }}</title>{% url 'address' as here %}"
        "{% if user.name %}<b>{{ user.name|told }}</b>{% endif %}{% csrf_token %}"
        f"{REGION}<i>{{{{ title|priced }}}}</i>"
    )
    both = Twice(source, lambda: {"title": "t", "user": {"name": ""}})
    both()
    both()
    assert both.calls == []
    both(title="other")
    assert both.calls == ["priced"]
    both(user={"name": "n"})
    assert both.calls[0].startswith("told")
    both()
    assert both.calls[0].startswith("told")
