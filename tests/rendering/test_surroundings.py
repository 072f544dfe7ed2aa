"""What holds for the whole thread: pictures follow it, though nothing in the context changes."""

from __future__ import annotations

import datetime
import decimal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.template import Engine
from django.template.backends.django import Template as BackendTemplate
from django.test import RequestFactory, override_settings
from django.urls import get_script_prefix, include, path, set_script_prefix, set_urlconf
from django.utils import autoreload, timezone, translation

from pykka_live.rendering import LiveTemplate
from pykka_live.vdom import RegionError, to_html
from tests.rendering.region import REQUEST, Region, live_template
from tests.rendering.zones import Moving

MOMENT = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
ROWS = "{% for row in rows %}<p>IT</p>{% endfor %}<i>IT</i>"


class Elsewhere:
    urlpatterns = [path("elsewhere/", print, name="here")]


class Here:
    urlpatterns = [path("here/", print, name="here")]


def shown(region: Region, **values) -> str:
    region(rows=[1], **values)
    first = region.html
    root = region.root
    assert region(rows=[1], **values) is root
    return first


def test_the_language_is_followed():
    region = Region(ROWS.replace("IT", "{{ day|date:'F' }} {% translate 'Yes' %} {{ n }}"))
    values = {"day": MOMENT, "n": 1.5}
    with translation.override("en"):
        english = shown(region, **values)
    with translation.override("de"):
        assert "Mai Ja 1,5" in shown(region, **values)
    with translation.override("en"):
        assert shown(region, **values) == english
    assert "May Yes 1.5" in english


def test_the_time_zone_is_followed():
    region = Region(ROWS.replace("IT", "{{ day|date:'H:i' }}"))
    for zone, hour in (("UTC", "12:00"), ("Asia/Tokyo", "21:00"), ("UTC", "12:00")):
        with timezone.override(zone):
            assert hour in shown(region, day=MOMENT)


def test_the_urlconf_and_the_script_prefix_are_followed():
    region = Region(ROWS.replace("IT", "{% url 'here' %}"))
    before = get_script_prefix()
    try:
        for prefix in ("/", "/app/", "/"):
            set_script_prefix(prefix)
            for conf, name in ((Here, "here"), (Elsewhere, "elsewhere"), (Here, "here")):
                set_urlconf(conf)
                assert f"<p>{prefix}{name}/</p>" in shown(region)
    finally:
        set_urlconf(None)
        set_script_prefix(before)


def test_time_zones_that_only_have_another_name_are_followed():
    region = Region(ROWS.replace("IT", "{{ day|date:'H:i T e' }}"))
    for name in ("AAA", "BBB", "AAA"):
        with timezone.override(datetime.timezone(datetime.timedelta(hours=1), name)):
            assert f"13:00 {name} {name}" in shown(region, day=MOMENT)


@pytest.mark.parametrize(
    "source",
    [
        "{{ row.day }}",
        "{{ row.day|date:'H:i e' }}",
        "{{ row.day.tzname }}",
        "{{ row.day.utcoffset }}",
        "{{ row.days }}",
        "{% if row.day == other %}same{% else %}another{% endif %}",
    ],
)
def test_a_time_zone_with_code_of_its_own_is_asked_each_time(source):
    region = Region(f"{{% for row in rows %}}<p>{source}</p>{{% endfor %}}")
    zone = Moving()
    day = datetime.datetime(2024, 5, 1, 12, tzinfo=zone)
    rows = [{"day": day, "days": [day]}]
    for zone.hours in (0, 5, -3):
        region(rows=rows, other=MOMENT)


def test_a_current_time_zone_with_code_of_its_own_is_asked_each_time():
    region = Region(ROWS.replace("IT", "{{ day|date:'H:i' }}"))
    zone = Moving()
    with timezone.override(zone):
        for zone.hours in (0, 5, -3):
            region(rows=[1], day=MOMENT)
            assert f"<p>{12 + zone.hours:02}:00</p>" in region.html


