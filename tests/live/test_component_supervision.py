"""Components that fail: what it costs, and what the strategies and scopes of supervision do."""

from __future__ import annotations

import pytest

from pykka_live.live.talking import ComponentRef
from pykka_live.observability import catalogue
from pykka_live.observability.incidents import Incidents
from tests.live.components import Unmountable, log, seen
from tests.tab import Tab, until

pytestmark = pytest.mark.usefixtures("quick_restarts")


@pytest.fixture(autouse=True)
def _mountable(monkeypatch):
    monkeypatch.setattr(Unmountable, "failures", 0)


@pytest.fixture
def opened(opened):
    return lambda shown: opened(f"/ward/?shown={shown}")


def counts(tab: Tab) -> dict[str, int]:
    """Return what the tallies show."""
    found = {}
    for id, tree in tab.components.items():
        heading = next(child for child in tree.children if getattr(child, "tag", "") == "h2")
        found[id] = int(heading.children[0].data.partition(":")[2].split()[0])
    return found


def the_component(actors, id: str):
    (cell,) = [each for each in actors.cells() if each.path.endswith(f"/components/{id}")]
    return cell


def are_back(view, *ids: str) -> bool:
    """Tell whether these components of a view have actors again."""
    components = view.data["view"].components
    return all(components[id].is_alive for id in ids)


async def test_the_tree_of_actors_is_that_of_the_page(opened, actors):
    tab = await opened("tally:a,tally:b")
    await tab.event("nest", component="a", id="n")
    view = next(cell for cell in actors.cells() if cell.kind == "view")

    paths = sorted(
        cell.path.removeprefix(view.path) for cell in actors.cells() if view.path in cell.path
    )
    assert paths == [
        "",
        "/components",
        "/components/a",
        "/components/a/components",
        "/components/a/components/n",
        "/components/b",
    ]
    kinds = {cell.kind for cell in actors.cells() if "/components/" in cell.path}
    assert kinds == {"component", "components"}


async def test_restarts_are_counted_by_class_from_the_first_start(opened, actors):
    incidents = Incidents()
    actors.add_listener(incidents)
    tab = await opened("tally:a")

    def restarts() -> dict[str, int]:
        counted = incidents.counts()[catalogue.RESTARTS]
        return {name: count for (kind, name), count in counted.items() if name}

    before = {"tests.live.components.Ward": 0, "tests.live.components.Tally": 0}
    assert restarts() == before
    await tab.event("fail", component="a")
    await until(lambda: restarts() == {**before, "tests.live.components.Tally": 1})


async def test_queued_events_of_a_component_are_handled_after_its_crash(opened):
    tab = await opened("tally:a")
    await tab.event("add", component="a")
    refs = [await tab.send(t="event", view=1, c="a", name="fail")]
    refs += [await tab.send(t="event", view=1, c="a", name="add") for _ in range(10)]
    frames = [await tab.answer(ref) for ref in refs]

    assert frames[0]["code"] == "handler_failed"
    assert {frame["t"] for frame in frames[1:]} == {"patch"}
    assert counts(tab) == {"a": 11}


async def test_others_see_how_often_a_component_was_restarted(opened, actors):
    tab = await opened("tally:a,tally:b")
    view = next(cell for cell in actors.cells() if cell.kind == "view").data["view"]
    for _ in range(2):
        await tab.event("fail", component="a")
    await tab.event("add", component="a")

    refs = {id: ComponentRef(record) for id, record in view.components.items()}
    assert {id: ref.restarts for id, ref in refs.items()} == {"a": 2, "b": 0}


async def test_with_one_for_all_the_siblings_restart_from_their_checkpoints(opened, actors):
    tab = await opened("tally:a,all_together:b,tally:c")
    for id in "abc":
        await tab.event("add", component=id)
    await tab.event("fail", component="b")
    await until(lambda: all(the_component(actors, id).incarnation == 2 for id in "abc"))

    for id in "abc":
        await tab.event("add", component=id)
    assert counts(tab) == {"a": 2, "b": 2, "c": 2}
    assert sorted(seen("terminate")) == ["a", "c"]
    assert not seen("mount")


async def test_with_rest_for_one_those_that_came_later_restart(opened, actors):
    tab = await opened("tally:a,from_here_on:b,tally:c")
    await tab.event("fail", component="b")
    await until(lambda: all(the_component(actors, id).incarnation == 2 for id in "bc"))

    await tab.event("add", component="c")
    assert the_component(actors, "a").incarnation == 1
    assert counts(tab) == {"a": 0, "b": 0, "c": 1}


