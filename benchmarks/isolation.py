"""What the others notice of a page that keeps its server busy, over real WebSockets.

First: counters with 10 events per second each, alone and beside table sessions that append 1000
rows, clear, append 1000 and update without pause; ours, djust with actors, pyview. Then, ours
alone: busy tabs (one event in flight each) while one handler burns its core, and while one sleeps.
The server has one core, the load another. The frameworks, and the handlers, take turns in several
rounds; the tables show the medians of what the rounds have found, the median of our ratio to each,
or of what a handler adds, and the worst of all rounds.

python -m benchmarks.isolation [--rounds N] [--seconds N] [--switch-interval S] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, duration, parse, parser, publish, ratio
from benchmarks.server.load import Record, Tab, merged, reset, stop
from benchmarks.server.site import FRAMEWORKS, PEERS, Site, installed, run, serving

PACE = 0.1  # seconds between the events of a counter
CHURN = ("append", "clear", "append", "update")
COMPARED = ("ours", "djust, actors", "pyview")
WARM_UP = 0.5
HEAD = ("", "events/s", "p50", "p95", "p99", "worst")
CALM = Target("<=", 0.020, duration)  # the p99 of our counters beside tables


@dataclass(frozen=True)
class Size:
    """How much is done."""

    rounds: int = 3
    counters: int = 50
    tables: int = 4
    seconds: float = 3.0
    handler: int = 10  # how many seconds it takes
    interval: float | None = None  # after which the interpreter switches threads, if not its own


@dataclass
class House:
    """One site's counters and tables, and what the counters have noticed in each round."""

    site: Site
    counters: list[Tab]
    tables: list[Tab]
    alone: list[Record] = field(default_factory=list)
    beside: list[Record] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)  # of the tables, per second

    async def play(self, seconds: float) -> None:
        """Let the counters send alone, then beside the tables."""
        for n, tab in enumerate(self.counters):
            tab.start(PACE, delay=PACE * n / len(self.counters))
        self.alone.append(await noticed(self.counters, seconds))
        reset(self.tables)
        for tab in self.tables:
            tab.start()
        self.beside.append(await noticed(self.counters, seconds))
        self.changes.append(merged(self.tables, seconds + min(WARM_UP, seconds)).rate)
        await stop([*self.tables, *self.counters])


async def mounted(site: Site, page: str, count: int, events: tuple[str, ...]) -> list[Tab]:
    """Return tabs that show a page."""
    tabs = [Tab(site.framework.dialect(site.port, page), events) for _ in range(count)]
    for tab in tabs:
        await tab.mount()
    return tabs


async def noticed(tabs: list[Tab], seconds: float) -> Record:
    """Return what tabs that send notice in the next seconds."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(min(WARM_UP, seconds))
    reset(tabs)
    start = loop.time()
    await asyncio.sleep(seconds)
    return merged(tabs, loop.time() - start)


async def beside_tables(size: Size) -> Table:
    """Return the table of the counters of each framework: alone, and beside tables."""
    pace = f"{size.counters} counters, {1 / PACE:.0f} events per second each"
    table = Table(pace, (*HEAD, "p99, ours / it", "target", "table events/s"))
    with ExitStack() as stack:
        houses = []
        for framework in installed("counter", COMPARED):
            site = stack.enter_context(serving(framework, size.interval))
            counters = await mounted(site, "/counter/", size.counters, ("up",))
            houses.append(House(site, counters, await mounted(site, "/churn/", size.tables, CHURN)))
        for _ in range(size.rounds):
            for house in houses:
                await house.play(size.seconds)
    ours = houses[0]
    for house in houses:
        name = house.site.framework.name
        table.add(f"{name}, alone", *cells(house.alone), times(ours.alone, house.alone), "", "")
        table.add(
            f"{name}, beside {size.tables} tables",
            *cells(house.beside),
            times(ours.beside, house.beside),
            CALM.judge(p99(house.beside)) if house is ours else "",
            f"{median(house.changes):.0f}",
        )
    table.print()
    return table


async def beside_handlers(size: Size) -> Table:
    """Return the table of our busy tabs, alone and beside one handler that takes its time."""
    found: dict[str, list[Record]] = {"alone": [], "burn": [], "sleep": []}
    with serving(FRAMEWORKS[0], size.interval) as site:
        tabs = await mounted(site, "/counter/", size.counters, ("up",))
        for tab in tabs:
            tab.start()
        for _ in range(size.rounds):
            found["alone"].append(await noticed(tabs, size.seconds))
            for name in ("burn", "sleep"):
                (slow,) = await mounted(site, f"/slow/{size.handler}/", 1, (name,))
                slow.start()
                found[name].append(await noticed(tabs, size.handler - 2 * WARM_UP))
                assert not slow.record.latencies, "the handler was over too soon"
                await stop([slow])
        await stop(tabs)
    head = (*HEAD, "p99 / alone")
    table = Table(f"{size.counters} busy tabs of ours, a handler of {size.handler} s", head)
    for name, records in found.items():
        title = name if name == "alone" else f"one handler {name}s"
        table.add(title, *cells(records), times(records, found["alone"]))
    table.print()
    return table


def cells(records: list[Record]) -> list[str]:
    """Return what the rounds have found, for the columns of `HEAD`."""
    percentiles = (
        median(record.percentile(percent) for record in records) for percent in (50, 95, 99)
    )
    worst = max(max(record.latencies) for record in records)
    rate = median(record.rate for record in records)
    return [f"{rate:.0f}", *map(duration, percentiles), duration(worst)]


def p99(records: list[Record]) -> float:
    """Return the median p99 of the rounds."""
    return median(record.percentile(99) for record in records)


def times(records: list[Record], others: list[Record]) -> str:
    """Return the median of the ratios of the p99 of each round."""
    pairs = zip(records, others, strict=True)
    return ratio(median(one.percentile(99) / other.percentile(99) for one, other in pairs))


async def everything(size: Size) -> list[Table]:
    """Return both tables."""
    return [await beside_tables(size), await beside_handlers(size)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=3.0)
    about = "seconds after which the servers' interpreters switch threads; not with --write"
    arguments.add_argument("--switch-interval", type=float, help=about)
    options = parse(arguments, PEERS, SERVED)
    if options.write and options.switch_interval is not None:
        arguments.error("--write takes what everybody has: not with --switch-interval")
    interval = options.switch_interval
    if options.quick:
        size = Size(1, 4, 1, 0.5, 2, interval)
    else:
        size = Size(rounds=options.rounds, seconds=options.seconds, interval=interval)
    publish("isolation", __doc__, run(everything(size)), options)


if __name__ == "__main__":
    main()
