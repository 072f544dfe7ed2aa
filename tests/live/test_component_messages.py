"""How the parts of a page talk: in order, as copies, once, and never waiting for each other."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from typing import Any

import pytest

from pykka_live import publish, send_update
from pykka_live.live import delivery
from pykka_live.live.delivery import MAILBOXES
from pykka_live.live.messages import CallEvent, Info
from pykka_live.live.page import adoptions
from tests.live.components import gates, log, seen
from tests.live.talkers import heard
from tests.tab import Tab, until


@pytest.fixture(params=["block", "reject", "drop_oldest"])
async def crowded(settings, request):
    """A tab whose page has mailboxes for one message, of each kind of overflow."""
    size = {"view": 1, "component": 1, "OVERFLOW": request.param}
    settings.PYKKA_LIVE = {"MAILBOX": size}
    tab = Tab("/court/")
    await tab.open()
    for id in ("a", "listener"):
        await tab.answer(await tab.send(t="refresh", view=1, c=id))
    yield tab
    await tab.close()


async def held(cell: Any, gate: str) -> None:
    """Have an actor wait at a gate, however full its mailbox is."""
    before = len(heard["waiting"])
    cell.enqueue(CallEvent("wait", {"gate": gate}), insist=True)
    await until(lambda: len(heard["waiting"]) > before)


def cell_of(actors: Any, end: str) -> Any:
    (cell,) = [each for each in actors.cells() if each.path.endswith(end)]
    return cell


def view_of(actors: Any) -> Any:
    (cell,) = [each for each in actors.cells() if each.kind == "view"]
    return cell


SAID = [f"{who} {how}" for who in ("view", "a", "n") for how in ("sends", "shouts")]


def check_heard() -> None:
    """Check that each has been told everything once, in the order of each sender."""
    assert Counter(heard["listener"]) == Counter([*SAID, "listener sends"])
    for who in ("view", "a", "n"):
        assert [each for each in heard["listener"] if each.startswith(f"{who} ")] == [
            f"{who} sends",
            f"{who} shouts",
        ]
    assert sorted(heard["view"]) == [("a", ["a"]), ("listener", ["listener"])]
    assert heard["a"].count(("n", ["n"])) == 1


async def all_heard() -> None:
    await until(lambda: len(heard["listener"]) >= 7 and len(heard["view"]) >= 2)
    await until(lambda: ("n", ["n"]) in heard["a"] and "listener shouts" in heard["n"])


async def test_what_a_page_says_while_it_is_mounted_arrives_once_when_it_is_joined():
    tab = Tab("/court/")
    await tab.load()
    assert not heard
    await tab.connect()
    await tab.join()
    await all_heard()
    await tab.answer(await tab.send(t="refresh", view=1))

    check_heard()
    await tab.close()


async def test_what_a_page_says_arrives_once_where_nothing_of_it_was_kept():
    tab = Tab("/court/")
    await tab.load()
    adoptions.clear()
    await tab.connect()
    await tab.join()
    await all_heard()
    await tab.answer(await tab.send(t="refresh", view=1))

    assert len(heard["listener"]) <= 7
    assert Counter(heard["listener"]).most_common(1)[0][1] == 1
    assert heard["view"].count(("a", ["a"])) == 1
    await tab.close()


async def test_a_component_that_is_mounted_anew_does_not_say_twice_what_it_says():
    tab = Tab("/court/?topic=news")
    await tab.load()
    publish("news", "flash")
    await tab.connect()
    await tab.join()
    await until(lambda: "a shouts" in heard["listener"])
    await tab.answer(await tab.send(t="refresh", view=1, c="a"))
    await tab.answer(await tab.send(t="refresh", view=1, c="listener"))

    assert heard["listener"].count("a sends") == 1
    assert heard["listener"].count("a shouts") == 1
    assert heard["view"].count(("a", ["a"])) == 1
    await tab.close()


@pytest.fixture
async def tab():
    tab = Tab("/court/")
    await tab.open()
    await all_heard()
    await tab.answer(await tab.send(t="refresh", view=1))
    heard.clear()
    yield tab
    await tab.close()


async def test_each_who_is_told_something_has_a_copy_of_its_own(tab):
    await tab.event("lend", component="a")
    await until(lambda: heard["n"] and heard["listener"] and heard["view"])

    (told,), (other,), ((_, up),) = heard["n"], heard["listener"], heard["view"]
    assert told == other == up == ["mine"]
    assert told is not other
    assert told is not up


@pytest.mark.parametrize("what", ["send", "send_parent"])
async def test_what_cannot_be_copied_is_an_error_of_who_sends_it(tab, what, settings):
    settings.DEBUG = True
    answer = await tab.event("lock", component="a", what=what)

    assert answer["code"] == "handler_failed"
    assert "cannot be copied, as all must be" in answer["detail"]
    assert not heard["listener"]


async def test_a_prop_that_cannot_be_copied_is_named(tab, actors):
    with pytest.raises(TypeError, match="catch"):
        send_update(view_of(actors).path, "a", catch=threading.Lock())


async def test_updates_from_elsewhere_leave_the_slots_alone(tab, actors):
    send_update(view_of(actors).path, "listener", label="second")
    while "second" not in tab.html:
        await tab.receive()

    assert "<b>first</b>" in tab.html


async def test_updates_come_from_threads_and_from_a_loop_by_path_and_by_view(tab, actors):
    path = view_of(actors).path
    threads = [
        threading.Thread(target=send_update, args=(path, "a"), kwargs={"label": f"t{number}"})
        for number in range(5)
    ]
    for thread in threads:
        thread.start()
    send_update(path, "a", label="loop")
    await asyncio.to_thread(lambda: [thread.join() for thread in threads])
    await until(lambda: len(heard["a props"]) == 6)

    labels = {props["label"] for props in heard["a props"]}
    assert labels == {"loop", *(f"t{number}" for number in range(5))}


@pytest.mark.threads
async def test_the_last_props_arrive_however_full_the_mailbox_is(crowded, actors):
    tab = crowded
    await held(cell_of(actors, "/a"), "a")
    for number in range(MAILBOXES * 3):
        await tab.event("relabel", label=f"label {number}")
    last = f"label {MAILBOXES * 3 - 1}"
    assert len(cell_of(actors, "/a").mailbox) <= MAILBOXES + 1
    gates["a"].set()
    while f'<p class="{last}"' not in tab.html.replace('live-component="a" ', ""):
        await tab.receive()

    assert heard["a props"][-1]["label"] == last


@pytest.mark.threads
async def test_parts_that_talk_to_each_other_never_wait_for_each_other(crowded, actors):
    """The parent passes props, each child talks to it, and the children to each other, all at
    once, while nobody has room."""
    tab = crowded
    for cell in (cell_of(actors, "/a"), cell_of(actors, "/listener"), view_of(actors)):
        await held(cell, "start")
    gates["start"].set()
    for number in range(10):
        await tab.send(t="event", view=1, name="relabel", params={"label": f"label {number}"})
        for id, other in (("a", "listener"), ("listener", "a")):
            await tab.send(t="event", view=1, c=id, name="tell", params={"number": 30})
            await tab.send(t="event", view=1, c=id, name="play", params={"to": other, "rounds": 20})
    last = tab.refs
    answered = set()
    while len(answered) < 50:
        answered.add((await tab.receive()).get("ref"))
        answered.discard(None)
        answered -= {ref for ref in answered if ref <= last - 50}
    for which in ({"c": "a"}, {"c": "listener"}, {}):
        refreshed = None
        while refreshed not in ("tree", "batch"):
            frame = await tab.answer(await tab.send(t="refresh", view=1, **which))
            refreshed = frame["t"]
            assert frame.get("code") in (None, "mailbox_full")  # with what they tell each other


@pytest.mark.threads
async def test_what_finds_too_many_waiting_is_a_dead_letter(settings, actors, monkeypatch):
    monkeypatch.setattr(delivery, "MESSAGES", 0)
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 1, "component": 1}}
    tab = Tab("/court/")
    await tab.open()
    await all_heard()
    await tab.answer(await tab.send(t="refresh", view=1))
    heard.clear()
    await held(view_of(actors), "view")
    await tab.event("tell", component="a", number=100)

    assert actors.dead_letters.counts() == {"mailbox full": 100 - MAILBOXES}
    gates["view"].set()
    await until(lambda: len(heard["view"]) == MAILBOXES)
    assert [data for _, data in heard["view"]] == [[number] for number in range(MAILBOXES)]
    await tab.close()


async def test_a_burst_in_one_handler_arrives_whole_and_in_order(tab, actors):
    await tab.event("tell", component="a", number=1000)
    await until(lambda: len(heard["view"]) == 1000)

    assert [data for _, data in heard["view"]] == [[number] for number in range(1000)]
    assert actors.dead_letters.counts() == {}


async def test_a_message_for_a_component_that_never_was_is_a_dead_letter(tab, actors):
    await tab.event("play", component="a", to="nobody", rounds=1)

    (letter,) = list(actors.dead_letters)[-1:]
    assert letter.path.endswith("/components/nobody")
    assert letter.reason == "no such component"


@pytest.mark.threads
async def test_a_crash_in_a_burst_loses_one_message(tab, actors):
    cell = cell_of(actors, "/listener")
    await held(cell, "l")
    for message in ["1", "2", "3", "4", "crash", "6", "7"]:
        cell.enqueue(Info(message))
    gates["l"].set()
    await until(lambda: "7" in heard["listener"])
    part = await asyncio.to_thread(cell.get_state)

    told = [each for each in part["told"] if isinstance(each, str) and len(each) == 1]
    assert told == ["1", "2", "3", "4", "6", "7"]
    assert [each for each in heard["listener"] if isinstance(each, str)][4] == "crash"


@pytest.mark.threads
async def test_a_burst_is_drawn_a_few_times_and_its_last_message_is_seen():
    tab = Tab("/board/")
    await tab.open()
    held = await tab.send(t="event", view=1, c="b", name="wait", params={"gate": "b"})
    for number in range(50):
        await tab.event("send_to", component="a", id="b", text=f"<{number}>")
    log.clear()
    gates["b"].set()
    await tab.answer(held)
    added = await tab.send(t="event", view=1, c="b", name="add")
    answer = await tab.answer(added)
    while "&lt;49&gt;" not in tab.html:
        await tab.receive()

    assert answer["t"] == "patch"
    assert [entry[2] for entry in log if entry[:2] == ("b", "info")] == [
        f"<{number}>" for number in range(50)
    ]
    assert len(seen("render", "b")) < 20
    await tab.close()


@pytest.mark.threads
async def test_the_oldest_that_is_dropped_from_a_burst_leaves_no_old_picture(settings, actors):
    settings.PYKKA_LIVE = {"MAILBOX": {"component": 3, "OVERFLOW": "drop_oldest"}}
    tab = Tab("/board/")
    await tab.open()
    held = await tab.send(t="event", view=1, c="b", name="wait", params={"gate": "b"})
    await until(lambda: seen("wait"))
    for number in range(20):
        await tab.event("send_to", component="a", id="b", text=f"<{number}>")
    gates["b"].set()
    await tab.answer(held)
    while "&lt;17&gt;&lt;18&gt;&lt;19&gt;" not in tab.html:
        await tab.receive()

    assert actors.dead_letters.counts() == {"dropped": 17}
    await tab.close()
