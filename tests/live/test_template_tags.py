"""`{% live_client %}`: the scripts of a live page."""

from __future__ import annotations

from django.template import engines


def live_client() -> str:
    source = "{% load pykka_live %}{% live_client %}"
    return engines["django"].from_string(source).render({})


def test_a_page_has_the_client_and_nothing_else():
    assert live_client() == (
        '<script defer src="/static/pykka_live/pykka_live.js" '
        'data-live-socket="/live/websocket/"></script>'
    )


def test_with_debug_the_panel_comes_before_the_client(settings):
    alone = live_client()
    settings.DEBUG = True
    assert live_client() == (
        f'<script defer src="/static/pykka_live/pykka_live_debug.js"></script>{alone}'
    )
