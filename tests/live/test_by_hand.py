"""What somebody who looks after the server restarts or stops; and what the tab sees of it."""

from __future__ import annotations

import pytest

from pykka_live.actors import AsyncReply
from pykka_live.observability.interventions import InterventionRefused, restart, stop
from tests.live.test_component_supervision import counts
from tests.live.troubled import open_gate, somebody_waits_at
from tests.live.views import calls
from tests.tab import Tab, ended


@pytest.fixture
async def tab():
    tab = Tab("/troubled/")
    await tab.open()
    await tab.event("up")
    yield tab
    await tab.close()


def only(actors, kind):
    (cell,) = [cell for cell in actors.cells() if cell.kind == kind]
    return cell


async def restarted(actors, cell, **options):
    reply = AsyncReply()
    restart(actors, cell.path, "alice", reply=reply, **options)
    assert await reply.get(10) is cell


@pytest.mark.parametrize("kind", ["view", "session"])
async def test_a_restart_goes_on_from_the_checkpoint(tab, actors, kind):
    cell = only(actors, kind)
    await restarted(actors, cell)
    frame = await tab.event("up")
    while frame["t"] == "error":  # while the session opens its views again
        assert frame["code"] == "stopped"
        frame = await tab.event("up")
    assert "<b>2</b>" in tab.html
    assert (cell.incarnation, cell.failures) == (2, 0)
    assert calls["mount"] == 1


async def test_what_is_queued_waits_for_the_new_instance(tab, actors):
    busy = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    queued = [await tab.send(t="event", view=1, name="up") for _ in range(3)]
    reply = AsyncReply()
    restart(actors, only(actors, "view").path, "alice", reply=reply)
    open_gate("wait")
    for ref in (busy, *queued):
        assert (await tab.answer(ref))["t"] != "error"
    await reply.get(10)
    assert "<b>4</b>" in tab.html


@pytest.mark.parametrize("kind", ["view", "session"])
async def test_the_tab_of_what_is_stopped_is_told(tab, actors, kind):
    cell, session = only(actors, kind), only(actors, "session")
    stop(actors, cell.path, "alice")
    frame = await tab.receive()
    assert (frame["t"], frame["code"]) == ("stopped", "stopped")
    assert frame["message"] == "The page was stopped by those who run this site."
    await ended(session)


@pytest.fixture
async def ward():
    ward = Tab("/ward/?shown=tally:a,tally:b")
    await ward.open()
    yield ward
    await ward.close()


def component(actors, id):
    (cell,) = [each for each in actors.cells() if each.path.endswith(f"/components/{id}")]
    return cell


async def test_a_component_is_restarted_and_its_page_goes_on(ward, actors):
    await ward.event("add", component="a")
    cell = component(actors, "a")
    await restarted(actors, cell)
    await ward.event("add", component="a")
    assert counts(ward) == {"a": 2, "b": 0}
    assert only(actors, "view").incarnation == component(actors, "b").incarnation == 1


async def test_a_component_is_stopped_and_its_page_goes_on(ward, actors):
    stop(actors, component(actors, "a").path, "alice")
    frame = await ward.receive()
    assert (frame["t"], frame["code"], frame["c"]) == ("stopped", "stopped", "a")
    assert (await ward.event("add", component="b"))["t"] == "patch"


async def test_the_supervisor_of_components_is_not_restarted(ward, actors):
    family = only(actors, "components")
    with pytest.raises(InterventionRefused, match="never restarted"):
        restart(actors, family.path, "alice")


@pytest.mark.threads
async def test_one_that_hangs_is_replaced_at_once(tab, actors):
    cell = only(actors, "view")
    hanging = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    await restarted(actors, cell, within=0)
    assert (await tab.answer(hanging))["t"] == "error"
    await tab.event("up")
    assert "<b>2</b>" in tab.html
    open_gate("wait")
