"""`manage.py live_check`: what it says of the templates of live views."""

from __future__ import annotations

import io
import json
import sys
import types
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import include, path
from django.views.generic import TemplateView

from pykka_live import LiveComponent, LiveView
from pykka_live.live import component


class Fast(LiveView):
    template = "<p data-liveview-root>{{ a }}</p>"


class Strings(LiveView):
    template = "<div data-liveview-root>\n<p>a</p>\n<textarea>{{ a }}</textarea></div>"


class Rows(LiveView):
    template = (
        "<div data-liveview-root>{% for i in l %}{{ i }}\n{% endfor %}\n"
        "{% for i in l %}<p class='{% cycle 1 2 as c %}'>{{ i }}</p>{% endfor %}</div>"
    )


class Page(LiveView):
    template = "{% if a %}<p data-liveview-root>{{ a }}</p>{% endif %}"


class Missing(LiveView):
    template_name = "no/such.html"


class Misspelt(LiveView):
    template = "<p data-liveview-root>\n<b @click.bogus='go'>{{ a }}</b></p>"


class Asking(LiveView):
    def get_template_names(self) -> list[str]:
        return [self.request.path]


class Urls:
    urlpatterns = [
        path("fast/", Fast.as_view()),
        path("again/", Fast.as_view()),
        path("private/", login_required(Strings.as_view())),
        path("plain/", TemplateView.as_view(template_name="x.html")),
        path("function/", print),
        path("nested/", include([path("rows/", Rows.as_view())])),
        path("given/", Fast.as_view(template=Page.template)),
    ]


class NoUrls:
    urlpatterns: list[Any] = []


def said(*args: str, urls: Any = Urls, **options: Any) -> str:
    out = io.StringIO()
    with override_settings(ROOT_URLCONF=urls):
        call_command("live_check", *args, stdout=out, no_color=True, **options)
    return out.getvalue()


HERE = "tests.management.test_live_check"


def test_all_live_views_of_the_urlconf_are_checked_once_for_each_template():
    assert said() == (
        f"{HERE}.Fast\n"
        "  costs what changes\n"
        f"{HERE}.Strings\n"
        "  template:3: its content is no markup\n"
        "      (<textarea> is rendered as a string; parsed, where that has changed)\n"
        f"{HERE}.Rows\n"
        "  template:3: {% cycle %} is not known to be pure\n"
        "      (all rows of the loop are rendered, for each event)\n"
        "  template:1: i\n"
        "      (rows are taken over while these are data or declared pure)\n"
        f"{HERE}.Fast\n"
        "  template:1: the live region is inside of {% if %}\n"
        "      (the whole page is rendered as a string and parsed, for each event)\n"
    )


def test_json_says_the_same():
    reports = json.loads(said(json=True))
    assert [report["view"].rpartition(".")[2] for report in reports] == [
        "Fast", "Strings", "Rows", "Fast",
    ]  # fmt: skip
    assert [len(report["findings"]) for report in reports] == [0, 1, 1, 1]
    assert reports[1]["findings"] == [
        {
            "template": "",
            "line": 3,
            "kind": "string",
            "why": "its content is no markup",
            "part": "<textarea>",
        }
    ]
    assert reports[2]["loops"] == [{"template": "", "line": 1, "names": ["i"]}]
    assert reports[2]["findings"][0]["kind"] == "rows"
    assert reports[3]["findings"][0]["kind"] == "page"


def test_views_can_be_named():
    assert said(f"{HERE}.Strings", f"{HERE}.Fast") == (
        f"{HERE}.Strings\n"
        "  template:3: its content is no markup\n"
        "      (<textarea> is rendered as a string; parsed, where that has changed)\n"
        f"{HERE}.Fast\n"
        "  costs what changes\n"
    )


def test_a_view_is_found_under_a_name_that_it_was_imported_under(monkeypatch):
    shop = types.ModuleType("shop")
    shop.Cart = Fast
    monkeypatch.setitem(sys.modules, "shop", shop)
    assert said("shop.Cart") == f"{HERE}.Fast\n  costs what changes\n"


class Outer:
    class Inner(LiveView):
        template = Fast.template


def test_a_view_that_stands_inside_of_a_class_is_found():
    assert said(f"{HERE}.Outer.Inner") == f"{HERE}.Outer.Inner\n  costs what changes\n"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nonsense", "ImportError"),
        (f"{HERE}.Nothing", "ImportError"),
        ("no.such.module.View", "No module named 'no'"),
        ("json.dumps", "that is no LiveView"),
        ("", "ImportError"),
        (".", "ValueError"),
        (".b", "ValueError"),
        (".x.View", "TypeError"),
        ("a..b", "No module named 'a'"),
    ],
)
def test_a_name_that_is_no_live_view_is_refused_with_what_is_allowed(name, why):
    with pytest.raises(CommandError) as refused:
        said(name)
    assert str(refused.value).startswith(f"There is no live view or component {name!r} (")
    assert why in str(refused.value)
    assert str(refused.value).endswith("such as shop.views.Cart, or of a LiveComponent.")


