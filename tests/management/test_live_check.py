"""`manage.py live_check`: what it says of the templates of live views."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import include, path
from django.views.generic import TemplateView

from pykka_live import LiveView


class Fast(LiveView):
    template = "<p data-liveview-root>{{ a }}</p>"


class Strings(LiveView):
    template = "<div data-liveview-root>\n<p>a</p>\n<textarea>{{ a }}</textarea></div>"


class Rows(LiveView):
    template = (
        "<div data-liveview-root>{% for i in l %}{{ i }}\n{% endfor %}\n"
        "{% for i in l %}<p class='{% cycle 1 2 %}'>{{ i }}</p>{% endfor %}</div>"
    )


class Page(LiveView):
    template = "{% if a %}<p data-liveview-root>{{ a }}</p>{% endif %}"


class Missing(LiveView):
    template_name = "no/such.html"


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
        "      (rendered as a string; parsed, where that has changed)\n"
        f"{HERE}.Rows\n"
        "  template:3: {% cycle %} is not known to be pure\n"
        "      (all rows are rendered, for each event)\n"
        f"{HERE}.Fast\n"
        "  template: no element of the template itself has the attribute data-liveview-root\n"
        "      (the whole page is rendered as a string and parsed, for each event)\n"
    )


def test_json_says_the_same():
    reports = json.loads(said(json=True))
    assert [report["view"].rpartition(".")[2] for report in reports] == [
        "Fast", "Strings", "Rows", "Fast",
    ]  # fmt: skip
    assert [len(report["findings"]) for report in reports] == [0, 1, 1, 1]
    assert reports[1]["findings"] == [
        {"template": "", "line": 3, "kind": "string", "why": "its content is no markup"}
    ]
    assert reports[2]["findings"][0]["kind"] == "rows"
    assert reports[3]["findings"][0]["kind"] == "page"


def test_views_can_be_named():
    assert said(f"{HERE}.Rows", f"{HERE}.Fast") == (
        f"{HERE}.Rows\n"
        "  template:3: {% cycle %} is not known to be pure\n"
        "      (all rows are rendered, for each event)\n"
        f"{HERE}.Fast\n"
        "  costs what changes\n"
    )


@pytest.mark.parametrize(
    "name", ["nonsense", f"{HERE}.Nothing", "no.such.module.View", "json.dumps"]
)
def test_a_name_that_is_no_live_view_is_refused(name):
    with pytest.raises(CommandError, match=f"There is no live view '{name}'"):
        said(name)


def test_a_template_that_only_a_request_can_tell_is_said_to_be_unknown():
    words = said(f"{HERE}.Asking")
    assert "which template it is, is not known (AttributeError" in words
    assert json.loads(said(f"{HERE}.Asking", json=True))[0]["findings"][0]["kind"] == "page"


def test_a_template_that_does_not_exist_is_named():
    assert "which template it is, is not known (TemplateDoesNotExist" in said(f"{HERE}.Missing")


def test_a_project_without_live_views_is_told_so():
    assert said(urls=NoUrls) == "The URLconf has no live views.\n"
    assert json.loads(said(urls=NoUrls, json=True)) == []


def test_the_views_of_the_test_project_are_checked(settings):
    assert "tests.live.views.Counter\n" in said(urls=settings.ROOT_URLCONF)
