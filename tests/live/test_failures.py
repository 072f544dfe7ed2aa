"""Failures: a crash costs the event that caused it, and nothing else."""

from __future__ import annotations

import pytest
from django.test import AsyncClient

from pykka_live.exceptions import MountFailed, TemplateFailed
from pykka_live.live import session
from pykka_live.live.page import adoptions
from tests.live.failing import Ending
from tests.live.troubled import plan
from tests.live.views import calls
from tests.tab import Tab, ended


@pytest.fixture
async def tab():
    tab = Tab("/counter/")
    await tab.open()
    yield tab
    await tab.close()


@pytest.mark.parametrize("name", ["fail", "leave"])
async def test_a_crash_is_answered_and_the_view_goes_on_from_its_last_good_state(tab, name):
    await tab.event("increment", amount=4)
    frame = await tab.event(name)
    assert (frame["t"], frame["code"]) == ("error", "handler_failed")
    assert "purpose" not in str(frame)
    await tab.event("increment")
    assert "<h1>5</h1>" in tab.html
    assert calls["mount"] == 1


async def test_with_debug_the_traceback_is_sent(tab, settings):
    settings.DEBUG = True
    frame = await tab.event("fail")
    assert "failed on purpose" in frame["message"]
    assert "in fail" in frame["detail"]


@pytest.mark.parametrize("name", ["break_template", "rubbish"])
async def test_a_template_that_fails_keeps_the_previous_picture(name):
    tab = Tab("/broken/")
    await tab.open()
    await tab.event("up")
    before = tab.html
    frame = await tab.event(name)
    assert (frame["t"], frame["code"]) == ("error", "template_failed")
    assert tab.html == before
    await tab.event("up")
    assert ">2<" in tab.html
    await tab.close()


async def test_a_session_that_fails_too_often_ends_alone_and_its_tab_is_told(settings):
    policy = {"strategy": "restart", "max_restarts": 1, "max_seconds": 60, "backoff": [0, 0]}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": policy, "session": policy}}
    tab, other = Tab("/counter/", name="a" * 20), Tab("/counter/", name="b" * 20)
    await tab.open()
    await other.open()
    frame = {"t": "error"}
    while frame["t"] == "error":
        await tab.send(t="event", view=1, name="fail")
        frame = await tab.receive()
    assert (frame["t"], frame["code"]) == ("stopped", "crashed")
    await other.event("increment")
    assert "<h1>1</h1>" in other.html
    await tab.close()
    await other.close()


async def test_the_strategy_stop_ends_the_view_and_tells_the_tab(settings):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"strategy": "stop"}}}
    tab = Tab("/counter/")
    await tab.open()
    frames = [await tab.event("fail"), await tab.receive()]
    assert [frame.get("code") for frame in frames] == ["handler_failed", "crashed"]
    assert frames[1]["t"] == "stopped"
    assert (await tab.event("increment"))["code"] == "stopped"
    await tab.close()


async def test_a_view_with_a_policy_of_its_own_is_terminated_when_it_crashes():
    tab = Tab("/fragile/")
    await tab.open()
    assert (await tab.event("fail"))["code"] == "handler_failed"
    assert (await tab.receive())["t"] == "stopped"
    assert calls["terminate crashed"] == 1
    await tab.close()


async def test_what_on_restore_changes_is_shown_with_the_join():
    tab = Tab("/restored/")
    await tab.load()
    assert ">mounted<" in tab.html
    await tab.connect()
    frame = await tab.join()
    assert (frame["v"], frame["p"]) == (2, [0, "t", "restored"])
    assert ">restored<" in tab.html
    await tab.close()


async def test_a_state_that_cannot_be_copied_at_all_fails_before_anything_is_shown():
    tab = Tab("/uncopyable/")
    await tab.open()
    frame = await tab.event("poison")
    assert (frame["t"], frame["code"]) == ("error", "handler_failed")
    assert ">0<" in tab.html
    assert (await tab.event("up"))["v"] == 2
    assert ">1<" in tab.html
    await tab.close()


@pytest.mark.parametrize("kind", ["exit", "interrupt", "cancelled"])
@pytest.mark.parametrize("at", ["setup", "mount", "template"])
async def test_a_page_whose_code_would_end_the_process_is_an_ordinary_error(tab, caplog, at, kind):
    client = AsyncClient(raise_request_exception=False)
    response = await client.get(f"/ending/?at={at}&kind={kind}")
    assert response.status_code == 500
    (record,) = [record for record in caplog.records if record.name == "django.request"]
    error = record.exc_info[1]
    assert type(error) is (TemplateFailed if at == "template" else MountFailed)
    assert isinstance(error.__cause__, Ending.endings[kind])
    assert (await tab.event("increment"))["t"] == "patch"


@pytest.mark.parametrize(
    ("place", "kind"), [("mount", KeyError), ("setup", KeyError), ("render", SystemExit)]
)
async def test_a_join_that_ends_its_view_is_not_to_be_tried_again(actors, settings, place, kind):
    settings.DEBUG = True
    tab = Tab("/set_up/")
    await tab.load()
    adoptions.clear()
    plan[place] = [kind]
    await tab.connect()
    frame = await tab.join()
    assert (frame["t"], frame["code"]) == ("error", "crashed")
    assert f"{place} failed on purpose" in frame["detail"]
    for cell in actors.cells():
        if cell.kind == "session":
            await ended(cell)
    await tab.close()


async def test_a_session_that_cannot_open_a_view_answers_the_join_at_once(
    settings, monkeypatch, caplog
):
    settings.PYKKA_LIVE = {"MOUNT_TIMEOUT": 1000}
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    with monkeypatch.context() as patch:
        patch.setattr(session, "policy_of", lambda _cls: 1 / 0)
        frame = await tab.join()
    assert (frame["code"], frame["message"]) == ("mount_failed", "The page could not be started.")
    assert "A task of a socket failed" in caplog.messages
    while (frame := await tab.join())["t"] == "error":  # while the session ends
        assert frame["code"] == "stopped"
    assert (await tab.event("increment"))["t"] == "patch"
    await tab.close()
