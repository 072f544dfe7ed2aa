"""The log of lifecycles: each record tells whose it is, and what led to it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from pykka_live import LiveComponent, LiveView, create_session_actor, event, shutdown_actor_system
from tests.live.troubled import plan
from tests.tab import Tab, until

ATTRIBUTES = ("path", "session", "view", "event", "ref", "duration")
VIEW = "tests.live.troubled.Troubled"


class Bulb(LiveComponent):
    name = "lifecycle-bulb"
    template = "<b>on</b>"


class Lamp(LiveView):
    template = (
        "{% load pykka_live %}<p data-liveview-root>"
        "{% if lit %}{% live_component 'lifecycle-bulb' id='one' %}{% endif %}</p>"
    )
    lit = True

    @event
    def switch(self) -> None:
        self.lit = not self.lit


@pytest.fixture
def records(caplog):
    """What is logged of lifecycles."""
    caplog.set_level(logging.DEBUG, "pykka_live")

    def found(*events: str) -> list[Any]:
        return [
            each
            for each in caplog.records
            if each.name == "pykka_live.lifecycle" and (not events or each.event in events)
        ]

    yield found
    ours = [each for each in caplog.get_records("call") if each.name.startswith("pykka_live")]
    assert ours
    for record in ours:
        assert all(hasattr(record, name) for name in ATTRIBUTES), record


async def test_the_life_of_a_tab(records):
    tab = Tab("/troubled/")
    await tab.open()
    joined = tab.refs
    await tab.close(1006)
    await tab.connect()
    await tab.join()
    await tab.close()
    await until(lambda: records("session_ended"))
    story = [(each.event, each.reason, each.ref) for each in records()]
    assert story == [
        ("session_opened", "", None),
        ("view_joined", "adopted", joined),
        ("view_rejoined", "resumed", tab.refs),
        ("view_ended", "left", None),
        ("session_ended", "left", None),
    ]
    opened, first, again, view_ended, _ended = records()
    assert opened.path == f"/sessions/{opened.session}"
    assert {each.session for each in records()} == {opened.session}
    assert first.path.startswith(f"{opened.path}/views/")
    assert {each.view for each in (first, again, view_ended)} == {VIEW}
    assert all(each.duration > 0 for each in (first, again, view_ended))


async def test_the_life_of_a_component(records):
    handle = await create_session_actor("test")
    await handle.mount(Lamp)
    await handle.event("switch")
    await until(lambda: records("component_removed"))
    [mounted] = records("view_mounted")
    [created] = records("component_created")
    [removed] = records("component_removed")
    assert mounted.view == f"{__name__}.Lamp"
    assert created.view == removed.view == f"{__name__}.Bulb"
    assert created.path == removed.path == f"{mounted.path}/components/one"
    assert created.levelno == logging.DEBUG
    assert removed.reason == "removed"


async def test_the_end_of_the_process(records):
    handle = await create_session_actor("test")
    await handle.mount(Lamp)
    assert await asyncio.to_thread(shutdown_actor_system) == []
    begun, *ends, drained = records("drain_begun", "view_ended", "session_ended", "drain_ended")
    assert (begun.event, drained.event) == ("drain_begun", "drain_ended")
    assert [(each.event, each.reason) for each in ends] == [
        ("view_ended", "system shutdown"),
        ("session_ended", "system shutdown"),
    ]
    assert drained.duration > 0
    assert drained.abandoned == 0


async def test_a_crash_tells_which_request_it_was(records, caplog):
    tab = Tab("/troubled/")
    await tab.open()
    assert (await tab.event("fail"))["code"] == "handler_failed"
    await tab.event("up")  # which comes after the failure was logged
    [failed] = [each for each in caplog.records if getattr(each, "event", "") == "failed"]
    assert (failed.view, failed.ref, failed.message_name) == (VIEW, tab.refs - 1, "event fail")
    assert failed.session
    assert failed.duration > 0
    await tab.close()


async def test_each_event_is_logged_with_its_request(records, caplog):
    tab = Tab("/troubled/")
    await tab.open()
    await tab.event("up")
    [handled] = [
        each for each in caplog.records if each.name == "pykka_live.events" and each.kind == "event"
    ]
    assert (handled.event, handled.ref, handled.view) == ("up", tab.refs, VIEW)
    assert handled.duration == handled.total
    assert f"/sessions/{handled.session}/" in handled.path
    await tab.close()


async def test_what_goes_wrong_on_the_way_tells_where(records, caplog):
    tab = Tab("/troubled/")
    await tab.open()
    plan["on_restore"] = [ValueError]
    await tab.event("fail")
    await tab.event("up")
    [bad] = [each for each in caplog.records if "the checkpoint is bad" in each.getMessage()]
    assert (bad.view, bad.path.split("/")[2]) == (VIEW, bad.session)
    await tab.close()
