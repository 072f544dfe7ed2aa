"""Templates: Django's own rendering, with a region that becomes a tree."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from pykka_live.rendering import LiveTemplate
from pykka_live.rendering import template as template_module
from pykka_live.rendering.program import Program
from pykka_live.vdom import to_html
from tests.rendering.region import live_template


def page(source: str, values: dict, rf):
    template = LiveTemplate.from_string(source)
    request = rf.get("/")
    return template.render_page(request, values, template.processed_values(request))


def test_what_is_around_the_region_stays_as_it_is(rf):
    shown = page(
        '<!doctype html><title>&eacute;</title><Body CLASS=x><main data-liveview-root id="m">'
        "<p>{{ n }}<p>two</main><script>if (a<b) '</main>'</script>",
        {"n": "<1>"},
        rf,
    )
    assert shown.before == "<!doctype html><title>&eacute;</title><Body CLASS=x>"
    assert shown.after == "<script>if (a<b) '</main>'</script>"
    assert shown.to_html({"data-live-token": 'a"b'}) == (
        f'{shown.before}<main data-liveview-root="" id="m" data-live-token="a&quot;b">'
        f"<p>&lt;1&gt;</p><p>two</p></main>{shown.after}"
    )


@pytest.mark.parametrize(
    ("tail", "shown"),
    [
        ("</body>\n</html>\n", "</body></html>"),
        ("</body>\n", "</body>"),
        ("</body>\n<script>a b</script></html>", "</body>\n<script>a b</script></html>"),
    ],
)
def test_no_white_space_stands_behind_a_body(rf, tail, shown):
    """A browser would put it into the region, which is then another than the tree."""
    rendered = page(f"<html><body data-liveview-root>\n<p>a</p>{tail}", {}, rf)
    assert rendered.to_html({}).endswith(f"<p>a</p>{shown}")


def test_the_region_alone_is_the_regions_part_of_the_page(rf):
    source = "<title>x</title><ul data-liveview-root>{% for i in l %}<li>{{ i }}{% endfor %}</ul>"
    template = LiveTemplate.from_string(source)
    request = rf.get("/")
    processed = template.processed_values(request)
    values = {"l": [1, 2]}
    tree = template.render_region(request, values, processed)
    assert tree == template.render_page(request, values, processed).root
    assert to_html(tree, inner=True) == "<li>1</li><li>2</li>"


def test_context_processors_run_once_and_the_views_values_win(rf, settings, monkeypatch):
    runs = []

    def processor(request):
        runs.append(request)
        return {"site": "ours", "n": "theirs"}

    monkeypatch.setattr("tests.rendering.test_template.processor", processor, raising=False)
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"context_processors": ["tests.rendering.test_template.processor"]},
        }
    ]
    source = "<p data-liveview-root>{{ site }} {{ n }}</p>"
    template = LiveTemplate.from_string(source)
    request = rf.get("/")
    processed = template.processed_values(request)
    for number in range(3):
        tree = template.render_region(request, {"n": number}, processed)
        assert to_html(tree, inner=True) == f"ours {number}"
    assert runs == [request]


def test_tags_find_the_request_and_autoescaping_is_the_engines(rf, settings):
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "autoescape": False,
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ]
    shown = page("<p data-liveview-root>{{ request.path }}{{ b }}</p>", {"b": "<b>x</b>"}, rf)
    assert to_html(shown.root, inner=True) == "/<b>x</b>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>nothing live</p>", "data-liveview-root"),
        ("<p data-liveview-root></p><p data-liveview-root></p>", "data-liveview-root"),
        ("<input data-liveview-root>", "input"),
        ("<div data-liveview-root>", "div"),
    ],
)
def test_a_page_without_one_clear_region_is_refused(rf, source, words):
    with pytest.raises(ValueError, match=words):
        page(source, {}, rf)


def test_what_django_refuses_is_refused_as_django_does():
    with pytest.raises(TemplateSyntaxError):
        LiveTemplate.from_string("{% no_such_tag %}")
    with pytest.raises(TemplateDoesNotExist):
        LiveTemplate.load(["no/such.html"])


def test_another_engines_template_is_refused():
    with pytest.raises(ImproperlyConfigured, match="Django's own template engine"):
        LiveTemplate(object())


def test_a_template_is_compiled_whole_while_a_generation_begins(monkeypatch):
    template = live_template("{{ a }}")
    first = template.program
    compiled = template_module._compiled

    def compile_late(*args):
        """Another thread begins a generation, and asks for the program, meanwhile."""
        monkeypatch.setattr(template_module, "_compiled", compiled)
        template_module._begin_generation()
        asked.append(template.program)
        return compiled(*args)

    asked = []
    monkeypatch.setattr(template_module, "_compiled", compile_late)
    template_module._begin_generation()
    programs = [template.program, *asked, template.program]
    assert all(isinstance(program, Program) for program in programs)
    assert first not in programs
