"""Components that are functions."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, RequestContext, Template, TemplateSyntaxError

import pykka_live
from pykka_live import pure
from pykka_live.rendering import functions
from pykka_live.rendering.functions import find_function, function_component
from pykka_live.vdom import to_html
from tests.rendering.component import component_template
from tests.rendering.gathered import gathering
from tests.rendering.oracle import follow
from tests.rendering.region import REQUEST, Region, findings


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Forget afterwards what a test has declared."""
    monkeypatch.setattr(functions, "_known", {})


@pytest.fixture
def badge():
    @function_component(template='<b class="{{ tone }}">{{ label }}{{ slots.default }}</b>')
    def badge(label, tone="info"):
        return {"label": label, "tone": tone}

    return badge


def render(source: str, **values) -> str:
    return Template("{% load pykka_live %}" + source).render(Context(values))


def test_a_function_is_shown_where_it_stands(badge):
    html = render('<p>{% live_component "badge" label=x %}</p>', x="<")
    assert html == '<p><b class="info">&lt;</b></p>'


def test_it_needs_nobody_to_ask_for_components_and_is_not_placed(badge):
    with gathering() as noted:
        assert render('{% live_component "badge" label=1 tone="t" %}') == '<b class="t">1</b>'
    assert noted.placed == []


def test_a_function_can_still_be_called(badge):
    assert badge("x") == {"label": "x", "tone": "info"}


def test_it_is_found_by_its_name_and_by_its_dotted_path(badge):
    path = f"{__name__}.badge.<locals>.badge"
    assert render("{% live_component path label=1 %}", path=path) == '<b class="info">1</b>'


def test_it_may_be_given_another_name():
    @function_component(template="<i></i>", name="ui-icon")
    def icon():
        return {}

    assert render('{% live_component "ui-icon" %}') == "<i></i>"
    assert find_function("icon") is None


def test_its_template_may_be_a_file():
    @function_component("text.html")
    def text(x):
        return {"x": x}

    template = component_template(
        "<p>{% live_component 'text' x=x %}</p>", {"text.html": "{{ x }}!"}
    )
    assert to_html(template.renderer().render(REQUEST, {"x": "<"}, {})) == "<p>&lt;!</p>"


def test_slots_are_shown(badge):
    html = render(
        '{% live_component "badge" label=1 %}<i @click="a">{{ x }}</i>{% endlive_component %}',
        x="<",
    )
    assert html == '<b class="info">1<i @click="a">&lt;</i></b>'


def test_it_sees_of_the_page_what_an_inclusion_tag_does(rf):
    @function_component(template="{{ x }}|{{ csrf_token }}|{{ q }}")
    def probe(a):
        return {"q": a}

    template = Template(
        '{% load pykka_live %}{% with x=1 %}{% live_component "probe" a=x %}{% endwith %}'
    )
    context = RequestContext(rf.get("/path/"))
    x, token, q = template.render(context).split("|")
    assert (x, len(token), q) == ("", 64, "1")


def test_a_tag_in_it_knows_the_request(rf):
    @function_component(template="{% querystring b=2 %}")
    def probe():
        return {}

    template = Template('{% load pykka_live %}{% live_component "probe" %}')
    assert template.render(RequestContext(rf.get("/?a=1"))) == "?a=1&amp;b=2"


def test_functions_may_show_functions_and_components(badge):
    @function_component(
        template="{% load pykka_live %}<u>{% live_component 'badge' label=x %}"
        "{% live_component 'cart' id=x %}</u>"
    )
    def two(x):
        return {"x": x}

    with gathering() as noted:
        html = render('{% live_component "two" x="c" %}')
    assert html == '<u><b class="info">c</b><div live-component="c"></div></u>'
    assert noted.ids == ["c"]


def test_an_id_is_a_prop_like_others():
    @function_component(template="{{ id }}")
    def named(id):
        return {"id": id}

    assert render('{% live_component "named" id="x" %}') == "x"


@pytest.mark.parametrize(
    ("props", "words"),
    [
        ("", "missing a required argument: 'label'. It is"),
        ("label=1 size=2", "got an unexpected keyword argument 'size'. It is"),
    ],
)
def test_props_that_it_does_not_take_are_told(badge, props, words):
    with pytest.raises(TemplateSyntaxError) as raised:
        render(f'{{% live_component "badge" {props} %}}')
    assert words in str(raised.value)
    assert str(raised.value).startswith('{% live_component "badge" %} cannot be given these props')
    assert "badge(label, tone='info')" in str(raised.value)


