"""Crashes: whatever part of a view fails, it costs the one message that caused it, and the tab goes
on from the last good state."""

from __future__ import annotations

import logging
import sys

import pytest
from django.core.signals import got_request_exception

from pykka_live import publish
from pykka_live.actors import GetState
from pykka_live.live.page import adoptions
from tests.live.troubled import open_gate, plan, somebody_waits_at
from tests.live.views import calls
from tests.tab import Tab, ended, until


@pytest.fixture(autouse=True)
def _restarts_without_delay(settings):
    view = {"max_restarts": 3, "max_seconds": 60, "backoff": [0, 0]}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": view}}


@pytest.fixture
async def tab():
    tab = Tab("/troubled/")
    await tab.open()
    yield tab
    await tab.close()


def the_view(actors):
    (cell,) = [cell for cell in actors.cells() if cell.kind == "view"]
    return cell


@pytest.mark.parametrize("kind", ["ValueError", "SystemExit"])
async def test_twenty_events_behind_a_crash_all_succeed_in_order(tab, actors, kind):
    await tab.event("up")
    waiting = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    failing = await tab.send(t="event", view=1, name="fail", params={"kind": kind})
    rest = [
        await tab.send(t="event", view=1, name="write", params={"text": chr(ord("a") + number)})
        for number in range(20)
    ]
    await until(lambda: len(the_view(actors).mailbox) == 21)
    open_gate("wait")

    assert (await tab.receive()) == {"t": "ok", "ref": waiting}
    frame = await tab.receive()
    assert (frame["ref"], frame["code"]) == (failing, "handler_failed")
    for ref in rest:
        frame = await tab.receive()
        assert (frame["t"], frame["ref"]) == ("patch", ref)
    assert "<b>1</b> <i>abcdefghijklmnopqrst</i>" in tab.html
    assert calls["mount"] == 1


async def test_a_crash_in_the_template_keeps_the_picture_and_drops_the_state(tab):
    await tab.event("up")
    before = tab.html
    plan["render"] = [RuntimeError]
    assert (await tab.event("up"))["code"] == "template_failed"
    assert tab.html == before
    await tab.event("up")
    assert "<b>2</b>" in tab.html


async def test_a_crash_of_mount_at_a_join_is_answered_and_the_next_join_mounts():
    tab = Tab("/troubled/")
    await tab.load()
    adoptions.clear()
    plan["mount"] = [RuntimeError, SystemExit]
    await tab.connect()
    for _ in range(2):
        assert (await tab.join())["code"] == "mount_failed"
    assert (await tab.join())["t"] == "joined"
    assert (await tab.event("up"))["t"] == "patch"
    await tab.close()


async def test_a_crash_of_mount_at_a_join_is_logged_once(caplog):
    raised = []

    def note(**_) -> None:
        raised.append(sys.exc_info()[0])

    got_request_exception.connect(note)  # until this function is gone
    tab = Tab("/troubled/")
    await tab.load()
    adoptions.clear()
    plan["mount"] = [RuntimeError]
    await tab.connect()
    assert (await tab.join())["code"] == "mount_failed"
    await until(lambda: "failed (RuntimeError)" in caplog.text)
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.name == "pykka_live.actors"
    assert record.exc_info[0] is RuntimeError
    assert "Internal Server Error" not in caplog.text
    assert raised == [RuntimeError]  # who listens to Django's signal is told as for a page
    await tab.close()


@pytest.mark.parametrize("error", [ValueError, SystemExit])
async def test_a_page_that_cannot_be_adopted_is_mounted_again(error):
    tab = Tab("/troubled/")
    await tab.load()
    plan["on_restore"] = [error]
    await tab.connect()
    assert (await tab.join())["t"] == "joined"
    assert calls["mount"] == 2
    assert (await tab.event("up"))["t"] == "patch"
    await tab.close()


