"""A page one of whose views wants threads, and another none: they share a session, so the one that
is joined first decides for both."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pykka_live import publish
from tests.live.pair import Region, Several
from tests.live.troubled import open_gate, somebody_waits_at

pytestmark = pytest.mark.threads  # the views say themselves how they want to run

ORDERS = {"in place": (0, 1), "threads": (1, 0)}
"""In which order the views are joined, by how they run then."""


@pytest.fixture(params=ORDERS)
def how(request):
    return request.param


async def opened(name: str, how: str) -> tuple[Several, list[Region]]:
    page = Several(f"/several/{name}/")
    await page.load()
    await page.connect()
    regions = [page.regions[number] for number in ORDERS[how]]
    for region in regions:
        assert (await region.join())["t"] == "joined"
    return page, regions


def session_of(actors: Any) -> Any:
    (session,) = [cell for cell in actors.cells() if cell.kind == "session"]
    return session


def runs(actors: Any) -> str:
    """Tell how the one session runs."""
    is_threaded = session_of(actors).system is actors
    ours = [t for t in threading.enumerate() if t.name.startswith(session_of(actors).path)]
    assert is_threaded or not ours
    return "threads" if is_threaded else "in place"


async def test_both_are_there_over_one_socket_as_the_first_wants_it(actors, how):
    page, regions = await opened("mixed", how)
    assert runs(actors) == how
    for count in (1, 2):
        for region in regions:
            assert (await region.event("up"))["t"] == "patch"
            assert f"<b>{count}</b>" in region.html
    publish("news", "heard")
    while not all("heard" in region.html for region in regions):
        await page.receive()
    await page.close()


async def test_one_that_fails_is_none_of_the_others(actors, how):
    page, (one, other) = await opened("mixed", how)
    for region in (one, other):
        await region.event("up")
    for kind in ("ValueError", "SystemExit"):
        assert (await one.event("fail", kind=kind))["code"] == "handler_failed"
    for region in (one, other):
        assert (await region.event("up"))["t"] == "patch"
        assert "<b>2</b>" in region.html
    views = [cell.incarnation for cell in actors.cells() if cell.kind == "view"]
    assert sorted(views) == [1, 3]
    await page.close()


async def test_one_that_is_busy_keeps_the_other_waiting_in_place_only(actors, how):
    page, (one, other) = await opened("mixed", how)
    waiting = await one.send(t="event", view=one.view, name="wait")
    await somebody_waits_at("wait")
    up = await other.send(t="event", view=other.view, name="up")
    if how == "threads":
        assert (await other.answer(up))["t"] == "patch"
    open_gate("wait")
    if how == "threads":
        assert (await one.answer(waiting))["t"] == "ok"
    else:
        answers = [await page.answer(ref) for ref in (waiting, up)]
        assert [frame["t"] for frame in answers] == ["ok", "patch"]
    assert "<b>1</b>" in other.html
    await page.close()


async def test_it_stays_so_when_the_first_leaves_and_when_the_tab_comes_back(actors, how):
    page, (one, other) = await opened("mixed", how)
    await other.event("up")
    await one.answer(await one.send(t="leave", view=one.view))
    assert (await other.event("up"))["t"] == "patch"
    await page.close(1006)
    await page.connect()
    frame = await other.join()

    assert (frame["t"], frame["resumed"]) == ("joined", True)
    assert (await other.event("up"))["t"] == "patch"
    assert "<b>3</b>" in other.html
    assert runs(actors) == how
    await page.close()


async def test_both_that_are_asked_for_at_once_are_one_session(actors, how):
    page = Several("/several/mixed/")
    await page.load()
    await page.connect()
    for number in ORDERS[how]:
        region = page.regions[number]
        joining = {"protocol": 1, "token": region.token, "tab": region.name, "v": 0}
        await region.send(t="join", **joining)
    found: list[dict] = []
    while len(found) < 2:
        found.append(await page.receive())
    assert [frame["t"] for frame in found] == ["joined", "joined"]
    for frame in found:
        page.asked[frame["ref"]].view = frame["view"]
    for region in page.regions:
        assert (await region.event("up"))["t"] == "patch"
        assert "<b>1</b>" in region.html
    assert runs(actors) in ORDERS
    assert len([cell for cell in actors.cells() if cell.kind == "view"]) == 2
    await page.close()


async def test_their_components_run_as_they_do(actors, how):
    page, regions = await opened("mixed_lounges", how)
    for count in (1, 2):
        for region in regions:
            for id in ("q", "other"):
                assert (await region.event("up", component=id))["t"] == "patch"
            assert region.html.count(f">{count} <") == 2
    assert (await regions[0].event("fail", component="q"))["code"] == "handler_failed"
    assert (await regions[0].event("up", component="q"))["t"] == "patch"
    assert '<p live-component="q">3 </p>' in regions[0].html
    assert regions[1].html.count(">2 <") == 2
    assert len([cell for cell in actors.cells() if cell.kind == "component"]) == 4
    assert runs(actors) == how
    await page.close()


async def test_two_sockets_of_a_page_meet_in_one_session(actors, how):
    """As where a line is broken, and only the server does not know it yet."""
    page, (one, other) = await opened("mixed", how)
    await one.event("up")
    again = Several("/several/mixed/", page.client)
    again.regions = [Region(again, region.token, region.html) for region in (other, one)]
    await again.connect()
    for region in again.regions:
        assert (await region.join())["t"] == "joined"
        assert (await region.event("up"))["t"] == "patch"
    assert "<b>2</b>" in again.regions[1].html
    assert runs(actors) == how
    await page.close(1006)
    assert (await again.regions[0].event("up"))["t"] == "patch"
    await again.close()
