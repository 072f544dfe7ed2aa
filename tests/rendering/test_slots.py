"""Slots: content that a component is given, which belongs to whoever wrote it."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString, mark_safe
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.rendering._owners import owned
from pykka_live.vdom import Element, parse, to_html
from tests.rendering.component import component_template
from tests.rendering.gathered import gathering
from tests.rendering.region import REQUEST


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<b>x</b>", "<b>x</b>"),
        ("<b @click='a'>x</b>", "<b§ @click='a'>x</b>"),
        ("<B\n@click.prevent.debounce.300ms=a>", "<B§\n@click.prevent.debounce.300ms=a>"),
        ("<i><b class=a live-on:click=a>x</b></i>", "<i><b§ class=a live-on:click=a>x</b></i>"),
        ("<br @click=a/>", "<br§ @click=a/>"),
        ("<tr @click=a><td @click=b>", "<tr§ @click=a><td§ @click=b>"),
        ("<b @click=a live-target='#x'>x</b>", "<b @click=a live-target='#x'>x</b>"),
        ("<b LIVE-TARGET=parent @click=a>x</b>", "<b LIVE-TARGET=parent @click=a>x</b>"),
        (
            "<p live-target='#x'><p><b @click=a></b></p></p><b @click=c></b>",
            "<p live-target='#x'><p><b @click=a></b></p></p><b§ @click=c></b>",
        ),
        ("<br live-target=a><b @click=c></b>", "<br live-target=a><b§ @click=c></b>"),
        ("<svg><a live-target=a /><g @click=c>", "<svg><a live-target=a /><g§ @click=c>"),
        ("a@b.org <b title='@click=a'>", "a@b.org <b title='@click=a'>"),
        ("<!-- <b @click=a> -->", "<!-- <b @click=a> -->"),
        ("<script>'<b @click=a>'</script>", "<script>'<b @click=a>'</script>"),
        (
            "<textarea @input=b><b @click=a></textarea>",
            "<textarea§ @input=b><b @click=a></textarea>",
        ),
        ("<svg><style><b @click=a></style>", "<svg><style><b§ @click=a></style>"),
        ("<b @click=a title='x", "<b @click=a title='x"),
        ("é<b é @click=é>", "é<b§ é @click=é>"),
        ("< @click=a <b @=c>", "< @click=a <b @=c>"),
    ],
)
def test_what_binds_an_event_says_where_it_goes(html, shown):
    assert owned(html, "view") == shown.replace("§", ' live-target="view"')


def test_a_target_is_escaped():
    assert owned("<b @click=a>", '#"<&') == '<b live-target="#&quot;&lt;&amp;" @click=a>'


WORDS = "<b <tr </b> </tr> > @click=a live-on:x='' live-target=q <!-- --> <svg> </svg> / ' \" x <br"


@given(st.lists(st.sampled_from([*WORDS.split(), " ", " ", ">"]), max_size=20).map("".join))
def test_any_markup_becomes_the_tree_that_it_was_but_for_targets(html):
    before, after = parse(html), parse(owned(html, "view"))

    def held_against(one, other, told):
        if not isinstance(one, Element):
            assert one == other
            return
        attributes, expected = dict(other.attrs), dict(one.attrs)
        bound = any(name.startswith("live-on:") for name in expected)
        if attributes.get("live-target") == "view":
            assert bound
            assert attributes.pop("live-target")
        elif bound:
            assert told or "live-target" in expected
        assert attributes == expected
        for child, changed in zip(one.children, other.children, strict=True):
            held_against(child, changed, told or "live-target" in expected)

    # What has no end tag, or another's, may seem to end elsewhere than it does.
    told = "live-target" in html
    held_against(before, after, told)


def placed(source, target="view", **values):
    with gathering(target) as noted:
        Template("{% load pykka_live %}" + source).render(Context(values))
    return noted.placed


def test_the_events_of_a_slot_go_to_who_wrote_it():
    source = (
        "{% live_component 'card' id='x' %}<b @click='a'>{{ n }}</b>"
        "{% slot 'f' %}<i>x</i>{% endslot %}{% endlive_component %}"
    )
    for target in ("view", "#cart"):
        slots = placed(source, target, n="<")[0][3]
        assert slots == {
            "default": f"<b live-target=\"{target}\" @click='a'>&lt;</b>",
            "f": "<i>x</i>",
        }
        assert all(isinstance(content, SafeString) for content in slots.values())


def test_events_of_a_slot_that_is_handed_on_stay_with_who_wrote_it():
    source = (
        "{% live_component 'card' id='x' %}{{ slots.f }}<b @click='b'></b>{% endlive_component %}"
    )
    inner = mark_safe(owned("<b @click='a'></b>", "view"))
    slots = placed(source, "#mine", slots={"f": inner})[0][3]
    assert slots["default"] == (
        "<b live-target=\"view\" @click='a'></b><b live-target=\"#mine\" @click='b'></b>"
    )


def test_table_rows_in_a_slot_stay_rows():
    source = (
        "{% live_component 'card' id='x' %}<tr @click='a'><td>{{ n }}</td></tr>"
        "{% live_component 'row' id='y' %}{% endlive_component %}{% endlive_component %}"
    )
    assert placed(source, n=1)[-1][3]["default"] == (
        '<tr live-target="view" @click=\'a\'><td>1</td></tr><tr live-component="y"></tr>'
    )


def test_slots_come_out_as_markup_in_the_components_template():
    template = component_template(
        "<div><p>{{ slots.default }}</p>{% if slots.footer %}<i>{{ slots.footer }}</i>{% endif %}"
        "<ul>{% for i in l %}<li>{{ i }}{{ slots.row }}</li>{% endfor %}</ul></div>"
    )
    renderer = template.renderer()
    for footer in (None, "<b>f</b>", "<b>g</b>", "", "&lt;"):
        slots = {"default": mark_safe("<u>d</u>"), "row": mark_safe("<s live-target='view'>r</s>")}
        if footer is not None:
            slots["footer"] = mark_safe(footer)
        values = {"slots": slots, "l": [1, 2]}
        tree = renderer.render(REQUEST, values, {})
        assert tree == template.render_element(REQUEST, values, {})
        assert not renderer.has_fallen_back
        row = '<s live-target="view">r</s>'
        assert to_html(tree) == (
            f"<div><p><u>d</u></p>{f'<i>{footer}</i>' if footer else ''}"
            f"<ul><li>1{row}</li><li>2{row}</li></ul></div>"
        )


def test_rows_that_show_a_slot_last_as_long_as_that_is_the_same():
    template = component_template(
        "<ul>{% for i in l %}<li>{{ i }}{{ slots.row }}</li>{% endfor %}</ul>"
    )
    renderer = template.renderer()
    counts = []
    for row, numbers in [("<s>1</s>", [1, 2]), ("<s>1</s>", [1, 2, 3]), ("<s>2</s>", [1, 2, 3])]:
        slots = {"row": mark_safe("".join(row))}
        renderer.render(REQUEST, {"slots": slots, "l": numbers}, {})
        counts.append((renderer.rendered, renderer.reused))
    assert counts == [(2, 0), (1, 2), (3, 0)]


def test_a_component_in_a_slot_is_part_of_what_the_other_shows():
    template = component_template("<div>{{ slots.default }}</div>")
    slots = placed(
        "{% live_component 'card' id='x' %}{% live_component 'cart' id='y' %}x"
        "{% endlive_component %}{% endlive_component %}"
    )[-1][3]
    tree = template.renderer().render(REQUEST, {"slots": slots}, {})
    assert tree == Element("div", {}, [Element("div", {"live-component": "y"})])