async def test_with_stop_the_component_ends_and_the_page_goes_on(opened, actors):
    tab = await opened("stopping:a,tally:b")
    failed = await tab.send(t="event", view=1, c="a", name="fail")
    frames = [await tab.receive(), await tab.receive()]

    assert {frame["t"]: frame.get("c") for frame in frames} == {"error": None, "stopped": "a"}
    assert any(frame.get("ref") == failed for frame in frames)
    assert ("a", "terminate", "crashed") in log
    assert (await tab.event("add", component="a"))["code"] == "stopped"
    await tab.event("add", component="b")
    await tab.event("add")
    assert counts(tab)["b"] == 1
    assert not seen("mount")


async def test_with_resume_the_same_instance_goes_on_as_it_is(opened):
    tab = await opened("resuming:a")
    await tab.event("fail", component="a")
    await tab.event("add", component="a")

    assert counts(tab) == {"a": -999}


async def test_escalation_reaches_the_view_which_restarts_with_all_its_components(opened, actors):
    tab = await opened("escalating:a,tally:b")
    for id in "ab":
        await tab.event("add", component=id)
    await tab.event("add")
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    await tab.event("fail", component="a")
    await until(lambda: view.incarnation == 2)
    await until(lambda: are_back(view, "a", "b"))

    for id in "ab":
        frame = await tab.event("add", component=id)
        assert frame["t"] == "patch", frame
    await tab.event("add")
    assert counts(tab) == {"a": 2, "b": 2}
    assert "<h1>2</h1>" in tab.html
    assert not seen("mount")


async def test_a_component_that_fails_too_often_fails_its_view(opened, actors):
    tab = await opened("tally:a")
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    for _ in range(4):
        await tab.event("fail", component="a")
    await until(lambda: view.incarnation == 2)

    await until(lambda: are_back(view, "a"))
    await tab.event("add", component="a")
    assert counts(tab) == {"a": 1}


async def test_a_component_of_a_component_fails_its_parent_when_it_fails_too_often(opened, actors):
    tab = await opened("tally:a,tally:b")
    await tab.event("nest", component="a", id="n")
    for id in "abn":
        await tab.event("add", component=id)
    view = next(cell for cell in actors.cells() if cell.kind == "view")
    parent, sibling = the_component(actors, "a"), the_component(actors, "b")
    for _ in range(4):
        await tab.event("fail", component="n")
    await until(lambda: parent.incarnation == 2)

    await until(lambda: are_back(view, "n"))
    for id in "abn":
        await tab.event("add", component=id)
    assert counts(tab) == {"a": 2, "b": 2, "n": 2}
    assert sibling.incarnation == 1


async def test_a_mount_that_fails_is_tried_again_and_the_page_goes_on(opened, monkeypatch):
    tab = await opened("tally:a")
    monkeypatch.setattr(Unmountable, "failures", 2)
    await tab.event("show", shown="tally:a,unmountable:u")
    await tab.event("add", component="a")
    while "mounted" not in tab.html:
        await tab.receive()

    assert seen("mount") == ["u", "u", "u"]
    assert counts(with_only(tab, "a")) == {"a": 1}


def with_only(tab: Tab, id: str) -> Tab:
    """Return a tab that shows but this component."""
    tab.components = {id: tab.components[id]}
    return tab


async def test_a_session_that_restarts_brings_its_components_back(opened, actors):
    tab = await opened("tally:a,escalating:e")
    await tab.event("nest", component="a", id="n")
    for id in "an":
        await tab.event("add", component=id)
    nested = the_component(actors, "n")
    escalating = f"{the_view_path(nested)}/components/e"
    for _ in range(4):  # the view fails as often, and that is too often
        while (await tab.event("fail", component="e"))["code"] != "handler_failed":
            await until(lambda: actors.find(escalating))
    (session,) = [cell for cell in actors.cells() if cell.kind == "session"]
    await until(lambda: session.incarnation == 2)
    view = await until(lambda: actors.find(the_view_path(nested)))
    await until(lambda: are_back(view, "a", "n"))
    for id in "an":
        frame = await tab.event("add", component=id)
        assert frame["t"] == "patch", frame

    assert counts(tab)["a"] == 2
    assert counts(tab)["n"] == 2


def the_view_path(component) -> str:
    return component.path.partition("/components/")[0]


async def test_a_view_that_leaves_ends_everything_under_it(opened, actors):
    tab = await opened("tally:a")
    await tab.event("nest", component="a", id="n")
    await tab.answer(await tab.send(t="leave", view=tab.view))
    await until(lambda: not [cell for cell in actors.cells() if "/views/" in cell.path])

    assert {entry[0] for entry in log if entry[1] == "terminate"} == {"a", "n"}
