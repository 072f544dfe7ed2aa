"""Which slots a template shows."""

from __future__ import annotations

import pytest

from pykka_live.rendering.slot_names import slot_names
from tests.rendering.component import component_template

OTHERS = {
    "base.html": "<p>{% block a %}{{ slots.hidden }}{% endblock %}{{ slots.based }}</p>",
    "part.html": "<i>{{ slots.part }}</i>{% include 'part.html' %}",
}


def names_of(source):
    return slot_names(component_template(source, OTHERS).django_template)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("<p></p>", ""),
        ("<p>slots.x {{ slot.x }} {{ x.slots.y }}</p>", ""),
        ("<p>{{ slots.footer }}{{ slots.default|default:'x' }}</p>", "footer default"),
        ("<p>{{ x|default:slots.a }}</p>", "a"),
        ("<p>{% if slots.a %}x{% elif not y and slots.b == 1 %}{% else %}{{ slots.c }}{% endif %}"
         "</p>", "a b c"),
        ("<p>{% for x in y %}{{ slots.a }}{% empty %}{{ slots.b }}{% endfor %}</p>", "a b"),
        ("<p>{% with a=slots.a %}{{ a }}{% endwith %}</p>", "a"),
        ("<p>{% filter upper %}{{ slots.a }}{% endfilter %}{% firstof slots.b %}</p>", "a b"),
        ("<p>{% ifchanged slots.a %}{{ slots.b }}{% endifchanged %}</p>", "a b"),
        ("<p>{% include 'part.html' %}</p>", "part"),
        ("<p>{% include 'part.html' with x=slots.x %}</p>", "part x"),
        ("{% extends 'base.html' %}{% block a %}{{ slots.own }}{% endblock %}", "based own"),
        ("<p>{% live_component 'x' id=slots.a b=slots.b %}{% slot 'c' %}{{ slots.d }}{% endslot %}"
         "{{ slots.e }}{% endlive_component %}</p>", "a b d e"),
        ("<p>{% comment %}{{ slots.a }}{% endcomment %}</p>", ""),
    ],
)  # fmt: skip
def test_they_are_found_wherever_they_stand(source, names):
    assert names_of(source) == set(names.split())


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ slots }}</p>",
        "<p>{% if slots %}{% endif %}</p>",
        "<p>{% for name, slot in slots.items %}{{ slot }}{% endfor %}</p>",
        "<p>{% with all=slots %}{{ all.x }}{% endwith %}</p>",
        "<p>{% include name %}</p>",
        "<p>{% include 'missing.html' %}</p>",
        "<p>{% debug %}</p>",
        "<p>{% seen 'slots' %}</p>",
        "<p>{% repeat 2 %}{{ slots.x }}{% endrepeat %}</p>",
        "{% extends name %}",
        "{% extends 'base.html' %}{% block a %}{{ block.super }}{% endblock %}",
    ],
)
def test_where_any_may_be_shown_nothing_is_said(source):
    assert names_of(source) is None
