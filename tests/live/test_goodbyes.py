"""Coming and going: whatever moment a socket chooses to go, nothing is lost and nothing is left."""

from __future__ import annotations

import asyncio
import gc
import logging

import pytest
from django.test import AsyncClient

from pykka_live import publish
from pykka_live.transport import consumer
from tests.live.test_join import log_in
from tests.live.troubled import gates, open_gate, opened, somebody_waits_at
from tests.live.views import Counter, calls, gate
from tests.tab import TIMEOUT, Tab, ended, until


def cells(actors, kind):
    return [cell for cell in actors.cells() if cell.kind == kind]


async def nobody_left(actors) -> None:
    for cell in cells(actors, "session"):
        await ended(cell)


@pytest.mark.parametrize("code", [1000, 1006])
async def test_a_socket_that_goes_while_it_joins_leaves_nothing(actors, settings, code):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 0.01}
    for number in range(20):
        tab = Tab("/counter/", name=f"{number:020}")
        await tab.load()
        await tab.connect()
        await tab.send(t="join", protocol=1, token=tab.token, tab=tab.name, v=0)
        for _ in range(number):  # at one moment and another
            await asyncio.sleep(0)
        await tab.close(code)
    await consumer_is_idle()
    await nobody_left(actors)


async def consumer_is_idle() -> None:
    while consumer._running:
        await asyncio.wait(set(consumer._running), timeout=TIMEOUT)


async def test_what_a_tab_sent_before_it_left_is_handled(actors):
    tab, other = Tab("/room/", name="a" * 20), Tab("/room/", name="b" * 20)
    await tab.open()
    await other.open()
    for number in range(20):
        await tab.send(t="event", view=1, name="say", params={"text": f"line {number}"})
    await tab.close(1001)
    while "line 19" not in other.html:
        await other.receive()
    assert other.html.count("<li>") == 20
    await other.close()
    await nobody_left(actors)


async def test_joins_that_are_refused_leave_no_session(actors):
    tab = Tab("/counter/")
    await tab.load()
    await log_in(client := AsyncClient())
    thief = Tab("/counter/", client)
    thief.token, thief.tree = tab.token, tab.tree
    await thief.connect()
    for number in range(60):
        frame = await thief.join(tab=f"{number:020}")
        assert frame["t"] == "error"
    for cell in cells(actors, "session")[:-1]:
        await ended(cell)
    await thief.close()
    await nobody_left(actors)


async def test_the_end_of_a_session_is_no_news_to_it(actors):
    tab = Tab("/counter/")
    await tab.open()
    assert (await tab.answer(await tab.send(t="leave", view=1)))["t"] == "ok"
    await nobody_left(actors)
    await tab.close()
    assert actors.dead_letters.counts() == {}


async def test_a_view_that_was_left_gives_its_place_back(actors):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    for number in range(consumer.MAX_VIEWS + 5):
        tab.version = 0
        frame = await tab.join(tab=f"{number:020}", v=0, fingerprint=1)
        assert frame["t"] == "joined", frame
        assert (await tab.answer(await tab.send(t="leave", view=frame["view"])))["t"] == "ok"
        for cell in cells(actors, "session"):
            await ended(cell)
    await tab.close()


async def test_a_socket_joins_so_many_views_and_no_more():
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    for number in range(consumer.MAX_VIEWS):
        assert (await tab.join(tab=f"{number:020}", v=0, fingerprint=1))["t"] == "joined"
    frame = await tab.join(tab="x" * 20, v=0, fingerprint=1)
    assert (frame["code"], frame["status"]) == ("denied", 429)
    await tab.close()


async def test_a_socket_that_was_taken_over_has_no_say_any_more():
    tab = Tab("/counter/")
    await tab.open()
    older = tab.socket
    await tab.connect()
    await tab.join()
    assert (await older.receive_output(TIMEOUT))["code"] == 4000
    await older.send_to(text_data='{"t":"event","ref":99,"view":1,"name":"increment"}')
    await older.disconnect(code=4000)
    await tab.event("increment")
    assert "<h1>1</h1>" in tab.html
    await tab.close()


@pytest.mark.parametrize("overflow", ["block", "reject"])
async def test_a_busy_view_is_rejoined_whatever_its_mailbox_does(settings, overflow):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 1, "OVERFLOW": overflow}}
    tab = Tab("/slow/")
    gate.clear()
    try:
        await tab.open()
        await tab.send(t="event", view=1, name="wait")
        while calls["waiting"] == 0:
            await asyncio.sleep(0)
        await tab.send(t="event", view=1, name="up")
        await tab.close(1006)
        await tab.connect()
        ref = await tab.send(
            t="join", protocol=1, token=tab.token, tab=tab.name, v=tab.version or 1
        )
    finally:
        gate.set()
    frame = await tab.answer(ref)
    assert (frame["t"], frame.get("resumed")) == ("joined", True)
    assert "101" in tab.html
    await tab.close()


async def test_with_drop_oldest_the_oldest_event_is_lost_and_answered(settings):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2, "OVERFLOW": "drop_oldest"}}
    tab = Tab("/slow/")
    gate.clear()
    try:
        await tab.open()
        waiting = await tab.send(t="event", view=1, name="wait")
        while calls["waiting"] == 0:
            await asyncio.sleep(0)
        refs = [await tab.send(t="event", view=1, name="up") for _ in range(3)]
        frame = await tab.receive()
        assert (frame["ref"], frame["code"]) == (refs[0], "mailbox_full")
    finally:
        gate.set()
    for ref in (waiting, *refs[1:]):
        assert (await tab.answer(ref))["t"] == "patch"
    assert "102" in tab.html
    await tab.close()


async def test_a_normal_close_makes_no_dead_letters(actors):
    for number in range(20):
        tab = Tab("/counter/", name=f"{number:020}")
        await tab.open()
        await tab.close(1001)
    await nobody_left(actors)
    assert actors.dead_letters.counts() == {}


@pytest.fixture
def no_records():
    """pytest keeps the log records of a test, and with them tracebacks and all that they hold."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


async def test_an_instance_that_crashed_is_not_kept(no_records):
    def instances() -> int:
        gc.collect()
        # `isinstance` would wake whatever lazy object somebody has left.
        return sum(issubclass(type(item), Counter) for item in gc.get_objects())

    before = instances()
    tab = Tab("/counter/")
    await tab.open()
    for _ in range(2):
        await tab.event("fail")
    await tab.event("increment")
    assert instances() - before <= 1
    await tab.close()


@pytest.mark.threads
async def test_with_drop_oldest_no_join_refresh_or_leave_is_ever_lost(actors, settings):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2, "OVERFLOW": "drop_oldest"}}
    tab = Tab("/troubled/")
    await tab.open()
    (view,) = [cell for cell in actors.cells() if cell.kind == "view"]
    await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    await tab.close(1006)
    await tab.connect()
    join = asyncio.create_task(tab.join())
    await until(lambda: len(view.mailbox) == 2)  # behind the note that its socket has gone
    for number in range(5):
        publish("news", str(number))
    open_gate("wait")
    assert (await join)["t"] == "joined"

    gates.clear()
    opened.clear()
    await tab.send(t="event", view=tab.view, name="wait")
    await somebody_waits_at("wait")
    refs = [await tab.send(t=kind, view=tab.view) for kind in ("refresh", "leave")]
    await until(lambda: len(view.mailbox) == 2)
    for number in range(5):
        publish("news", str(number))
    open_gate("wait")
    assert [(await tab.answer(ref))["t"] for ref in refs] == ["tree", "ok"]
    await tab.close()
