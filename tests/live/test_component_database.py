"""Components and the database: a transaction around each handler, as around a view, and no
connection that is left open."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import AsyncClient

from tests.live.troubled import plan
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture
def atomic():
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    yield
    connections.settings["default"]["ATOMIC_REQUESTS"] = False


@pytest.fixture
async def tab():
    client = AsyncClient()
    await client.aforce_login(await User.objects.acreate(username="ann"))
    tab = Tab("/office/", client)
    await tab.open()
    yield tab
    await tab.close()


async def names() -> set[str]:
    return {user.username async for user in User.objects.exclude(username="ann")}


async def session_of(tab: Tab) -> dict:
    key = tab.client.cookies["sessionid"].value
    return (await Session.objects.aget(pk=key)).get_decoded()


async def test_with_atomic_requests_a_handler_is_in_a_transaction(atomic, tab):
    await tab.event("create", component="a", name="eve")

    assert ">eve, in a transaction<" in tab.html
    assert await names() == {"eve"}


async def test_without_it_is_in_none(tab):
    await tab.event("create", component="a", name="eve")
    assert ">eve, without a transaction<" in tab.html
    await tab.event("create_and_fail", component="a", name="half")

    assert await names() == {"eve", "half"}
    assert "made" not in await session_of(tab)


async def test_a_handler_that_fails_is_rolled_back_with_its_session(atomic, tab):
    frame = await tab.event("create_and_fail", component="a", name="half")
    assert frame["code"] == "handler_failed"
    await tab.event("create", component="b", name="eve")
    await tab.event("create_async", component="a", name="adam")

    assert await names() == {"eve", "adam"}
    assert "made" not in await session_of(tab)


async def test_what_cannot_be_saved_in_the_session_is_rolled_back_too(atomic, tab):
    frame = await tab.event("create_and_put_rubbish", component="a", name="half")

    assert frame["code"] == "handler_failed"
    assert await names() == set()


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
@pytest.mark.parametrize("place", ["mount", "update", "info"])
async def test_so_is_whatever_else_a_component_handles(atomic, tab, place, kind):
    await tab.event("show", ids="a")
    plan[place] = [kind]
    if place == "mount":  # tried again, and the name is taken if it was not rolled back
        await tab.event("show", ids="b", told="second")
    else:
        for told in ("first", "second"):
            if place == "update":
                await tab.event("show", ids="a", told=told)
            else:
                await tab.event("message", message=told)
    while f">second {place}, in a transaction<" not in tab.html:
        await tab.receive()

    assert await names() == {f"second {place}"}
    assert not plan[place]


async def test_no_component_keeps_a_connection(tab):
    opened = []

    def note(connection, **_):
        opened.append(connection)

    connection_created.connect(note)
    try:
        for name in ("create", "create_async", "create_and_fail", "who"):
            for id in ("a", "b"):
                given = {} if name == "who" else {"name": f"{name} {id}"}
                await tab.event(name, component=id, **given)
        await tab.event("show", ids="b,c", told="given")
        while tab.html.count(">given ") < 2:
            await tab.receive()
    finally:
        connection_created.disconnect(note)
    assert len(opened) >= 10
    # The last one is closed after its answer has left.
    await until(lambda: all(connection.connection is None for connection in opened))
