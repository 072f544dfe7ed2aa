"""Topics: what is published reaches every subscriber once, here and in other processes."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from pykka_live import publish
from pykka_live.live.pubsub import Hub, check_topic, hub
from tests.live.failing import notes
from tests.live.views import calls, gate
from tests.tab import Tab


async def test_two_tabs_see_what_one_says_and_each_line_once():
    here, there, elsewhere = (
        Tab("/room/", name="a" * 20),
        Tab("/room/", name="b" * 20),
        Tab("/room/?room=other", name="c" * 20),
    )
    for tab in (here, there, elsewhere):
        await tab.open()
    for number in range(10):
        assert (await here.event("say", text=f"line {number}"))["t"] in ("ok", "patch")
    for tab in (here, there):
        while "line 9" not in tab.html:
            await tab.receive()
        assert tab.html.count("<li>") == 10
        assert await tab.socket.receive_nothing(timeout=0.05)
    assert elsewhere.html.count("<li>") == 0
    for tab in (here, there, elsewhere):
        await tab.close()


async def test_any_thread_and_any_coroutine_may_publish():
    tab = Tab("/room/")
    await tab.open()
    publish("room-lobby", "from a coroutine")
    await sync_to_async(publish, thread_sensitive=False)("room-lobby", "from a thread")
    while tab.html.count("<li>") < 2:
        await tab.receive()
    await tab.close()


async def test_what_another_process_publishes_arrives_over_the_channel_layer():
    tab = Tab("/room/")
    await tab.open()
    other = Hub(lambda path, message: None)  # stands for another process
    await asyncio.to_thread(other.publish, "room-lobby", "from afar")
    while "from afar" not in tab.html:
        await tab.receive()
    await tab.close()


async def test_a_view_that_has_ended_is_subscribed_to_nothing():
    tab = Tab("/room/")
    await tab.open()
    assert hub._subscribers
    await tab.answer(await tab.send(t="leave", view=1))
    await tab.close()
    while hub._subscribers:
        await asyncio.sleep(0)
    assert not hub._topics


async def test_subscriptions_survive_a_crash():
    tab = Tab("/room/")
    await tab.open()
    publish("room-lobby", "crash")
    publish("room-lobby", "still here")
    while "still here" not in tab.html:
        await tab.receive()
    await tab.close()


@pytest.mark.parametrize("topic", ["", None, 5, "x" * 201, b"room"])
def test_a_topic_is_a_short_text(topic):
    with pytest.raises(ValueError, match="a topic is a text"):
        check_topic(topic)
    with pytest.raises(ValueError, match="a topic is a text"):
        publish(topic, "x")


def test_without_an_event_loop_publishing_reaches_the_layer():
    layer = get_channel_layer()
    assert layer is not None
    Hub(lambda path, message: None).publish("room-lobby", "nobody listens")


async def test_a_burst_to_a_busy_view_waits_and_beyond_a_bound_becomes_dead_letters(
    actors, settings
):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 4}}
    tab = Tab("/room/")
    await tab.open()
    (cell,) = (cell for cell in actors.cells() if cell.kind == "view")
    gate.clear()
    try:
        publish("room-lobby", "wait")
        while calls["waiting"] == 0:
            await asyncio.sleep(0)
        for number in range(100):
            publish("room-lobby", f"line {number}")
        assert len(cell.mailbox) == 40
        assert actors.dead_letters.counts() == {"mailbox full": 60}
    finally:
        gate.set()
    while "line 39" not in tab.html:
        await tab.receive()
    assert tab.html.count("<li>") == 40
    await tab.close()


async def test_what_is_published_between_page_and_join_is_not_missed():
    tab = Tab("/notes/")
    notes[:] = ["old"]
    await tab.load()
    notes.append("new")
    publish("notes", "changed")
    await tab.connect()
    assert "tree" in await tab.join()
    assert "old new" in tab.html
    assert calls["mount"] == 2
    await tab.close()

    await tab.load()
    await tab.connect()
    assert "tree" not in await tab.join()
    assert calls["mount"] == 3
    await tab.close()


async def test_a_subscription_of_a_handler_that_failed_is_undone():
    tab = Tab("/notes/")
    await tab.open()
    assert (await tab.event("listen_and_fail"))["code"] == "handler_failed"
    await tab.event("again")
    publish("secret", "changed")
    publish("notes", "changed")
    while calls["info"] == 0:
        await tab.receive()
    assert calls["info"] == 1
    await tab.close()
