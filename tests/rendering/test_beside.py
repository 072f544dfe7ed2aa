"""What belongs beside the live region is shown with the page and never again."""

from __future__ import annotations

import pytest
from django.template import Library, TemplateSyntaxError
from django.utils.safestring import mark_safe

from pykka_live.rendering import LiveTemplate
from pykka_live.rendering.beside import BesideNode
from pykka_live.rendering.program import Program
from pykka_live.vdom import to_html

REGION = "<p data-liveview-root>{{ n }}</p>"
SHOWN = "<section data-liveview-root>beside</section>"

FILES = {
    "included": "<i>{% beside %}</i>",
    "layout": "{% beside %}{% block main %}{% endblock %}{% beside %}",
}

register = Library()
shown = []


class Tag(BesideNode):
    def show(self, context):
        shown.append(context["n"])
        return mark_safe(SHOWN)


@register.tag
def beside(parser, token):
    return Tag()


@pytest.fixture(autouse=True)
def _fresh(settings):
    shown.clear()
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "builtins": [__name__],
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", FILES)],
                    )
                ],
            },
        }
    ]


AROUND = {
    "plain": ("{% beside %}" + REGION + "{% beside %}", 2),
    "text": ("<title>{% if n > 1 %}a{% endif %}</title>{% beside %}" + REGION, 1),
    "if": ("{% if n %}{% beside %}{% endif %}" + REGION, 1),
    "unknown": ("{% if unknown.x %}{% else %}{% beside %}{% endif %}" + REGION, 1),
    "loop": (REGION + "{% for i in l %}{% beside %}{{ n }}{% endfor %}", 3),
    "include": ("{% include 'included' %}" + REGION, 1),
    "dynamic include": ("{% include name %}" + REGION, 1),
    "isolated include": ("{% include name with n=n only %}" + REGION, 1),
    "inherited": ("{% extends 'layout' %}{% block main %}" + REGION + "{% endblock %}", 2),
    "around": ("{% with x=1 %}{% beside %}" + REGION + "{% beside %}{% endwith %}", 2),
    "string": ("{% beside %}{% if 1 %}<p{% endif %} data-liveview-root>{{ n }}</p>", 1),
}


def values(n):
    return {"n": n, "l": [1, 2, 3], "name": "included", "unknown": None}


@pytest.mark.parametrize("name", AROUND)
def test_it_is_shown_with_the_page_and_not_with_an_event(name, rf):
    source, times = AROUND[name]
    template = LiveTemplate.from_string(source)
    request = rf.get("/")
    page = template.render_page(request, values(1), {})
    html = page.to_html({})
    assert html.count(SHOWN) == len(shown) == times
    assert "<!--" not in html
    assert to_html(page.root) == '<p data-liveview-root="">1</p>'
    shown.clear()
    renderer = template.renderer()
    for n in range(1, 5):
        root = renderer.render(request, values(n), {})
        assert to_html(root) == f'<p data-liveview-root="">{n}</p>'
    assert shown == []
    assert isinstance(template.program, Program) == (name != "string")


INSIDE = {
    "plain": "<p data-liveview-root>{% beside %}</p>",
    "attribute": "<p data-liveview-root {% beside %}></p>",
    "if": "<p data-liveview-root>{% if n %}{% beside %}{% endif %}</p>",
    "loop": "<p data-liveview-root>{% for i in l %}<b>{% beside %}</b>{% endfor %}</p>",
    "include": "<p data-liveview-root>{% include 'included' %}</p>",
    "dynamic include": "<p data-liveview-root>{% include name %}</p>",
    "unknown tag": "<p data-liveview-root>{% filter upper %}{% beside %}{% endfilter %}</p>",
    "string": "{% if 1 %}<p{% endif %} data-liveview-root>{% beside %}</p>",
}


@pytest.mark.parametrize("name", INSIDE)
def test_inside_of_the_region_it_is_an_error(name, rf):
    template = LiveTemplate.from_string(INSIDE[name])
    request = rf.get("/")
    with pytest.raises(TemplateSyntaxError, match="beside %} stands inside of a live region"):
        template.render_page(request, values(1), {})
    shown.clear()
    renderer = template.renderer()
    for _ in range(2):
        with pytest.raises(TemplateSyntaxError, match="beside %} stands inside of a live region"):
            renderer.render(request, values(1), {})
    assert shown == []


def test_an_error_of_what_stands_around_leaves_the_next_rendering_as_it_should_be(rf):
    source = (
        "{% if boom.x %}{% endif %}{{ boom.x }}" + REGION + "{% if n > 1 %}{% beside %}{% endif %}"
    )
    template = LiveTemplate.from_string(source)
    request = rf.get("/")
    renderer = template.renderer()

    class Boom:
        @property
        def x(self):
            raise ZeroDivisionError

    for n, boom in ((1, None), (2, Boom()), (3, None)):
        given = {**values(n), "boom": boom}
        if boom is None:
            assert (
                to_html(renderer.render(request, given, {})) == f'<p data-liveview-root="">{n}</p>'
            )
        else:
            with pytest.raises(ZeroDivisionError):
                renderer.render(request, given, {})
    assert shown == []
