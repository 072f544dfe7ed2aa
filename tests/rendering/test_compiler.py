"""What of a template becomes structure, what is left to strings, and where that is said to be."""

from __future__ import annotations

import pytest

from pykka_live.rendering import Finding
from pykka_live.rendering.outline import Broken
from tests.rendering.region import findings, live_template


def of_kind(kind: str, source: str, templates: dict | None = None) -> list[Finding]:
    return [found for found in findings(source, templates) if found.kind == kind]


def strings(source: str, templates: dict | None = None) -> list[tuple[str, int, str]]:
    found = of_kind("string", source, templates)
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
        ("<i>\n</i>\n<!-- {{ a }} -->", 3, "a tag or a comment that is put together"),
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
        "{% for i in l %}\n{% for j in i %}{% cycle 'a' 'b' as c %}{% endfor %}{% endfor %}\n"
        "{% for i in l %}{{ forloop }}{% endfor %}"
    )
    found = [(f.place.line, f.why, f.part) for f in of_kind("rows", source)]
    assert sorted(found) == [
        (2, "{% cycle %} is not known to be pure", ""),
        (2, "{% cycle %} is not known to be pure", "the loop in line 1"),
        (3, "its rows ask forloop for more than their place", ""),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{{ i|random }}", "{{ i|random }} uses a filter that is not known to be pure"),
        (
            "{% if i|random %}a{% endif %}",
            "{% if i|random %} uses a filter that is not known to be pure",
        ),
        ("{% now 'Y' %}", "{% now %} is not known to be pure"),
        ("{% url 'x' as u %}", "{% url %} sets a variable, or counts"),
        ("{% include i %}", "which template it includes is only known when it is rendered"),
    ],
)
def test_what_makes_a_loop_render_all_its_rows_is_named_with_its_line(row, why):
    (found,) = of_kind("rows", "{% for i in l %}<p>\n{{ i }}</p>" + row + "{% endfor %}")
    assert (found.place.line, found.why, found.part) == (2, why, "the loop in line 1")


def test_a_loop_in_a_tag_renders_all_its_rows():
    (found,) = of_kind("rows", "\n<p class='{% for c in l %}{{ c }} {% endfor %}'>a</p>")
    assert (found.place.line, found.why) == (2, "it stands in a tag")


def test_loops_whose_rows_last_are_told_with_what_their_rows_read():
    program = live_template(
        "{% for i in l %}\n{{ i.total }}{{ forloop.counter }}{{ unit.name }}{{ x }}"
        "{% for j in i.parts %}{{ j }}{% endfor %}{% endfor %}"
    ).program
    assert [(loop.place.line, loop.names) for loop in program.loops] == [
        (2, ("j",)),
        (1, ("i.parts", "i.total", "unit.name")),
    ]


TABLE = "<table>{% for r in rows %}<tr><td>{{ r.a }}</td></tr>{% endfor %}</table>"


@pytest.mark.parametrize(
    ("tag", "end"),
    [
        ("spaceless", "endspaceless"), ("filter upper", "endfilter"),
        ("cache 1 x", "endcache"), ("ifchanged rows", "endifchanged"),
    ],
)  # fmt: skip
def test_what_tags_render_themselves_is_named(tag, end):
    (found,) = strings(f"<p>a</p>\n{{% {tag} %}}{TABLE}{{% {end} %}}")
    assert found == ("page.html", 2, f"{{% {tag.split()[0]} %}} renders itself what it contains")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("\n{% include name %}", "which template it includes is only known when it is rendered"),
        ("\n{% include 'child.html' %}", "child.html extends another template"),
        ("\n" + "{% if x %}{% if x %}" * 16 + TABLE + "{% endif %}{% endif %}" * 16,
         "it is inside of more than 30 tags"),
    ],
)  # fmt: skip
def test_what_is_included_or_nested_so_that_it_is_a_string_is_named(source, why):
    (found,) = strings(source, {"child.html": "{% extends 'page.html' %}"})
    assert found == ("page.html", 2, why)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("\n{% now 'Y' %}", "{% now %} is not known to be pure"),
        ("\n{{ l|random }}", "{{ l|random }} uses a filter that is not known to be pure"),
        ("\n<p class='{% now 'Y' %}'>a</p>", "{% now %} is not known to be pure"),
        ("\n{% with a=l|random %}{{ a }}{% endwith %}",
         "{% with a=l|random %} uses a filter that is not known to be pure"),
        ("\n{% for i in l|random %}{{ i }}{% endfor %}",
         "{% for i in l|random %} uses a filter that is not known to be pure"),
    ],
)  # fmt: skip
def test_slots_that_may_cost_anything_each_time_are_named(source, why):
    (found,) = of_kind("slot", source)
    assert (found.place.line, found.why) == (2, why)


def test_what_stands_before_the_region_and_is_rendered_all_the_same_is_named():
    source = "\n{% url 'x' as u %}<main data-liveview-root>{{ u }}</main>{% now 'Y' %}"
    (found,) = findings(source)
    assert (found.place.line, found.kind) == (2, "slot")
    assert found.why == "{% url %} before the live region may change what that shows"


def test_the_line_of_the_cause_is_told_and_the_element_that_it_concerns():
    source = (
        "<div>\n<p>\n{{ a }}\n<{{ b }}></p>\n<i>\n<b>{{ x }}</i></div>\n"
        "<p>\n<em>\n{{ c }}&am{{ d }}</em></p>\n"
        "{% if y %}<ul>\n<li>\n<!-- {{ y }} --></li></ul>{% endif %}"
    )
    found = [(f.place.line, f.why, f.part) for f in of_kind("string", source)]
    assert found == [
        (4, "a tag that is put together", "<p> from line 2 on"),
        (6, "<b> in it has no end tag", "<i> from line 5 on"),
        (9, "a character reference that is put together", "<em> from line 8 on"),
        (12, "a tag or a comment that is put together", "<li> from line 11 on"),
    ]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("<textarea data-liveview-root>{{ a }}</textarea>", "the root is a <textarea>"),
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
    found = strings("{% include 'self.html' %}", {"self.html": "<p>{{ n }}</p>" + 10 * call})
    why = "it includes itself in too many places to be compiled for each"
    assert found == [("self.html", 1, why)]


def test_an_include_that_cannot_be_compiled_fails_only_where_it_is_shown():
    templates = {"wrong.html": "{% nonsense %}", "part.html": "<p>{{ a }}</p>"}
    source = (
        "{% if a %}{% include 'wrong.html' %}{% include 'none.html' %}{% endif %}<p>{{ b }}</p>"
    )
    assert strings(source, templates) == []
    errors = [found.why for found in of_kind("error", source, templates)]
    assert errors == [
        "wrong.html cannot be compiled: Invalid block tag on line 1: 'nonsense'. "
        "Did you forget to register or load this tag?",
        "there is no template none.html",
    ]


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
