"""A component's id that moves from one place of its view to another."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live import create_session_actor, vdom
from pykka_live.rendering import compose
from tests.live.components import gates, log, seen
from tests.live.movers import Desk
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture
def opened(opened):
    return lambda query: opened(f"/desk/?{query}")


def the_cell(actors: Any, id: str) -> Any:
    return the_view(actors).components[id].cell


def the_view(actors: Any) -> Any:
    (cell,) = [each for each in actors.cells() if each.kind == "view"]
    return cell.data["view"]


def holder(actors: Any) -> str | None:
    record = the_view(actors).components.get("x")
    return record.owner.component if record else None


def is_at_rest(actors: Any) -> bool:
    """Tell whether no actor has anything left to do."""
    counts = [(cell.path, cell.handled) for cell in actors.cells()]
    busy = [each for each in actors.cells() if each.current is not None or len(each.mailbox)]
    return not busy and counts == [(cell.path, cell.handled) for cell in actors.cells()]


def server_html(actors: Any) -> str:
    view = the_view(actors)
    trees = {each.id: each.picture for each in view.components.values() if each.picture}
    return vdom.to_html(compose(view.picture, trees))


async def shown(tab: Tab, actors: Any, *wanted: str) -> None:
    """Wait until the tab shows these pieces, and what the server does, with each id once."""
    while not all(each in tab.html for each in wanted) or tab.html != server_html(actors):
        await tab.receive()
    for id in tab.components:
        assert tab.html.count(f'live-component="{id}"') == 1


MOVES = [
    # from, to, where it is then
    ("trays=a:x", {"trays": "a:", "own": "x"}, "own: 0"),
    ("trays=a:x", {"trays": "a:", "last": "x"}, "last: 0"),
    ("trays=a:x", {"trays": "", "own": "x"}, "own: 0"),
    ("trays=&own=x", {"trays": "a:x"}, "in: 0"),
    ("trays=a:&own=x", {"trays": "a:x"}, "in: 0"),
    ("trays=a:x,b:", {"trays": "a:,b:x"}, "in: 0"),
    ("trays=b:,a:x", {"trays": "b:x,a:"}, "in: 0"),
    ("trays=a:x", {"trays": "b:x"}, "in: 0"),
    ("trays=a:x%20y,b:z", {"trays": "a:z,b:y x"}, "in: 0"),
]


@pytest.mark.parametrize(("start", "then", "place"), MOVES)
async def test_a_component_moves_in_one_update(opened, actors, start, then, place):
    tab = await opened(start)
    await tab.event("add", component="x")
    old = the_cell(actors, "x")
    answer = await tab.event("arrange", **then)

    assert answer["t"] in ("ok", "patch", "batch")
    await until(lambda: is_at_rest(actors))
    await shown(tab, actors, place)
    await until(lambda: not old.alive)
    assert ("x", "terminate", "removed") in log
    assert (await tab.event("add", component="x"))["v"] == 2
    await shown(tab, actors, place.replace("0", "1"))
    assert [cell.failures for cell in actors.cells() if cell.failures] == []


@pytest.mark.parametrize("order", ["b:x,a:", "a:,b:x"])
async def test_components_hand_one_over_in_any_order(opened, actors, order):
    tab = await opened("trays=a:x,b:")
    for told in (order, "a:x,b:", order, "b:,a:x", order):
        await tab.event("tell", told=told)
    await until(lambda: is_at_rest(actors))

    assert holder(actors) == "b"
    await shown(tab, actors, "b x", "in: 0")
    assert (await tab.event("add", component="x"))["v"] == 2


async def test_what_is_given_to_and_fro_ends_where_it_was_told_last(opened, actors):
    tab = await opened("trays=a:x,b:")
    for n in range(20):
        told = "b:x,a:" if n % 2 else "a:x,b:"
        ref = await tab.send(t="event", view=1, name="tell", params={"told": told})
    await tab.answer(ref)
    await until(lambda: is_at_rest(actors))
    await shown(tab, actors, "b x", "<h3>a </h3>", "in: 0")

    assert (await tab.event("add", component="x"))["v"] == 2


@pytest.mark.threads
async def test_a_component_leaves_a_parent_that_is_busy(opened, actors):
    tab = await opened("trays=a:x,b:")
    await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    await until(lambda: seen("wait"))
    await tab.event("arrange", trays="a:,b:", own="x")
    await shown(tab, actors, "own: 0")
    assert (await tab.event("add", component="x"))["v"] == 2
    await shown(tab, actors, "own: 1")

    gates["a"].set()
    await shown(tab, actors, "own: 1", "<h3>a </h3>")
    assert the_cell(actors, "a").failures == 0


@pytest.mark.threads
async def test_a_component_that_is_busy_moves(opened, actors):
    tab = await opened("trays=a:x,b:")
    asked = await tab.send(t="event", view=1, c="x", name="wait", params={"gate": "x"})
    await until(lambda: seen("wait"))
    await tab.event("arrange", trays="a:,b:x")
    await shown(tab, actors, "<h3>a </h3>", "b x", "in: 0")
    gates["x"].set()

    assert await tab.answer(asked) == {"t": "ok", "ref": asked}
    await tab.event("add", component="x")
    await shown(tab, actors, "b x", "in: 1")


async def test_a_component_leaves_a_parent_that_has_ended_for_good(opened, actors):
    tab = await opened("trays=a:x,b:&kind=last_tray")
    await tab.event("fail", component="a")
    await until(lambda: the_view(actors).components["a"].is_stopped)
    await tab.event("arrange", trays="a:x,b:", own="x")

    await shown(tab, actors, "own: 0")
    assert (await tab.event("add", component="x"))["v"] == 2


async def test_two_places_at_once_are_an_error_of_the_one_that_had_it_before(opened, actors):
    tab = await opened("trays=a:x,b:")
    a = the_cell(actors, "a")
    await tab.event("hold", component="b", ids="x")
    await until(lambda: a.last_error)

    assert a.last_error.text == (
        "two components of one view have the id 'x': it is shown where it came "
        "last, and its place in this one stays empty"
    )
    await shown(tab, actors, "a x", "b x", "in: 0")
    assert (await tab.event("add", component="x"))["v"] == 2
    await tab.event("tick")
    await tab.event("hold", component="a", ids="x ")
    await shown(tab, actors, "a x ", "in: 1")
    assert (a.failures, the_cell(actors, "b").failures) == (1, 0)


async def test_a_place_that_was_lost_is_filled_again_when_it_is_free(opened, actors):
    tab = await opened("trays=a:x,b:")
    a = the_cell(actors, "a")
    await tab.event("hold", component="b", ids="x")
    await until(lambda: a.failures == 1)
    await tab.event("add", component="x")
    await tab.event("hold", component="b", ids="")

    await shown(tab, actors, "<h3>b </h3>", "in: 0")
    assert (await tab.event("add", component="x"))["v"] == 2


async def test_who_has_lost_a_component_takes_it_back_by_placing_it_anew(opened, actors):
    tab = await opened("trays=a:x,b:")
    await tab.event("hold", component="b", ids="x")
    await until(lambda: the_cell(actors, "a").failures == 1)
    await tab.event("hold", component="a", ids="")
    await tab.event("hold", component="a", ids="x")
    await until(lambda: the_cell(actors, "b").failures == 1)

    await shown(tab, actors, "a x", "in: 0")
    assert holder(actors) == "a"


@pytest.mark.threads
@pytest.mark.parametrize("given", [{}, {"v": 10**6, "c": {}}])
async def test_a_tab_that_comes_back_in_the_midst_of_a_move_is_shown_it(opened, actors, given):
    tab = await opened("trays=b:,a:x")
    await tab.send(t="event", view=1, c="a", name="wait", params={"gate": "a"})
    await until(lambda: seen("wait"))
    await tab.event("tell", told="b:x,a:")
    await until(lambda: holder(actors) == "b")
    await tab.close(1006)
    await tab.connect()
    joining = await tab.send(
        t="join", protocol=1, token=tab.token, tab=tab.name, **{"v": 0, "c": {}, **given}
    )
    await tab.answer(joining)
    gates["a"].set()

    await shown(tab, actors, "b x", "<h3>a </h3>", "in: 0")
    assert (await tab.event("add", component="x"))["v"] == 2


async def test_a_view_that_crashes_keeps_what_has_moved(opened, actors):
    tab = await opened("trays=a:x,b:")
    await tab.event("tell", told="b:x,a:")
    await shown(tab, actors, "b x", "<h3>a </h3>", "in: 0")
    await tab.event("add", component="x")
    for id in "ab":
        await tab.event("fail", component=id)

    await tab.event("tick")
    await shown(tab, actors, "b x", "in: 1")


@pytest.mark.parametrize("use_actors", [True, False])
async def test_a_component_moves_in_a_view_that_python_drives(actors, settings, use_actors):
    settings.PYKKA_LIVE = {**settings.PYKKA_LIVE, "USE_ACTORS": use_actors}
    handle = await create_session_actor("moves")
    mounted = await handle.mount(Desk, {"trays": "a:x,b:"})
    await handle.component_event(None, "x", "add")
    for then in ({"trays": "a:,b:", "own": "x"}, {"trays": "a:,b:x"}, {"trays": "a:x,b:"}):
        await handle.event("arrange", then)
        await handle.render()  # asks the trays, which place what is asked next
        html = (await handle.render()).html

        assert html.count('live-component="x"') == 1
        assert ("own: 0" if "own" in then else "in: 0") in html
        await handle.component_event(None, "x", "add")
    assert mounted.html.count('live-component="x"') == 1
    await handle.shutdown()
