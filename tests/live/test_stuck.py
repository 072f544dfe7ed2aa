"""Stuck handlers: what never comes back is fenced off, another incarnation serves the tab, and
nothing that the old thread does later counts."""

from __future__ import annotations

import asyncio

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import AsyncClient

from pykka_live import publish
from pykka_live.live import hooks, pubsub, session, spans
from pykka_live.live.page import adoptions
from pykka_live.observability import attach, detach
from tests.live.pair import Pair
from tests.live.stuck import STUCK, Clock, Hang, only, the_old_thread_is_done
from tests.live.troubled import Troubled, gates, open_gate, plan, somebody_waits_at, wait_at
from tests.live.views import calls
from tests.tab import Tab, ended, until

pytestmark = pytest.mark.threads


@pytest.fixture(autouse=True)
def clock(settings, actors):
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": STUCK}
    actors.clock = Clock()
    return actors.clock


@pytest.fixture
async def tab():
    tab = Tab("/troubled/")
    await tab.open()
    yield tab
    await tab.close()


@pytest.mark.parametrize("name", ["hang", "hang_async"])
async def test_a_new_incarnation_handles_what_was_queued(tab, actors, clock, name):
    await tab.event("up")
    hanging = await tab.send(t="event", view=1, name=name)
    await somebody_waits_at("hang")
    rest = [
        await tab.send(t="event", view=1, name="write", params={"text": chr(97 + number)})
        for number in range(20)
    ]
    view = only(actors, "view")
    await until(lambda: len(view.mailbox) == 20)
    clock.jump(view)
    assert (await tab.answer(hanging))["code"] == "handler_failed"
    for ref in rest:
        assert (await tab.answer(ref))["t"] == "patch"
    assert "<b>1</b> <i>abcdefghijklmnopqrst</i>" in tab.html
    assert (view.incarnation, view.restarts) == (2, 1)
    assert set(actors.abandoned()) <= {f"{view.path}#1"}  # it may have noticed the interruption
    await the_old_thread_is_done(actors)


@pytest.mark.parametrize("name", ["hang", "hang_async"])
async def test_the_log_tells_which_handler_hangs_and_where(tab, actors, clock, caplog, name):
    hanging = await tab.send(t="event", view=1, name=name)
    await somebody_waits_at("hang")
    clock.jump(only(actors, "view"))
    assert (await tab.answer(hanging))["code"] == "handler_failed"
    assert (await tab.event("up"))["t"] == "patch"
    (record,) = [each for each in caplog.records if getattr(each, "event", "") == "stuck"]
    assert f"stuck (event {name})\n" in record.getMessage()
    # While an `async` handler runs, the thread of the actor waits for its event loop.
    assert f"in {'wait_at' if name == 'hang' else '_run'}\n" in record.getMessage()
    await the_old_thread_is_done(actors)


async def test_a_stuck_handler_is_counted_once_when_it_is_given_up(tab, actors, clock):
    heard: list[hooks.Handled] = []
    hooks.add_listener(note := heard.append)
    try:
        hanging = await tab.send(t="event", view=1, name="hang")
        await somebody_waits_at("hang")
        clock.jump(only(actors, "view"))
        assert (await tab.answer(hanging))["code"] == "handler_failed"
        await until(lambda: [each for each in heard if each.event == "hang"])
        await the_old_thread_is_done(actors)
    finally:
        hooks.remove_listener(note)
    (stuck,) = [each for each in heard if each.event == "hang"]
    assert (stuck.kind, stuck.outcome) == ("event", "stuck")
    assert stuck.view.endswith(".Troubled")
    assert stuck.total >= stuck.handler > 0


async def test_what_a_stuck_handler_has_begun_ends_when_its_thread_does(tab, actors, clock):
    told: list[tuple[str, str]] = []
    attach(note := lambda span: told.append((span.phase, span.outcome)), "event")
    try:
        hanging = await tab.send(t="event", view=1, name="hang")
        await somebody_waits_at("hang")
        clock.jump(only(actors, "view"))
        assert (await tab.answer(hanging))["code"] == "handler_failed"
        assert told == [("start", "")]
        await the_old_thread_is_done(actors)
    finally:
        detach(note)
    assert told == [("start", ""), ("exception", "given_up")]
    assert spans._open == {}


