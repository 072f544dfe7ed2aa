"""What a process tells of its actors, and how often it looks."""

from __future__ import annotations

import json
import threading

import pytest

from pykka_live.actors import ActorSystem, ChildSpec, Supervisor
from pykka_live.live.hooks import Handled
from pykka_live.observability import Observer
from pykka_live.observability.catalogue import BUCKETS
from pykka_live.observability.observer import sampler as sampling
from pykka_live.observability.observer.beat import Beat
from pykka_live.observability.observer.charts import charts, numbers
from pykka_live.observability.observer.history import KEPT, STEP, History, Point
from pykka_live.observability.observer.look import OWN_VIEWS, SORTS, Look
from pykka_live.observability.observer.rows import clock_time, coarse, short
from pykka_live.observability.observer.sampler import LINGER, Sampler
from pykka_live.observability.processes import NoAnswer, ServerProcess
from pykka_live.observability.tally import Tally
from tests.observability.clerk import Clerk, Mishap, start_clerk


class Session(Supervisor):
    """A session with a view."""

    def children(self) -> list[ChildSpec]:
        return [ChildSpec("views/1", Viewer, kind="view")]


class Viewer(Clerk):
    def on_start(self) -> None:
        self.cell.data["class"] = "shop.views.Cart"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sampler(
    observer: Observer, system: ActorSystem, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Sampler:
    sampler = Sampler(observer.tally, observer.incidents, observer.chronicle, lambda: system, clock)
    monkeypatch.setattr(sampler.beat, "keep", lambda: None)
    monkeypatch.setattr(sampler.recording, "keep", lambda: None)
    return sampler


@pytest.fixture
def sessions(system: ActorSystem) -> int:
    for n in range(60):
        system.start_child(ChildSpec(f"sessions/{n:032x}", Session, kind="session"))
    return 60


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


# The curves


def handled(view: str = "shop.Cart", outcome: str = "ok", total: float = 0.004) -> Handled:
    return Handled(view, "event", "up", outcome, total=total)  # type: ignore[arg-type]


def note(history: History, tally: Tally, now: float) -> bool:
    return history.note(now, tally.series, 5, 4, 0)


def test_a_point_tells_what_came_since_the_last() -> None:
    history, tally = History(), Tally()
    own = next(iter(OWN_VIEWS), "pykka_live.observability.observer.page.ObserverPage")
    OWN_VIEWS.add(own)
    tally(handled())
    assert note(history, tally, 100.0)
    assert not history.points
    for outcome in ("ok", "ok", "handler_error", "noop"):
        tally(handled(outcome=outcome))
    tally(handled(own, total=9.0))
    assert not note(history, tally, 101.0)
    assert note(history, tally, 102.0)
    [point] = history.points
    assert (point.events, point.errors) == (2.0, 0.5)
    assert point.p50 is not None
    assert 0.0025 < point.p50 <= point.p95 <= point.p99 <= 0.005  # type: ignore[operator]
    assert (point.waiting, point.fullest) == (5, 4)
    assert note(history, tally, 104.0)
    assert history.points[-1].p99 is None


def test_a_process_that_was_too_busy_has_a_mean_instead_of_a_hole() -> None:
    history, tally = History(), Tally()
    note(history, tally, 100.0)
    note(history, tally, 102.0)
    for _ in range(20):
        tally(handled())
    note(history, tally, 112.0)
    assert [point.time for point in history.points] == [102.0, 104.0, 106.0, 108.0, 110.0, 112.0]
    assert [point.events for point in history.points] == [0.0, *[2.0] * 5]
    assert history.since == 100.0


def test_a_pause_begins_new_curves() -> None:
    history, tally = History(), Tally()
    for now in (100.0, 102.0, 104.0, 500.0):
        note(history, tally, now)
    assert len(history.points) == 0
    assert history.since == 500.0
    note(history, tally, 502.0)
    assert len(history.points) == 1


def test_a_clock_that_is_set_back_does_no_harm() -> None:
    history, tally = History(), Tally()
    for now in (100.0, 102.0, 50.0, 52.0):
        note(history, tally, now)
    assert [point.time for point in history.points] == [52.0]


def test_only_so_many_points_are_kept() -> None:
    history, tally = History(), Tally()
    for n in range(KEPT + 10):
        note(history, tally, 100.0 + n * STEP)
    assert len(history.points) == KEPT


def test_charts_end_at_the_right_and_have_gaps() -> None:
    points = [
        Point(100.0 + n, 10.0, 0.0, None if n == 1 else 0.001, 0.1, 0.1, 3, 2, 0) for n in range(3)
    ]
    [events, latency, mail] = charts(points)
    assert events["lines"][0]["d"].startswith("M146 ")
    assert events["lines"][0]["d"].endswith("L149 3")  # as high as the scale
    assert latency["lines"][0]["d"].count("M") == 2
    assert latency["lines"][0]["now"] == "1 ms"
    assert "p99 100 ms" in latency["text"]
    assert mail["marks"][0]["label"] == "5"
    assert [each["waiting"] for each in numbers(points)] == ["3"]


def test_charts_of_nothing() -> None:
    assert [chart["lines"][0]["d"] for chart in charts([])] == ["", "", ""]
    assert numbers([]) == []


def test_charts_of_the_slowest_stay_within() -> None:
    point = Point(1.0, 1e6, 1e6, BUCKETS[-1], BUCKETS[-1], BUCKETS[-1], 10**6, 10**6, 0)
    for chart in charts([point]):
        for line in chart["lines"]:
            assert 0 <= float(line["d"].split()[-1]) <= 60


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


# How it is written


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        *[(-1.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min")],
        *[(3600, "1 h 00 m"), (7500, "2 h 05 m"), (90_000, "1 d 01 h")],
    ],
)
def test_times_do_not_change_each_second(seconds: float, text: str) -> None:
    assert coarse(seconds) == text


def test_long_ids_are_cut() -> None:
    assert short(f"/sessions/{'ab' * 16}/views/cart") == "/sessions/ababab…/views/cart"


# The beat


def test_a_beat_goes_on_until_it_is_over_and_begins_again() -> None:
    turns: list[int] = []
    over = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) % 3:
            return True
        over.set()
        return False

    beat = Beat(turn, 0.001, "test")
    for expected in (3, 6):
        over.clear()
        beat.keep()
        assert over.wait(10)
        join(beat)
        assert len(turns) == expected