@pytest.mark.parametrize("source", ["{{ row.sqrt }}", "{{ row }}", "{{ row|floatformat:2 }}"])
def test_the_rounding_of_decimals_is_followed(source):
    region = Region(f"{{% for row in rows %}}<p>{source}</p>{{% endfor %}}")
    rows = [decimal.Decimal("1E+5"), decimal.Decimal("3.14159265")]
    with decimal.localcontext() as rounding:
        for rounding.prec, rounding.capitals in ((10, 1), (3, 1), (3, 0)):
            region(rows=rows)
    region(rows=rows)


def test_the_time_zone_of_the_process_is_followed(monkeypatch):
    region = Region("{% for row in rows %}<p>{{ row.timestamp }}{{ row|date:'U' }}</p>{% endfor %}")
    rows = [datetime.datetime(2024, 5, 1, 12)]
    try:
        for zone in ("UTC", "Asia/Tokyo", "UTC"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            region(rows=rows)
    finally:
        monkeypatch.undo()
        time.tzset()


class Setter:
    """Code of a user's that sets something while it is rendered."""

    def __init__(self, value: Any = None) -> None:
        self.value = value

    def language(self) -> str:
        translation.activate(self.value)
        return ""

    def zone(self) -> str:
        timezone.activate(self.value)
        return ""

    def rounding(self) -> str:
        decimal.getcontext().capitals = self.value
        return ""


SET = [
    ("{{ set.language }}", ["en", "de", "en"]),
    ("{{ set.zone }}", ["UTC", "Asia/Tokyo", "UTC"]),
    ("{{ set.rounding }}", [1, 0, 1]),
    ("{% put_option 'autoescape' set.value %}", [True, False, True]),
    ("{% put_option 'use_tz' set.value %}", [True, False, True]),
]


@pytest.mark.parametrize(("tag", "settings"), SET)
@pytest.mark.parametrize(
    "page",
    [
        "TAG{% for x in rows %}ROW{% endfor %}",
        "{% for x in rows %}{% if forloop.first %}TAG{% endif %}ROW{% endfor %}",
        "{% for y in rows %}TAG{% for x in rows %}ROW{% endfor %}{% endfor %}",
        "TAG<main data-liveview-root>{% for x in rows %}ROW{% endfor %}</main>",
    ],
)
def test_what_is_set_while_it_is_rendered_holds_for_what_follows(page, tag, settings):
    row = "<p>{{ text }} {{ day }} {% translate 'Yes' %} {{ number|stringformat:'s' }}</p>"
    region = Region(page.replace("TAG", tag).replace("ROW", row))
    pictures = []
    for value in settings:
        with _as_it_was():
            wanted = region.expected(VALUES | {"set": Setter(value)})
        with _as_it_was():
            picture = region.renderer.render(REQUEST, VALUES | {"set": Setter(value)}, {})
        assert picture == wanted
        pictures.append(picture)
    assert pictures[0] == pictures[2] != pictures[1]


VALUES = {"rows": [1, 2, 3], "text": "<b>", "day": MOMENT, "number": decimal.Decimal("1E+30")}


@contextmanager
def _as_it_was() -> Iterator[None]:
    with translation.override("en"), timezone.override("America/Chicago"), decimal.localcontext():
        yield


def test_markup_outside_is_looked_at_again_where_escaping_is_set():
    region = Region("{% put_option 'autoescape' escape %}{{ a }}<main data-liveview-root>x</main>")
    region(a="<textarea>", escape=True)
    with pytest.raises(RegionError):
        region.renderer.render(REQUEST, {"a": "<textarea>", "escape": False}, {})


NAMESPACES = [
    path("a/", include(([path("x/", print, name="x")], "app"), namespace="one")),
    path("b/", include(([path("x/", print, name="x")], "app"), namespace="two")),
]


class Namespaces:
    urlpatterns = NAMESPACES


@pytest.mark.parametrize("fact", ["current_app", "resolver_match"])
def test_the_namespace_of_the_request_is_followed(fact):
    template = live_template(ROWS.replace("IT", "{% url 'app:x' %}"))
    renderer = template.renderer()
    values = {"rows": [1]}
    requests = [RequestFactory().get("/"), RequestFactory().get("/")]
    with override_settings(ROOT_URLCONF=Namespaces):
        for request, name, start in (
            *((requests[0], "one", "a"), (requests[0], "two", "b"), (requests[1], "one", "a")),
            *((requests[0], "two", "b"), (requests[1], "one", "a")),
        ):
            value = name if fact == "current_app" else SimpleNamespace(namespace=name)
            setattr(request, fact, value)
            root = renderer.render(request, values, {})
            assert root == template.render_region(request, values, {})
            assert f"<p>/{start}/x/</p>" in to_html(root)


def test_settings_are_followed():
    region = Region(ROWS.replace("IT", "{{ n }} {{ n|floatformat:'2g' }}"))
    assert "<p>12345 12,345.00</p>" in shown(region, n=12345)
    with override_settings(USE_THOUSAND_SEPARATOR=True):
        assert "<p>12,345 12,345.00</p>" in shown(region, n=12345)
    assert "<p>12345 12,345.00</p>" in shown(region, n=12345)


class Signed(StaticFilesStorage):
    signature = 0

    def url(self, name):
        return f"/{name}?{Signed.signature}"


def test_a_storage_of_static_files_with_code_of_its_own_is_asked_each_time():
    storages = {"staticfiles": {"BACKEND": f"{__name__}.{Signed.__name__}"}}
    with override_settings(STORAGES=storages):
        region = Region(ROWS.replace("IT", "{% static 'a.css' %}"))
        for Signed.signature in (1, 2):
            region(rows=[1])
            assert f"<p>/a.css?{Signed.signature}</p>" in region.html
    region = Region(ROWS.replace("IT", "{% static 'a.css' %}"))
    region(rows=[1])
    region(rows=[1])
    assert region.rows == (0, 1)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "base.html").write_text(
        "<main data-liveview-root>one {% block a %}{% endblock %}</main>"
    )
    (tmp_path / "part.html").write_text("<b>{{ x }}</b>")
    (tmp_path / "page.html").write_text(
        "{% extends 'base.html' %}{% block a %}{% for x in rows %}{% include 'part.html' %}"
        "{% endfor %}{% endblock %}"
    )
    return tmp_path


