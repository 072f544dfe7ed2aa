"""What is counted of the sockets."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest

from pykka_live.live.page import adoptions
from pykka_live.live.system import actor_system
from pykka_live.transport import _traffic as traffic_module
from pykka_live.transport import consumer, frames
from pykka_live.transport._traffic import BAD, CLOSE_CODES, JOINS, REBUILDS, Traffic, new_request
from pykka_live.transport.outbox import Outbox
from tests.live import views
from tests.tab import TIMEOUT, Tab, ended, until

COUNTER = "tests.live.views.Counter"
PROTOCOL = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")

live = pytest.mark.usefixtures("actors", "transactional_db")


@pytest.fixture
def traffic():
    """What this process counts, from zero on."""
    traffic_module.traffic.reset()
    return traffic_module.traffic


def some(counts):
    """Leave out what did not happen."""
    return {labels: count for labels, count in counts.items() if count}


def sent(traffic, kind):
    return traffic.frames()["out", kind][0]


def test_the_types_and_codes_are_those_of_the_protocol():
    sections = re.split(r"^##+ ", PROTOCOL, flags=re.MULTILINE)
    [codes] = [each for each in sections if each.startswith("Error codes")]
    rows = [line.split("|")[1] for line in codes.splitlines() if "`" in line]
    assert re.findall(r"`(\w+)`", "".join(rows)) == [*frames.ERROR_CODES]
    [closes] = [each for each in sections if each.startswith("Close codes")]
    assert set(map(int, re.findall(r"\b\d{4}\b", closes.split("Our own")[0]))) <= set(CLOSE_CODES)
    types = set(re.findall(r'^\| `{"t":"(\w+)"', PROTOCOL, flags=re.MULTILINE))
    assert types == {*frames.RECEIVED, *frames.SENT}


@pytest.mark.parametrize("text", ["", "plain", "ä", "€uro", "𝄞 and é", "\ud800", "x" * 1000 + "ß"])
def test_sizes_are_those_of_utf_8(text):
    counted = Traffic()
    counted.received(BAD, text)
    assert counted.frames()["in", BAD] == (1, len(text.encode(errors="surrogatepass")))


def test_bytes_are_counted_as_they_are():
    counted = Traffic()
    counted.received(BAD, b"\0\xff")
    assert counted.frames()["in", BAD] == (1, 2)


def test_each_type_of_frame_is_counted_as_itself():
    counted = Traffic()
    for place, kind in enumerate(frames.SENT):
        for _ in range(place + 1):
            counted.sent(f'{{"t":"{kind}","ref":1}}', None)
    for kind in frames.RECEIVED:
        counted.received(kind, "{}")
    assert [counted.frames()["out", kind][0] for kind in frames.SENT] == [*range(1, 10)]
    assert [counted.frames()["in", kind] for kind in frames.RECEIVED] == [(1, 2)] * 5


def test_what_can_happen_to_a_view_stands_at_zero_from_its_first_join():
    counted = Traffic()
    counted.joined("app.View", "adopted")
    counted.rebuilt("app.View", "join")
    assert counted.joins() == {("app.View", each): each == "adopted" for each in JOINS}
    assert counted.rebuilds() == {("app.View", each): each == "join" for each in REBUILDS}


def test_the_number_of_views_is_bounded():
    counted = Traffic(limit=2)
    for number in range(5):
        counted.joined(f"app.View{number}", "mounted")
        counted.sent("", new_request("event", f"app.View{number}", 0.0, 1.0))
    assert {view for view, _ in counted.joins()} == {"app.View0", "app.View1", None}
    assert counted.joins()[None, "mounted"] == 3
    assert sum(counted.replies()[None, "event"][0]) == 3
    assert counted.folded == 6


def test_a_close_code_that_nobody_knows_is_counted_with_the_others():
    counted = Traffic()
    for code in (3000, 4999, 1001):
        counted.opened()
        counted.closed(code)
    assert some(counted.closes()) == {None: 2, 1001: 1}
    assert counted.sockets == 0


def test_the_child_of_a_fork_counts_from_zero(traffic):
    traffic.opened()
    traffic.error("timeout")
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(into, f"{traffic.sockets} {some(traffic.errors())}".encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(out, 100).decode() == "0 {}"
    assert (traffic.sockets, some(traffic.errors())) == (1, {"timeout": 1})
    os.close(out)
    os.close(into)


async def test_an_answer_is_measured_when_it_has_been_sent(traffic):
    outbox, gate = Outbox(), asyncio.Event()

    async def send(_message):
        await gate.wait()

    task = asyncio.create_task(outbox.run(send))
    await asyncio.sleep(0)
    outbox.put('{"t":"ok","ref":1}', new_request("event", "app.View", 0.0, 1.0))
    outbox.put('{"t":"patch","v":2}')
    outbox.put('{"t":"error","ref":2}', new_request("event", "app.View", 0.0, 1.0))
    await asyncio.sleep(0)
    assert traffic.replies() == {}
    gate.set()
    outbox.close(1000)
    await asyncio.wait_for(task, TIMEOUT)
    [((view, kind), (counts, seconds))] = traffic.replies().items()
    assert (view, kind, sum(counts)) == ("app.View", "event", 2)
    assert seconds > 0
    assert [sent(traffic, kind) for kind in ("ok", "patch", "error")] == [1, 1, 1]


@live
async def test_what_a_tab_does_is_counted(traffic):
    tab = Tab("/counter/")
    await tab.open()
    assert traffic.sockets == 1
    await tab.event("increment")
    await tab.event("no_such_event")
    await tab.answer(await tab.send(t="refresh", view=tab.view))
    await tab.answer(await tab.send(t="ping"))
    await tab.close(1001)
    await until(lambda: traffic.sockets == 0)
    counts = {labels: count for labels, (count, _) in traffic.frames().items() if count}
    assert counts == {
        ("in", "join"): 1,
        ("in", "event"): 2,
        ("in", "refresh"): 1,
        ("in", "ping"): 1,
        ("out", "joined"): 1,
        ("out", "patch"): 1,
        ("out", "error"): 1,
        ("out", "tree"): 1,
        ("out", "pong"): 1,
    }
    assert all(size for count, size in traffic.frames().values() if count)
    replies = {labels: sum(counts) for labels, (counts, _) in traffic.replies().items()}
    assert replies == {(COUNTER, "join"): 1, (COUNTER, "event"): 2, (COUNTER, "refresh"): 1}
    assert some(traffic.errors()) == {"unknown_event": 1}
    assert some(traffic.joins()) == {(COUNTER, "adopted"): 1}
    assert some(traffic.rebuilds()) == {(COUNTER, "refresh"): 1}
    assert some(traffic.closes()) == {1001: 1}


@live
async def test_a_batch_is_an_answer_as_well(traffic):
    tab = Tab("/board/")
    await tab.open()
    assert (await tab.answer(await tab.send(t="refresh", view=tab.view)))["t"] == "batch"
    await until(lambda: sent(traffic, "batch"))
    board = "tests.live.components.Board"
    assert sum(traffic.replies()[board, "refresh"][0]) == 1
    assert traffic.rebuilds()[board, "refresh"] == 1
    await tab.close()


@live
async def test_what_a_liar_sends_makes_no_labels(traffic):
    tab = Tab("/counter/")
    await tab.load()
    before = None
    for number in range(600):
        if number % 15 == 0:
            await tab.connect()
        await tab.send(t=f"type{number}", name=f"name{number}", view=number)
        await tab.receive()
        if number % 15 == 14:
            await tab.close(3000 + number)
        if number == 14:
            before = series(traffic)
    assert series(traffic) == before
    assert traffic.frames()["in", BAD][0] == traffic.errors()["unknown_type"] == 600
    await until(lambda: traffic.sockets == 0)
    assert traffic.closes()[None] == 40


def series(traffic):
    each = (traffic.frames, traffic.replies, traffic.errors, traffic.joins, traffic.rebuilds)
    return [*map(len, (read() for read in each)), len(traffic.closes())]


@live
async def test_a_tab_that_comes_back_is_resumed(traffic):
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment")
    await tab.close(1006)
    await tab.connect()
    await tab.join()
    assert some(traffic.joins()) == {(COUNTER, "adopted"): 1, (COUNTER, "resumed"): 1}
    assert some(traffic.rebuilds()) == {}
    await tab.close()
    assert some(traffic.closes()) == {1006: 1, 1000: 1}


@live
async def test_a_tab_that_comes_back_with_an_old_picture_gets_the_whole_tree(traffic):
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment")
    await tab.close(1006)
    await tab.connect()
    await tab.join(v=tab.version - 1)
    assert some(traffic.rebuilds()) == {(COUNTER, "rejoin"): 1}
    await tab.close()


@live
async def test_a_page_that_was_changed_on_its_way_is_built_again(traffic):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    await tab.join(fingerprint=1)
    assert some(traffic.rebuilds()) == {(COUNTER, "join"): 1}
    await tab.close()


@live
async def test_a_view_that_has_come_up_again_meanwhile_is_restored(traffic):
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment")
    await tab.close(1006)
    [cell] = [cell for cell in actor_system().cells() if cell.kind == "view"]
    await until(lambda: cell.data["view"].screen.outlet is None)
    restarted = asyncio.Event()
    loop = asyncio.get_running_loop()
    cell.restart(Reply(lambda: loop.call_soon_threadsafe(restarted.set)))
    await asyncio.wait_for(restarted.wait(), TIMEOUT)
    for outcome in ("restored", "resumed"):
        await tab.connect()
        await tab.join()
        assert "<h1>1</h1>" in tab.html
        assert traffic.joins()[COUNTER, outcome] == 1
        await tab.close(1006)
        await until(lambda: cell.data["view"].screen.outlet is None)


class Reply:
    """Calls a function when there is an answer."""

    def __init__(self, function):
        self.function = function

    def set(self, _value):
        self.function()

    def set_exception(self, error):
        raise error


@live
async def test_a_tab_whose_view_is_gone_is_remounted(traffic):
    tab = Tab("/counter/")
    await tab.open()
    [session] = [cell for cell in actor_system().cells() if cell.kind == "session"]
    await tab.close(1000)
    await ended(session)
    await tab.connect()
    await tab.join()
    await tab.close()
    tab = Tab("/counter/", name="other" * 5)
    await tab.load()
    await tab.connect()
    await tab.join()
    await tab.close()
    expected = {"adopted": 2, "remounted": 1}
    assert some(traffic.joins()) == {(COUNTER, each): n for each, n in expected.items()}


@live
async def test_a_tab_of_another_worker_is_remounted_though_its_page_can_be_adopted(traffic):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    await tab.join(v=2)
    assert some(traffic.joins()) == {(COUNTER, "remounted"): 1}
    await tab.close()


@live
async def test_a_page_that_nobody_can_adopt_is_mounted(traffic):
    tabs = Tab("/counter/", name="a" * 20), Tab("/counter/", name="b" * 20)
    await tabs[0].load()
    tabs[1].token, tabs[1].tree = tabs[0].token, tabs[0].tree
    tabs[1].client = tabs[0].client
    for tab in tabs:
        await tab.connect()
        await tab.join()
    assert some(traffic.joins()) == {(COUNTER, "adopted"): 1, (COUNTER, "mounted"): 1}
    for tab in tabs:
        await tab.close()


@live
async def test_joins_that_are_refused_or_fail(traffic, monkeypatch):
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    assert (await tab.join(token="rubbish"))["code"] == "bad_token"
    assert some(traffic.joins()) == {("", "refused"): 1}
    await tab.close()
    assert traffic.errors()["bad_token"] == 1
    await tab.load()
    adoptions.clear()
    monkeypatch.setattr(views.Counter, "mount", None)
    await tab.connect()
    assert (await tab.join())["code"] == "mount_failed"
    assert some(traffic.joins()) == {("", "refused"): 1, (COUNTER, "failed"): 1}
    await tab.close()


@live
async def test_who_is_cut_off_is_counted_by_our_code(traffic):
    tab = Tab("/counter/")
    await tab.connect()
    for _ in range(consumer.MAX_BAD_FRAMES):
        await tab.socket.send_to(text_data="[]")
    for _ in range(consumer.MAX_BAD_FRAMES):
        await tab.receive()
    assert (await tab.socket.receive_output(TIMEOUT))["code"] == 4008
    await tab.close(1005)
    await until(lambda: traffic.sockets == 0)
    assert some(traffic.closes()) == {4008: 1}
    assert traffic.errors()["bad_frame"] == consumer.MAX_BAD_FRAMES


@live
async def test_a_time_out_is_an_answer_of_its_view(traffic, settings):
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.05}
    tab = Tab("/slow/")
    views.gate.clear()
    try:
        await tab.open()
        assert (await tab.event("wait"))["code"] == "timeout"
        counts, seconds = traffic.replies()["tests.live.views.Slow", "event"]
        assert sum(counts) == 1
        assert seconds >= 0.05
    finally:
        views.gate.set()
    await tab.close()
