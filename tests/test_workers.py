"""Servers of several worker processes: whichever is asked for metrics answers for all of them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pykka_live.observability import SocketDirectory, server_processes
from tests.server import Server, free_port, running
from tests.sticky_asgi import LET_GO
from tests.test_server import SETTINGS, Client

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]

TOKEN = "open-sesame"
INCREMENTS = {"event": "increment", "outcome": "ok"}


class Workers(Server):
    """Three workers of uvicorn, with metrics at a port of their own as well."""

    def __init__(self, place: Path, **env: str) -> None:
        self.metrics_port = free_port()
        self.place = place
        env = {"XDG_RUNTIME_DIR": str(place), "METRICS_PORT": str(self.metrics_port), **env}
        super().__init__("tests.sticky_asgi:application", env={**SETTINGS, **env})
        # Whose worker is stopped for a test does not want it to be replaced.
        self._command += ["--workers", "3", "--timeout-worker-healthcheck", "600"]

    @property
    def metrics_url(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}/metrics"

    def pids(self) -> list[int]:
        """Return the ids of the workers."""
        [path] = self.place.glob("pykka_live-*")
        return [process.pid for process in server_processes(lambda: [SocketDirectory(path)])]


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory whose path is short enough for sockets."""
    place = Path(tempfile.mkdtemp(prefix="pykka_live-"))
    os.mkfifo(place / "let_go")
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Workers]:
    with running(Workers(place, **{LET_GO: str(place / "let_go")})) as server:
        while scraped(server).get(("pykka_live_workers", frozenset())) != 3:
            pass
        yield server


def get(url: str, token: str | None = TOKEN) -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
        return answer.read().decode()


def parsed(text: str) -> Series:
    """Return all samples by name and labels; none is there twice."""
    found: Series = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found
            found[key] = sample.value
    return found


def scraped(server: Server) -> Series:
    """Scrape whichever worker comes first."""
    return parsed(get(f"{server.url}/metrics"))


def by_worker(series: Series, name: str, labels: Mapping[str, str]) -> dict[str, float]:
    """Return samples that have these labels, by worker."""
    found: dict[str, float] = {}
    for (each, pairs), value in series.items():
        if each == name and labels.items() <= pairs:
            found[dict(pairs)["worker"]] = value
    return found


def counted(series: Series) -> dict[str, float]:
    """Return how many increments each worker has counted."""
    return by_worker(series, "pykka_live_events_total", INCREMENTS)


def summary(series: Series) -> tuple[float, float]:
    names = ("pykka_live_workers", "pykka_live_silent_workers")
    return tuple(series[name, frozenset()] for name in names)  # type: ignore[return-value]


def occupy(server: Server, workers: int = 3) -> int:
    """Have each worker count increments, and return how many there were in all."""
    before = sum(counted(scraped(server)).values())
    tabs: list[Client] = []
    while len(counted(scraped(server))) < workers:
        assert len(tabs) < 200
        tabs += [Client(server, "/counter/") for _ in range(5)]
        for tab in tabs[-5:]:
            tab.event("increment")
    for tab in tabs:
        tab.close()
    return int(before) + len(tabs)


def test_the_counters_of_each_worker_are_there_whichever_answers(server: Workers) -> None:
    total = occupy(server)
    first = counted(scraped(server))
    assert set(first) == {"0", "1", "2"}
    assert sum(first.values()) == total
    for _ in range(9):
        series = scraped(server)
        assert counted(series) == first
        assert summary(series) == (3, 0)
    # Not ours alone: Python's, the process's and the user's own are of each worker as well.
    assert set(by_worker(series, "process_start_time_seconds", {})) == {"0", "1", "2"}
    assert set(by_worker(series, "pykka_live_info", {})) == {"0", "1", "2"}


def test_a_scrape_can_be_restricted(server: Workers) -> None:
    names = "name[]=pykka_live_workers&name[]=python_info"
    series = parsed(get(f"{server.url}/metrics?{names}"))
    assert {name for name, _ in series} == {"pykka_live_workers", "python_info"}
    assert len(series) == 4


def test_a_worker_that_stands_still_is_left_out_and_counted(server: Workers) -> None:
    occupy(server)
    before = counted(scraped(server))
    still = server.pids()[0]
    os.kill(still, signal.SIGSTOP)
    try:
        series = scraped(server)
    finally:
        os.kill(still, signal.SIGCONT)
    assert summary(series) == (2, 1)
    assert len(counted(series)) == 2
    assert counted(series).items() <= before.items()
    assert summary(scraped(server)) == (3, 0)
    assert counted(scraped(server)) == before
    assert server.log.count(f"The metrics of worker process {still} are missing") == 1