async def test_a_crash_in_handle_info_costs_that_message_alone(tab):
    plan["info"] = [RuntimeError]
    for text in "ab":
        publish("news", text)
    while "<i>b</i>" not in tab.html:
        await tab.receive()
    await tab.event("up")
    assert "<b>1</b> <i>b</i>" in tab.html


async def test_a_crash_in_terminate_is_logged_and_the_session_ends_all_the_same(actors, caplog):
    tab, other = Tab("/troubled/", name="a" * 20), Tab("/troubled/", name="b" * 20)
    await tab.open()
    view = the_view(actors)
    await other.open()
    plan["terminate"] = [SystemExit]
    await tab.close(1000)
    await ended(view.parent)
    assert calls["troubled terminated: left"] == 1
    assert "on_stop raised" in caplog.text
    assert (await other.event("up"))["t"] == "patch"
    await other.close()


@pytest.mark.parametrize("error", [RuntimeError, SystemExit])
async def test_a_checkpoint_that_cannot_be_restored_is_followed_by_a_fresh_mount(tab, error):
    await tab.event("up")
    plan["on_restore"] = [error]
    await tab.event("fail")
    await tab.event("write", text="new")
    assert "<b>0</b> <i>new</i>" in tab.html
    assert calls["mount"] == 2


async def test_a_checkpoint_that_cannot_be_drawn_is_followed_by_a_fresh_mount(tab):
    await tab.event("up")
    plan["render"] = [RuntimeError]
    await tab.event("fail")
    await tab.event("write", text="new")
    assert "<b>0</b> <i>new</i>" in tab.html
    assert calls["mount"] == 2


async def test_a_crash_during_a_restart_is_followed_by_another_restart(tab, actors, caplog):
    caplog.set_level(logging.WARNING, "pykka_live.actors")
    await tab.event("up")
    await tab.event("up")
    plan["on_restore"] = [RuntimeError, RuntimeError]
    plan["mount"] = [RuntimeError, SystemExit]
    failing = await tab.send(t="event", view=1, name="fail")
    rest = [await tab.send(t="event", view=1, name="up") for _ in range(3)]
    assert (await tab.answer(failing))["code"] == "handler_failed"
    for ref in rest:
        assert (await tab.answer(ref))["t"] == "patch"
    assert "<b>5</b>" in tab.html  # 2 before, 3 behind; nothing of the one that failed
    assert the_view(actors).incarnation == 4


async def test_a_view_that_cannot_be_restored_at_all_ends_with_its_session(settings):
    policy = {"max_restarts": 2, "max_seconds": 60, "backoff": [0, 0]}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": policy, "session": policy}}
    tab = Tab("/troubled/")
    await tab.open()
    plan["on_restore"] = plan["mount"] = [RuntimeError] * 1000
    await tab.event("fail")
    frame = await tab.receive()
    assert (frame["t"], frame["code"]) == ("stopped", "crashed")
    await tab.close()


async def test_one_can_look_at_the_state_of_a_view(tab, actors):
    await tab.event("up")
    state = await the_view(actors).request_async(GetState())
    assert (state["count"], state["text"]) == (1, "")
    assert "request" not in state


@pytest.mark.parametrize("kind", [ValueError, SystemExit])
async def test_what_fails_after_the_answer_fails_the_view_and_neither_answer_nor_state(
    actors, kind
):
    tab = Tab("/wrapped/")
    await tab.open()
    plan["after"] = [kind]
    assert (await tab.event("up"))["t"] == "patch"
    assert (await tab.event("up"))["v"] == 3
    assert "<b>2</b>" in tab.html
    assert the_view(actors).incarnation == 2
    plan["after"] = [kind]
    publish("news", "told")
    while "told" not in tab.html:
        await tab.receive()
    assert (await tab.event("up"))["v"] == 5
    assert "<b>3</b> <i>told</i>" in tab.html
    assert the_view(actors).incarnation == 3
    await tab.close()
