"""Components that cannot be mounted, or drawn, the first time: they end alone."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.urls import path

from pykka_live import LiveComponent, LiveView, event
from pykka_live.live import family
from pykka_live.live.record import BY_HAND
from pykka_live.observability import catalogue
from pykka_live.observability.incidents import Incidents
from tests import urls
from tests.live.components import gates, log, seen
from tests.live.pair import Several
from tests.live.several import page
from tests.live.test_component_supervision import the_component
from tests.live.troubled import QUICK
from tests.tab import Tab, until

pytestmark = [pytest.mark.urls(__name__), pytest.mark.usefixtures("quick_restarts")]

ALWAYS = 1000
TRIES = 1 + QUICK["max_restarts"]

failures: dict[str, tuple[str, int]] = {}
"""Where components fail, by their ids, and how many of their mounts do."""


class Newcomer(LiveComponent):
    name = "newcomer"
    template = (
        "{% load pykka_live %}<p>{{ picture }} {{ count }}"
        "{% if inner %}{% live_component 'newcomer' id=inner %}{% endif %}</p>"
    )
    inner = ""

    def mount(self, label: str = "") -> None:
        if self.id in gates:
            gates[self.id].wait(10)
        log.append((self.id, "mount"))
        self.label, self.count = label, 0
        self._stumble("mount")

    def on_restore(self) -> None:
        self._stumble("mount")

    @property
    def picture(self) -> str:
        self._stumble("template")
        return f"{self.id} {self.label}"

    def _stumble(self, place: str) -> None:
        where, times = failures.get(self.id, ("", 0))
        if where == place and self.label != "good" and len(seen("mount", self.id)) <= times:
            raise ValueError("on purpose")

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")

    @event
    def nest(self, id: str) -> None:
        self.inner = id


class Together(Newcomer):
    name = "newcomer_together"
    supervision = {"scope": "one_for_all"}


class Escalating(Newcomer):
    name = "newcomer_escalating"
    supervision = {"strategy": "escalate"}


class Stopping(Newcomer):
    name = "newcomer_stopping"
    supervision = {"strategy": "stop"}


class Hall(LiveView):
    """Shows components by the ends of their names, and their ids."""

    template = """{% load pykka_live %}<section data-liveview-root><b>{{ count }}</b>
      {% for name, id in shown %}{% live_component name id=id label=label %}{% endfor %}
    </section>"""

    def mount(self, request: Any) -> None:
        self.count, self.label, self.shown = 0, "", [("newcomer", "c")]

    @event
    def show(self, shown: str) -> None:
        pairs = [each.split(":") for each in shown.split(",") if each]
        self.shown = [(f"newcomer{name}", id) for name, id in pairs]

    @event
    def relabel(self, label: str) -> None:
        self.label = label

    @event
    def up(self) -> None:
        self.count += 1


urlpatterns = [
    *urls.urlpatterns,
    path("hall/", Hall.as_view()),
    path("halls/", page('{% live_view "tests.live.test_component_starts.Hall" %}' * 2)),
]


@pytest.fixture(autouse=True)
def _all_are_well():
    failures.clear()


@pytest.fixture
async def tab(opened):
    return await opened("/hall/")


@pytest.fixture
def patient(settings, monkeypatch):
    """Let the second try of a component be far off, and updates wait for no picture."""
    slow = {**QUICK, "backoff": [1000, 1000]}  # of which the first try is at once
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": QUICK, "component": slow}}
    monkeypatch.setattr(family, "PATIENCE", 0)


async def told(tab: Tab, *ids: str, component: str | None = None, **event: str) -> set[str]:
    """Have a tab do something, and wait until it has been told that these components have ended;
    return the reasons."""
    ((name, value),) = event.items()
    params = {{"show": "shown", "relabel": "label", "nest": "id"}[name]: value}
    which = {"c": component} if component else {}
    ref = await tab.send(t="event", view=tab.view, name=name, params=params, **which)
    codes, waiting, is_answered = set(), set(ids), False
    while waiting:
        frame = await tab.receive()
        is_answered = is_answered or frame.get("ref") == ref
        if frame["t"] == "stopped":
            assert is_answered  # so it has the place
            codes.add(frame["code"])
            waiting.remove(frame["c"])
    return codes


async def goes_on(tab: Tab, actors, *ids: str, since: int = 0) -> None:
    """Check that a view, and those of its components, are what they were."""
    assert (await tab.event("up"))["t"] == "patch"
    for id in ids:
        assert (await tab.event("up", component=id))["t"] == "patch"
        assert f"{id}  {since + 1}</p>" in tab.html
        assert the_component(actors, id).incarnation == 1
    others = [cell for cell in actors.cells() if cell.kind in ("view", "session")]
    assert {cell.incarnation for cell in others} == {1}


@pytest.mark.parametrize(
    ("place", "error"), [("mount", "ValueError"), ("template", "TemplateFailed")]
)
async def test_it_is_tried_as_often_as_it_may_be_restarted_and_ends_alone(
    tab, actors, caplog, place, error
):
    incidents = Incidents()
    actors.add_listener(incidents)
    failures["a"] = (place, ALWAYS)
    with caplog.at_level(logging.ERROR, "pykka_live.actors"):
        assert await told(tab, "a", show=":a,:c") == {"crashed"}

    assert seen("mount", "a") == ["a"] * TRIES
    assert (await tab.event("up", component="a"))["code"] == "stopped"
    await goes_on(tab, actors, "c")
    said = [(each.event, each.reason) for each in caplog.records if each.path.endswith("/a")]
    assert said == [("failed", error)] * TRIES + [("stopped", "start failed")]
    counted = incidents.counts()
    assert sum(counted[catalogue.FAILURES].values()) == TRIES
    assert not any(counted[catalogue.ESCALATIONS].values())
    assert not any(counted[catalogue.RESTARTS].values())


async def test_other_views_of_the_page_notice_nothing(actors):
    halls = Several("/halls/")
    await halls.open()
    left, right = halls.regions
    log.clear()
    failures["a"] = ("mount", ALWAYS)
    await told(left, "a", show=":a")

    await goes_on(right, actors)
    await goes_on(left, actors)
    assert (await right.event("up", component="c"))["t"] == "patch"
    await halls.close()


async def test_what_cannot_begin_within_a_component_does_not_fail_that(tab, actors):
    failures["n"] = ("mount", ALWAYS)
    await told(tab, "n", component="c", nest="n")

    assert seen("mount", "n") == ["n"] * TRIES
    await tab.event("nest", component="c", id="")
    await goes_on(tab, actors, "c")


async def test_several_that_cannot_begin_end_each_for_itself(tab, actors):
    failures["a"] = failures["b"] = failures["d"] = ("mount", ALWAYS)
    await told(tab, "a", "b", "d", show=":a,:c,:b,_together:d")

    assert sorted(seen("mount")) == ["a"] * TRIES + ["b"] * TRIES + ["d"] * TRIES
    await goes_on(tab, actors, "c")


async def test_tries_are_no_restarts(tab, actors):
    failures["a"] = ("mount", TRIES - 1)
    await tab.event("show", shown=":a,:c")
    while "a  0</p>" not in tab.html:
        await tab.receive()
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    for _ in range(QUICK["max_restarts"]):
        await tab.event("fail", component="a")

    await tab.event("up", component="a")
    assert "a  1</p>" in tab.html
    assert view.incarnation == 1
    await tab.event("fail", component="a")
    await until(lambda: view.incarnation == 2)


async def test_one_that_cannot_begin_delays_no_restart_of_all(tab, actors, patient):
    failures["a"] = ("mount", ALWAYS)
    await tab.event("show", shown=":a,_together:b,:c")
    await until(lambda: the_component(actors, "a").backing_off)
    await tab.event("fail", component="b")

    for id in "bc":
        assert (await tab.event("up", component=id))["t"] == "patch"
    assert {the_component(actors, id).incarnation for id in "bc"} == {2}
    assert the_component(actors, "a").alive


@pytest.mark.threads  # it is in its mount while another one fails
async def test_a_restart_of_all_goes_on_without_one_that_cannot_begin(tab, actors, patient):
    gate, failures["a"] = gates["a"], ("mount", ALWAYS)
    await tab.event("show", shown=":a,_together:b,:c")
    await tab.event("fail", component="b")
    await until(lambda: the_component(actors, "a").state == "stopping")
    gate.set()

    for id in "bc":
        assert (await tab.event("up", component=id))["t"] == "patch"
    await until(lambda: the_component(actors, "a").backing_off)
    assert {the_component(actors, id).incarnation for id in "bc"} == {2}


async def test_it_does_not_come_back_with_a_view_that_others_fail(tab, actors):
    failures["a"] = ("mount", ALWAYS)
    await told(tab, "a", show=":a,:c")
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    for _ in range(TRIES):
        await tab.event("fail", component="c")
    await until(lambda: view.incarnation == 2)
    await until(lambda: view.data["view"].components["c"].is_alive)

    assert (await tab.event("up", component="c"))["t"] == "patch"
    assert seen("mount", "a") == ["a"] * TRIES


async def test_it_is_tried_anew_with_other_props_and_when_it_is_shown_again(tab, actors):
    failures["a"] = ("mount", ALWAYS)
    await told(tab, "a", show=":a")
    await tab.event("up")
    assert seen("mount", "a") == ["a"] * TRIES
    await told(tab, "a", relabel="bad")
    assert seen("mount", "a") == ["a"] * 2 * TRIES

    await tab.event("show", shown="")
    await told(tab, "a", show=":a")
    assert seen("mount", "a") == ["a"] * 3 * TRIES
    await tab.event("relabel", label="good")
    while "a good 0</p>" not in tab.html:
        await tab.receive()
    assert (await tab.event("up", component="a"))["t"] == "patch"
    assert seen("mount", "a") == ["a"] * (3 * TRIES + 1)


async def test_other_props_do_not_bring_back_what_was_stopped_by_hand(tab, actors, patient):
    failures["a"] = ("mount", ALWAYS)
    await tab.event("show", shown=":a,:c")
    await until(lambda: the_component(actors, "a").backing_off)
    the_component(actors, "a").stop(BY_HAND)
    while (frame := await tab.receive())["t"] != "stopped":
        pass
    assert (frame["c"], frame["code"]) == ("a", "stopped")

    tried = seen("mount", "a")
    await tab.event("relabel", label="good")
    assert (await tab.event("up", component="a"))["code"] == "stopped"
    assert seen("mount", "a") == tried


async def test_whose_strategy_is_stop_is_tried_once(tab, actors):
    failures["a"] = ("mount", ALWAYS)
    await told(tab, "a", show="_stopping:a,:c")

    assert seen("mount", "a") == ["a"]
    await goes_on(tab, actors, "c")


async def test_whose_strategy_is_escalate_fails_the_view(tab, actors):
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    failures["a"] = ("mount", 1)
    await tab.event("show", shown="_escalating:a,:c")
    while "a  0</p>" not in tab.html:
        await tab.receive()

    assert view.incarnation == 2


async def test_what_has_been_up_fails_the_view_if_it_cannot_be_mounted_again(tab, actors):
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    await tab.event("show", shown=":c,:a")
    assert the_component(actors, "a").data["component"].checkpoint is not None
    log.clear()
    failures["a"] = ("mount", TRIES)
    await tab.event("fail", component="a")
    await until(lambda: view.incarnation == 2)
    await until(lambda: view.data["view"].components["a"].is_alive)

    while (await tab.event("up", component="a"))["t"] != "patch":
        await until(lambda: view.data["view"].components["a"].is_alive)
