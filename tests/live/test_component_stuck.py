"""Components that hang: the watch replaces them, and nobody else notices."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import AsyncClient

from pykka_live.live import family
from tests.live.sleepers import hanging
from tests.live.stuck import STUCK, Clock, the_old_thread_is_done
from tests.live.test_component_supervision import the_component
from tests.live.troubled import QUICK, gates, open_gate, somebody_waits_at
from tests.live.views import calls
from tests.tab import Tab, ended, until

pytestmark = pytest.mark.threads  # nobody can give up a thread that is not ours


@pytest.fixture(autouse=True)
def clock(settings, actors):
    hanging.clear()
    supervision = {"view": QUICK, "component": QUICK}
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": STUCK, "SUPERVISION": supervision}
    actors.clock = Clock()
    return actors.clock


@pytest.fixture
async def tab():
    tab = Tab("/dormitory/")
    await tab.open()
    yield tab
    await tab.close()


async def send(tab: Tab, event: str, component: str, **params: str) -> int:
    return await tab.send(t="event", view=1, c=component, name=event, params=params)


def shown(tab: Tab, id: str) -> str:
    children = tab.components[id].children if id in tab.components else ()
    return "".join(getattr(child, "data", "") for child in children).strip()


async def test_it_is_replaced_and_handles_what_was_queued(tab, actors, clock):
    await tab.event("up", component="a")
    hanging["event"] = 1
    stuck = await send(tab, "up", "a")
    await somebody_waits_at("hang")
    queued = [await send(tab, "up", "a") for _ in range(5)]
    cell = the_component(actors, "a")
    await until(lambda: len(cell.mailbox) == 5)

    for _ in range(3):  # nobody waits for it
        assert (await tab.event("up"))["t"] == "patch"
        assert (await tab.event("up", component="b"))["t"] == "patch"
    clock.jump(cell)
    assert (await tab.answer(stuck))["code"] == "handler_failed"
    for ref in queued:
        assert (await tab.answer(ref))["t"] == "patch"
    assert (shown(tab, "a"), shown(tab, "b")) == ("asleep 6", "asleep 3")
    assert "<h1>3</h1>" in tab.html
    assert (cell.incarnation, cell.restarts) == (2, 1)
    assert {each.incarnation for each in actors.cells() if each is not cell} == {1}
    await the_old_thread_is_done(actors)


async def test_nothing_that_the_old_thread_does_later_counts(tab, actors, clock):
    hanging["event"] = 1
    stuck = await send(tab, "up", "a")
    await somebody_waits_at("hang")
    clock.jump(the_component(actors, "a"))
    assert (await tab.answer(stuck))["code"] == "handler_failed"
    await tab.event("up", component="a")
    await the_old_thread_is_done(actors)

    await tab.event("up", component="b")
    assert (shown(tab, "a"), shown(tab, "b")) == ("asleep 1", "asleep 1")
    assert calls["Fenced"] == 2
    assert "<h1>0</h1>" in tab.html
    assert not calls["a crashed"]


@pytest.mark.parametrize("place", ["update", "info", "template"])
async def test_what_nobody_is_answered_costs_that_one_message(tab, actors, clock, place):
    hanging[place] = 1
    if place == "update":
        await tab.event("show", ids="a", label="lost")
    else:
        await tab.event("show", ids="a")
        await tab.event("call")
    await somebody_waits_at("hang")
    clock.jump(the_component(actors, "a"))
    await tab.event("up", component="a")

    assert shown(tab, "a") == "asleep 1"
    await the_old_thread_is_done(actors)
    await tab.event("show", ids="a", label="awake")
    while shown(tab, "a") != "awake 1":
        await tab.receive()


async def test_a_mount_that_hangs_is_tried_again_and_the_page_goes_on(
    tab, actors, clock, monkeypatch
):
    monkeypatch.setattr(family, "PATIENCE", 0.01)
    hanging["mount"] = 1
    assert (await tab.event("show", ids="a,b,c"))["t"] in ("patch", "batch")
    await somebody_waits_at("hang")
    assert (await tab.event("up"))["t"] == "patch"
    assert (await tab.event("up", component="b"))["t"] == "patch"
    clock.jump(the_component(actors, "c"))
    while shown(tab, "c") != "asleep 0":
        await tab.receive()

    await the_old_thread_is_done(actors)
    await tab.event("up", component="c")
    assert shown(tab, "c") == "asleep 1"


async def test_one_that_hangs_in_its_farewell_ends_and_its_id_is_free_before(tab, actors, clock):
    hanging["terminate"] = 1
    cell = the_component(actors, "a")
    await tab.event("show", ids="b")
    await somebody_waits_at("hang")
    await tab.event("show", ids="a,b")
    while shown(tab, "a") != "asleep 0":
        await tab.receive()
    await tab.event("up", component="a")
    assert shown(tab, "a") == "asleep 1"

    clock.jump(cell)
    await ended(cell)
    await the_old_thread_is_done(actors)
    await tab.event("up", component="a")
    assert shown(tab, "a") == "asleep 2"


async def test_what_is_in_it_and_what_it_is_in_go_on(tab, actors, clock):
    await tab.event("nest", component="a", id="n")
    hanging["event"] = 2
    stuck = await send(tab, "up", "a")
    await until(lambda: gates["hang"] == 1)
    nested = await send(tab, "up", "n")
    await until(lambda: gates["hang"] == 2)
    assert (await tab.event("up"))["t"] == "patch"
    clock.jump(the_component(actors, "n"))
    assert (await tab.answer(nested))["code"] == "handler_failed"
    await tab.event("up", component="n")
    assert shown(tab, "n") == "1"

    clock.jump(the_component(actors, "a"))
    assert (await tab.answer(stuck))["code"] == "handler_failed"
    await tab.event("up", component="a")
    await tab.event("up", component="n")
    assert (shown(tab, "a"), shown(tab, "n")) == ("asleep 1", "2")
    open_gate("hang")
    await until(lambda: calls["gone on"] == 2 and not actors.abandoned())


async def test_one_that_hangs_too_often_fails_its_view(settings, actors, clock):
    few = QUICK | {"max_restarts": 1, "max_seconds": 10 * STUCK}
    settings.PYKKA_LIVE = {
        "STUCK_TIMEOUT": STUCK,
        "SUPERVISION": {"view": QUICK, "component": few},
    }
    tab = Tab("/dormitory/")
    await tab.open()
    await tab.event("up")
    (view,) = [cell for cell in actors.cells() if cell.kind == "view"]
    hanging["event"] = 2
    for count in (1, 2):
        stuck = await send(tab, "up", "a")
        await until(lambda count=count: gates["hang"] == count)
        clock.jump(the_component(actors, "a"))
        assert (await tab.answer(stuck))["code"] == "handler_failed"
    await until(lambda: view.incarnation == 2)
    components = view.data["view"].components
    await until(lambda: all(components[id].is_alive for id in "ab"))

    for id in (None, "a", "b"):
        assert (await tab.event("up", component=id))["t"] == "patch"
    assert (shown(tab, "a"), shown(tab, "b")) == ("asleep 1", "asleep 1")
    assert "<h1>2</h1>" in tab.html
    open_gate("hang")
    await tab.close()


async def test_what_the_old_thread_does_to_database_and_session_is_not_saved(actors, clock):
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        client = AsyncClient()
        await client.aforce_login(await User.objects.acreate(username="ann"))
        tab = Tab("/office/", client)
        await tab.open()
        stuck = await send(tab, "create_and_hang", "a", name="late")
        await somebody_waits_at("hang")
        clock.jump(the_component(actors, "a"))
        assert (await tab.answer(stuck))["code"] == "handler_failed"
        await the_old_thread_is_done(actors)

        session = await Session.objects.aget(pk=client.cookies["sessionid"].value)
        assert "made" not in session.get_decoded()
        assert not await User.objects.filter(username="late").aexists()
        assert (await tab.event("create", component="a", name="eve"))["t"] == "patch"
        await tab.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False
