"""Who is on the other side: the Django session, its user, its flash messages, the page's owner."""

from __future__ import annotations

import contextlib

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import AsyncClient

from tests.tab import Tab


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True  # errors say what they are


async def log_in(client: AsyncClient, name: str = "ann") -> User:
    user, _ = await User.objects.aget_or_create(username=name)
    await sync_to_async(client.force_login)(user)
    return user


async def open_tab(path: str = "/visits/") -> Tab:
    """A tab of a user who has logged in."""
    client = AsyncClient()
    await log_in(client)
    tab = Tab(path, client)
    assert (await tab.open())["t"] == "joined"
    return tab


async def new_session(**values: str) -> str:
    def make() -> str:
        session = SessionStore()
        session.update({"a": "b", **values})
        session.save()
        assert session.session_key
        return session.session_key

    return await sync_to_async(make)()


async def stored(tab: Tab) -> dict:
    session = await Session.objects.aget(pk=tab.client.cookies["sessionid"].value)
    return session.get_decoded()


async def rejoin(tab: Tab) -> dict:
    await tab.close(1006)
    await tab.connect()
    return await tab.join()


# The session of an event


async def test_an_event_sees_and_keeps_what_another_tab_has_put_into_the_session():
    tab = await open_tab()
    await tab.event("put", key="mine", value="1")

    def elsewhere():
        session = SessionStore(tab.client.cookies["sessionid"].value)
        session["cart"] = "full"
        session.save()

    await sync_to_async(elsewhere)()
    await tab.event("put", key="mine", value="2")
    await tab.event("show", key="cart")
    assert ">full<" in tab.html
    session = await stored(tab)
    assert (session["cart"], session["mine"]) == ("full", "2")
    await tab.close()


async def test_a_value_that_cannot_be_stored_fails_its_event_and_no_other():
    tab = await open_tab()
    frame = await tab.event("put_rubbish")
    assert (frame["t"], frame["code"]) == ("error", "handler_failed")
    assert "not JSON serializable" in frame["message"]
    for count in range(1, 5):
        assert (await tab.event("up"))["t"] == "patch"
        assert f">{count}<" in tab.html
    await tab.close()


async def test_what_a_failed_handler_has_changed_is_never_saved():
    tab = await open_tab()
    await tab.event("put", key="credits", value="10")
    assert (await tab.event("spend_and_fail"))["code"] == "handler_failed"
    await tab.event("put", key="other", value="1")
    assert (await stored(tab))["credits"] == "10"
    await tab.event("up")
    assert "[spent]" not in tab.html
    await tab.close()


async def test_a_session_that_has_ended_fails_who_writes_to_it_and_nobody_else():
    tab = await open_tab()
    await tab.event("who")
    assert ">ann<" in tab.html
    await Session.objects.all().adelete()
    await tab.event("who")
    assert "><" in tab.html  # AnonymousUser's name
    frame = await tab.event("put", key="a", value="b")
    assert frame["code"] == "handler_failed"
    assert "A new session needs a new cookie" in frame["message"]
    assert (await tab.event("up"))["t"] == "patch"
    assert not await Session.objects.aexists()
    await tab.close()


@pytest.mark.parametrize("name", ["who", "who_async", "keep_user"])
async def test_the_user_of_an_event_is_the_current_one(name):
    tab = await open_tab()
    await tab.event(name)
    assert ">ann<" in tab.html
    await User.objects.aupdate(username="anna")
    await tab.event(name)
    assert ">anna<" in tab.html
    await User.objects.aupdate(password="changed elsewhere")
    await tab.event(name)
    assert "ann" not in tab.html
    await tab.event("put", key="a", value="b")
    assert (await tab.event("up"))["t"] == "patch"
    await tab.close()


async def test_a_session_signed_with_a_former_secret_key_keeps_its_key(settings):
    tab = await open_tab()
    key = tab.client.cookies["sessionid"].value
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new"
    for _ in range(2):
        await tab.event("who")
        assert ">ann<" in tab.html
        await tab.event("up")
    assert await Session.objects.filter(pk=key).aexists()
    await tab.close()


@pytest.mark.parametrize("name", ["log_in", "log_out", "log_in_async", "log_out_async"])
async def test_a_login_or_logout_in_an_event_is_refused_before_anything_is_lost(name):
    await User.objects.acreate(username="ben")
    if name.startswith("log_in"):
        client = AsyncClient()
        key = client.cookies["sessionid"] = await new_session()
        tab = Tab("/visits/", client)
        await tab.open()
    else:
        tab = await open_tab()
        key = tab.client.cookies["sessionid"].value
    frame = await tab.event(name)
    assert frame["code"] == "handler_failed"
    assert "needs a new cookie" in frame["message"]
    assert "ordinary view" in frame["message"]
    assert await Session.objects.filter(pk=key).aexists()
    await tab.event("up")
    assert (await rejoin(tab))["t"] == "joined"
    await tab.close()


async def test_a_first_session_cannot_begin_in_an_event():
    tab = Tab("/visits/")
    await tab.open()
    frame = await tab.event("put", key="a", value="b")
    assert frame["code"] == "handler_failed"
    assert "A new session needs a new cookie" in frame["message"]
    await tab.close()


async def test_what_nobody_asks_for_costs_no_query():
    tab = await open_tab()
    await tab.event("put", key="a", value="b")
    opened = []

    def note(**_):
        opened.append(1)

    connection_created.connect(note)
    try:
        for _ in range(3):
            await tab.event("up")
    finally:
        connection_created.disconnect(note)
    assert not opened
    await tab.close()


