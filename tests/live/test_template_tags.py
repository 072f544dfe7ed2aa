"""`{% live_client %}`: the scripts of a live page."""

from __future__ import annotations

from types import SimpleNamespace

from django.template import engines
from django.test import RequestFactory

from pykka_live.rendering import LiveTemplate
from pykka_live.rendering.diagnosis import findings_of
from pykka_live.state.snapshot import Keeper
from pykka_live.templatetags import pykka_live as tags

PAGE = "{% load pykka_live %}{% live_client %}<main data-liveview-root>{{ count }}</main>"


def live_client() -> str:
    source = "{% load pykka_live %}{% live_client %}"
    return engines["django"].from_string(source).render({})


def test_a_page_has_the_client_and_nothing_else():
    assert live_client() == (
        '<script defer src="/static/pykka_live/pykka_live.js" '
        'data-live-socket="/live/websocket/" data-live-notice="This page is no longer live." '
        'data-live-reload="Reload"></script>'
    )


def test_what_the_client_says_is_in_the_pages_language(monkeypatch):
    words = {"This page is no longer live.": "Diese Seite lebt nicht mehr.", "Reload": "Neu laden"}
    monkeypatch.setattr(tags, "gettext", words.get)
    attributes = 'data-live-notice="Diese Seite lebt nicht mehr." data-live-reload="Neu laden"'
    assert attributes in live_client()


def test_with_debug_the_panel_comes_before_the_client(settings):
    alone = live_client()
    settings.DEBUG = True
    assert live_client() == (
        f'<script defer src="/static/pykka_live/pykka_live_debug.js"></script>{alone}'
    )


def test_what_a_page_needs_in_its_head_is_no_cost_that_live_check_tells():
    assert findings_of(LiveTemplate.from_string(PAGE)) == []


def test_no_event_makes_the_client_s_tag_again(rf: RequestFactory, monkeypatch):
    asked = []
    static = tags.static
    monkeypatch.setattr(tags, "static", lambda name: asked.append(name) or static(name))
    state = SimpleNamespace(count=0)
    renderer = LiveTemplate.from_string(PAGE).renderer(Keeper(state).freezer)
    request = rf.get("/")
    renderer.render(request, vars(state), {})
    before = len(asked)
    state.count = 1
    assert renderer.render(request, vars(state), {}).children[0].data == "1"
    assert len(asked) == before
