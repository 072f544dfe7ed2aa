"""Joining: a page becomes live, as its URL, its middleware and its mixins say."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission, User
from django.core import signing
from django.test import AsyncClient

from pykka_live.live.page import adoptions
from tests.live.views import calls
from tests.tab import Tab, ended


async def log_in(client: AsyncClient, name: str = "ann", **fields: bool) -> User:
    user, _ = await sync_to_async(User.objects.get_or_create)(username=name, defaults=fields)
    await sync_to_async(client.force_login)(user)
    return user


async def test_the_socket_adopts_the_pages_mount():
    tab = Tab("/counter/")
    frame = await tab.open()
    assert frame == {"t": "joined", "ref": 1, "protocol": 1, "view": 1, "v": 1}
    assert calls["mount"] == 1
    assert (await tab.event("increment", amount="2"))["t"] == "patch"
    assert "<h1>2</h1>" in tab.html
    assert calls["mount"] == 1
    await tab.close()


async def test_where_the_adoption_is_gone_the_join_mounts():
    tab = Tab("/counter/?start=5")
    await tab.load()
    adoptions.clear()
    await tab.connect()
    # The mount for the socket makes the same picture, but for the form's token.
    assert "tree" in await tab.join()
    assert calls["mount"] == 2
    assert "<h1>5</h1>" in tab.html
    await tab.close()


async def test_url_captures_initkwargs_and_query_reach_the_view():
    for path, expected in (
        ("/counter/7/", 7 + 1),
        ("/counter/?start=8", 8 + 1),
        ("/counter/7/?start=8", 7 + 1),
        ("/fast/", 10),
    ):
        tab = Tab(path)
        await tab.open()
        await tab.event("increment")
        assert f"<h1>{expected}</h1>" in tab.html, path
        await tab.close()


async def test_a_query_that_does_not_convert_is_a_bad_request():
    response = await AsyncClient().get("/counter/?start=many")
    assert response.status_code == 400


@pytest.mark.parametrize("path", ["/private/", "/decorated/"])
async def test_login_is_required_on_the_page_and_again_on_the_socket(path):
    client = AsyncClient()
    assert (await client.get(path)).status_code == 302
    await log_in(client)
    tab = Tab(path, client)
    assert (await tab.open())["t"] == "joined"
    await tab.close()

    await tab.load()
    await sync_to_async(client.logout)()
    await tab.connect()
    frame = await tab.join()
    assert frame["t"] == "redirect"
    assert frame["to"].startswith("/accounts/login/?next=")
    await tab.close()


async def test_a_permission_that_was_taken_away_denies_the_join():
    client = AsyncClient()
    user = await log_in(client)
    permission = await sync_to_async(Permission.objects.get)(codename="view_user")
    await sync_to_async(user.user_permissions.add)(permission)
    tab = Tab("/permitted/", client)
    await tab.load()
    await sync_to_async(user.user_permissions.clear)()
    await tab.connect()
    frame = await tab.join()
    assert (frame["t"], frame["code"], frame["status"]) == ("error", "denied", 403)
    assert calls["mount"] == 1
    await tab.close()


async def test_a_token_is_bound_to_its_user_and_session():
    ann, ben = AsyncClient(), AsyncClient()
    await log_in(ann, "ann")
    await log_in(ben, "ben")
    page = Tab("/counter/", ann)
    await page.load()
    thief = Tab("/counter/", ben)
    thief.token, thief.tree = page.token, page.tree
    await thief.connect()
    frame = await thief.join()
    assert (frame["t"], frame["code"]) == ("error", "bad_token")
    await thief.close()


async def test_a_tampered_or_expired_token_is_refused(settings):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    payload, rest = tab.token.split(":", 1)
    for token in (
        tab.token[:-1] + ("x" if tab.token[-1] != "x" else "y"),
        payload[:-4] + "AAAA:" + rest,
        signing.dumps({"view": "os.system"}, salt="pykka_live.page"),
        signing.dumps("text", salt="pykka_live.page"),
        "rubbish",
    ):
        frame = await tab.join(token=token)
        assert (frame["t"], frame["code"]) == ("error", "bad_token"), token
    settings.SESSION_COOKIE_AGE = -1
    assert (await tab.join())["code"] == "expired_token"
    await tab.close()


async def test_a_mount_that_answers_a_redirect_redirects():
    response = await AsyncClient().get("/elsewhere/")
    assert (response.status_code, response["Location"]) == (302, "/counter/")


async def test_the_language_of_the_request_holds_in_every_event():
    tab = Tab("/language/", headers={"accept-language": "de"})
    await tab.open()
    assert "de Mai 0" in tab.html
    await tab.event("again")
    assert "de Mai 1" in tab.html
    await tab.event("tell")
    assert "de Mai de" in tab.html
    await tab.close()


async def test_the_csrf_token_stays_the_same_in_a_live_session():
    tab = Tab("/counter/")
    await tab.open()
    before = tab.html
    await tab.event("increment")
    await tab.event("increment", amount="-1")
    assert tab.html == before
    await tab.close()


async def test_a_refused_join_leaves_no_session(actors):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect(cookie="sessionid=unknown")
    await log_in(tab.client)
    await tab.close()
    await tab.connect()
    assert (await tab.join())["code"] == "bad_token"
    for cell in actors.cells():
        if cell.kind == "view":
            await ended(cell)
    assert not [cell for cell in actors.cells() if cell.kind == "view"]
    await tab.close()


async def test_two_tabs_of_one_page_are_two_sessions():
    first = Tab("/counter/", name="a" * 20)
    await first.open()
    await first.event("increment")
    second = Tab("/counter/", first.client, name="b" * 20)
    second.token, second.tree = first.token, first.tree
    await second.connect()
    await second.join()
    assert "<h1>0</h1>" in second.html
    await second.event("increment", amount="5")
    assert "<h1>5</h1>" in second.html
    await first.event("increment")
    assert "<h1>2</h1>" in first.html
    await first.close()
    await second.close()