def test_a_type_error_of_its_own_is_its_own():
    @function_component(template="")
    def failing():
        return len(1)  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="has no len"):
        render('{% live_component "failing" %}')


def test_what_is_no_dict_is_told():
    @function_component(template="")
    def wrong():
        return "x"  # type: ignore[return-value]

    with pytest.raises(TypeError, match="wrong returns the values of its template as a dict, not"):
        render('{% live_component "wrong" %}')


def test_a_name_that_two_claim_is_told_when_it_is_used():
    @function_component(template="1", name="same")
    def one():
        return {}

    @function_component(template="2", name="same")
    def two():
        return {}

    with pytest.raises(TemplateSyntaxError) as raised:
        render('{% live_component "same" %}')
    for function in (one, two):
        assert f"{__name__}.{function.__qualname__}" in str(raised.value)
    assert render("{% live_component p %}", p=f"{__name__}.{two.__qualname__}") == "2"


def test_one_that_is_declared_again_takes_the_place_of_itself():
    for source in ("old", "new"):

        @function_component(template=source)
        def again():
            return {}

    assert render('{% live_component "again" %}') == "new"


@pytest.mark.parametrize("given", [{}, {"template_name": "a.html", "template": "x"}])
def test_either_a_name_or_a_source_is_needed(given):
    with pytest.raises(ImproperlyConfigured, match="either a template's name"):
        function_component(**given)


def test_the_decorator_cannot_be_used_without_brackets():
    with pytest.raises(ImproperlyConfigured, match="either a template's name"):
        function_component(dict)  # type: ignore[arg-type]


def test_the_package_exports_the_decorator():
    assert pykka_live.function_component is function_component


def test_it_is_what_django_and_a_parser_make_of_it(badge):
    @function_component(template="<tr><td>{{ x.name }}{{ x.shout }}</td></tr>")
    def line(x):
        return {"x": x}

    follow(
        "<table>{% for i in l %}{% live_component 'line' x=i %}{% endfor %}</table>"
        "{% for i in l %}{% live_component 'badge' label=i.name id=a %}{% endfor %}",
        ["l=[Person()];a=1", "l.append(Person('b'))", "l[0].name='<'", "l.reverse()"],
        {},
    )
    follow(
        "<p>{% for i in l %}{% live_component 'badge' label=i tone=a %}{{ a }}{% endfor %}</p>",
        ["l=[1,2];a=1", "l.append(3)", "a=mark_safe('\"')", "l=['<b>',mark_safe('<i>')]"],
        {},
    )


ROWS = (
    "<table>{% for i in l %}<tr><td>{% live_component 'cell' x=i.x %}</td></tr>{% endfor %}</table>"
)


@pytest.mark.parametrize("is_pure", [True, False])
def test_rows_that_show_a_pure_function_last(is_pure):
    calls = []

    def cell(x):
        calls.append(x)
        return {"x": x}

    function_component(template="<b>{{ x }}</b>")(pure(cell) if is_pure else cell)
    region = Region("{% load pykka_live %}" + ROWS)
    rows = [{"x": 1}, {"x": 2}, {"x": 3}]
    region(l=rows)
    rows[1] = {"x": 7}
    assert region.count(l=rows) == ((1, 2) if is_pure else (3, 0))
    calls.clear()
    region.renderer.render(REQUEST, {"l": rows}, {})
    assert calls == ([] if is_pure else [1, 7, 3])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("{% live_component 'cart' id=i %}", "{% live_component %} is given its props each time"),
        ("{% live_component 'cell' x=i %}", "{% live_component %} is not known to be pure"),
    ],
)
def test_what_is_said_of_a_loop_that_shows_components(source, why):
    function_component(template="", name="cell")(lambda x: {})
    found = findings("{% load pykka_live %}{% for i in l %}" + source + "{% endfor %}")
    assert [(finding.kind, finding.why) for finding in found] == [("rows", why)]


def test_nothing_is_said_of_components_and_of_pure_functions():
    function_component(template="", name="cell")(pure(lambda x: {}))
    source = "{% load pykka_live %}{% live_component 'cart' id=1 %}{% live_component 'cell' x=1 %}"
    assert findings(source) == []
