"""10 000 actors alive in one process: their memory, and the time to start all, to have each handle
a message, and to stop all. Our supervised actors, flat and as trees, beside bare Pykka.

Each population lives in a process of its own, in turns; the table shows medians, and in brackets
the median of the ratios to Pykka of each round. "stop" is Pykka's `stop_all()` and our
`shutdown()`; a supervisor, too, stops its children one after the other.

python -m benchmarks.population [--rounds N] [--actors N] [--quick] [--write]
"""

from __future__ import annotations

import itertools
import logging
import multiprocessing
import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pykka

from benchmarks.report import Table, parse, parser, publish
from pykka_live.actors import (
    ActorSystem,
    Cell,
    ChildSpec,
    Reply,
    StartChild,
    StartFailed,
    SupervisedActor,
    Supervisor,
)

VIEWS = 3  # of a session
LIMIT = 600.0  # seconds for any of it


class Tally:
    """Says when so many messages were handled."""

    def __init__(self, count: int) -> None:
        self._left = itertools.count(count - 1, -1)
        self.done = threading.Event()

    def take(self) -> None:
        if next(self._left) == 0:
            self.done.set()


class Bare(pykka.ThreadingActor):
    """Handles tallies, on bare Pykka."""

    use_daemon_thread = True

    def on_receive(self, message: Tally) -> None:
        message.take()


class Supervised(SupervisedActor):
    """Handles tallies, under a supervisor."""

    def on_receive(self, message: Tally) -> None:
        message.take()


class Session(Supervisor):
    """Handles tallies, and supervises some that do."""

    def children(self) -> list[ChildSpec]:
        return [ChildSpec(f"views/{n}", Supervised) for n in range(VIEWS)]

    def on_receive(self, message: Tally) -> None:
        message.take()


class Pykka:
    """Bare Pykka: actors side by side."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.actors: list[Any] = []

    def start(self) -> None:
        self.actors = [Bare.start() for _ in range(self._count)]

    def stop(self) -> None:
        pykka.ActorRegistry.stop_all()


class Flat:
    """One supervisor with all the others."""

    def __init__(self, count: int) -> None:
        self._system = ActorSystem()
        self._count = count
        self.actors: list[Cell] = []

    def start(self) -> None:
        top = self._system.start_child(ChildSpec("top", Supervisor, capacity=None))
        self.actors = start_all(top, [ChildSpec(str(n), Supervised) for n in range(self._count)])

    def stop(self) -> None:
        assert self._system.shutdown(LIMIT) == []


class Trees:
    """Sessions with their views, as a site has them."""

    def __init__(self, count: int) -> None:
        self._system = ActorSystem()
        self._count = count // (1 + VIEWS)
        self.actors: list[Cell] = []

    def start(self) -> None:
        root = self._system.root
        specs = [ChildSpec(f"sessions/{n}", Session, kind="session") for n in range(self._count)]
        for session in start_all(root, specs):
            self.actors += [session, *session.children.values()]

    def stop(self) -> None:
        assert self._system.shutdown(LIMIT) == []


POPULATIONS: dict[str, Any] = {"Pykka": Pykka, "ours, flat": Flat, "ours, trees": Trees}


def start_all(parent: Cell, specs: list[ChildSpec]) -> list[Cell]:
    """Start children and wait until all are up."""
    replies = [Reply() for _ in specs]
    for spec, reply in zip(specs, replies, strict=True):
        parent.post(StartChild(spec), reply)
    return [reply.get(LIMIT) for reply in replies]


def tell_all(actors: list[Any]) -> None:
    """Send each actor a message and wait until all are handled."""
    tally = Tally(len(actors))
    for actor in actors:
        actor.tell(tally)
    assert tally.done.wait(LIMIT)


def resident() -> int:
    """Return the bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def live(name: str, count: int) -> dict[str, float]:
    """Let a population live, in this process; return what each row of the table says.

    Raises:
        SystemExit: if the machine has not so many threads
    """
    logging.getLogger("pykka_live.actors").setLevel(logging.CRITICAL)
    population = POPULATIONS[name](count)
    figures: dict[str, float] = {}

    @contextmanager
    def timed(row: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        figures[row] = time.perf_counter() - start

    before = resident()
    try:
        with timed("start all, s"):
            population.start()
    except (RuntimeError, StartFailed) as error:
        raise SystemExit(f"{name}: {error}\n{limits()}") from error
    figures["memory of each, KiB"] = (resident() - before) / len(population.actors) / 1024
    with timed("a message for each, s"):
        tell_all(population.actors)
    with timed("another one, s"):
        tell_all(population.actors)
    with timed("stop all, s"):
        population.stop()
    return figures


def limits() -> str:
    """Say what may keep a process from having more threads."""
    files = ["/proc/sys/kernel/threads-max", "/proc/sys/vm/max_map_count"]
    files += ["/sys/fs/cgroup/pids.max"]
    found = [f"{path}: {Path(path).read_text().strip()}" for path in files if os.path.exists(path)]
    processes = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    alive = threading.active_count()
    return "; ".join([f"{alive} threads are alive; ulimit -u: {processes}", *found])


def main() -> None:
    """Print the table."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--actors", type=int, default=10_000)
    options = parse(arguments, ["pykka"])
    rounds, count = (1, 100) if options.quick else (options.rounds, options.actors)
    spawn = multiprocessing.get_context("spawn")
    results: dict[str, list[dict[str, float]]] = {name: [] for name in POPULATIONS}
    for _ in range(rounds):
        for name, figures in results.items():
            with spawn.Pool(1) as pool:
                figures.append(pool.apply(outcome, (name, count)))
                if "error" in figures[-1]:
                    sys.exit(str(figures[-1]["error"]))
    table = Table(f"{count} actors", ("", *POPULATIONS))
    pykkas = results["Pykka"]
    for row in pykkas[0]:
        cells = []
        for figures in results.values():
            ratio = median(
                ours[row] / theirs[row] for ours, theirs in zip(figures, pykkas, strict=True)
            )
            cells.append(f"{median(each[row] for each in figures):.2f} ({ratio:.2f})")
        table.add(row, *cells)
    table.print()
    publish("population", __doc__, [table], options)


def outcome(name: str, count: int) -> dict[str, Any]:
    """As `live`; what ends it is an item `error`, which a pool can bring back."""
    try:
        return dict(live(name, count))
    except SystemExit as error:
        return {"error": error.code}


if __name__ == "__main__":
    main()