async def test_a_session_error_is_rolled_back_with_the_handlers_transaction():
    from django.db import connections

    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        tab = await open_tab()
        await tab.event("create_and_put_rubbish")
        assert not await User.objects.filter(username="half").aexists()
        await tab.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False
        with contextlib.suppress(Exception):
            connection.close()


async def test_a_flash_message_is_shown_once():
    tab = Tab("/visits/")
    await tab.open()
    await tab.event("flash")
    assert tab.html.count("[saved]") == 1
    await tab.event("up")
    assert "[saved]" not in tab.html
    await tab.event("flash")
    assert tab.html.count("[saved]") == 1
    await tab.close()


# Whose page it is


async def test_a_first_time_visitor_whom_the_response_gives_a_session(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.live.middleware.visitor"]
    tab = Tab("/counter/")
    assert (await tab.open())["t"] == "joined"
    await tab.close()


async def test_a_visitor_whose_session_has_expired():
    client = AsyncClient()
    client.cookies["sessionid"] = "x" * 32
    tab = Tab("/counter/", client)
    await tab.load()
    if not client.cookies["sessionid"].value:
        del client.cookies["sessionid"]
    await tab.connect()
    assert (await tab.join())["t"] == "joined"
    await tab.close()


async def test_a_visitor_who_gets_a_session_in_another_tab():
    tab = Tab("/counter/")
    await tab.open()
    tab.client.cookies["sessionid"] = await new_session()
    assert (await rejoin(tab))["t"] == "joined"
    await tab.close()


async def test_csrf_secrets_in_sessions(settings):
    settings.CSRF_USE_SESSIONS = True
    tab = Tab("/counter/")
    assert (await tab.open())["t"] == "joined"
    assert (await rejoin(tab))["t"] == "joined"
    thief = Tab("/counter/")
    await thief.load()
    thief.token = tab.token
    await thief.connect()
    assert (await thief.join())["code"] == "bad_token"
    await thief.close()
    await tab.close()


async def test_sessions_in_signed_cookies(settings, monkeypatch):
    from django.core import signing

    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client = AsyncClient()
    client.cookies["sessionid"] = signing.dumps(
        {"cart": "full"},
        compress=True,
        salt="django.contrib.sessions.backends.signed_cookies",
    )
    before = client.cookies["sessionid"].value
    now = signing.time.time
    monkeypatch.setattr(signing.time, "time", lambda: now() + 60)
    tab = Tab("/visits/", client)
    assert (await tab.open())["t"] == "joined"
    assert client.cookies["sessionid"].value != before
    await tab.event("show", key="cart")
    assert ">full<" in tab.html
    frame = await tab.event("put", key="a", value="b")
    assert frame["code"] == "handler_failed"
    assert "A session's new key needs a new cookie" in frame["message"]
    await tab.close()


async def test_neither_another_user_nor_a_visitor_can_use_a_users_page():
    tab = await open_tab("/counter/")
    other = AsyncClient()
    await log_in(other, "ben")
    for client in (other, AsyncClient()):
        thief = Tab("/counter/", client, name="b" * 20)
        await thief.load()
        thief.token = tab.token
        await thief.connect()
        assert (await thief.join())["code"] == "bad_token"
        await thief.close()
    await tab.close()


@pytest.mark.parametrize("csrf", [True, False])
async def test_no_anonymous_browser_can_use_anothers_page(settings, csrf):
    if not csrf:  # then there have to be sessions
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    tabs = []
    for _ in range(2):
        client = AsyncClient()
        if not csrf:
            client.cookies["sessionid"] = await new_session()
        tabs.append(Tab("/counter/", client))
        assert (await tabs[-1].open())["t"] == "joined"
        await tabs[-1].close()
    thief, owner = tabs
    thief.token = owner.token
    thief.version = 0
    for name, cookies in (("b" * 20, thief.client.cookies), ("c" * 20, {})):
        thief.name, thief.client.cookies = name, cookies
        await thief.connect()
        assert (await thief.join())["code"] == "bad_token"
        await thief.close()


async def test_without_csrf_and_session_a_page_is_for_whoever_is_nobody(settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    tab = Tab("/counter/")
    assert (await tab.open())["t"] == "joined"
    await log_in(tab.client)
    assert (await rejoin(tab))["code"] == "bad_token"
    await tab.close()


async def test_a_login_in_another_tab_ends_the_page():
    tab = Tab("/counter/")
    await tab.open()
    await log_in(tab.client)
    assert (await rejoin(tab))["code"] == "bad_token"
    await tab.close()


async def test_a_logout_in_another_tab_ends_the_page():
    tab = await open_tab("/counter/")
    await sync_to_async(tab.client.logout)()
    assert (await rejoin(tab))["code"] == "bad_token"
    await tab.close()


async def test_a_changed_password_ends_the_page_and_a_new_session_of_the_user_does_not():
    tab = await open_tab("/counter/")
    tab.client.cookies.pop("sessionid")
    user = await log_in(tab.client)
    assert (await rejoin(tab))["t"] == "joined"
    user.set_password("new")
    await user.asave()
    await sync_to_async(tab.client.force_login)(user)
    assert (await rejoin(tab))["code"] == "bad_token"
    await tab.close()


async def test_a_session_that_ends_with_its_password_ends_the_page():
    tab = await open_tab("/counter/")
    await User.objects.aupdate(password="changed elsewhere")
    assert (await rejoin(tab))["code"] == "bad_token"
    assert not await Session.objects.aexists()
    await tab.close()
