"""What of a template becomes structure, what is left to strings, and where that is said to be."""

from __future__ import annotations

import pytest

from pykka_live.rendering.outline import Broken
from tests.rendering.region import findings, live_template


def strings(source: str, templates: dict | None = None) -> list[tuple[str, int, str]]:
    found = [f for f in findings(source, templates) if f.kind == "string"]
    return [(f.place.template, f.place.line, f.why) for f in found]


@pytest.mark.parametrize(
    "source",
    [
        "<p class='a {{ b }}' {% if c %}checked{% endif %}>{{ d }}</p>",
        "<table>{% for r in l %}<tr><td>{{ r }}</td></tr>{% endfor %}</table>",
        "<table><tbody>{% for r in l %}<tr><td>{{ r }}</td></tr>{% endfor %}</tbody></table>",
        "<ol>{% for r in l %}{% if r %}<li>{{ r }}</li>{% else %}<li></li>{% endif %}{% endfor %}"
        "</ol>",
        "<svg><path d='{{ d }}'/></svg><br><input value={{ v }}>",
        "{% with a=b %}<p>{{ a }}</p>{% endwith %}",
        "{% autoescape off %}<i>{{ c }}</i>{% endautoescape %}",
        "<pre>a{{ b }}</pre><select><option {{ s }}>a</option></select>",
        "{% verbatim %}<b>{{ a }}</b>{% endverbatim %}{# {{ b }} #}",
        "{% comment %}<p>{% endcomment %}",
        "{% include 'part.html' %}{% include 'part.html' with a=1 only %}",
    ],
)
def test_ordinary_markup_becomes_structure(source):
    assert findings(source, {"part.html": "<p>{{ a }}</p>"}) == []


@pytest.mark.parametrize(
    ("source", "line", "why"),
    [
        ("<p>\n{{ a }}</p>\n<textarea>{{ b }}</textarea>", 3, "its content is no markup"),
        ("<p>a</p>\n<h{{ n }}>x</h{{ n }}>", 2, "what it writes into a tag runs into something"),
        ("<br>\n<b>{{ x }}&am{{ y }}</b>", 2, "a character reference that is put together"),
        ("\n\n<ul><li>{{ a }}</ul>", 3, "<li> in it has no end tag"),
        ("\n{% if a %}<div>{% endif %}{{ b }}{% if a %}</div>{% endif %}", 2,
         "its start tag is conditional"),
        ("\n<div>{{ x }}<p>{{ a }}<b>c</b><div>d</div></p></div>", 2,
         "browsers make other elements of it"),
        ("<i>\n</i>\n<!-- {{ a }} -->", 1, "a tag or a comment that is put together"),
        ("\n<b a=1 a={{ b }}>c</b>\n\n<b a={{ b }} a=1>c</b>", 2, "it has an attribute twice"),
        ("\n<pre>{{ a }}</pre>", 2, "its content begins with a slot"),
        ("\n<b data-{{ a }}='b'>c</b>", 2, "an attribute's name is put together"),
        ("\n<template>{{ a }}</template>", 2, "it is a <template>"),
    ],
)  # fmt: skip
def test_what_is_left_to_strings_is_named_with_its_line_and_a_reason(source, line, why):
    (found,) = strings(source)
    assert found == ("page.html", line, why)


def test_an_element_that_a_browser_splits_leaves_its_neighbours_alone():
    source = "<b>{{ a }}</b>\n<p>{{ x }}<div>d</div></p>\n<i>{{ b }}</i>\n<p><ul></ul>{{ c }}</p>"
    why = "browsers make other elements of it"
    assert strings(source) == [("page.html", 2, why), ("page.html", 4, why)]


def test_places_are_those_of_the_file_that_the_markup_stands_in():
    templates = {
        "base.html": "\n<main data-liveview-root>\n{% block a %}{% endblock %}\n"
        "<ul><li>{{ x }}</ul></main>",
        "middle.html": "{% extends 'base.html' %}\n\n"
        "{% block a %}<textarea>{{ x }}</textarea>{% endblock %}",
        "part.html": "\n\n\n<title>{{ x }}</title>",
    }
    assert strings("{% extends 'middle.html' %}", templates) == [
        ("middle.html", 3, "its content is no markup"),
        ("base.html", 4, "<li> in it has no end tag"),
    ]
    own = "{% extends 'middle.html' %}\n{% block a %}\n\n{% include 'part.html' %}{% endblock %}"
    assert [found[:2] for found in strings(own, templates)] == [("part.html", 4), ("base.html", 4)]


def test_loops_that_render_all_their_rows_are_named():
    source = (
        "{% for i in l %}\n{% for j in i %}{% cycle 'a' 'b' %}{% endfor %}{% endfor %}\n"
        "{% for i in l %}{{ forloop }}{% endfor %}"
    )
    found = [(f.place.line, f.why) for f in findings(source) if f.kind == "rows"]
    assert sorted(found) == [
        (1, "{% cycle %} is not known to be pure"),
        (2, "{% cycle %} is not known to be pure"),
        (3, "its rows ask forloop for more than their place"),
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<textarea data-liveview-root>{{ a }}</textarea>", "the live region is a <textarea>"),
        ("{% if a %}<p data-liveview-root></p>{% endif %}", "no element of the template itself"),
        ("{% extends parent %}", "what it extends is only known when it is rendered"),
        ("{% extends 'none.html' %}", "there is no template none.html"),
        ("<div data-liveview-root>" + "<b>" * 1500 + "</b>" * 1500 + "</div>", "nested too deeply"),
    ],
)
def test_a_page_that_cannot_be_compiled_says_why(source, why):
    program = live_template(source).program
    assert isinstance(program, Broken)
    assert why in str(program)


def test_a_template_that_includes_itself_often_is_compiled_in_bounded_time():
    """Unfolded to the end, this would have ten to the power of fifteen parts."""
    call = "{% if n %}{% include 'self.html' with n=m %}{% endif %}"
    assert findings("{% include 'self.html' %}", {"self.html": "<p>{{ n }}</p>" + 10 * call}) == []


def test_an_include_that_cannot_be_compiled_fails_only_where_it_is_shown():
    templates = {"wrong.html": "{% nonsense %}", "part.html": "<p>{{ a }}</p>"}
    source = (
        "{% if a %}{% include 'wrong.html' %}{% include 'none.html' %}{% endif %}<p>{{ b }}</p>"
    )
    assert strings(source, templates) == []


@pytest.mark.parametrize(
    ("source", "ways"),
    [
        ("<p live-key='{{ i.id }}'></p>", [("id",)]),
        ("<p id='row-{{ i.user.id }}' live-key={{ i.x }}></p>", [("x",), ("user", "id")]),
        ("<p id='{{ i.pk }}'></p>", [("pk",), ("id",)]),
        ("<p id='{{ i }}'>{{ i.id }}</p>", []),
        ("<p id='{{ i.id }}-{{ i.x }}'></p>", []),
        ("<p id='{{ i.id|upper }}{% shout 1 %}'></p>", []),
        ("{% for a, b in i.l %}<b id='{{ a }}'></b><b id='{{ b.x }}'></b>{% endfor %}",
         [("0",), ("1", "x")]),
        ("{% include 'row.html' with r=i %}", [("n",)]),
    ],
)  # fmt: skip
def test_a_row_says_in_its_markup_what_tells_its_items_apart(source, ways):
    template = live_template(
        f"<p id='{{{{ page.id }}}}'></p>{{% for i in l %}}{source}{{% endfor %}}",
        {"row.html": "<p id='{{ r.n }}'></p>"},
    )
    assert list(template.program.keys) == ways
