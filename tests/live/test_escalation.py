"""Escalation: a view's failure that its session cannot heal becomes the session's own, and that
concerns one tab alone."""

from __future__ import annotations

import time

import pytest

from pykka_live import publish
from pykka_live.actors import Ping, PoisonPill
from pykka_live.live.session import FAILED_SHUTDOWN
from tests.live.pair import Pair
from tests.live.troubled import open_gate, plan, somebody_waits_at
from tests.live.views import calls
from tests.tab import Tab, ended, until


@pytest.fixture
async def other():
    other = Tab("/counter/", name="o" * 20)
    await other.open()
    yield other
    assert (await other.event("increment"))["t"] == "patch"
    assert "<h1>1</h1>" in other.html
    await other.close()


def only(actors, kind, path=""):
    (cell,) = [cell for cell in actors.cells() if cell.kind == kind and path in cell.path]
    return cell


def sessions_of(actors, name):
    """Those with a view of a class of that name."""
    return [cell.parent for cell in actors.cells() if name in str(cell.data.get("class"))]


@pytest.mark.usefixtures("other")
async def test_escalate_restarts_the_session_and_the_socket_stays():
    tab = Tab("/escalating/")
    await tab.open()
    await tab.event("up")
    frames = [await tab.event("fail")]
    assert frames[0]["code"] == "handler_failed"
    while (frame := await tab.event("up"))["t"] == "error":  # while the session restarts
        assert frame["code"] == "stopped"
    assert "<b>2</b>" in tab.html
    assert calls["mount"] == 1 + 1  # this one's and the other tab's
    await tab.close()


async def test_a_session_that_restarts_brings_all_its_views_back(actors, settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"max_restarts": 0, "max_seconds": 60}}}
    page = Pair("alone")
    await page.open()
    await page.left.event("up")
    await page.right.event("write", text="kept")
    session = only(actors, "session")
    assert (await page.left.event("fail"))["code"] == "handler_failed"
    for region in (page.left, page.right):
        while (await region.event("up"))["t"] == "error":
            pass
    assert "<b>2</b>" in page.left.html
    assert "<b>1</b> <i>kept</i>" in page.right.html
    assert (session.incarnation, session.restarts) == (2, 1)
    assert calls["right terminated: failed"] == 1
    assert calls["left terminated: failed"] == 0
    await page.close()


async def test_what_was_queued_at_a_view_whose_session_restarts_is_answered(settings):
    tab = Tab("/escalating/")
    await tab.open()
    await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    refs = [await tab.send(t="event", view=1, name="fail")]
    refs += [await tab.send(t="event", view=1, name="up") for _ in range(5)]
    open_gate("wait")
    codes = [(await tab.answer(ref)).get("code") for ref in refs]
    assert codes[0] == "handler_failed"
    assert codes == ["handler_failed"] + ["stopped"] * 5
    await tab.close()


@pytest.mark.usefixtures("other")
async def test_a_crash_loop_ends_the_session_alone_and_its_tab_is_told(actors, settings):
    session = {"strategy": "restart", "max_restarts": 2, "max_seconds": 60}
    settings.PYKKA_LIVE = {"SUPERVISION": {"session": session}}
    tab = Tab("/escalating/")
    await tab.open()
    (cell,) = sessions_of(actors, "troubled")
    frame = {"t": "error"}
    while frame["t"] in ("error", "patch"):
        await tab.send(t="event", view=1, name="fail")
        frame = await tab.receive()
    assert (frame["t"], frame["code"]) == ("stopped", "crashed")
    await ended(cell)
    assert cell.incarnation == 3
    assert (await tab.answer(await tab.send(t="ping")))["t"] == "pong"
    assert (await tab.event("up"))["code"] == "stopped"
    await tab.close()


