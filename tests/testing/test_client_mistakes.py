"""What is said to who uses the test client wrongly."""

from __future__ import annotations

import re

import pytest
from django.test import AsyncClient, Client
from django.utils.functional import lazystr

from pykka_live.testing import LiveClient, LookupFailed
from tests.testing.test_examples import run_shop


@pytest.mark.parametrize("name", ["use_actor", "Verify", "client", "enforce_csrf_check", "https"])
def test_an_option_that_nobody_knows_is_refused_with_those_that_there_are(live, name):
    said = re.escape(f"LiveClient takes no {name!r}, but use_actors, verify, http, enforce_csrf")
    with pytest.raises(TypeError, match=said):
        LiveClient(**{name: True})
    with pytest.raises(TypeError, match=said):
        live.another(**{name: True})


def test_what_a_request_cannot_take_is_refused_with_what_it_can(live):
    with pytest.raises(TypeError, match=r"get takes no 'folow', but path, data, follow, secure"):
        live.get("/counter/", folow=True)
    with pytest.raises(TypeError, match="`path` must be a text such as '/counter/', not None"):
        live.get(None)
    with pytest.raises(TypeError, match="`follow` must be True or False, not '/counter/'"):
        live.get("/counter/", follow="/counter/")


def test_what_is_looked_for_or_done_by_hand_is_told_by_its_kind(live):
    page = live.get("/counter/")
    button = page.find("button", text="+")
    for look in (page.find, page.find_all, page.has, page.form, button.find):
        with pytest.raises(TypeError, match="a CSS selector is a text, such as 'button', not None"):
            look(None)
    with pytest.raises(TypeError, match="`text` must be a text or a compiled pattern, not 3"):
        page.find("button", text=3)
    with pytest.raises(TypeError, match=r"keys are a text, such as 'Enter' or 'Ctrl\+K', not None"):
        page.press(None)
    with pytest.raises(LookupFailed, match="is no checkbox and no radio button"):
        assert not button.checked
    with pytest.raises(TypeError, match="`data` are the parameters of the query as a dictionary"):
        live.get("/counter/", "a=1")


def test_nobody_types_none(recorded):
    page = recorded("<form><input name=q></form>")
    for type_in in (
        lambda: page.find("input").fill(None),
        lambda: page.find("input").type(None),
        lambda: page.form().fill(q=None),
    ):
        with pytest.raises(TypeError, match="a text or a number, not None; '' empties it"):
            type_in()
    assert page.form().fill(q=3).values == {"q": "3"}


def test_what_django_and_the_environ_know_is_passed_on(live):
    options = {"enforce_csrf_checks": True, "REMOTE_ADDR": "10.0.0.1", "wsgi.url_scheme": "https"}
    other = live.another(**options, headers={"X-Test": "1"})
    assert other.http.defaults["REMOTE_ADDR"] == "10.0.0.1"
    assert other.http.handler.enforce_csrf_checks
    page = other.get("/counter/", HTTP_X_OTHER="2", secure=True, headers={"X-Third": "3"})
    assert (page.response.request["HTTP_X_OTHER"], page.is_secure) == ("2", True)
    assert live.get(lazystr("/counter/")).is_live


@pytest.mark.parametrize("name", ["use_actors", "verify"])
def test_what_is_neither_yes_nor_no_is_refused(name):
    with pytest.raises(TypeError, match=f"`{name}` must be True or False, not 'no'"):
        LiveClient(**{name: "no"})


def test_another_client_than_djangos_is_refused(live):
    for wrong in (AsyncClient(), "client", Client):
        with pytest.raises(TypeError, match=r"`http` must be a django.test.Client, not "):
            LiveClient(http=wrong)
    with pytest.raises(TypeError, match="given headers and `http`: options are for a new client"):
        live.another(http=Client(), headers={"X-Test": "1"})


def test_a_client_that_is_refused_leaves_nothing_behind(live):
    before = live.place.users
    with pytest.raises(TypeError):
        LiveClient(use_actor=True)
    assert live.place.users == before


def test_the_mark_takes_names_only(pytester, monkeypatch):
    result = run_shop(
        pytester,
        monkeypatch,
        "urlpatterns = []",
        """
        import pytest

        @pytest.mark.live(True)
        def test_one(live):
            pass

        @pytest.mark.live(use_actor=True)
        def test_two(live):
            pass
        """,
    )
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*takes what LiveClient does, by name, such as use_actors=True*"])
    result.stdout.fnmatch_lines(["*LiveClient takes no 'use_actor', but use_actors*"])
