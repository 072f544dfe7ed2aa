"""Topics: what is published reaches every subscriber once, here and in other processes."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from pykka_live import publish
from pykka_live.actors._quota import FIRST
from pykka_live.live import delivery
from pykka_live.live.pubsub import Hub, check_topic, encode, hub
from pykka_live.live.pump import group_of
from tests.live.site import Site, until
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
    frame = {"topic": "room-lobby", "message": encode("from afar"), "origin": "another"}
    await until(lambda: bool(get_channel_layer().groups.get(group_of("room-lobby"))))
    await get_channel_layer().group_send(
        group_of("room-lobby"), {"type": "pykka_live.publish", **frame}
    )
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


@pytest.mark.parametrize("topic", ["", None, 5, "x" * 201, b"room", "\ud800"])
def test_a_topic_is_a_short_text(topic):
    with pytest.raises(ValueError, match="a topic is a text"):
        check_topic(topic)
    with pytest.raises(ValueError, match="a topic is a text"):
        publish(topic, "x")


@pytest.mark.parametrize(("overflow", "kept"), [("block", 40), ("reject", 4)])
async def test_a_burst_to_a_busy_view_waits_and_beyond_a_bound_becomes_dead_letters(
    actors, settings, caplog, monkeypatch, overflow, kept
):
    monkeypatch.setattr(delivery, "MESSAGES", 0)
    caplog.set_level(logging.INFO, "pykka_live.actors")
    events = []
    actors.add_listener(events.append)
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 4, "OVERFLOW": overflow}}
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
        assert len(cell.mailbox) == kept
        assert actors.dead_letters.counts() == {"mailbox full": 100 - kept}
        told = [event for event in events if event.kind == "dead_letter"]
        assert len(told) == 100 - kept
        assert {(each.cell, each.reason) for each in told} == {(cell, "mailbox full")}
        assert caplog.text.count("dead_letter (mailbox full)") == FIRST
    finally:
        gate.set()
    while f"line {kept - 1}" not in tab.html:
        await tab.receive()
    assert tab.html.count("<li>") == kept
    await tab.close()


# What a message may be


@pytest.mark.parametrize(
    ("message", "arrives"),
    [
        *(
            (value, value)
            for value in (None, True, 2**70, 1.5, "ü\ud800", [], {"a": [{"b": None}]})
        ),
        (("a", [("b",)]), ["a", [["b"]]]),
    ],
)
async def test_each_subscriber_gets_a_copy_of_its_own(one, message, arrives):
    one.hub.subscribe("t", "/a")
    one.hub.subscribe("t", "/b")
    one.hub.attach()
    await one.joined("t")
    one.hub.publish("t", message)
    await one.remote("t", message)
    await until(lambda: len(one.got) == 4)
    assert [got for _, got in one.got] == [arrives] * 4
    copies = [got for _, got in one.got if isinstance(got, (list, dict))]
    assert len({id(got) for got in (message, *copies)}) == len(copies) + 1


def _circle() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


def _deep() -> Any:
    deep: Any = None
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize("layered", [True, False])
@pytest.mark.parametrize(
    ("message", "error"),
    [
        (b"bytes", TypeError),
        ({1, 2}, TypeError),
        ({1: "one"}, TypeError),
        (["x", {"a": ({None: 1},)}], TypeError),
        (object(), TypeError),
        (Decimal(1), TypeError),
        (_circle(), ValueError),
        (_deep(), ValueError),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_layer_carries_is_refused_with_and_without_one(one, layered, message, error):
    one.layer = one.layer if layered else None
    one.hub.subscribe("t", "/a")
    with pytest.raises(error, match="a message consists of None, bool, int, float, str"):
        one.hub.publish("t", message)
    assert one.got == []


async def test_a_subscriber_that_fails_keeps_nothing_from_the_others(one, caplog):
    def deliver(path, message):
        if path == "/bad":
            raise RuntimeError("on purpose")
        one.got.append((path, message))

    failing = Hub(deliver)
    for path in ("/a", "/bad", "/b"):
        failing.subscribe("t", path)
    failing.publish("t", 1)
    assert sorted(one.got) == [("/a", 1), ("/b", 1)]
    assert "/bad misses" in caplog.text
    failing.close()


# Who is subscribed


async def test_subscriptions_become_exactly_what_is_asked(one):
    one.hub.attach()
    for wanted in ({"a", "b"}, {"b", "c"}, {"b", "c"}, set(), {"a"}):
        one.hub.subscribe_exactly("/x", frozenset(wanted))
        one.hub.subscribe_exactly("/y", frozenset("c"))
        assert sorted(one.hub.topics()) == sorted(wanted | {"c"})
        await one.joined(*wanted, "c")
    one.hub.forget("/x")
    one.hub.forget("/y")
    await one.joined()
    assert not one.hub._topics


def test_where_nothing_changes_not_even_the_lock_is_taken(one, monkeypatch):
    topics = frozenset({"a", "b"})
    one.hub.subscribe_exactly("/x", topics)
    monkeypatch.setattr(one.hub, "_lock", None)
    one.hub.subscribe_exactly("/x", frozenset(topics))
    one.hub.subscribe_exactly("/y", frozenset())
    monkeypatch.undo()


# What was missed


async def test_a_version_tells_whether_something_was_published(one):
    apart = next(name for name in map(str, range(99)) if hash(name) % 1024 != hash("t") % 1024)
    mark = one.hub.mark()
    version = one.hub.version(["t"])
    assert one.hub.version(["t"], mark) == version
    one.hub.publish(apart, 1)
    assert one.hub.version(["t"]) == version
    one.hub.publish("t", 1)
    assert one.hub.version(["t"]) != version
    assert one.hub.version(["t", apart]) != one.hub.version(["t", apart], mark)
    assert one.hub.version(["t"], mark) == version
    assert Site().hub.version([]) != one.hub.version([])


async def test_a_view_is_adopted_only_if_it_missed_nothing(one):
    topics = frozenset("t")
    version = one.hub.version(topics)
    assert one.hub.adopt("/a", topics, version)
    one.hub.attach()
    await one.joined("t")
    await one.remote("t", "from afar")
    await until(lambda: one.got == [("/a", "from afar")])
    assert not one.hub.adopt("/b", topics, version)
    assert one.hub._topics == {"/a": topics}
    assert one.hub.adopt("/b", topics, one.hub.version(topics))
    one.hub.publish("t", "hello")
    assert ("/b", "hello") in one.got


async def test_whoever_adopts_while_others_publish_misses_nothing(one):
    """Each message is either delivered or refuses the adoption."""
    topics = frozenset("t")
    published = 0

    def publisher() -> None:
        nonlocal published
        for number in range(500):
            one.hub.publish("t", number)
            published = number + 1

    one.layer = None
    task = asyncio.create_task(asyncio.to_thread(publisher))
    while True:
        one.got.clear()
        seen = published  # as a mount would read it
        version = one.hub.version(topics)
        if published == seen and one.hub.adopt("/a", topics, version):
            break
        await asyncio.sleep(0)
    await task
    numbers = [number for _, number in one.got]
    assert numbers == list(range(500 - len(numbers), 500))
    assert len(numbers) >= 499 - seen
