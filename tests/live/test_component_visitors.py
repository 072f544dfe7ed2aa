"""The visitor of a component: who that is for each of its messages, what becomes of it elsewhere,
and what a project's own middleware makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import AsyncClient

from pykka_live import vdom
from tests.live.test_django_session import log_in, new_session, open_tab, rejoin, stored
from tests.tab import Tab

IDS = ("a", "b")
PATH = "/office/"


@pytest.fixture
async def tab():
    tab = await open_tab(PATH)
    yield tab
    await tab.close()


async def shown_by(tab: Tab, *ids: str | None, name: str = "who") -> list[str]:
    """Let them all look at once who is there; return what they show."""
    refs = []
    for id in ids:
        which = {} if id is None else {"c": id}
        refs.append(await tab.send(t="event", view=tab.view, name=name, params={}, **which))
    waiting = set(refs)
    while waiting:  # the answers of several components come in any order
        frame = await tab.receive()
        assert frame["t"] in ("ok", "patch"), frame
        waiting.discard(frame.get("ref"))
    return [_text(tab, id) for id in ids]


def _text(tab: Tab, id: str | None) -> str:
    tree = tab.components[id] if id is not None else next(_elements(tab.tree))
    return "".join(child.data for child in tree.children)


def _elements(node: vdom.Element) -> Iterator[vdom.Element]:
    return (child for child in node.children if isinstance(child, vdom.Element))


@pytest.mark.parametrize("name", ["who", "who_async"])
async def test_a_components_user_is_the_current_one(tab, name):
    assert await shown_by(tab, *IDS, name=name) == ["ann", "ann"]
    await User.objects.aupdate(username="anna")
    assert await shown_by(tab, *IDS, name=name) == ["anna", "anna"]


@pytest.mark.parametrize("name", ["who", "who_async"])
async def test_after_a_logout_elsewhere_components_have_no_user_and_go_on(tab, name):
    assert await shown_by(tab, "a", name=name) == ["ann"]
    await sync_to_async(tab.client.logout)()

    assert await shown_by(tab, *IDS, None, name=name) == ["nobody"] * 3
    assert (await tab.event("put", component="a", key="k", value="v"))["code"] == "handler_failed"
    assert (await tab.event("create", component="a", name="eve"))["t"] == "patch"
    assert not await Session.objects.aexists()


async def test_a_user_whose_password_has_changed_is_none_for_components_either(tab):
    await User.objects.aupdate(password="changed elsewhere")

    assert await shown_by(tab, *IDS, None) == ["nobody"] * 3


async def test_another_user_in_the_same_session_is_the_one_of_its_components(tab):
    key = tab.client.cookies["sessionid"].value
    ben = await User.objects.acreate(username="ben")

    def become_ben() -> None:
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore(key)
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(ben.pk), ben.get_session_auth_hash()
        assert session[BACKEND_SESSION_KEY]
        session.save()

    await sync_to_async(become_ben)()
    assert await shown_by(tab, *IDS, None) == ["ben"] * 3
    # The page is still ann's, so nobody joins it any more.
    assert (await rejoin(tab))["code"] == "bad_token"


@pytest.mark.parametrize("name", ["log_in", "log_out"])
async def test_a_login_or_logout_in_a_component_is_refused_before_anything_is_lost(settings, name):
    settings.DEBUG = True
    await User.objects.acreate(username="ben")
    client = AsyncClient()
    if name == "log_in":
        client.cookies["sessionid"] = await new_session()
    else:
        await log_in(client)
    key = client.cookies["sessionid"].value
    tab = Tab(PATH, client)
    await tab.open()
    frame = await tab.event(name, component="a")

    assert frame["code"] == "handler_failed"
    assert "needs a new cookie" in frame["message"]
    assert await Session.objects.filter(pk=key).aexists()
    who = "nobody" if name == "log_in" else "ann"
    assert await shown_by(tab, *IDS, None) == [who] * 3
    await tab.close()


async def test_components_keep_what_each_other_put_into_the_session_one_after_the_other(tab):
    for number, id in enumerate("abab"):
        await tab.event("put", component=id, key=f"{id}{number}", value="1")
    session = await stored(tab)

    assert {"a0", "b1", "a2", "b3"} <= session.keys()


async def test_a_tab_that_comes_back_brings_its_components_a_new_session_of_the_user(tab):
    tab.client.cookies.pop("sessionid")
    await log_in(tab.client)
    await Session.objects.exclude(pk=tab.client.cookies["sessionid"].value).adelete()
    assert await shown_by(tab, *IDS) == ["nobody", "nobody"]
    assert (await rejoin(tab))["t"] == "joined"

    assert await shown_by(tab, *IDS) == ["ann", "ann"]
    await tab.event("put", component="b", key="k", value="v")
    assert (await stored(tab))["k"] == "v"


# Middleware

MIDDLEWARE = ["by_session", "by_session_and_partial", "behind_djangos"]


@pytest.fixture
def own_middleware(settings, request):
    name = f"tests.live.middleware.{request.param}"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, name]


@pytest.mark.parametrize("own_middleware", MIDDLEWARE, indirect=True)
async def test_a_middlewares_own_user_is_looked_up_by_all_at_once(own_middleware):
    ids = "abcdefgh"
    client = AsyncClient()
    await log_in(client)
    tab = Tab(f"{PATH}?ids={','.join(ids)}", client)
    await tab.open()
    for _ in range(10):
        assert await shown_by(tab, None, *ids, None, *ids) == ["ann!"] * 18
    await User.objects.aupdate(username="anna")
    assert (await rejoin(tab))["t"] == "joined"

    assert await shown_by(tab, *ids, None) == ["anna!"] * 9
    await tab.close()


@pytest.mark.parametrize("own_middleware", ["by_session", "by_session_and_partial"], indirect=True)
async def test_a_middlewares_own_user_is_the_current_one(own_middleware, tab):
    assert await shown_by(tab, *IDS, None) == ["ann!"] * 3
    await User.objects.aupdate(username="anna")
    assert await shown_by(tab, *IDS, None) == ["anna!"] * 3
    await sync_to_async(tab.client.logout)()
    assert await shown_by(tab, *IDS, None) == ["nobody!"] * 3
