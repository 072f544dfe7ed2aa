"""What metrics cost: counting an event, a counter's event with and without it, and a scrape.

"counting" is our tally beside prometheus_client's own histograms, the stages of an event each; and,
for the frames of an event, what a socket counts (a frame and its bytes each way, and how long the
answer took) beside four of its counters and a histogram. "a counter's event" is what an actor does
for an event that waits in its mailbox (bind a parameter, handle, render, compare, encode, keep the
state), in turns with and without the tally; what the socket takes is not in it. Both are CPU time.
"a scrape" is of so many views with one event each; of several workers, it is asked of one of them,
which asks the others over their control sockets, on as many cores as there are. "the tree" is what
`manage.py actor_tree` waits for, at the most, while a worker tells its metrics. Medians.

python -m benchmarks.metrics [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import tempfile
import threading
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from benchmarks.handle import Countdown, configure
from benchmarks.report import Table, Target, duration, parse, parser, publish, ratio, size
from pykka_live.live.hooks import Handled

NUMBER = 5_000
EVENTS = 500
SHARE = Target("<", 5.0, "{:g} %".format)
VIEWS = (8, 80)
WORKERS = (1, 2, 4)
STAGES = ("waited", "handler", "render", "checkpoint", "diff", "total")


def record(view: str = "app.views.Counter") -> Handled:
    """Return what a counter's event tells."""
    times = {"waited": 0.0001, "handler": 0.0002, "render": 0.0009, "total": 0.0014}
    return Handled(view, "event", "increment", "ok", checkpoint=0.0001, diff=0.0001, **times)


def counting(rounds: int) -> Table:
    """Return what it costs to count one event."""
    from pykka_live.observability.tally import Tally

    tally, counted = Tally(), record()
    histogram = Histogram("seconds", "Seconds.", ["view", "event"], registry=CollectorRegistry())

    def observe() -> None:
        for _ in STAGES:
            histogram.labels(counted.view, counted.event).observe(0.0009)

    pairs = [
        tuple(
            timeit.timeit(each, timer=time.process_time, number=NUMBER) / NUMBER
            for each in (lambda: tally(counted), observe)
        )
        for _ in range(rounds)
    ]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    table = Table("Counting an event", ("", "time", "ratio"))
    table.add(f"{len(STAGES)} histograms", duration(theirs), ratio(1.0))
    table.add("our tally", duration(ours), ratio(median(us / them for us, them in pairs)))
    return table


def frames(rounds: int) -> Table:
    """Return what it costs to count an event's two frames."""
    from pykka_live.transport._traffic import Traffic, new_request

    asked = '{"t":"event","ref":7,"view":1,"name":"increment","params":{"amount":"1"}}'
    told = '{"t":"patch","ref":7,"v":8,"p":[0,0,"t","7"]}'
    view, traffic = "app.views.Counter", Traffic()
    registry = CollectorRegistry()
    counts = Counter("frames", "Frames.", ["direction", "type"], registry=registry)
    sizes = Counter("bytes", "Bytes.", ["direction", "type"], registry=registry)
    histogram = Histogram("seconds", "Seconds.", ["view", "kind"], registry=registry)

    def count() -> None:
        now = time.monotonic()
        traffic.received("event", asked)
        traffic.sent(told, new_request("event", view, now, now + 30))

    def observe() -> None:
        began = time.monotonic()
        for labels, text in ((("in", "event"), asked), (("out", "patch"), told)):
            counts.labels(*labels).inc()
            sizes.labels(*labels).inc(len(text))
        histogram.labels(view, "event").observe(time.monotonic() - began)

    pairs = [
        tuple(
            timeit.timeit(each, timer=time.process_time, number=NUMBER) / NUMBER
            for each in (count, observe)
        )
        for _ in range(rounds)
    ]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    table = Table("Counting an event's frames", ("", "time", "ratio"))
    table.add("4 counters, 1 histogram", duration(theirs), ratio(1.0))
    table.add("our traffic", duration(ours), ratio(median(us / them for us, them in pairs)))
    return table


async def handled(view: Any, message: Any, count: int) -> float:
    """Return the CPU seconds that an actor needs for each message that waits already."""
    port = Countdown(count)
    await asyncio.to_thread(view.suspend)
    for _ in range(count):
        assert view.offer(message, port)
    start = time.process_time()
    await asyncio.to_thread(view.resume)
    await port.over
    return (time.process_time() - start) / count


async def share(rounds: int) -> Table:
    """Return what of a counter's event is for metrics."""
    from pykka_live import LiveView, create_session_actor, event
    from pykka_live.live import hooks
    from pykka_live.live.messages import CallEvent
    from pykka_live.observability import install

    class Page(LiveView):
        """A number, and a button."""

        template = (
            "<div data-liveview-root><h1>Counter: {{ count }}</h1>"
            '<button @click="increment" data-amount="1">+1</button></div>'
        )

        def mount(self, request: Any) -> None:
            self.count = 0

        @event
        def increment(self, amount: int = 1) -> None:
            self.count += amount

    handle = await create_session_actor("session")
    await handle.mount(Page)
    (view,) = handle._cell.children.values()
    message, tally = CallEvent("increment", {"amount": 1}), install().tally
    pairs = []
    for number in range(10 * rounds):
        pair = {}
        for listens in (True, False) if number % 2 else (False, True):
            (hooks.add_listener if listens else hooks.remove_listener)(tally)
            pair[listens] = await handled(view, message, EVENTS)
        pairs.append((pair[True], pair[False]))
    hooks.add_listener(tally)
    counted, uncounted = (median(column) for column in zip(*pairs, strict=True))
    part = 100 * median(1 - without / both for both, without in pairs)
    table = Table("A counter's event", ("", "time", "share", "target"))
    table.add("uncounted", duration(uncounted), "", "")
    table.add("counted", duration(counted), f"{part:.1f} %", SHARE.judge(part))
    return table