@pytest.mark.parametrize(
    ("name", "source", "html"),
    [
        (
            "base.html",
            "<main data-liveview-root>two {% block a %}{% endblock %}</main>",
            "two <b>1</b>",
        ),
        ("part.html", "<i>{{ x }}!</i>", "one <i>1!</i>"),
    ],
)
def test_an_edited_template_is_shown_when_the_development_server_has_seen_it(
    folder: Path, name, source, html
):
    engine = Engine(dirs=[str(folder)])
    template = LiveTemplate.of(BackendTemplate(engine.get_template("page.html"), None))
    region = Region("x")
    region.template, region.renderer = template, template.renderer()
    region(rows=[1])
    assert region.html == "one <b>1</b>"
    (folder / name).write_text(source)
    for loader in engine.template_loaders:
        loader.reset()  # Django's own receiver does so for the engines of the settings
    autoreload.file_changed.send(None, file_path=folder / name)
    region(rows=[1])
    assert region.html == html


def test_an_engine_that_caches_nothing_is_rendered_rightly():
    source = "{% for x in rows %}<p>{{ x }}</p>{% endfor %}{% include 'part.html' %}"
    template = live_template(source, {"part.html": "<b>{{ rows|length }}</b>"}, cached=False)
    renderer = template.renderer()
    for rows in ([1], [1, 2], [3]):
        root = renderer.render(REQUEST, {"rows": rows}, {})
        assert root == template.render_region(REQUEST, {"rows": rows}, {})
    assert renderer.has_fallen_back
