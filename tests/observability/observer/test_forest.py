"""The tree as it is drawn: folded, searched, and no more than fits."""

from __future__ import annotations

from pykka_live.actors import ActorSystem, ChildSpec
from pykka_live.observability.observer.look import Look
from pykka_live.observability.observer.sampler import Sampler
from tests.observability.observer.stand_ins import Clock, Session


def test_sessions_are_folded_twice(sampler: Sampler, sessions: int) -> None:
    [group] = sampler.sight(Look())["nodes"]
    assert (group["label"], group["name"]) == ("60 sessions", "Cart")
    assert group["counts"] == [{"state": "running", "count": 60}]
    [_, *below] = sampler.sight(Look(branches=(group["key"],)))["nodes"]
    assert len(below) == 41
    assert below[-1]["label"] == "20 more: search for them"
    open_one = (group["key"], below[0]["key"])
    assert len(sampler.sight(Look(branches=open_one))["nodes"]) == 43


def test_of_a_thousand_actors_no_more_is_shown_than_fits(
    sampler: Sampler, system: ActorSystem
) -> None:
    for n in range(500):
        system.start_child(ChildSpec(f"sessions/{n:032x}", Session, kind="session"))
    folded = sampler.sight(Look())
    assert (folded["actors"], folded["rows_count"]) == (1001, 1001)
    assert (len(folded["nodes"]), len(folded["rows"])) == (1, 50)
    branches = (folded["nodes"][0]["key"], *(f"/sessions/{n:032x}" for n in range(100)))
    for look in (Look(branches=branches), Look(search="views")):
        assert len(sampler.sight(look)["nodes"]) <= 250


def test_what_is_grave_comes_first(
    sampler: Sampler, system: ActorSystem, sessions: int, clock: Clock
) -> None:
    last = system.find(f"/sessions/{59:032x}/views/1")
    assert last is not None
    last.suspend()
    [group] = sampler.sight(Look())["nodes"]
    assert group["counts"][0] == {"state": "suspended", "count": 1}
    below = sampler.sight(Look(branches=(group["key"],)))["nodes"][1]
    assert below["path"] == f"/sessions/{59:032x}"
    assert below["counts"] == [{"state": "suspended", "count": ""}]
    last.resume()


def test_a_search_shows_what_is_above(sampler: Sampler, sessions: int) -> None:
    nodes = sampler.sight(Look(search=f"{7:032x}/VIEWS"))["nodes"]
    assert [node["path"] for node in nodes] == [
        f"/sessions/{7:032x}",
        f"/sessions/{7:032x}/views/1",
    ]


def test_the_lines_of_the_tree(sampler: Sampler, system: ActorSystem) -> None:
    system.start_child(ChildSpec("a", Session))
    system.start_child(ChildSpec("b", Session))
    nodes = sampler.sight(Look(branches=("/a", "/b")))["nodes"]
    assert [(node["label"], node["guides"]) for node in nodes] == [
        ("a", ["tee"]),
        ("views/1", ["down", "end"]),
        ("b", ["end"]),
        ("views/1", ["gap", "end"]),
    ]