def test_the_port_of_its_own(server: Workers) -> None:
    occupy(server)
    everything = counted(scraped(server))
    for _ in range(6):
        assert counted(parsed(get(server.metrics_url))) == everything
    for url in (server.metrics_url, f"{server.url}/metrics"):
        for token in (None, "open-sesam", "offen"):
            with pytest.raises(urllib.error.HTTPError, match="401"):
                get(url, token)


def test_metrics_are_told_while_no_event_loop_answers(server: Workers, place: Path) -> None:
    occupy(server)
    before = counted(scraped(server))
    sockets = []
    try:
        for number in range(3):
            sockets.append(socket.create_connection(("127.0.0.1", server.port)))
            sockets[-1].sendall(b"GET /stick HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while server.log.count(" sticks") <= number:
                pass
        for _ in range(6):
            series = parsed(get(server.metrics_url))
            assert counted(series) == before
            assert summary(series) == (3, 0)
        while not all(
            late := by_worker(series, "pykka_live_event_loop_overdue_seconds", {}).values()
        ):
            series = parsed(get(server.metrics_url))
        assert len(late) == 3
    finally:
        (place / "let_go").write_bytes(b"go on")
        for each in sockets:
            each.close()
    assert counted(scraped(server)) == before


def test_rubbish_from_a_socket_makes_no_series(server: Workers) -> None:
    tab = Client(server, "/counter/")
    tab.event("increment")
    tab.event("rubbish")
    before = _ours(scraped(server))
    for start in range(0, 10_000, 40):
        refs = {
            tab.send(t="event", view=1, name=f"rubbish{i}", params={f"p{i}": i})
            for i in range(start, start + 40)
        }
        while refs:
            refs.discard(tab.receive().get("ref"))
    after = scraped(server)
    unknown = {"view": "tests.live.views.Counter", "kind": "event", "outcome": "unknown"}
    assert sum(by_worker(after, "pykka_live_events_total", unknown).values()) == 10_001
    assert _ours(after) == before
    tab.close()


def _ours(series: Series) -> set[tuple[str, frozenset[tuple[str, str]]]]:
    """Return our series, without those of actors that end, as they do after the tests before."""
    ends = ("pykka_live_actor_stops_total", "pykka_live_dead_letters_total")
    return {key for key in series if key[0].startswith("pykka_live_") and key[0] not in ends}


def test_a_worker_that_comes_back_goes_on_in_the_same_series(server: Workers) -> None:
    occupy(server)
    before = counted(scraped(server))
    killed = server.pids()[1]
    os.kill(killed, signal.SIGKILL)
    series = scraped(server)
    while summary(series) == (3, 0):  # a process takes its time to die
        series = scraped(server)
    assert summary(series) == (2, 0)  # it is gone, not silent
    [slot] = before.keys() - counted(series).keys()
    assert counted(series).items() <= before.items()
    while summary(series) != (3, 0):
        series = scraped(server)
    assert killed not in server.pids()
    starts = by_worker(series, "process_start_time_seconds", {})
    assert max(starts, key=starts.__getitem__) == slot
    assert slot not in counted(series)  # it begins anew
    others = {worker: count for worker, count in before.items() if worker != slot}
    assert counted(series) == others


class Gunicorn(Server):
    """Two workers of a preloading gunicorn, which has used its actor system before it forks."""

    def __init__(self, place: Path) -> None:
        super().__init__(env={**SETTINGS, "XDG_RUNTIME_DIR": str(place), "HOME": str(place)})
        self._command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "2"]
        self._command += ["-k", "uvicorn_worker.UvicornWorker", "-b", f"127.0.0.1:{self.port}"]
        self._command += ["tests.forked:application"]


def test_forked_workers_have_numbers_of_their_own() -> None:
    place = Path(tempfile.mkdtemp(prefix="pykka_live-"))
    try:
        with running(Gunicorn(place)) as server:
            total = occupy(server, workers=2)
            series = scraped(server)
            # The master listens at the same address and has actors, so it is there as well.
            assert summary(series) == (3, 0)
            assert set(by_worker(series, "python_info", {})) == {"0", "1", "2"}
            assert set(counted(series)) == {"1", "2"}
            assert sum(counted(series).values()) == total
            assert server.stop() == 0
    finally:
        shutil.rmtree(place)