async def test_who_waits_is_told_in_time_and_the_tab_goes_on_when_the_view_is_replaced(settings):
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": 2, "EVENT_TIMEOUT": 0.1}
    tab = Tab("/troubled/")
    await tab.open()
    assert (await tab.event("hang"))["code"] == "timeout"
    while (frame := await tab.event("up"))["t"] == "error":
        assert frame["code"] == "timeout"
    assert "<b>1000</b>" not in tab.html
    await tab.close()


@pytest.mark.parametrize("name", ["hang", "hang_async"])
async def test_nothing_that_the_old_thread_does_later_counts(tab, actors, clock, name):
    await tab.event("up")
    hanging = await tab.send(t="event", view=1, name=name)
    await somebody_waits_at("hang")
    clock.jump(only(actors, "view"))
    assert (await tab.answer(hanging))["code"] == "handler_failed"
    await tab.event("up")
    await the_old_thread_is_done(actors)
    assert calls["Fenced"] == 3  # publish, subscribe, unsubscribe
    assert not pubsub.hub.is_wanted("other news")
    publish("news", "heard")
    while "heard" not in tab.html:
        await tab.receive()
    assert "<b>2</b> <i>heard</i>" in tab.html
    assert await tab.socket.receive_nothing(timeout=0.01)
    assert calls["troubled terminated: crashed"] == 0


async def test_an_event_that_was_answered_counts_though_its_message_never_ends(actors, clock):
    tab = Tab("/wrapped/")
    await tab.open()
    plan["after"] = [Hang]
    assert (await tab.event("up"))["t"] == "patch"
    await somebody_waits_at("hang")
    clock.jump(only(actors, "view"))
    assert (await tab.event("up"))["v"] == 3
    assert "<b>2</b>" in tab.html
    open_gate("hang")
    await until(lambda: not actors.abandoned())
    assert only(actors, "view").incarnation == 2
    await tab.close()


async def test_a_view_that_hangs_when_its_session_opens_it_again_fails_that_once_more(
    actors, clock
):
    tab = Tab("/escalating/")
    await tab.open()
    await tab.event("up")
    session = only(actors, "session")
    plan["on_restore"] = [Hang]
    await tab.event("fail")
    await somebody_waits_at("hang")
    await until(lambda: session.state == "running")  # it has begun to watch the view
    clock.jump(only(actors, "view"))
    await until(lambda: session.incarnation == 3)
    while (frame := await tab.event("up"))["t"] == "error":
        assert frame["code"] == "stopped"
    assert "<b>2</b>" in tab.html
    open_gate("hang")
    await until(lambda: not actors.abandoned())
    await tab.close()


async def test_what_the_old_thread_does_to_database_and_session_is_not_saved(actors, clock):
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        client = AsyncClient()
        await client.aforce_login(await User.objects.acreate(username="ann"))
        tab = Tab("/troubled/", client)
        await tab.open()
        hanging = await tab.send(t="event", view=1, name="hang_and_save")
        await somebody_waits_at("hang")
        clock.jump(only(actors, "view"))
        assert (await tab.answer(hanging))["code"] == "handler_failed"
        await the_old_thread_is_done(actors)
        session = await Session.objects.aget(pk=client.cookies["sessionid"].value)
        assert "late" not in session.get_decoded()
        assert not await User.objects.filter(username="late").aexists()
        assert (await tab.event("up"))["t"] == "patch"
        await tab.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False


async def test_what_a_mount_does_later_is_not_saved(actors, clock):
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        tab = Tab("/late/")
        await tab.load()
        adoptions.clear()
        await tab.connect()
        join = asyncio.create_task(tab.join())
        await somebody_waits_at("hang")
        clock.jump(only(actors, "view"))
        assert (await join)["t"] == "error"
        await the_old_thread_is_done(actors)
        assert not await Session.objects.aexists()
        assert not await User.objects.filter(username="late").aexists()
        assert (await tab.join())["t"] == "joined"
        await tab.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False


async def test_other_views_of_the_page_notice_nothing(actors, clock):
    page = Pair("alone")
    await page.open()
    hanging = await page.left.send(t="event", view=page.left.view, name="hang")
    await somebody_waits_at("hang")
    assert (await page.right.event("up"))["t"] == "patch"
    left, right = (cell for cell in actors.cells() if cell.kind == "view")
    clock.jump(left)
    assert (await page.left.answer(hanging))["code"] == "handler_failed"
    for region in (page.left, page.right):
        assert (await region.event("up"))["t"] == "patch"
    assert (left.incarnation, right.incarnation) == (2, 1)
    open_gate("hang")
    await page.close()


