"""The region is Django's output, parsed: whatever the template, whatever happens to its context."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.rendering.examples import TEMPLATES, Example, read
from tests.rendering.oracle import follow
from tests.rendering.region import Region, same
from tests.rendering.templates import bodies, children, stories, tables


def name(example: Example) -> str:
    return ascii(example[0])[1:60]


@pytest.mark.parametrize("example", read("markup.txt"), ids=name)
def test_markup_that_is_hard_to_cut_is_what_a_parser_sees(example):
    follow(*example, TEMPLATES)


@pytest.mark.parametrize("example", read("values.txt"), ids=name)
def test_changes_that_are_hard_to_see_are_seen(example):
    follow(*example, TEMPLATES)


@pytest.mark.parametrize("example", read("components.txt"), ids=name)
def test_components_are_placed_as_often_as_they_are_shown(example):
    follow(*example, TEMPLATES)


@pytest.mark.parametrize("example", read("tags.txt"), ids=name)
def test_tags_and_filters_see_what_they_depend_on(example):
    follow(*example, TEMPLATES)


AROUND = {
    "rows": "<ul>{% for z in 'ab' %}<li>IT</li>{% endfor %}</ul>",
    "branches": "{% if missing %}{% else %}<b>IT</b>{% endif %}",
    "an include": "<p>{% include 'it.html' %}</p>",
    "a child": "{% extends 'other.html' %}{% block a %}{{ block.super }}<li>IT</li>{% endblock %}",
    "a scope": "{% with z=x %}{% autoescape off %}<i>{{ z }}IT</i>{% endautoescape %}{% endwith %}",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("examples", ["markup.txt", "values.txt", "tags.txt", "components.txt"])
def test_the_same_holds_inside_of(around, examples):
    for source, statements in read(examples):
        if "{% extends" not in source and "data-liveview-root" not in source:
            follow(around.replace("IT", source), statements, {**TEMPLATES, "it.html": source})


unhurried = settings(
    max_examples=max(200, settings.default.max_examples),
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.explain},
)


@given(stories(bodies()))
@unhurried
def test_any_template_is_what_django_and_a_parser_make_of_it(story):
    follow(*story, TEMPLATES)


@given(stories(tables()))
@unhurried
def test_any_list_is_what_django_and_a_parser_make_of_it(story):
    follow(*story, TEMPLATES)


@given(stories(children()))
@unhurried
def test_any_child_template_is_what_django_and_a_parser_make_of_it(story):
    follow(*story, TEMPLATES)


@pytest.mark.parametrize("value", ["a\r", "\r", "a\r\r", "a\r\nb\r", "&amp;\r", "<\r"])
@pytest.mark.parametrize(
    ("attribute", "is_known"),
    [
        ("title='{{ a }}'", True),
        ('title="x{{ a }}"', True),
        ("title='{{ a }}y{{ b }}'", True),
        ("title='{{ a|safe }}'", True),
        ("title='{{ a }}{{ b }}'", False),
        ("title='{{ a }}\n'", False),
        ("title={{ a }}", False),
    ],
)
def test_a_line_break_that_ends_a_value_concerns_its_attribute_alone(attribute, is_known, value):
    region = Region(f"<table><tr><td>{{{{ c }}}}</td></tr></table><p {attribute}><b>x</b></p>")
    region(a="a", b="b", c=1)
    before = region.elements("table")
    for b in ("b", "", "\n", "b"):
        region(a=value, b=b, c=1)
        assert same(before, region.elements("table")) == [True] or not is_known
