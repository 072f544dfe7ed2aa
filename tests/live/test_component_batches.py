"""What leaves for the tab of a page with components: whole, in order, and after all that happened
to them."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import Reply
from pykka_live.live import family
from pykka_live.live.messages import CallEvent
from pykka_live.live.placements import MAX_PREPARED
from tests.live.components import gates, log, seen
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


def records_of(actors: Any) -> Any:
    (view,) = [each for each in actors.cells() if each.kind == "view"]
    return view.data["view"].components


async def rejoined(tab: Tab, **given: Any) -> dict[str, Any]:
    await tab.close(1006)
    await tab.connect()
    return await tab.join(**given)


async def stopped_tab(opened: Any) -> Tab:
    tab = await opened("/ward/?shown=stopping:a,tally:b")
    await tab.event("add", component="a")
    await tab.event("nest", component="a", id="n")
    await tab.send(t="event", view=1, c="a", name="fail")
    while (await tab.receive())["t"] != "stopped":
        pass
    return tab


@pytest.mark.parametrize("given", [{}, {"v": 10**6}, {"c": {}}])
async def test_a_tab_that_comes_back_is_told_what_has_stopped_and_shown_the_last_of_it(
    opened, given
):
    tab = await stopped_tab(opened)
    before = tab.html
    await rejoined(tab, **given)
    frame = await tab.receive()

    assert (frame["t"], frame["c"]) == ("stopped", "a")
    assert tab.html == before


async def test_a_tab_that_is_lost_is_told_again_what_has_stopped(opened):
    tab = await stopped_tab(opened)
    before = tab.html
    await tab.answer(await tab.send(t="refresh", view=1))
    frame = await tab.receive()

    assert (frame["t"], frame["c"]) == ("stopped", "a")
    assert tab.html == before


async def test_what_was_prepared_is_shown_with_what_is_in_it(opened):
    tab = await opened("/jumble/")
    await tab.event("prepare", id="p", inner="n")
    await until(lambda: len(seen("render")) >= 2)
    await tab.event("show", shown="tally:p:n")
    while "inner: 0" not in tab.html:
        await tab.receive()

    await tab.event("add", component="n")
    assert "inner: 1" in tab.html


async def test_what_is_prepared_only_is_unknown_to_the_browser(opened, actors):
    tab = await opened("/jumble/")
    await tab.event("prepare", id="p")
    await until(lambda: seen("render"))

    assert (await tab.event("add", component="p"))["code"] == "unknown_component"
    answer = await tab.answer(await tab.send(t="refresh", view=1, c="p"))
    assert answer["code"] == "unknown_component"


async def test_of_too_many_that_are_prepared_the_oldest_ends(opened, actors):
    def prepared():
        cells = [each for each in actors.cells() if each.kind == "component" and each.alive]
        return {each.path.rsplit("/", 1)[1] for each in cells} - {"s"}

    tab = await opened("/jumble/?shown=tally:s")
    ids = [f"p{number}" for number in range(MAX_PREPARED + 5)]
    for id in ids:
        await tab.event("prepare", id=id)
    await until(lambda: prepared() == set(ids[5:]))

    await tab.event("show", shown=",".join(["tally:s", *(f"tally:{id}" for id in ids)]))
    await until(lambda: prepared() == set(ids))
    for id in (ids[0], ids[-1]):
        assert (await tab.event("add", component=id))["v"] == 2


async def test_another_class_takes_the_place_of_an_id_in_one_frame(opened):
    tab = await opened("/jumble/?shown=tally:x")
    for name in ("frail", "resuming", "tally"):
        answer = await tab.event("show", shown=f"{name}:x")
        assert (answer["parts"][-1]["c"], answer["parts"][-1]["v"]) == ("x", 1)
        assert (await tab.event("add", component="x"))["v"] == 2

    await until(lambda: len([entry for entry in log if entry[1] == "terminate"]) == 3)


@pytest.mark.threads
async def test_what_a_component_that_is_gone_still_places_leaves_nothing_behind(opened, actors):
    tab = await opened("/jumble/?shown=tally:a")
    await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    nesting = await tab.send(t="event", view=1, c="a", name="nest", params={"id": "n"})
    (cell,) = [each for each in actors.cells() if each.path.endswith("/a")]
    await until(lambda: seen("wait"))
    await tab.event("show", shown="tally:b")
    gates["a"].set()
    await tab.answer(nesting)
    await until(lambda: not cell.alive)

    assert set(records_of(actors)) == {"b"}
    answer = await tab.event("nest", component="b", id="n")
    assert [part["c"] for part in answer["parts"]] == ["b", "n"]


@pytest.mark.threads
async def test_an_answer_of_a_component_that_is_gone_is_none_of_the_view(opened, actors):
    tab = await opened("/jumble/?shown=tally:a,tally:b")
    waiting = await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    await until(lambda: seen("wait"))
    await tab.event("show", shown="tally:b")
    gates["a"].set()

    assert await tab.answer(waiting) == {"t": "ok", "ref": waiting}


async def test_two_new_parents_with_one_id_are_an_error_of_one_of_them(opened, actors):
    tab = await opened("/jumble/")
    await tab.send(t="event", view=1, name="show", params={"shown": "tally:a:n,tally:b:n"})
    await until(lambda: "n" in records_of(actors) and records_of(actors)["n"].known)
    await tab.answer(await tab.send(t="refresh", view=1))

    assert tab.html.count("inner: 0") == 1


@pytest.mark.threads
async def test_a_busy_component_keeps_a_tab_that_comes_back_waiting_only_so_long(
    opened, actors, monkeypatch
):
    monkeypatch.setattr(family, "PATIENCE", 0.01)
    tab = await opened("/jumble/?shown=tally:a:n")
    await tab.event("add", component="n")
    before = tab.html
    await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    await until(lambda: seen("wait"))
    await rejoined(tab, v=10**6)

    assert tab.html == before  # of the busy one, the last picture; and what is in it
    gates["a"].set()
    assert (await tab.event("add", component="a"))["t"] == "patch"
    assert (await tab.event("add", component="n"))["t"] == "patch"
    assert "inner: 2" in tab.html


@pytest.mark.threads
async def test_what_a_lost_socket_has_asked_is_answered_while_the_next_one_joins(opened, actors):
    """A component that is waited for answers somebody else meanwhile: both are told."""
    tab = await opened("/jumble/?shown=tally:a")
    await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    (cell,) = [each for each in actors.cells() if each.path.endswith("/a")]
    await until(lambda: seen("wait"))
    asked = Reply()
    cell.enqueue(CallEvent("add", {}), asked)
    await tab.close(1006)
    await tab.connect()
    join = {"protocol": 1, "token": tab.token, "tab": tab.name, "v": tab.version}
    joining = await tab.send(t="join", c=tab.versions, **join)
    screen = records_of(actors)["a"].view.screen

    def missing() -> set[str]:
        with screen.lock:
            return screen.missing()  # type: ignore[no-any-return]

    await until(lambda: missing() == {"a"})
    gates["a"].set()
    joined = await tab.answer(joining)

    assert joined["t"] == "joined"
    while ": 1" not in tab.html:
        await tab.receive()
    assert asked.get(10).version == 2


async def test_an_event_of_a_nested_component_right_after_the_join_is_handled(opened):
    tab = await opened("/jumble/?shown=tally:a:n")

    # `ok`, where the picture went with others' that were waited for.
    assert (await tab.event("add", component="n"))["t"] in ("patch", "ok")
    assert "inner: 1" in tab.html


async def test_odd_ids(opened):
    ids = ["é/ß", "a b", "'\"<&>", "x" * 200, "..", "%2F", "components"]
    tab = await opened("/jumble/")
    await tab.event("show", shown=",".join(f"tally:{id}" for id in ids))

    for id in ids:
        assert (await tab.event("add", component=id))["t"] == "patch"
    assert set(tab.components) == set(ids)
    await rejoined(tab)
    assert set(tab.components) == set(ids)


async def test_one_id_comes_and_goes_quickly(opened, actors):
    tab = await opened("/jumble/")
    refs = []
    for number in range(100):
        shown = "tally:x:y" if number % 2 == 0 else ""
        refs.append(await tab.send(t="event", view=1, name="show", params={"shown": shown}))
    refs.append(await tab.send(t="event", view=1, name="show", params={"shown": "tally:x:y"}))
    for ref in refs:
        await tab.answer(ref)
    while "inner: 0" not in tab.html:
        await tab.receive()

    assert (await tab.event("add", component="y"))["t"] == "patch"
    assert set(records_of(actors)) == {"x", "y"}


async def test_three_hundred_components(opened, actors):
    tab = await opened("/jumble/")
    answer = await tab.event("show", shown=",".join(f"tally:c{n}" for n in range(300)))
    while any(not tree.children for tree in tab.components.values()) or len(tab.components) < 300:
        await tab.receive()

    assert answer["t"] == "batch"
    await tab.event("show", shown="")
    await until(lambda: not [each for each in actors.cells() if each.kind == "component"])


async def test_events_for_what_is_none_of_this_view_reach_nobody(opened):
    one, other = await opened("/jumble/?shown=tally:a"), await opened("/jumble/?shown=tally:b")

    for id in ("b", "../b", "components/a", "__class__", "a/", "A"):
        assert (await one.event("add", component=id))["code"] == "unknown_component"
    for name in ("mount", "update", "send", "handle_info", "__init__", "_live_place", "preload"):
        assert (await one.event(name, component="a"))["code"] == "unknown_event"
    assert "1" not in other.html
    assert not seen("mount")


@pytest.mark.parametrize("rubbish", [7, [], "a", {"a": "1"}, {"a": -1}, {"": 1}, {"a": None}])
async def test_rubbish_about_versions_is_refused(opened, rubbish):
    tab = await opened("/jumble/?shown=tally:a")
    await tab.close(1006)
    await tab.connect()
    answer = await tab.join(c=rubbish)

    assert answer["code"] == "bad_frame"
    assert (await tab.join(c={"a": 10**9, "b": 3}))["t"] == "joined"
    assert (await tab.event("add", component="a"))["t"] == "patch"


async def test_leaving_while_components_are_mounted(opened, actors):
    tab = await opened("/jumble/")
    await tab.send(t="event", view=1, name="show", params={"shown": "tally:a:n,tally:b"})
    await tab.answer(await tab.send(t="leave", view=1))
    await until(lambda: not [each for each in actors.cells() if "/views/" in each.path])
