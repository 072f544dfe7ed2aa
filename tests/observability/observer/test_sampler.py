"""What a process tells of its actors, and how often it looks."""

from __future__ import annotations

import json
import threading

import pytest

from pykka_live.actors import ActorSystem
from pykka_live.observability import Observer
from pykka_live.observability.observer import sampler as sampling
from pykka_live.observability.observer.history import KEPT, STEP
from pykka_live.observability.observer.look import SORTS, Look
from pykka_live.observability.observer.rows import clock_time
from pykka_live.observability.observer.sampler import LINGER, Sampler
from pykka_live.observability.processes import NoAnswer, ServerProcess
from tests.observability.clerk import Mishap, start_clerk
from tests.observability.observer.stand_ins import Clock, handled, join


def test_the_sight_is_plain_data(sampler: Sampler, system: ActorSystem, sessions: int) -> None:
    cell = start_clerk(system, "one")
    with pytest.raises(Mishap):
        cell.ask(Mishap("x"))
    for sort in SORTS:
        for descending in (False, True):
            look = Look(sort=sort, descending=descending, actor="/one")
            sight = sampler.sight(look)
            assert json.loads(json.dumps(sight)) == sight


def test_messages_are_recorded_while_an_actor_is_shown(
    sampler: Sampler, system: ActorSystem, clock: Clock
) -> None:
    cell = start_clerk(system, "one")
    look = Look(actor="/one")
    assert sampler.sight(look)["actor"]["recent"] == []
    cell.ask("how are you")
    cell.ask(1)  # when it is answered, the first was noted
    entry = sampler.sight(look)["actor"]["recent"][0]
    assert (entry["message"], entry["outcome"]) == ("str", "handled")
    clock.now += 10
    sampler.sample()
    assert cell.tracers == ()


def test_an_actor_that_comes_again_is_recorded_anew(sampler: Sampler, system: ActorSystem) -> None:
    look = Look(actor="/one")
    for _ in range(2):
        cell = start_clerk(system, "one")
        assert sampler.sight(look)["actor"]["recent"] == []
        cell.ask("how are you")
        cell.ask(1)
        assert sampler.sight(look)["actor"]["recent"][0]["message"] == "str"
        ended = threading.Event()
        cell.watch(lambda _cell, _reason: ended.set())  # noqa: B023
        cell.stop()
        assert ended.wait(10)
    assert sampler.sight(look)["actor"]["gone"]


def test_it_goes_on_for_a_while_when_nobody_looks(sampler: Sampler, clock: Clock) -> None:
    sampler.keep()
    clock.now += LINGER - 1
    assert sampler._turn()
    clock.now += 2
    assert not sampler._turn()
    assert sampler._census is None


def test_over_the_control_socket(observer: Observer, system: ActorSystem) -> None:
    start_clerk(system, "one")
    process = ServerProcess(1, observer.control.path)  # type: ignore[arg-type]
    sight = process.ask("observe", **Look(search="one").arguments())
    assert [row["path"] for row in sight["rows"]] == ["/one"]
    assert observer.sampler.beat.runs
    for wrong in ({"sort": "colour"}, {"state": "odd"}, {"branches": "x"}, {"page": -1}):
        with pytest.raises(NoAnswer, match=next(iter(wrong))):
            process.ask("observe", **wrong)
    with pytest.raises(NoAnswer, match="branches must be texts"):
        process.ask("observe", branches=["x" * 1000])


def test_curves_are_there_when_somebody_comes(
    sampler: Sampler, system: ActorSystem, clock: Clock, observer: Observer
) -> None:
    start_clerk(system, "one")
    for _ in range(KEPT + 1):
        assert sampler._record()
        observer.tally(handled())
        clock.now += STEP
    assert sampler._census is None
    sight = sampler.sight(Look())
    assert sight["since"] == clock_time(1000.0)
    assert sight["charts"][0]["lines"][0]["d"].startswith("M0 ")
    assert sight["numbers"][-1]["events"] == "0.5"


def test_a_point_is_noted_once(sampler: Sampler, clock: Clock) -> None:
    sampler._record()
    clock.now += STEP
    sampler.sample()
    sampler._record()
    assert len(sampler._history.points) == 1


def test_curves_are_noted_from_the_start_to_the_end_of_the_system(
    observer: Observer, system: ActorSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = observer.sampler.recording
    monkeypatch.setattr(sampling, "OWN_VIEWS", set())
    start_clerk(system, "one").ask(1)
    assert not recording.runs  # nobody has included the page
    monkeypatch.setattr(sampling, "OWN_VIEWS", {"some.Page"})
    start_clerk(system, "two").ask(1)
    assert recording.runs
    system.shutdown(10)
    recording.hurry()
    join(recording)
