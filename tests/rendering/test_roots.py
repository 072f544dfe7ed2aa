"""The one root of a component's template: what it may be, and what is said where it is none."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from pykka_live.rendering import ComponentTemplate, LiveContext, compose
from pykka_live.rendering.outline import Broken
from pykka_live.vdom import Element, parse, to_html
from tests.rendering.component import component_template
from tests.rendering.region import REQUEST


def tag(source, templates=None):
    return component_template(source, templates).root_tag


@pytest.mark.parametrize(
    ("source", "root"),
    [
        ("<div></div>", "div"),
        (' \n<!-- a --><SECTION class="{{ c }}">{{ x }}</section>\n<!-- b --> ', "section"),
        ("{% load i18n %}{# note #}<p>x</p>{% comment %}y{% endcomment %}", "p"),
        ("<tr {% if a %}id=1{% endif %}><td>1<td>2</tr>", "tr"),
        ("<my-element>{% for i in l %}<div>{{ i }}</div>{% endfor %}</my-element>", "my-element"),
        ("{% with a=b %} <li>{{ a }}</li> {% endwith %}", "li"),
        ("{% block x %}{% autoescape off %}<b></b>{% endautoescape %}{% endblock %}", "b"),
        ("<div><div></div>{% if a %}<div></div>{% endif %}</div>", "div"),
        ("<pre>\n\nx</pre>", "pre"),
    ],
)
def test_a_root_is_told_from_the_source(source, root):
    assert tag(source) == root


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "it is empty"),
        (" <!-- x --> {% comment %}y{% endcomment %}", "it is empty"),
        ("hello <b>x</b>", "it begins with 'hello <b>x</b>'"),
        ("{{ x }}", "it begins with {{ x }}"),
        ("x{{ x }}", "it begins with 'x'"),
        ("{% if a %}<b></b>{% endif %}", "it begins with {% if %}"),
        ("{% for i in l %}<b></b>{% endfor %}", "it begins with {% for %}"),
        ("{% include 'part.html' %}", "it begins with {% include %}"),
        ("<b></b><i></i>", "'<i></i>' stands behind its root"),
        ("<b></b>x{{ y }}", "'x' stands behind its root"),
        ("<b></b> {{ y }}", "{{ y }} stands behind its root"),
        ("{% with a=1 %}<b></b>{% endwith %}{% if a %}{% endif %}", "{% if %} stands behind"),
        ("<{{ t }}></{{ t }}>", "the name of its root is put together"),
        ("<h{{ n }}></h{{ n }}>", "the name of its root is put together"),
        ("<div>", "its root, <div>, has no end tag"),
        ("<div><div></div>", "its root, <div>, has no end tag"),
        ("<br>", "its root is a <br>, which holds no elements"),
        ("<input>", "its root is a <input>, which"),
        ("<script></script>", "its root is a <script>, which"),
        ("<textarea></textarea>", "its root is a <textarea>, which"),
        ("<title></title>", "its root is a <title>, which"),
        ("<template></template>", "its root is a <template>, which"),
        ("<body></body>", "its root is a <body>, which"),
        ("<svg></svg>", "its root is a <svg>, which is no element of HTML"),
        ("<circle></circle>", "its root is a <circle>, which is no element of HTML"),
        ("<div data-liveview-root></div>", "which is for the pages of live views"),
        ("<div><p data-liveview-root></p></div>", "which is for the pages of live views"),
        ("<div live-component='x'></div>", "has the attribute live-component"),
        ("{% extends name %}", "what it extends is only known when it is rendered"),
        ("{% extends 'missing.html' %}", "there is no template missing.html"),
    ],
)
def test_what_is_no_single_root_is_told_with_the_name_and_what_is_allowed(source, words):
    with pytest.raises(ImproperlyConfigured) as raised:
        tag(source, {"part.html": "<b></b>"})
    message = str(raised.value)
    assert words in message
    assert message.startswith("The template component.html")
    assert 'such as <div class="{{ kind }}">…</div>' in message


def test_the_line_is_told():
    with pytest.raises(ImproperlyConfigured, match=r"component\.html, line 3: 'x' stands behind"):
        tag("\n<b></b>\nx")


def test_a_template_without_a_name_is_told_as_one_of_a_component():
    with pytest.raises(
        ImproperlyConfigured, match="The template of a component, line 1: it begins"
    ):
        _ = ComponentTemplate.from_string("x").root_tag


BASES = {
    "base.html": "<!-- base -->\n{% block root %}<div>{% block inner %}old{% endblock %}</div>"
    "{% endblock %}",
    "odd.html": "{% block root %}x{% endblock %}",
}


@pytest.mark.parametrize("cached", [True, False])
def test_a_root_may_come_from_the_template_that_is_extended(cached):
    extending = "{% extends 'base.html' %}{% block inner %}new{% endblock %}"
    template = component_template(extending, BASES, cached)
    assert template.root_tag == "div"
    assert to_html(template.renderer().render(REQUEST, {}, {})) == "<div>new</div>"
    other = "{% extends 'odd.html' %}{% block root %}<ul>{% include 'li.html' %}</ul>{% endblock %}"
    template = component_template(other, {**BASES, "li.html": "<li>1</li>"}, cached)
    assert template.root_tag == "ul"
    assert to_html(template.renderer().render(REQUEST, {}, {})) == "<ul><li>1</li></ul>"


def test_the_place_in_the_template_that_is_extended_is_told():
    with pytest.raises(
        ImproperlyConfigured, match=r"The template odd\.html, line 1: it begins with"
    ):
        tag("{% extends 'odd.html' %}", BASES)


PARTS = {
    "tr": "<table><tbody>IT</tbody></table>",
    "tbody": "<table>IT</table>",
    "thead": "<table>IT</table>",
    "caption": "<table>IT</table>",
    "colgroup": "<table>IT</table>",
    "td": "<table><tbody><tr>IT</tr></tbody></table>",
    "th": "<table><tbody><tr>IT</tr></tbody></table>",
    "li": "<ul>IT</ul>",
    "dt": "<dl>IT</dl>",
    "dd": "<dl>IT</dl>",
    "option": "<select>IT</select>",
    "optgroup": "<select>IT</select>",
    "legend": "<fieldset>IT</fieldset>",
    "rt": "<ruby>IT</ruby>",
    "form": "IT",
    "button": "IT",
    "p": "IT",
    "a": "IT",
    "pre": "IT",
    "table": "IT",
    "select": "IT",
    "h2": "IT",
}
CONTENTS = {
    "tr": "<td>{{ x }}<td class='{{ y }}'>{{ y|safe }}",
    "tbody": "<tr><td>{{ x }}</td></tr>{% for i in y %}<tr><td>{{ i }}{% endfor %}",
    "thead": "<tr><th>{{ x }}</th></tr>{{ z }}",
    "colgroup": "<col class='{{ x }}'>{% for i in y %}<col>{% endfor %}",
    "table": "{% for i in y %}<tr><td>{{ i }}{{ x }}{% endfor %}",
    "select": "{% for i in y %}<option>{{ i }}{{ x }}{% endfor %}",
    "optgroup": "<option>{{ x }}",
    "option": "{{ x }}",
    "pre": "\n\n{{ x }}",
}


@pytest.mark.parametrize("root", PARTS)
def test_any_root_is_what_a_parser_makes_of_the_page_that_holds_it(root):
    content = CONTENTS.get(root, "{{ x }}<b>{{ y }}</b>")
    source = f"<{root} id='{{{{ y }}}}'>{content}</{root}>"
    template = component_template(source)
    assert template.root_tag == root
    renderer = template.renderer()
    for x, y in [("1", "ab"), ("<", "abc"), ("1", "ab")]:
        values = {"x": x, "y": y, "z": ""}
        tree = renderer.render(REQUEST, values, {})
        assert tree == template.render_element(REQUEST, values, {})
        html = template.django_template.render(_context(values))
        place = f'<{root} live-component="c"></{root}>'
        page = parse(PARTS[root].replace("IT", place))
        whole = parse(PARTS[root].replace("IT", html.replace(root, f"{root} live-component=c", 1)))
        assert compose(page, {"c": tree}) == whole
        assert tree.tag == root


def _context(values):
    return LiveContext(REQUEST, values, {})


def test_what_is_written_so_that_the_root_ends_is_told():
    template = component_template("<div>{{ x|safe }}</div>")
    renderer = template.renderer()
    for render in (renderer.render, template.render_element):
        with pytest.raises(ValueError, match="something stands behind its root"):
            render(REQUEST, {"x": "</div><p>"}, {})
    assert to_html(renderer.render(REQUEST, {"x": "<p>"}, {})) == "<div><p></p></div>"


def test_the_root_has_no_attribute_of_a_page():
    template = component_template("<div class='{{ x|safe }}'>{{ x|safe }}</div>")
    for x in ("a", "'id='b"):
        tree = template.renderer().render(REQUEST, {"x": x}, {})
        assert tree == template.render_element(REQUEST, {"x": x}, {})
        assert isinstance(tree, Element)
        assert "data-liveview-root" not in tree.attrs


def test_a_root_is_compiled():
    sources = ("<tr><td>{{ x }}</td></tr>", "{% with a=b %}<p>{{ a }}</p>{% endwith %}")
    for source in sources:
        program = component_template(source).program
        assert not isinstance(program, Broken)
        assert program.findings == []
