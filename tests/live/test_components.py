"""Components: parts of a page with a life of their own."""

from __future__ import annotations

import threading

import pytest

from tests.live.components import barriers, log, seen
from tests.tab import Tab, until


@pytest.fixture
async def tab():
    tab = Tab("/board/")
    await tab.open()
    log.clear()
    yield tab
    await tab.close()


async def test_a_page_is_complete_without_javascript():
    html = await Tab("/board/").load()

    assert html.count("tally: 0") == 2
    assert 'live-component="a" class="tally"' in html


async def test_a_page_is_mounted_once():
    tab = Tab("/board/")
    joined = await tab.open()

    assert "p" not in joined
    assert "tree" not in joined
    assert "parts" not in joined
    assert sorted(seen("mount")) == ["a", "b", "view"]
    await tab.close()


async def test_an_event_in_a_component_draws_that_component_only(tab):
    answer = await tab.event("add", component="a")

    assert (answer["t"], answer["c"], answer["v"]) == ("patch", "a", 2)
    assert "tally: 1" in tab.html
    assert seen("render") == ["a"]


async def test_components_whose_props_are_unchanged_are_not_touched(tab):
    answer = await tab.event("retitle")

    assert answer["t"] == "patch"
    assert "Retitled" in tab.html
    assert set(seen("render")) == {"view"}


async def test_changed_props_reach_the_components(tab, actors):
    await tab.event("relabel", label="other")
    frames = [await tab.receive() for _ in range(2)]

    assert {frame["c"] for frame in frames} == {"a", "b"}
    assert tab.html.count("other: 0") == 2


@pytest.mark.threads
async def test_new_components_are_mounted_side_by_side_and_leave_in_one_frame(tab):
    barriers.update(dict.fromkeys("cde", threading.Barrier(3)))
    answer = await tab.event("show", ids="a,b,c,d,e")

    assert answer["t"] == "batch"
    assert sorted(part.get("c", "") for part in answer["parts"]) == ["", "c", "d", "e"]
    assert tab.html.count("tally: 0") == 5


async def test_a_component_that_is_no_longer_shown_ends(tab, actors):
    await tab.event("add", component="b")
    await tab.event("show", ids="b")

    assert "tally: 1" in tab.html
    await tab.event("show", ids="b,a")
    assert tab.html.index("tally: 1") < tab.html.index("tally: 0")
    await until(lambda: ("a", "terminate", "removed") in log)


async def test_components_within_components(tab):
    answer = await tab.event("nest", component="a", id="n")

    assert answer["t"] == "batch"
    assert [part["c"] for part in answer["parts"]] == ["a", "n"]
    await tab.event("add", component="n")
    assert "inner: 1" in tab.html
    await tab.event("nest", component="a")
    assert "inner" not in tab.html
    assert (await tab.event("add", component="n"))["code"] == "unknown_component"


async def test_slots_hold_what_the_parent_has_written(tab):
    await tab.event("show_card")
    assert '<i live-target="view" live-on:click="retitle">Board</i>' in tab.html

    await tab.event("retitle", title="New")
    if "<i" not in tab.html or ">New</i>" not in tab.html:
        await tab.receive()
    assert ">New</i>" in tab.html


@pytest.mark.parametrize("kind", ["ValueError", "SystemExit"])
async def test_a_crash_costs_one_event_of_one_component(tab, kind):
    await tab.event("add", component="a")
    await tab.event("add", component="b")
    failed = await tab.event("fail", component="a", kind=kind)
    assert failed["code"] == "handler_failed"

    await tab.event("add", component="a")
    await tab.event("add", component="b")
    assert tab.html.count("tally: 2") == 2
    assert "mount" not in [entry[1] for entry in log]


async def test_a_component_tells_its_parent(tab):
    await tab.event("tell", component="a", text="hello")
    while "a told hello" not in tab.html:  # it may have come before the answer
        await tab.receive()


async def test_components_talk_to_each_other(tab):
    await tab.event("send_to", component="a", id="b", text="x")
    while "tally: 0 (x)" not in tab.html:
        await tab.receive()
    await tab.event("shout", component="b", text="y")
    while "tally: 0 (y)" not in tab.html:
        await tab.receive()


async def test_a_view_that_crashes_keeps_its_components(tab):
    await tab.event("add", component="a")
    assert (await tab.event("fail"))["code"] == "handler_failed"
    await tab.event("retitle")

    await tab.event("add", component="a")
    assert "tally: 2" in tab.html
    assert "mount" not in [entry[1] for entry in log]


async def test_a_tab_comes_back_to_its_components(tab):
    await tab.event("add", component="a")
    await tab.event("nest", component="b", id="n")
    await tab.close(1006)
    await tab.connect()
    joined = await tab.join()

    assert joined["resumed"] is True
    assert "parts" not in joined
    await tab.event("add", component="a")
    await tab.event("add", component="n")
    assert "tally: 2" in tab.html
    assert "inner: 1" in tab.html


async def test_a_lost_tab_gets_the_whole_page(tab):
    await tab.event("add", component="a")
    ref = await tab.send(t="refresh", view=tab.view)
    answer = await tab.answer(ref)

    assert answer["t"] == "batch"
    assert [part.get("c") for part in answer["parts"]] == [None, "a", "b"]
    assert "tally: 1" in tab.html


async def test_a_component_can_be_prepared(tab):
    await tab.event("prepare", id="c")
    await tab.event("show", ids="c")

    assert tab.html.count("tally: 0") == 1
    assert seen("mount") == ["c"]


async def test_a_component_speaks_the_language_of_its_page():
    tab = Tab("/ward/?shown=tongue:t", headers={"accept-language": "de"})
    await tab.open()
    answer = await tab.event("add", component="t")

    assert answer["p"] == [0, "t", "de  1"]
    await tab.close()
