"""`{% live_view %}` in a page: what it puts there, and what it refuses."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.template import Context, RequestContext, Template, TemplateSyntaxError
from django.test import Client

from pykka_live.live.page import adoptions
from pykka_live.live.token import PageToken
from tests.live.pair import Several
from tests.live.test_join import log_in
from tests.live.views import calls
from tests.tab import Tab

TALLY = "tests.live.several.Tally"


def tokens(html):
    return [PageToken.read(text) for text in re.findall(r'data-live-token="([^"]+)"', html)]


def get(path, **options):
    response = Client().get(path, **options)
    assert response.status_code == 200
    return response.content.decode()


def render(rf, tag, path="/several/ordinary/", **values):
    request = rf.get(path)
    return Template("{% load pykka_live %}" + tag).render(RequestContext(request, values))


def test_each_is_mounted_in_its_place_and_what_is_around_its_region_is_shown():
    html = get("/several/ordinary/")
    assert re.search(
        r"<h2>one</h2><section [^>]+><b>0</b>.*</section><hr>"
        r"<h2>two</h2><section [^>]+><b>10</b>.*</section><hr>",
        html,
    )
    assert calls["mount"] == 2


@pytest.mark.parametrize("name", ["ordinary", "template", "host", "heir"])
def test_the_tokens_of_a_page_share_a_session_and_say_what_was_given(name):
    found = tokens(get(f"/several/{name}/?x=1"))
    embedded = [token for token in found if token.arguments is not None]
    assert [token.arguments for token in embedded[:2]] == [
        {"title": "one"},
        {"title": "two", "start": 10},
    ]
    assert {token.view for token in embedded} == {TALLY}
    assert len({token.session_id for token in found}) == 1
    assert len({token.view_id for token in found}) == len(found)
    assert {(token.path, token.query) for token in found} == {(f"/several/{name}/", "x=1")}


def test_two_pages_are_two_sessions():
    one, two = tokens(get("/several/ordinary/")), tokens(get("/several/ordinary/"))
    assert one[0].session_id != two[0].session_id


@pytest.mark.parametrize(("name", "regions"), [("host", 5), ("heir", 3)])
def test_a_live_page_has_the_others_beside_its_region(name, regions):
    html = get(f"/several/{name}/")
    assert html.count("data-live-token") == html.count("<section") == regions
    assert not re.search("<!--", html)
    titles = re.findall("<h2>(.*?)</h2>|<p>(included)", html)
    expected = {"host": ["one", "two", "three", "included", "four"], "heir": ["one", "two"]}
    assert ["".join(title) for title in titles] == expected[name]


def test_a_head_request_leaves_nothing_to_adopt():
    adoptions.clear()
    Client().head("/several/ordinary/")
    assert len(adoptions) == 0
    Client().get("/several/ordinary/")
    assert len(adoptions) == 2


def test_a_page_that_answers_a_form_has_its_views_too():
    response = Client().post("/several/any/", {"title": "posted"})
    assert [token.view for token in tokens(response.content.decode())] == [TALLY, TALLY]


def test_what_a_page_holds_is_kept_out_of_djangos_cache():
    client = Client()
    first, second = (tokens(client.get("/several/cached/").content.decode()) for _ in range(2))
    assert first[0].view_id != second[0].view_id


async def test_a_join_leaves_no_page_without_its_views_in_djangos_cache():
    page = Several("/several/cached/")
    await page.open()
    assert len(tokens(await page.load())) == 2
    await page.close()


def test_arguments_are_converted_as_the_annotations_say_and_are_json_in_any_case(rf):
    html = render(rf, f'{{% live_view "{TALLY}" start="7" title=word %}}', word="x")
    assert "<b>7</b>" in html
    assert tokens(html)[0].arguments == {"start": "7", "title": "x"}
    dated = '{% live_view "tests.live.several.Dated" day=day %}'
    for day in (date(2026, 11, 21), "2026-11-21"):
        assert ">21 November<" in render(rf, dated, day=day)
    whole = '{% live_view "tests.live.several.Whole" a=pair %}'
    assert ">[('a', [1, 2])]<" in render(rf, whole, pair=(1, 2))


def test_what_the_query_gives_a_page_it_gives_its_views_but_the_tag_wins(rf):
    tag = f'{{% live_view "{TALLY}" title="one" %}}{{% live_view "{TALLY}" start=1 %}}'
    html = render(rf, tag, "/?start=5&title=query")
    assert re.findall("<h2>(.*?)</h2>.*?<b>(.*?)</b>", html) == [("one", "5"), ("query", "1")]


def test_what_the_query_gives_may_be_what_does_not_convert(rf):
    with pytest.raises(BadRequest, match="'start' must be a whole number"):
        render(rf, f'{{% live_view "{TALLY}" %}}', "/?start=many")


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{% live_view %}", "needs the dotted name"),
        (f'{{% live_view "{TALLY}" 3 %}}', "by their names, not '3'"),
        ('{% live_view "tests.live.several.Gone" %}', "tests.live.several.Gone"),
        ('{% live_view "no.such.module.View" %}', "no.such.module.View.*No module named 'no'"),
        ('{% live_view "Chat" %}', "Chat doesn't look like a module path"),
        ('{% live_view "tests.live.several.page" %}', "name of a LiveView, not 'tests.live"),
        ("{% live_view nothing %}", "name of a LiveView, not ''"),
        ("{% live_view thing %}", "name of a LiveView, not <object"),
        (f'{{% live_view "{TALLY}" titel="x" %}}', f"{TALLY}.*no parameter 'titel'"),
        (f'{{% live_view "{TALLY}" request=1 %}}', "no parameter 'request'"),
        ('{% live_view "tests.live.several.Whole" self=1 %}', "no parameter 'self'"),
        (f'{{% live_view "{TALLY}" start="many" %}}', "'start' must be a whole number, not 'many'"),
        ('{% live_view "tests.live.several.Writer" %}', "'name' is missing"),
        (f'{{% live_view "{TALLY}" title=thing %}}', "the argument 'title' is no JSON.*object"),
        (f'{{% live_view "{TALLY}" start=nan %}}', "the argument 'start' is no JSON"),
        (
            f'{{% live_view "{TALLY}" title=long %}}',
            "with 'title' the arguments are more than 4000",
        ),
    ],
)
def test_a_mistake_is_an_error_that_names_it(rf, tag, message):
    with pytest.raises(TemplateSyntaxError, match=message):
        render(rf, tag, thing=object(), nan=float("nan"), long="x" * 5000)


def test_without_a_request_there_is_no_live_view():
    with pytest.raises(TemplateSyntaxError, match="needs the request"):
        Template(f'{{% load pykka_live %}}{{% live_view "{TALLY}" %}}').render(Context())


def test_a_context_processor_may_bring_the_request(rf):
    template = Template(f'{{% load pykka_live %}}{{% live_view "{TALLY}" %}}')
    assert tokens(template.render(Context({"request": rf.get("/")})))
    with pytest.raises(TemplateSyntaxError, match="needs the request"):
        template.render(Context({"request": "none"}))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("redirect", "answered 302 Found"),
        ("not found", "raised Http404"),
        ("denied", "raised PermissionDenied"),
    ],
)
def test_a_view_that_answers_something_else_is_left_out(how, said, settings):
    html = get("/several/answers/", data={"how": how})
    assert len(tokens(html)) == 2
    assert "<!--" not in html
    settings.DEBUG = True
    html = get("/several/answers/", data={"how": how})
    assert f"<!-- tests.live.several.Answering is left out: it {said} -->" in html


async def test_a_view_that_needs_a_login_is_there_for_who_has_logged_in():
    page = Several("/several/widget/")
    assert len(tokens(await page.load())) == 2
    await log_in(page.client)
    assert len(tokens(await page.load())) == 3


def test_a_response_that_is_rendered_later_is_shown_as_it_is():
    assert "by and by" in get("/several/answers/", data={"how": "later"})


def test_what_a_view_raises_is_the_pages_error():
    with pytest.raises(ZeroDivisionError):
        Client().get("/several/answers/", {"how": "error"})


@pytest.mark.parametrize("name", ["misplaced_at_once", "in_component"])
def test_in_a_live_region_it_is_an_error_of_the_page(name):
    with pytest.raises(TemplateSyntaxError, match=r"Tally.* stands inside of a live region"):
        Client().get(f"/several/{name}/")


@pytest.mark.parametrize("name", ["misplaced", "uncut"])
async def test_in_a_live_region_it_is_an_error_of_the_event_that_shows_it(name, settings):
    settings.DEBUG = True
    tab = Tab(f"/several/{name}/")
    await tab.open()
    assert (await tab.event("up"))["t"] == "patch"
    frame = await tab.event("up")
    assert frame["code"] == "template_failed"
    assert "stands inside of a live region" in frame["detail"]
    assert calls["mount"] == 0
    await tab.close()


def test_a_request_that_has_been_shown_keeps_its_session(rf):
    request = rf.get("/")
    template = Template(f'{{% load pykka_live %}}{{% live_view "{TALLY}" %}}')
    shown = [tokens(template.render(RequestContext(request)))[0] for _ in range(2)]
    assert isinstance(request, HttpRequest)
    assert shown[0].session_id == shown[1].session_id
