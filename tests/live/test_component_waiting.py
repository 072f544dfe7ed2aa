"""An update waits for a component that is slow to mount, and meanwhile the tab asks for everything
again, or the view crashes."""

from __future__ import annotations

import asyncio
import threading

import pytest

from pykka_live.live import family
from tests.live.components import barriers, gates, log, seen
from tests.live.troubled import QUICK
from tests.tab import Tab, until

pytestmark = [
    pytest.mark.threads,  # in place nothing comes in between
    pytest.mark.usefixtures("quick_restarts"),
]


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    def set_patience(seconds: float) -> None:
        monkeypatch.setattr(family, "PATIENCE", seconds)

    set_patience(1000)  # until the component is there
    return set_patience


@pytest.fixture
async def tab():
    tab = Tab("/board/?ids=a")
    await tab.open()
    await tab.event("add", component="a")
    log.clear()
    yield tab
    for barrier in barriers.values():
        barrier.abort()
    await tab.close()


@pytest.fixture
def view(actors, tab):
    (cell,) = [cell for cell in actors.cells() if cell.kind == "view"]
    return cell


def screen_of(view):
    return view.data["view"].screen


def missing(view) -> set[str]:
    with screen_of(view).lock:
        return screen_of(view).missing()


async def show_slow(tab: Tab, view) -> int:
    """Have a component shown that is not there until `arrive`; return the ref."""
    barriers["slow"] = threading.Barrier(2)
    ref = await tab.send(t="event", view=1, name="show", params={"ids": "a,slow"})
    await until(lambda: missing(view) == {"slow"})
    return ref


async def arrive() -> None:
    await asyncio.to_thread(barriers["slow"].wait, 10)


async def answers(tab: Tab, *refs: int) -> list[dict]:
    """Return the answers in the order in which they come."""
    found: list[dict] = []
    while len(found) < len(refs):
        frame = await tab.receive()
        if frame.get("ref") in refs:
            found.append(frame)
    return found


async def all_goes_on(tab: Tab, **counts: int) -> None:
    for id, count in counts.items():
        assert f"tally: {count}" in _html(tab, id)
        assert (await tab.event("add", component=id))["t"] == "patch"
        assert f"tally: {count + 1}" in _html(tab, id)
    assert (await tab.event("retitle", title="Goes on"))["t"] == "patch"
    before = tab.html
    await tab.answer(await tab.send(t="refresh", view=1))
    assert tab.html == before


def _html(tab: Tab, id: str) -> str:
    return tab.html.partition(f'live-component="{id}"')[2].partition("</section>")[0]


async def test_a_refresh_is_answered_behind_what_waits(tab, view):
    shown = await show_slow(tab, view)
    refreshed = await tab.send(t="refresh", view=1)
    added = await tab.send(t="event", view=1, c="a", name="add")
    await until(lambda: len(screen_of(view).batches) == 3)
    await arrive()
    found = await answers(tab, shown, refreshed, added)

    assert found[0]["ref"] == shown
    parts = {frame["ref"]: [part.get("c") for part in frame.get("parts", [])] for frame in found}
    assert parts[shown] == [None, "slow"]
    assert parts[refreshed][0] is None
    await all_goes_on(tab, a=2, slow=0)


async def test_a_refresh_does_not_wait_for_ever(tab, view, patience):
    patience(0.01)
    barriers["slow"] = threading.Barrier(2)
    shown = await tab.send(t="event", view=1, name="show", params={"ids": "a,slow"})
    refreshed = await tab.send(t="refresh", view=1)
    found = await answers(tab, shown, refreshed)
    assert [frame["ref"] for frame in found] == [shown, refreshed]
    assert "slow" in tab.html

    await arrive()
    while "tally: 0" not in _html(tab, "slow"):
        await tab.receive()
    await all_goes_on(tab, a=1, slow=0)


async def test_a_refresh_of_the_component_itself_is_answered_when_it_is_there(tab, view):
    shown = await show_slow(tab, view)
    refreshed = await tab.send(t="refresh", view=1, c="slow")
    added = await tab.send(t="event", view=1, c="slow", name="add")
    await arrive()
    first, *others = await answers(tab, shown, refreshed, added)

    assert first["ref"] == shown
    assert [frame["t"] for frame in others] == ["tree", "patch"]
    await all_goes_on(tab, a=1, slow=1)


@pytest.mark.parametrize("refreshes", [False, True])
async def test_a_view_that_crashes_meanwhile_comes_back_with_what_waits(tab, view, refreshes):
    shown = await show_slow(tab, view)
    failed = await tab.send(t="event", view=1, name="fail")
    if refreshes:
        await tab.send(t="refresh", view=1)
    await until(lambda: view.incarnation == 2)
    (first,) = await answers(tab, failed)
    assert first["code"] == "handler_failed"

    await arrive()
    (second,) = await answers(tab, shown)
    assert [part.get("c") for part in second["parts"]] == [None, "slow"]
    assert "failed" not in tab.html
    await all_goes_on(tab, a=1, slow=0)
    assert seen("mount") == ["slow"]


async def test_a_component_that_crashes_in_its_slow_mount_is_waited_for_again(tab, view):
    shown = await show_slow(tab, view)
    barriers["slow"].abort()  # its mount raises
    barriers["slow"] = threading.Barrier(2)
    await arrive()
    (answer,) = await answers(tab, shown)

    assert [part.get("c") for part in answer["parts"]] == [None, "slow"]
    await all_goes_on(tab, a=1, slow=0)


async def test_a_view_that_crashes_and_takes_the_slow_one_away_leaves_nothing_waiting(tab, view):
    shown = await show_slow(tab, view)
    gone = await tab.send(t="event", view=1, name="show", params={"ids": "a"})
    failed = await tab.send(t="event", view=1, name="fail")
    await until(lambda: view.incarnation == 2)
    refs = [frame["ref"] for frame in await answers(tab, shown, gone, failed)]

    assert refs.index(shown) < refs.index(gone)
    assert not screen_of(view).batches
    assert "slow" not in tab.html
    barriers["slow"].abort()
    await all_goes_on(tab, a=1)


async def test_a_view_that_crashes_for_good_lets_go_of_what_waits(settings, patience):
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": {"strategy": "stop"}, "component": QUICK}}
    tab = Tab("/board/?ids=a")
    await tab.open()
    barriers["slow"] = threading.Barrier(2)
    shown = await tab.send(t="event", view=1, name="show", params={"ids": "a,slow"})
    failed = await tab.send(t="event", view=1, name="fail")
    frames = []
    while not any(frame["t"] == "stopped" for frame in frames):
        frames.append(await tab.receive())
    barriers["slow"].abort()
    gates["slow"].set()
    while len([frame for frame in frames if frame.get("ref") in (shown, failed)]) < 2:
        frames.append(await tab.receive())

    assert next(frame for frame in frames if frame.get("ref") == failed)["t"] == "error"
    await tab.close()