async def test_a_restart_that_hangs_is_followed_by_another(tab, actors, clock):
    await tab.event("up")
    plan["on_restore"] = [Hang]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    ref = await tab.send(t="event", view=1, name="up")
    await somebody_waits_at("hang")
    view = only(actors, "view")
    assert view.state == "starting"
    clock.jump(view)
    assert (await tab.answer(ref))["t"] == "patch"
    assert "<b>2</b>" in tab.html
    assert view.incarnation == 3
    open_gate("hang")


async def test_a_stuck_view_that_is_not_restarted_ends_and_its_tab_is_told(actors, clock):
    tab = Tab("/once/")
    await tab.open()
    hanging = await tab.send(t="event", view=1, name="hang")
    await somebody_waits_at("hang")
    clock.jump(only(actors, "view"))
    frames = [await tab.receive(), await tab.receive()]
    assert sorted(frame["t"] for frame in frames) == ["error", "stopped"]
    assert {frame.get("ref") for frame in frames} == {hanging, None}
    await the_old_thread_is_done(actors)
    assert sum(count for name, count in calls.items() if "terminated" in name) == 0
    await tab.close()


async def test_a_mount_that_hangs_at_a_join_is_tried_again_by_the_next(monkeypatch, actors, clock):
    mount = Troubled.mount

    def hanging_mount(self, request):
        if not gates["mount"]:
            wait_at("mount")
        mount(self, request)

    tab = Tab("/troubled/")
    await tab.load()
    adoptions.clear()
    monkeypatch.setattr(Troubled, "mount", hanging_mount)
    await tab.connect()
    joining = asyncio.create_task(tab.join())
    await somebody_waits_at("mount")
    clock.jump(only(actors, "view"))
    assert (await joining)["t"] == "error"
    assert (await tab.join())["t"] == "joined"
    open_gate("mount")
    await tab.event("up")
    assert "<b>1</b>" in tab.html
    await tab.close()


async def test_without_a_time_out_a_handler_may_take_as_long_as_it_wants(settings, actors):
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": None}
    tab = Tab("/troubled/")
    await tab.open()
    ref = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    assert only(actors, "view").spec.stuck_timeout is None
    assert only(actors, "session").spec.stuck_timeout is None
    open_gate("wait")
    assert (await tab.answer(ref))["t"] == "ok"
    await tab.close()


async def test_a_session_that_hangs_is_replaced_and_brings_its_views_back(
    actors, monkeypatch, clock
):
    page = Pair("alone")
    policy_of = session.policy_of

    def hanging_policy(cls):
        calls["policy"] += 1
        if calls["policy"] == 2:  # when the second view is opened
            wait_at("policy")
        return policy_of(cls)

    monkeypatch.setattr(session, "policy_of", hanging_policy)
    opening = asyncio.create_task(page.open())
    await somebody_waits_at("policy")
    clock.jump(only(actors, "session"))
    assert (await opening)["t"] == "error"
    assert (await page.right.join())["t"] == "joined"
    for region in (page.left, page.right):
        assert (await region.event("up"))["t"] == "patch"
        assert "<b>1</b>" in region.html
    assert only(actors, "session").incarnation == 2
    open_gate("policy")
    await page.close()


async def test_a_crashed_view_whose_terminate_hangs_ends_and_its_tab_is_told(actors, clock):
    tab = Tab("/once/")
    await tab.open()
    plan["terminate"] = [Hang]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    await somebody_waits_at("hang")
    clock.jump(only(actors, "view"))
    assert (await tab.receive())["t"] == "stopped"
    open_gate("hang")
    await tab.close()


async def test_a_view_that_hangs_while_it_shows_what_a_failure_left_is_replaced(actors, clock):
    tab = Tab("/resuming/")
    await tab.open()
    await tab.event("up")
    plan["render"] = [Hang]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    await somebody_waits_at("hang")
    ref = await tab.send(t="event", view=1, name="up")
    clock.jump(only(actors, "view"))
    assert (await tab.answer(ref))["t"] == "patch"
    assert "<b>2</b>" in tab.html
    open_gate("hang")
    await tab.close()


async def test_a_session_ends_though_a_view_hangs_when_its_tab_leaves(tab, actors, clock):
    plan["terminate"] = [Hang]
    session_cell, view = only(actors, "session"), only(actors, "view")
    await tab.close()
    await somebody_waits_at("hang")
    clock.jump(view)
    await ended(session_cell)
    open_gate("hang")