@pytest.mark.parametrize(
    "source", ["1 / 0", "import nothing_of_that", "raise SystemExit(3)", "a ="]
)
def test_a_module_that_cannot_be_imported_is_named_with_its_error(source, tmp_path, monkeypatch):
    (tmp_path / "broken_views.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    errors = "ZeroDivisionError|No module named 'nothing_of_that'|SystemExit: 3|SyntaxError"
    with pytest.raises(
        CommandError, match=f"no live view or component 'broken_views.View' .*({errors})"
    ):
        said("broken_views.View")
    with pytest.raises(CommandError, match=f"URLconf broken_views cannot be loaded .*({errors})"):
        said(urls="broken_views")


def test_views_with_what_cannot_be_hashed_or_compared_are_checked():
    class Odd:
        def __eq__(self, other):
            raise AssertionError("compared")

    class Given:
        urlpatterns = [
            path("a/", Fast.as_view(extra_context={"title": ["x"]})),
            path("b/", Fast.as_view(extra_context={"title": Odd()})),
        ]

    assert said(urls=Given) == f"{HERE}.Fast\n  costs what changes\n"


class Nameless(LiveView):
    pass


class Refusing(LiveView):
    def __init__(self, **kwargs: Any) -> None:
        raise RuntimeError("no")


class Leaving(LiveView):
    def get_template_names(self) -> list[str]:
        raise SystemExit("bye")


@pytest.mark.parametrize(
    ("view", "why"),
    [
        (Nameless, "Nameless needs a template_name, or a template with the source."),
        (Missing, "there is no template no/such.html"),
        (Refusing, "RuntimeError: no"),
        (Leaving, "SystemExit: bye"),
    ],
)
def test_a_view_without_a_template_is_told_so(view, why):
    assert_cannot_be_shown(view.__name__, 0, why)


class Given(LiveView):
    """Has the template that a test gives it."""


@pytest.mark.parametrize(
    ("template", "line", "why"),
    [
        (
            "<p data-liveview-root>\n{% if %}</p>",
            2,
            "Unexpected end of expression in if tag.",
        ),
        (
            "<main>\n{% if a %}{{ a }}{% endif %}</main>",
            0,
            "the page has no element with data-liveview-root",
        ),
        (
            "<main data-liveview-root></main>{% if a %}{{ a }}{% endif %}\n"
            "{% with a=b %}<main data-liveview-root>{{ a }}</main>{% endwith %}",
            2,
            "the page has two elements with data-liveview-root",
        ),
        (
            "<main data-liveview-root>{% block a %}\n<p data-liveview-root></p>{% endblock %}"
            "</main>",
            2,
            "the page has two elements with data-liveview-root",
        ),
        ("<main data-liveview-root>", 1, "has no end tag"),
        ("\n<br data-liveview-root>", 2, "which has no content"),
        ("\n{% extends 'no/such.html' %}", 2, "there is no template no/such.html"),
    ],
    ids=["wrong", "rootless", "twofold", "nested", "endless", "void", "orphan"],
)
def test_a_template_that_cannot_be_shown_is_told_so(monkeypatch, template, line, why):
    monkeypatch.setattr(Given, "template", template)
    assert_cannot_be_shown("Given", line, why)


def assert_cannot_be_shown(view: str, line: int, why: str) -> None:
    (report,) = json.loads(said(f"{HERE}.{view}", json=True))
    (found,) = report["findings"]
    assert (found["kind"], found["line"]) == ("error", line)
    assert why in found["why"]
    assert said(f"{HERE}.{view}").endswith("      (the page cannot be shown)\n")


class Either(LiveView):
    template = (
        "{% if a %}<p data-liveview-root></p>{% else %}\n<b data-liveview-root></b>{% endif %}"
    )


def test_a_region_that_only_rendering_finds_makes_the_whole_page_a_string():
    assert said(f"{HERE}.Either") == (
        f"{HERE}.Either\n"
        "  template:1: the live region is inside of {% if %}\n"
        "      (the whole page is rendered as a string and parsed, for each event)\n"
    )


def test_a_template_that_only_a_request_can_tell_is_said_to_be_unchecked():
    words = said(f"{HERE}.Asking")
    assert "only a request can tell which template it is (AttributeError" in words
    assert "(it was not checked)" in words
    assert json.loads(said(f"{HERE}.Asking", json=True))[0]["findings"][0]["kind"] == "unknown"


def test_a_project_without_live_views_is_told_so():
    assert said(urls=NoUrls) == "The URLconf has no live views, and the apps have no components.\n"
    assert json.loads(said(urls=NoUrls, json=True)) == []


def test_the_views_of_the_test_project_are_checked(settings):
    assert "tests.live.views.Counter\n" in said(urls=settings.ROOT_URLCONF)


class Whole(LiveComponent):
    template = (
        "{% load pykka_live %}<p>{% for i in l %}{% live_component 'cart' id=i %}{% endfor %}</p>"
    )


class Rootless(LiveComponent):
    template = "<p></p>x"


def test_components_can_be_named():
    assert said(f"{HERE}.Whole", f"{HERE}.Rootless").startswith(
        f"{HERE}.Whole\n"
        "  template:1: {% live_component %} is given its props each time\n"
        "      (all rows of the loop are rendered, for each event)\n"
        f"{HERE}.Rootless\n"
        "  template:1: The template of a component, line 1: 'x' stands behind its root. "
    )


def test_the_components_of_the_apps_are_checked(monkeypatch):
    """The app is called `tests`."""

    class Cart(LiveComponent):
        __module__ = "tests.components"
        template = "<p>{{ a }}</p>"

    monkeypatch.setattr(component, "_by_name", {"cart": {"": Cart}, "whole": {"": Whole}})
    name = f"tests.components.{Cart.__qualname__}"
    assert said(urls=NoUrls) == f"{name}\n  costs what changes\n"


def test_bindings_that_no_browser_understands_are_named_with_what_is_allowed():
    (line, words) = said(f"{HERE}.Misspelt").splitlines()[1:]
    assert line.startswith("  template:2: 'bogus' is no modifier of 'click'; allowed are prevent, ")
    assert words == "      (browsers do not understand @click.bogus)"
