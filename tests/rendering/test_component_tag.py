"""How components are written in templates, and what is said of it where that is wrong."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError

from tests.rendering.gathered import gathering


def render(source: str, **values):
    """What a template writes, and what it places."""
    with gathering() as noted:
        html = Template("{% load pykka_live %}" + source).render(Context(values))
    return html, noted.placed


def test_a_component_is_a_hollow_element_in_its_parent():
    html, placed = render('{% live_component "cart" id="c1" items=items size=2 %}', items=[1])
    assert html == '<div live-component="c1"></div>'
    assert placed == [("cart", "c1", {"items": [1], "size": 2}, {})]


def test_the_element_has_the_tag_of_the_components_root():
    html, _ = render('<ul>{% live_component "item" id="i" %}</ul>')
    assert html == '<ul><li live-component="i"></li></ul>'


def test_props_are_the_very_values_of_the_parent():
    items = [1]
    _, placed = render('{% live_component "cart" id="c" items=items %}', items=items)
    assert placed[0][2]["items"] is items


def test_name_and_id_may_be_expressions():
    html, placed = render(
        '{% for r in rows %}{% live_component r.0 id=r.1|add:"1" %}{% endfor %}',
        rows=[("cart", 1), ("item", 2)],
    )
    assert html == '<div live-component="2"></div><li live-component="3"></li>'
    assert [(name, id) for name, id, _, _ in placed] == [("cart", "2"), ("item", "3")]


def test_an_id_is_escaped_where_it_is_written():
    html, placed = render('{% live_component "cart" id=it %}', it="<\"'&")
    assert html == '<div live-component="&lt;&quot;&#x27;&amp;"></div>'
    assert placed[0][1] == "<\"'&"


def test_an_id_is_a_plain_text():
    _, placed = render('{% live_component "cart" id="c" %}{% live_component "cart" id=7 %}')
    assert [(id, type(id)) for _, id, _, _ in placed] == [("c", str), ("7", str)]


def test_a_block_fills_slots():
    html, placed = render(
        '{% live_component "card" id="x" %}<p>{{ n }}</p>'
        '{% slot "footer" %}<b>{{ n }}</b>{% endslot %}!{% endlive_component %}.',
        n="<",
    )
    assert html == '<div live-component="x"></div>.'
    assert placed[0][3] == {"default": "<p>&lt;</p>!", "footer": "<b>&lt;</b>"}
    assert all(hasattr(content, "__html__") for content in placed[0][3].values())


@pytest.mark.parametrize(
    ("content", "slots"),
    [
        ("", {}),
        ("\n  ", {}),
        ("{% comment %}x{% endcomment %} {# y #}", {}),
        ("{% if missing %}x{% endif %} ", {}),
        ('{% slot "default" %}x{% endslot %}', {"default": "x"}),
        ('\n{% slot "a" %}{% endslot %}\n{% slot "b" %} {% endslot %}', {"a": "", "b": " "}),
    ],
)
def test_white_space_is_no_default_slot(content, slots):
    _, placed = render(f'{{% live_component "card" id="x" %}}{content}{{% endlive_component %}}')
    assert placed[0][3] == slots


def test_slots_are_rendered_where_they_are_written():
    _, placed = render(
        "{% for n in 'ab' %}{% live_component 'card' id=n %}{{ n }}{{ forloop.counter }}"
        "{% cycle 'odd' 'even' %}{% endlive_component %}{% endfor %}"
    )
    assert [slots["default"] for _, _, _, slots in placed] == ["a1odd", "b2even"]


def test_a_component_in_a_slot_is_placed_by_who_wrote_it():
    html, placed = render(
        '{% live_component "card" id="x" %}{% slot "a" %}{% live_component "cart" id="y" %}'
        "{% endslot %}{% endlive_component %}"
    )
    assert html == '<div live-component="x"></div>'
    assert [id for _, id, _, _ in placed] == ["y", "x"]
    assert placed[1][3] == {"a": '<div live-component="y"></div>'}


A, B, END = (
    '{% live_component "a" id="a" %}',
    '{% live_component "b" id="b" %}',
    ("{% endlive_component %}"),
)

B_CLOSED = '{% live_component "b" id="b" / %}'
TWO = '<div live-component="b"></div>' * 2


@pytest.mark.parametrize(
    ("source", "filled"),
    [
        (f"{A}{B}", {}),
        (f"{A}x{END}{B}", {"a": "x"}),
        (f"{A}{B}x{END}", {"b": "x"}),
        (f"{A}{{% if 1 %}}{B}{{% endif %}}x{END}", {"a": '<div live-component="b"></div>x'}),
        (f"{{% if 1 %}}{A}{{% endif %}}{B}x{END}", {"b": "x"}),
        (f"{{% if 0 %}}{{% else %}}{A}{{% endif %}}{B}x{END}", {"b": "x"}),
        (f"{{% for i in '1' %}}{A}{{% endfor %}}{B}x{END}", {"b": "x"}),
        (f"{A}{B}x{END}y{END}", {"a": '<div live-component="b"></div>y', "b": "x"}),
        (f"{A}{B_CLOSED}x{END}", {"a": '<div live-component="b"></div>x'}),
        (f"{B_CLOSED}{A}{B_CLOSED}{END}", {"a": '<div live-component="b"></div>'}),
        (f"{A}{B_CLOSED}{B}x{END}y{END}", {"a": TWO + "y", "b": "x"}),
        (f"{A}{{% comment %}}{B}{{% endcomment %}}x{END}", {"a": "x"}),
        (f"{A}{{% verbatim %}}{END}{{% endverbatim %}}", {}),
        (f"{A}{{% now 'Y' as y %}}{{% csrf_token %}}x{END}", {"a": "x"}),
    ],
)
def test_an_end_tag_ends_what_began_last_in_the_same_block(source, filled):
    _, placed = render(source)
    assert {name: slots["default"] for name, _, _, slots in placed if slots} == filled


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% live_component %}", "begins with the name of a component"),
        ("{% live_component / %}", "begins with the name of a component"),
        ("{% live_component 'a' / id='x' %}", "by their names only, such as items=items; '/'"),
        (f"{B_CLOSED}x{END}", "endlive_component"),
        ("{% live_component id='x' %}", "begins with the name of a component"),
        ("{% live_component 'a' items %}", "by their names only, such as items=items; 'items'"),
        ("{% live_component 'a' id='x' a=1 a=2 %}", "is given 'a' twice"),
        ("{% live_component 'a' id='x' id='y' %}", "is given 'id' twice"),
        ("{% live_component 'a' id='x' slots=1 %}", "no prop may have that name"),
        ("{% live_component 'a' id='x' a=1|nothing %}", "Invalid filter: 'nothing'"),
        (f"{A}{{% slot %}}{{% endslot %}}{END}", "takes one name in quotation marks"),
        (f"{A}{{% slot a %}}{{% endslot %}}{END}", "takes one name in quotation marks"),
        (f"{A}{{% slot 'a b' %}}{{% endslot %}}{END}", "letters, digits and underscores"),
        (f"{A}{{% slot 'a' 'b' %}}{{% endslot %}}{END}", "takes one name in quotation marks"),
        (f"{A}{{% slot 'a' %}}{{% endslot %}}{{% slot 'a' %}}{{% endslot %}}{END}", '"a" twice'),
        (f"{A}x{{% slot 'default' %}}{{% endslot %}}{END}", '"default" twice'),
        (f"{A}{{% slot 'a' %}}{END}", "endslot"),
        ("{% slot 'a' %}{% endslot %}", "outside of any block"),
        ("{% if 1 %}{% slot 'a' %}{% endslot %}{% endif %}", "not inside of {% if %}"),
        (f"{A}{{% if 1 %}}{{% slot 'a' %}}{{% endslot %}}{{% endif %}}{END}", "of {% if %}"),
        (
            f"{{% load cache %}}{{% cache 9 x %}}<p>{{% if 1 %}}{A}{{% endif %}}{{% endcache %}}",
            "cannot stand inside of {% cache %}",
        ),
        (f"{A}{END}{END}", "endlive_component"),
    ],
)
def test_what_is_written_wrongly_is_told_when_the_template_is_compiled(source, words):
    with pytest.raises(TemplateSyntaxError) as raised:
        Template("{% load pykka_live %}" + source)
    assert words in str(raised.value)


@pytest.mark.parametrize("id", ["", None, "x" * 201, "a\nb", "a\0", "\ud800"])
def test_an_id_that_is_none_is_told_with_what_it_may_be(id):
    with pytest.raises(TemplateSyntaxError, match=r'"cart" %\} is a text of 1 to 200 printable'):
        render('{% live_component "cart" id=it %}', it=id)


def test_the_longest_id_is_one():
    _, placed = render('{% live_component "cart" id=it %}', it="x" * 200)
    assert placed[0][1] == "x" * 200


def test_a_component_without_an_id_is_told_to_have_one():
    with pytest.raises(TemplateSyntaxError, match='"cart" %} needs an id'):
        render('{% live_component "cart" %}')


@pytest.mark.parametrize("name", ["", None, 7])
def test_a_name_that_is_none_is_told(name):
    with pytest.raises(TemplateSyntaxError, match="needs the name of a component"):
        render('{% live_component name id="x" %}', name=name)


def test_a_component_that_nobody_asks_for_is_told():
    template = Template('{% load pykka_live %}{% live_component "cart" id="c" %}')
    with pytest.raises(TemplateSyntaxError, match="live views and components only"):
        template.render(Context())


def test_what_the_gatherer_raises_goes_through():
    template = Template('{% load pykka_live %}{% live_component "cart" id="c" %}')
    with gathering() as noted:
        noted.place = None  # type: ignore[assignment,method-assign]
        with pytest.raises(TypeError):
            template.render(Context())


def test_blocks_in_slots_are_those_of_the_page():
    base = Template(
        "{% load pykka_live %}{% live_component 'card' id='x' %}{% block b %}old{% endblock %}"
        "{% endlive_component %}"
    )
    child = Template("{% extends base %}{% block b %}new {{ block.super }}{% endblock %}")
    with gathering() as noted:
        child.render(Context({"base": base}))
    assert noted.placed[0][3] == {"default": "new old"}
