"""What a component is sent while it, or what is around it, is being replaced: props and events."""

from __future__ import annotations

from typing import Any

import pytest

from tests.live.components import gates, log, seen
from tests.live.movers import Tray
from tests.live.troubled import QUICK
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture
def failures():
    """How often the `update` of each tray is still to fail."""
    Tray.failures.clear()
    yield Tray.failures
    Tray.failures.clear()


def the_view(actors: Any) -> Any:
    (cell,) = [each for each in actors.cells() if each.kind == "view"]
    return cell


def record_of(actors: Any, id: str) -> Any:
    return the_view(actors).data["view"].components[id]


def updates() -> list[str]:
    """Return what each `update` was called with."""
    return [entry[2]["ids"] for entry in log if entry[1] == "update" and "ids" in entry[2]]


async def until_shown(tab: Tab, text: str) -> None:
    while text not in tab.html:
        await tab.receive()


async def test_props_that_failed_are_passed_again_with_the_next_picture_of_the_parent(
    opened, actors, failures
):
    tab = await opened("/desk/?trays=a:x")
    failures["a"] = 1
    await tab.event("arrange", trays="a:y")
    await until(lambda: record_of(actors, "a").cell.restarts == 1)
    assert "<h3>a x</h3>" in tab.html
    await tab.event("tick")
    await until_shown(tab, "<h3>a y</h3>")
    await tab.event("tick")
    await tab.event("hold", component="a", ids="z")

    assert updates() == ["y", "y"]


async def test_props_that_fail_again_are_not_passed_a_third_time(opened, actors, failures):
    tab = await opened("/desk/?trays=a:x")
    failures["a"] = 1000
    await tab.event("arrange", trays="a:poison")
    await until(lambda: record_of(actors, "a").cell.restarts == 1)
    for _ in range(6):
        await tab.event("tick")
        await tab.event("hold", component="a", ids="x")  # which is answered when that has failed
    await until(lambda: record_of(actors, "a").cell.restarts == 2)
    failures["a"] = 0

    assert updates() == ["poison", "poison"]
    assert "<h3>a x</h3>" in tab.html
    await tab.event("arrange", trays="a:y")
    await until_shown(tab, "<h3>a y</h3>")
    assert the_view(actors).restarts == 0


async def test_props_that_failed_are_forgotten_when_there_are_others(opened, actors, failures):
    tab = await opened("/desk/?trays=a:x")
    failures["a"] = 1
    await tab.event("arrange", trays="a:y")
    await until(lambda: record_of(actors, "a").cell.restarts == 1)
    await tab.event("arrange", trays="a:z")
    await until_shown(tab, "<h3>a z</h3>")
    await tab.event("tick")
    await tab.event("hold", component="a", ids="w")

    assert updates() == ["y", "z"]
    assert "<h3>a w</h3>" in tab.html


async def test_props_that_failed_too_often_leave_the_page_as_it_was(
    opened, actors, failures, settings
):
    once = {**QUICK, "max_restarts": 0}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": QUICK, "component": once}}
    tab = await opened("/desk/?trays=a:x")
    failures["a"] = 1000
    await tab.event("arrange", trays="a:poison")
    await until(lambda: the_view(actors).restarts == 2)  # with it, and with its second chance
    await until(lambda: record_of(actors, "a").is_alive)
    failures["a"] = 0
    await tab.event("hold", component="a", ids="y")

    assert "<h3>a y</h3>" in tab.html
    assert updates() == ["poison", "poison"]