def join(beat: Beat) -> None:
    thread = beat._thread
    if thread is not None:
        thread.join(10)
    assert not beat.runs


def test_a_turn_that_raises_is_logged_and_not_the_last(caplog: pytest.LogCaptureFixture) -> None:
    turns: list[int] = []
    over = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) == 1:
            raise RuntimeError("once")
        over.set()
        return False

    beat = Beat(turn, 0.001, "the test's beat")
    beat.keep()
    assert over.wait(10)
    join(beat)
    assert "the test's beat failed" in caplog.text


def test_a_beat_can_be_hurried() -> None:
    turns: list[int] = []
    second = threading.Event()

    def turn() -> bool:
        turns.append(1)
        if len(turns) > 1:
            second.set()
        return len(turns) < 2

    beat = Beat(turn, 3600, "test")
    beat.keep()
    beat.hurry()
    beat.hurry()
    assert second.wait(10)
    join(beat)


def test_a_beat_keeps_to_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []
    beat = Beat(lambda: len(waited) < 2, 1.0, "test", share=0.01)
    work = iter([0.0, 0.005, 1.0, 1.05, 2.0, 2.0])  # before and after each turn
    monkeypatch.setattr("pykka_live.observability.observer.beat.time.thread_time", work.__next__)
    monkeypatch.setattr(beat._wanted, "wait", waited.append)
    beat._run()
    assert waited == [1.0, pytest.approx(5.0)]
