"""Whatever fails, forgets or ends: the layer's groups come to agree with the subscriptions."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, ContextVar

import pytest
from asgiref.sync import async_to_sync

from pykka_live.actors._quota import FIRST
from pykka_live.live import pump
from pykka_live.live.pump import group_of
from tests.live.site import Loop, until

MARK = ContextVar("MARK", default="unset")


async def test_who_subscribes_while_another_unsubscribes_is_subscribed(one):
    one.hub.attach()
    one.hub.subscribe("t", "/a")
    await one.joined("t")
    one.layer.gate.clear()
    one.hub.unsubscribe("t", "/a")
    await until(lambda: ("discard", group_of("t")) in one.layer.log)
    one.hub.subscribe("t", "/b")
    one.layer.gate.set()
    await until(lambda: one.layer.log[-1] == ("add", group_of("t")))
    await one.joined("t")
    await one.remote("t", "hello")
    await until(lambda: one.got == [("/b", "hello")])


async def test_the_groups_agree_with_the_subscriptions_after_any_turmoil(one):
    one.hub.attach()

    def turmoil(number: int) -> None:
        chance = random.Random(number)
        for _ in range(300):
            topic, path = chance.choice("abc"), f"/{number}/{chance.randrange(2)}"
            chance.choice((one.hub.subscribe, one.hub.unsubscribe))(topic, path)

    await asyncio.gather(*(asyncio.to_thread(turmoil, number) for number in range(4)))
    await one.joined(*one.hub.topics())
    for path in list(one.hub._topics):
        one.hub.forget(path)
    await one.joined()


# The channel layer fails, and forgets


async def test_a_membership_is_renewed_before_the_layer_forgets_it(one):
    one.layer.group_expiry = 0.15
    one.hub.attach()
    one.hub.subscribe("t", "/a")
    await one.joined("t")
    for _ in range(3):
        members = one.layer.groups[group_of("t")]
        members.update(dict.fromkeys(members, 1.0))  # since 1970
        await until(lambda: one.layer.since("t") > 1.0)
    await one.remote("t", "hello")
    await until(lambda: one.got == [("/a", "hello")])


@pytest.mark.parametrize(
    "failures",
    [
        {"group_add": 3},
        {"group_discard": 1},
        {"receive": 1},
        {"receive": 1, "new_channel": 3},
        {"receive": 1, "group_add": 2},
    ],
)
async def test_no_topic_is_lost_when_the_layer_fails(one, failures, caplog):
    one.hub.subscribe("gone", "/a")
    one.hub.attach()
    await one.joined("gone")
    one.layer.failures.update(failures)
    await one.remote("gone", "wakes the receiver")
    for topic in ("a", "b", "c"):
        one.hub.subscribe(topic, "/a")
    one.hub.unsubscribe("gone", "/a")
    await until(lambda: not sum(one.layer.failures.values()))
    await one.joined("a", "b", "c")
    for topic in ("a", "b", "c"):
        await one.remote(topic, topic)
    await until(lambda: len([path for path, message in one.got if message in "abc"]) == 3)
    assert "The channel layer failed; trying again" in caplog.text


async def test_what_is_no_message_stops_nothing(one):
    one.hub.attach()
    one.hub.subscribe("t", "/a")
    await one.joined("t")
    for rubbish in ({"type": "x"}, {"type": "pykka_live.publish", "origin": "?"}, {}):
        await one.layer.group_send(group_of("t"), rubbish)
    await one.remote("t", "hello")
    await until(lambda: one.got == [("/a", "hello")])


async def test_a_layer_that_fails_to_send_is_logged_where_sockets_are(one, caplog):
    one.hub.attach()
    one.layer.failures["group_send"] = 1
    one.hub.publish("t", "lost")
    one.hub.publish("t", "sent")
    await until(lambda: one.layer.sent == ["sent"])
    assert "a published message is lost" in caplog.text


async def test_what_waits_for_the_layer_is_bounded_and_goes_in_order(one, caplog, monkeypatch):
    monkeypatch.setattr(pump, "MAX_UNSENT", 3)
    one.hub.attach()
    one.layer.gate.clear()
    for number in range(5):
        one.hub.publish("t", number)
    assert caplog.text.count("3 messages wait") == 2
    one.layer.gate.set()
    await until(lambda: one.layer.sent == [0, 1, 2])


FLOODS = {
    "The channel layer failed": (1000, FIRST + 5, [FIRST + 5]),
    "1 messages wait for the channel layer": (1, 0, [0]),
}


@pytest.mark.parametrize("why", FLOODS)
async def test_a_flood_of_losses_is_none_of_the_log(one, caplog, monkeypatch, why):
    bound, failures, sent = FLOODS[why]
    monkeypatch.setattr(pump, "MAX_UNSENT", bound)
    one.layer.failures["group_send"] = failures
    one.hub.attach()
    one.layer.gate.clear()
    for number in range(FIRST + 6):
        one.hub.publish("t", number)
    one.layer.gate.set()
    await until(lambda: one.layer.sent == sent)
    one.hub.close()

    await until(lambda: f"{why}: 5 more published messages were lost" in caplog.text)
    assert caplog.text.count(f"{why}: a published message is lost") == FIRST
    assert caplog.text.count("further ones are left out for 5 minutes") == 1


# Event loops come and go


def test_without_sockets_what_was_published_has_been_sent(one):
    async def main(number: int) -> None:
        one.hub.publish("t", number)
        assert one.layer.sent[-1] == number

    one.hub.publish("t", 0)
    asyncio.run(main(1))
    async_to_sync(main)(2)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(one.hub.publish, "t", 3).result()
        threads.submit(asyncio.run, main(4)).result()
    assert one.layer.sent == [0, 1, 2, 3, 4]


def test_without_sockets_the_publisher_learns_that_the_layer_failed(one, monkeypatch):
    async def main() -> None:
        one.hub.publish("t", 1)

    one.layer.failures["group_send"] = 2
    with pytest.raises(OSError, match="on purpose"):
        one.hub.publish("t", 1)
    with pytest.raises(OSError, match="on purpose"):
        asyncio.run(main())
    monkeypatch.setattr(pump, "SEND_TIMEOUT", 0.01)
    one.layer.gate.clear()
    with pytest.raises(TimeoutError, match="took no message"):
        one.hub.publish("t", 1)


def test_what_waits_when_the_loop_ends_is_sent_and_the_groups_are_left(one):
    async def main() -> None:
        one.hub.attach()
        one.hub.subscribe("t", "/a")
        await one.joined("t")
        for number in range(20):
            one.hub.publish("t", number)

    asyncio.run(main())
    assert one.layer.sent == list(range(20))
    assert not any(one.layer.groups.values())
    one.hub.publish("t", "later")
    assert one.layer.sent[-1] == "later"


def test_one_loop_talks_to_the_layer_for_all_and_another_takes_over(one):
    first, second = Loop(), Loop()
    one.hub.subscribe("t", "/a")
    for _ in range(5):
        for loop in (first, second):
            loop.run(one.attach())
    first.run(one.joined("t"))
    first.run(one.remote("t", 1))
    first.run(until(lambda: one.got == [("/a", 1)]))
    first.close()  # cancels, as `asyncio.run` does
    second.run(one.joined("t"))
    one.hub.subscribe("u", "/a")
    second.run(one.joined("t", "u"))
    second.run(one.remote("t", 2))
    second.run(until(lambda: one.got == [("/a", 1), ("/a", 2)]))
    second.close()


def test_a_loop_that_stopped_without_a_word_leaves_nothing_in_the_groups(one):
    one.hub.subscribe("t", "/a")
    stopped, other = asyncio.new_event_loop(), Loop()
    stopped.run_until_complete(one.attach())
    stopped.run_until_complete(one.joined("t"))
    other.run(one.attach())
    other.run(one.joined("t"))
    (member,) = one.layer.groups[group_of("t")]
    assert member == one.hub._pump._channel
    stopped.run_until_complete(_everything_else_ended())
    stopped.close()
    other.run(one.joined("t"))
    other.run(one.attach())
    other.run(one.remote("t", "hello"))
    other.run(until(lambda: one.got == [("/a", "hello")]))
    other.close()


async def _everything_else_ended() -> None:
    while asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0)


def test_a_loop_that_pauses_goes_on(one):
    loop = asyncio.new_event_loop()
    loop.run_until_complete(one.attach())
    for number in range(3):
        one.hub.subscribe(f"t{number}", "/a")
        one.hub.publish("x", number)
        assert one.layer.sent[-1] == number
        loop.run_until_complete(one.joined(*one.hub.topics()))
    one.hub.close()
    loop.run_until_complete(one.joined())
    loop.run_until_complete(_everything_else_ended())
    loop.close()


async def test_a_pump_that_an_actor_starts_has_nothing_of_its_context(one, monkeypatch):
    found = []
    new_channel = one.layer.new_channel

    async def noting(prefix: str) -> str:
        found.append(MARK.get())
        return await new_channel(prefix)

    monkeypatch.setattr(one.layer, "new_channel", noting)
    mine = pump.Pump(one.layer, asyncio.get_running_loop(), one.hub)
    context = Context()
    context.run(MARK.set, "an actor's")
    context.run(mine.start)
    await until(lambda: found)
    mine.close()
    await until(lambda: mine._task.done())
    assert found == ["unset"]


def test_a_forked_process_starts_empty():
    # In a process of its own, as this one has threads.
    source = """
import os, threading
registered = []
real = os.register_at_fork
os.register_at_fork = lambda **given: registered.append(given) or real(**given)
import django; django.setup()
from pykka_live.live.pubsub import Hub, hub
from pykka_live import publish
mine = [given for given in registered if given.get("after_in_child") == hub.reset]
Hub(print).reset()
assert len(mine) == 1 and len(registered) == len(set(map(str, registered)))
count = len(registered)
hub.subscribe("t", "/a"); publish("t", 1)
before = hub._origin
child = os.fork()
if not child:
    publish("t", 2)
    os._exit(bool(hub.topics() or hub._origin == before or len(registered) != count))
raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": os.getcwd()},
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