@pytest.mark.threads
async def test_events_wait_while_the_supervisor_of_the_components_is_replaced(opened, actors):
    """A busy sibling keeps the supervisor that has failed from ending."""
    tab = await opened("/ward/?shown=escalating:e,tally:a,tally:b")
    await tab.event("nest", component="a", id="n")
    family = record_of(actors, "a").cell.parent
    await tab.send(t="event", view=1, c="b", name="wait", params={"gate": "b"})
    await until(lambda: seen("wait"))
    await tab.event("fail", component="e")
    await until(lambda: "ending" in family.data)
    refs = [
        await tab.send(t="event", view=1, c=id, name="add")
        for id in ("a", "b", "e", "n")
        for _ in range(3)
    ]
    await until(lambda: len(record_of(actors, "a").early) == 3)
    gates["b"].set()

    answers: dict[int, Any] = {}
    while not answers.keys() >= set(refs):
        frame = await tab.receive()
        answers[frame.get("ref", 0)] = frame
    assert [(answers[ref]["t"], answers[ref]["v"]) for ref in refs] == [
        *[("patch", version) for version in (3, 4, 5)],  # it has shown another before
        *[("patch", version) for version in (2, 3, 4)] * 3,
    ]


@pytest.mark.threads
@pytest.mark.parametrize("failing", ["escalating", "tally"])
async def test_events_that_were_not_begun_with_when_the_supervisor_fails_are_handled_in_order(
    opened, actors, failing
):
    """A busy sibling keeps the supervisor that has failed from ending."""
    tab = await opened(f"/ward/?shown={failing}:e,tally:a,tally:b")
    family = record_of(actors, "a").cell.parent
    waiting = [
        await tab.send(t="event", view=1, c=id, name="wait", params={"gate": id}) for id in "abe"
    ]
    await until(lambda: len(seen("wait")) == 3)
    for _ in range(4 if failing == "tally" else 1):  # one more than it may
        await tab.send(t="event", view=1, c="e", name="fail")
    refs = [await tab.send(t="event", view=1, c=id, name="add") for id in "abeabe"]
    await until(lambda: all(len(record_of(actors, id).cell.mailbox) >= 2 for id in "abe"))
    gates["e"].set()
    await until(lambda: "ending" in family.data)
    refs += [await tab.send(t="event", view=1, c=id, name="add") for id in "abe"]
    await until(lambda: all(record_of(actors, id).early for id in "abe"))
    gates["a"].set()
    gates["b"].set()

    answers: dict[int, str] = {}
    while not answers.keys() >= {*waiting, *refs}:
        frame = await tab.receive()
        answers[frame.get("ref", 0)] = frame["t"]
    for first in range(3):
        mine = refs[first::3]
        assert [ref for ref in answers if ref in mine] == mine
    assert "error" not in {answers[ref] for ref in refs}
    assert tab.html.count(": 3</h2>") == 3
    assert not list(actors.dead_letters)


@pytest.mark.threads
async def test_who_fails_while_the_supervisor_ends_comes_back(opened, actors):
    tab = await opened("/ward/?shown=escalating:e,tally:b")
    family = record_of(actors, "b").cell.parent
    waiting = await tab.send(t="event", view=1, c="b", name="wait", params={"gate": "b"})
    await tab.send(t="event", view=1, c="b", name="fail")
    await until(lambda: seen("wait"))
    await tab.event("fail", component="e")
    await until(lambda: "ending" in family.data)
    gates["b"].set()
    await tab.answer(waiting)
    await until(lambda: not family.alive)

    assert (await tab.event("add", component="b"))["t"] == "patch"


@pytest.mark.threads
async def test_what_waits_for_components_of_a_view_that_does_not_come_back_is_answered(
    opened, actors, settings
):
    ends = {**QUICK, "strategy": "stop"}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": ends, "component": QUICK}}
    tab = await opened("/ward/?shown=escalating:e,tally:a,tally:b")
    family = record_of(actors, "a").cell.parent
    await tab.send(t="event", view=1, c="b", name="wait", params={"gate": "b"})
    await until(lambda: seen("wait"))
    await tab.event("fail", component="e")
    await until(lambda: "ending" in family.data)
    asked = await tab.send(t="event", view=1, c="a", name="add")
    await until(lambda: record_of(actors, "a").early)
    gates["b"].set()

    assert (await tab.answer(asked))["code"] == "stopped"
