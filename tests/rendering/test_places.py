"""Places of components in a page that is rendered again and again."""

from __future__ import annotations

import pytest
from django.template import TemplateSyntaxError

from pykka_live.rendering.outline import Broken
from pykka_live.vdom import to_html
from tests.rendering.component import component_template
from tests.rendering.gathered import Noting, gathering
from tests.rendering.region import REQUEST, live_template, same
from tests.rendering.world import Person, recorded


class Shown:
    """A component's template that is rendered again and again, each time held against Django's."""

    def __init__(self, source: str, templates: dict[str, str] | None = None) -> None:
        self.template = component_template(source, templates)
        assert not isinstance(self.template.program, Broken)
        self.renderer = self.template.renderer()

    def __call__(self, **values) -> Noting:
        with gathering() as noted:
            self.root = self.renderer.render(REQUEST, values, {})
        with gathering() as wanted:
            assert self.root == self.template.render_element(REQUEST, values, {})
        assert noted.placed == wanted.placed
        return noted

    @property
    def html(self) -> str:
        return to_html(self.root)


CART = '{% live_component "cart" id="c" %}'
ROWS = (
    "<main>{{ n }}{% for r in rows %}{% live_component 'cart' id=r.id x=r.x %}{% endfor %}</main>"
)


def rows(*ids, x=1):
    return [{"id": id, "x": x} for id in ids]


def test_all_that_are_shown_are_placed_each_time():
    shown = Shown(ROWS)
    assert shown(rows=rows(1, 2, 3), n=1).ids == ["1", "2", "3"]
    assert shown(rows=rows(1, 2, 3), n=1).ids == ["1", "2", "3"]
    assert shown(rows=rows(3, 1), n=2).ids == ["3", "1"]
    assert shown(rows=[], n=2).ids == []


def test_elements_of_the_same_components_are_the_same_objects():
    shown = Shown(ROWS)
    given = rows(1, 2, 3)
    shown(rows=given, n=1)
    before = shown.root.children[1:]
    given[0]["x"] = 7
    assert shown(rows=given, n=2).placed[0][2] == {"x": 7}
    assert same(before, shown.root.children[1:]) == [True, True, True]


def test_nothing_changes_of_a_page_whose_components_get_other_props():
    shown = Shown("<main><p>{% live_component 'cart' id='c' x=x %}</p><i>y</i></main>")
    shown(x=1)
    before = shown.root
    assert shown(x=2).placed[0][2] == {"x": 2}
    assert shown.root is before


def test_components_cast_no_doubt_on_what_is_plain():
    shown = Shown(ROWS)
    shown(rows=rows(1, 2), n=1)
    assert shown.renderer.has_compared


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("x=p.shout", ["shout Ann"]),
        ("x=p.greet y=p.shout", ["greet Ann", "shout Ann"]),
        ("x=p.shout|lower y=p.name", ["shout Ann"]),
        ("x=p.name", []),
    ],
)
def test_what_a_prop_calls_is_called_once(source, calls):
    shown = Shown(f"<main>{{% live_component 'cart' id='c' {source} %}}</main>")
    for _ in range(2):
        with recorded() as made, gathering():
            shown.renderer.render(REQUEST, {"p": Person()}, {})
        assert made == calls


def test_what_renders_twice_because_it_is_broken_is_placed_once():
    shown = component_template(
        "<main>{% live_component 'cart' id='c' %}<b>{{ x|safe }}</b>{{ y|safe }}</main>"
    )
    renderer = shown.renderer()
    fallen = False
    for x in ("", "<svg><desc>", "<!--", "<i title='", "<p></b><table>"):
        for y in ("", "<td>", "-->", "<table></main>"):
            with gathering() as noted:
                try:
                    renderer.render(REQUEST, {"x": x, "y": y}, {})
                except ValueError:
                    continue
            assert noted.ids == ["c"]
            fallen = fallen or renderer.has_fallen_back
    assert fallen


@pytest.mark.parametrize(
    "source",
    [
        "<main>{% live_component 'cart' id=x %}</main>",
        "<main>{% if 1 %}{% live_component '' id='x' %}{% endif %}</main>",
    ],
)
def test_the_place_of_a_mistake_is_told_as_django_does(source):
    template = component_template(source, debug=True)
    for render in (template.renderer().render, template.render_element):
        with gathering(), pytest.raises(TemplateSyntaxError) as raised:
            render(REQUEST, {}, {})
        assert raised.value.template_debug["during"].startswith("{% live_component")


def test_without_a_gatherer_no_component_is_shown():
    template = component_template("<main>{% live_component 'cart' id='x' %}</main>")
    with pytest.raises(TemplateSyntaxError, match='"cart" %} is shown by live views and comp'):
        template.renderer().render(REQUEST, {}, {})


def test_components_of_included_templates_are_placed():
    shown = Shown(
        "<ul>{% for i in l %}{% include 'item.html' with x=i %}{% endfor %}</ul>",
        {"item.html": "{% live_component 'item' id=x %}"},
    )
    for _ in range(2):
        assert shown(l=[1, 2]).ids == ["1", "2"]
    assert shown.html == '<ul><li live-component="1"></li><li live-component="2"></li></ul>'


@pytest.mark.parametrize(
    "around", ["IT<main data-liveview-root></main>", "<main data-liveview-root></main><p>IT</p>"]
)
def test_a_component_outside_of_the_live_region_is_told(around):
    template = live_template("{% load pykka_live %}" + around.replace("IT", CART))
    with gathering(), pytest.raises(ValueError, match='"c" stands outside of the live region'):
        template.render_page(REQUEST, {}, {})


def test_a_page_tells_its_gatherer_of_the_components_in_its_region():
    template = live_template(
        "{% load pykka_live %}<i>x</i><main data-liveview-root>" + CART + "</main>"
    )
    with gathering() as noted:
        page = template.render_page(REQUEST, {}, {})
    assert noted.ids == ["c"]
    assert to_html(page.root, inner=True) == '<div live-component="c"></div>'


def test_a_page_without_components_needs_no_gatherer():
    page = live_template("<main data-liveview-root>x</main>").render_page(REQUEST, {}, {})
    assert to_html(page.root, inner=True) == "x"
