"""The grammar of event bindings, and how a project hears of one that is wrong."""

from __future__ import annotations

import logging

import pytest
from django.template import engines
from django.test import RequestFactory, override_settings

from pykka_live import bindings
from pykka_live.bindings import BINDING, BindingError, look_at, parse_binding
from pykka_live.rendering.diagnosis import findings_of
from pykka_live.rendering.template import LiveTemplate
from pykka_live.vdom import parse

RIGHT = """
    click click.prevent.stop.once click.self click.outside click.ctrl.left mousedown.middle
    input.debounce input.debounce.300ms input.debounce.1s input.throttle.20 submit.prevent
    keydown.enter keyup.ctrl.k keydown.page-up keydown.f12 keydown.? keydown.escape.window
    keydown.caps-lock keypress.left scroll.window.throttle.1s my-event.once pointerdown.shift
    wheel.ctrl touchstart.alt dragstart.meta keydown.window.window keydown.f1 keydown.f24
    input.debounce.0ms input.debounce.2147483647ms input.throttle.2147483s
    input.debounce.00000000000000300ms
""".split()

WRONG = {
    "click.bogus": "'bogus' is no modifier of 'click'",
    "click.prevnt": "'prevent' is meant",
    "click.enter": "'enter' is no modifier of 'click'",
    "input.enter": "'enter' is no modifier of 'input'",
    "input.ctrl": "'ctrl' is no modifier of 'input'",
    "keydown.entre": "'enter' is meant",
    "keydown.middle": "'middle' is no modifier of 'keydown'",
    "input.debounce.xs": "'xs' is no time for 'debounce'",
    "input.debounce.1.5s": "'5s' is a time",
    "input.debounce.2147483648ms": "browsers wait 2147483647 ms at most",
    "input.throttle.2147484s": "'2147484s' is too long for 'throttle'",
    f"input.debounce.{'9' * 5000}": "is too long for 'debounce'",
    "keydown.f0": "'f0' is no modifier of 'keydown'",
    "keydown.f25": "f1 to f24",
    "keydown.f99": "'f99' is no modifier",
    "keydown.f01": "'f01' is no modifier",
    "click.300ms": "'300ms' is a time, which stands behind 'debounce' or 'throttle' only",
    "click.": "'' is no modifier of 'click'",
    "click.window.outside": "'window' and 'outside' exclude each other",
    "click.self.outside": "'self' and 'outside' exclude each other",
    "input.debounce.throttle": "'debounce' and 'throttle' exclude each other",
    "": "it names no event",
    ".stop": "it names no event",
}


@pytest.fixture(autouse=True)
def _nothing_seen():
    before = set(bindings.seen)
    bindings.seen.clear()
    yield
    bindings.seen.clear()
    bindings.seen.update(before)


def warnings(caplog):
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "pykka_live.bindings" and record.levelno == logging.WARNING
    ]


@pytest.mark.parametrize("name", RIGHT)
def test_what_browsers_understand_is_right(name):
    assert parse_binding(f"{BINDING}{name}").type == name.partition(".")[0]


@pytest.mark.parametrize("name", WRONG)
def test_what_they_do_not_is_named_with_what_is_allowed(name):
    with pytest.raises(BindingError) as raised:
        parse_binding(f"{BINDING}{name}")
    assert WRONG[name] in str(raised.value)


def test_what_is_allowed_depends_on_the_event():
    said = {}
    for type in ("click", "keydown", "input"):
        with pytest.raises(BindingError) as raised:
            parse_binding(f"{BINDING}{type}.x-y")
        said[type] = str(raised.value).partition("; allowed are ")[2]
    assert said["click"].endswith("throttle, ctrl, alt, shift, meta, left, middle, right")
    assert "a key: a character, f1 to f24, enter, escape" in said["keydown"]
    assert said["input"] == (
        "prevent, stop, self, once, window, document, outside, debounce, throttle"
    )


def test_a_wrong_binding_is_told_once_wherever_its_markup_comes_from(caplog):
    for _ in range(3):
        parse("<p @click.bogus='go'><b @click.once='go' @CLICK.Bogus='x'></b>")
    parse("<i live-on:input.enter='go'></i>")
    assert [text.partition(":")[0] for text in warnings(caplog)] == ["@click.bogus", "@input.enter"]


def test_names_that_somebody_makes_up_are_not_told_for_ever(caplog):
    for number in range(bindings._MOST + 100):
        look_at(f"{BINDING}click.made-up-{number}")
    assert len(warnings(caplog)) == len(bindings.seen) == bindings._MOST


def test_a_name_without_end_is_not_told_to_its_end(caplog):
    look_at(f"{BINDING}click.{'x' * 10_000}")
    (told,) = warnings(caplog)
    assert len(told) < 500


PAGES = {
    "base.html": "<html>\n{% block page %}{% endblock %}<i @click.base='a'></i></html>",
    "page.html": (
        "{% extends 'base.html' %}{% block page %}<main data-liveview-root>\n"
        "{% if a %}<b @click.bogus='go'>é</b>\n{% include 'part.html' %}{% endif %}"
        "<script>'<p @click.script>'</script><!-- <p @click.remark> -->"
        "{% comment %}<p @click.comment>{% endcomment %}<p title='<p @click.title>'></p>"
        "{% filter upper %}<u @input.enter='x' @input.debounce='x'></u>{% endfilter %}"
        "<p @click.{{ word }}='x'></p></main>{% endblock %}"
    ),
    "part.html": "\n\n<i @keydown.entre='go' @keydown.enter='go'></i>",
}
FOUND = [
    ("base.html:2", "@click.base"),
    ("page.html:2", "@click.bogus"),
    ("page.html:3", "@input.enter"),
    ("part.html:3", "@keydown.entre"),
]


@pytest.fixture
def page():
    loader = ("django.template.loaders.locmem.Loader", PAGES)
    options = {"loaders": [("django.template.loaders.cached.Loader", [loader])]}
    backend = "django.template.backends.django.DjangoTemplates"
    with override_settings(TEMPLATES=[{"BACKEND": backend, "OPTIONS": options}]):
        yield engines["django"].get_template("page.html")


def test_a_templates_bindings_are_found_with_their_lines(page):
    found = [each for each in findings_of(LiveTemplate(page)) if each.kind == "binding"]
    places = [(f"{each.place.template}:{each.place.line}", each.part) for each in found]
    assert sorted(places) == FOUND
    assert all("is no modifier of" in each.why for each in found)


def test_a_template_tells_of_its_bindings_before_it_is_shown(page, caplog):
    template = LiveTemplate.of(page)
    told = [text.partition(": ")[0].split(" in ") for text in warnings(caplog)]
    assert sorted((where, name) for name, where in told) == FOUND

    caplog.clear()
    request = RequestFactory().get("/")
    for a in (True, False):
        template.render_page(request, {"a": a, "word": "once"}, {})
    LiveTemplate(page)
    assert warnings(caplog) == []


def test_a_binding_that_is_put_together_is_told_when_it_is_shown(page, caplog):
    LiveTemplate.of(page).render_page(RequestFactory().get("/"), {"word": "never"}, {})
    assert any(text.startswith("@click.never: 'never' is no modifier") for text in warnings(caplog))