@pytest.mark.usefixtures("other")
async def test_a_view_that_cannot_be_opened_again_fails_its_session_once_more(actors):
    tab = Tab("/escalating/")
    await tab.open()
    await tab.event("up")
    (session,) = sessions_of(actors, "troubled")
    plan["on_restore"], plan["mount"] = [RuntimeError], [RuntimeError]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    while (frame := await tab.event("up"))["t"] == "error":
        assert frame["code"] == "stopped"
    assert "<b>2</b>" in tab.html
    assert session.incarnation == 3
    await tab.close()


@pytest.mark.usefixtures("other")
async def test_a_session_whose_strategy_is_stop_ends_with_the_first_escalation(settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"session": {"strategy": {ValueError: "stop"}}}}
    tab = Tab("/escalating/")
    await tab.open()
    await tab.event("fail")
    frame = await tab.receive()
    assert (frame["t"], frame["code"]) == ("stopped", "crashed")
    await tab.close()


@pytest.mark.usefixtures("other")
async def test_both_views_of_a_page_are_told_when_their_session_has_ended(settings):
    policy = {"max_restarts": 0, "max_seconds": 60}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": policy, "session": policy}}
    page = Pair("alone")
    await page.open()
    plan["on_restore"] = plan["mount"] = [RuntimeError] * 100
    await page.left.event("fail")
    stopped = {(frame["t"], frame["view"]) for frame in [await page.receive() for _ in range(2)]}
    assert stopped == {("stopped", page.left.view), ("stopped", page.right.view)}
    await page.close()


async def test_a_tab_that_is_lost_during_a_restart_is_not_waited_for_without_end(actors, settings):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 0.05}
    tab = Tab("/escalating/")
    await tab.open()
    session = only(actors, "session")
    await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    await tab.send(t="event", view=1, name="fail")
    await tab.close(1006)
    open_gate("wait")
    await ended(session)
    assert calls["troubled terminated: disconnected"] == 1


async def test_a_restart_gives_a_tab_that_was_lost_no_more_time(actors, settings):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 1000}
    ahead = [0.0]
    actors.clock = lambda: time.monotonic() + ahead[0]
    tab = Tab("/escalating/")
    await tab.open()
    session = only(actors, "session")
    await tab.close(1006)
    await until(lambda: session.data["record"].lost is not None)
    ahead[0] += 999
    plan["info"] = [ValueError]
    publish("news", "x")
    await until(lambda: session.incarnation == 2 and session.state == "running")
    ahead[0] += 1
    session.post(Ping())  # it looks at its timers
    await ended(session)
    assert calls["troubled terminated: disconnected"] == 1


@pytest.mark.threads
async def test_an_event_that_was_sent_before_the_tab_was_lost_is_handled_to_its_end(
    actors, settings
):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 0.01}
    tab = Tab("/troubled/")
    await tab.open()
    session = only(actors, "session")
    await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    await tab.send(t="event", view=1, name="say", params={"text": "last"})
    view = only(actors, "view")
    await tab.close(1006)
    await until(lambda: [type(each.message) for each in view.mailbox._user][-1:] == [PoisonPill])
    assert view.state == "busy"
    open_gate("wait")
    await ended(session)
    assert calls["said last"] == 1
    assert calls["troubled terminated: disconnected"] == 1


@pytest.mark.threads
async def test_a_busy_sibling_keeps_a_failed_session_for_seconds_only(actors, settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"max_restarts": 0, "max_seconds": 60}}}
    ahead = [0.0]
    actors.clock = lambda: time.monotonic() + ahead[0]
    page = Pair("alone")
    await page.open()
    session = only(actors, "session")
    _, right = session.children.values()
    ref = await page.right.send(t="event", view=page.right.view, name="wait")
    await somebody_waits_at("wait")
    await page.left.event("fail")
    await until(lambda: right.state == "stopping")
    ahead[0] += FAILED_SHUTDOWN
    session.post(Ping())  # it looks at its timers
    assert (await page.right.answer(ref))["t"] == "error"
    while (await page.left.event("up"))["t"] == "error":
        pass
    assert session.incarnation == 2
    open_gate("wait")
    await page.close()