class Worker:
    """A process that listens where others do, and has counted what many views did."""

    def __init__(self, place: Path) -> None:
        from pykka_live.actors import ActorSystem
        from pykka_live.observability import Observer, SocketDirectory

        self.registry, self.system = CollectorRegistry(), ActorSystem()
        self.observer = Observer(
            self.registry, lambda: self.system, lambda: [SocketDirectory(place / "sockets")]
        )
        self.observer.install()

    def count(self, views: int) -> None:
        """Count an event of each view."""
        self.observer._after_fork()
        for number in range(views):
            self.observer.tally(record(f"app.views.View{number}"))
        self.observer.workers.expose()

    def series(self) -> int:
        """Return how many series it has."""
        return sum(len(family.samples) for family in self.registry.collect())


def serve(worker: Worker, views: int, pipe: Connection) -> None:
    """Be another worker, in a process of its own, until the pipe ends."""
    worker.count(views)
    pipe.send("ready")
    pipe.poll(None)


@contextmanager
def working(views: int, workers: int) -> Iterator[Worker]:
    """Run so many workers, of which this process is one."""
    fork = multiprocessing.get_context("fork")
    pipes, processes = [], []
    with tempfile.TemporaryDirectory() as place, socket.create_server(("127.0.0.1", 0)):
        worker = Worker(Path(place))
        for _ in range(workers - 1):
            ours, theirs = fork.Pipe()
            processes.append(fork.Process(target=serve, args=(worker, views, theirs)))
            processes[-1].start()
            pipes.append(ours)
        for pipe in pipes:
            pipe.recv()
        worker.count(views)
        yield worker
        for process in processes:
            process.kill()
            process.join()
        worker.observer.uninstall()


def timed(run: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return how many seconds something takes."""
    start = clock()
    run()
    return clock() - start


def scrapes(rounds: int, views: tuple[int, ...]) -> Table:
    """Return what a scrape takes."""
    head = ("series of each", "workers", "time", "CPU of the one asked", "for 1000 series", "bytes")
    table = Table("A scrape", head)
    for many in views:
        for workers in WORKERS:
            with working(many, workers) as worker:
                series = worker.series()
                expose = worker.observer.workers.expose
                text = expose()[0].decode()
                if f"pykka_live_workers {workers}.0\n" not in text:
                    raise RuntimeError(f"not all of {workers} workers have answered")
                times = [(timed(expose), timed(expose, time.process_time)) for _ in range(rounds)]
                seconds, cpu = (median(column) for column in zip(*times, strict=True))
                table.add(
                    *(f"{series}", f"{workers}", duration(seconds), duration(cpu)),
                    duration(cpu / series / workers * 1000),
                    size(len(expose()[0])),
                )
    return table


def trees(rounds: int, views: tuple[int, ...]) -> Table:
    """Return how long `actor_tree` waits, at the most, while metrics are told over the socket."""
    from pykka_live.observability.processes import ServerProcess

    table = Table("The tree", ("series", "alone", "longest while metrics are told"))
    for many in views:
        with working(many, 1) as worker:
            path = worker.observer.control.path
            assert path is not None
            process = ServerProcess(0, path)
            addresses = sorted(worker.observer.workers._addresses.current())
            request = {"addresses": addresses, "accept": "", "names": []}
            tree, metrics = partial(process.ask, "tree"), partial(process.ask, "metrics", **request)
            alone, beside = [], []
            for _ in range(rounds):
                alone.append(timed(tree))
                asking = threading.Thread(target=metrics)
                asking.start()
                longest = timed(tree)
                while asking.is_alive():
                    longest = max(longest, timed(tree))
                beside.append(longest)
            table.add(f"{worker.series()}", duration(median(alone)), duration(median(beside)))
    return table


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=40)
    options = parse(arguments, ["prometheus_client"])
    configure()
    from pykka_live import shutdown_actor_system
    from pykka_live.observability import workers

    workers.TIMEOUT = 60.0  # so that a busy machine leaves none out
    rounds, views = (1, VIEWS[:1]) if options.quick else (options.rounds, VIEWS)
    # The workers are forked, so before there are actors.
    tables = [counting(rounds), scrapes(rounds, views), trees(rounds, views)]
    tables[1:1] = [asyncio.run(share(rounds)), frames(rounds)]
    shutdown_actor_system()
    for table in tables:
        table.print()
    publish("metrics", __doc__, tables, options)


if __name__ == "__main__":
    main()
