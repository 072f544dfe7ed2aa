"""What the others notice of a page that keeps its server busy, over real WebSockets.

First: counters with 10 events per second each, alone and beside table sessions that append 1000
rows, clear, append 1000 and update without pause; ours, djust with actors, pyview. Then, ours
alone: busy tabs (one event in flight each) while one handler burns its core, and while one sleeps.
The server has one core, the load another.

python -m benchmarks.isolation [--seconds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchmarks.report import Table, duration, parser, publish
from benchmarks.server.load import Record, Tab, merged, reset, stop
from benchmarks.server.site import FRAMEWORKS, Framework, Site, run, serving

PACE = 0.1  # seconds between the events of a counter
CHURN = ("append", "clear", "append", "update")
COMPARED = ("ours", "djust, actors", "pyview")
WARM_UP = 0.5


@dataclass(frozen=True)
class Size:
    """How much is done."""

    counters: int = 50
    tables: int = 4
    seconds: float = 5.0


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


async def beside_tables(framework: Framework, table: Table, size: Size) -> None:
    """Add the rows of a framework: its counters alone, and beside tables."""
    with serving(framework) as site:
        counters = await mounted(site, "/counter/", size.counters, ("up",))
        tables = await mounted(site, "/churn/", size.tables, CHURN)
        for n, tab in enumerate(counters):
            tab.start(PACE, delay=PACE * n / len(counters))
        add(table, f"{framework.name}, alone", await noticed(counters, size.seconds))
        for tab in tables:
            tab.start()
        reset(tables)
        record = await noticed(counters, size.seconds)
        changes = merged(tables, size.seconds + WARM_UP).rate
        add(table, f"{framework.name}, beside {size.tables} tables", record, changes)
        await stop([*tables, *counters])


async def beside_handlers(table: Table, size: Size) -> None:
    """Add the rows of our busy tabs, beside one handler that takes its time."""
    seconds = max(2, int(size.seconds * 2))
    with serving(FRAMEWORKS[0]) as site:
        counters = await mounted(site, "/counter/", size.counters, ("up",))
        for tab in counters:
            tab.start()
        add(table, "alone", await noticed(counters, size.seconds))
        for name in ("burn", "sleep"):
            (slow,) = await mounted(site, f"/slow/{seconds}/", 1, (name,))
            slow.start()
            add(table, f"one handler {name}s", await noticed(counters, seconds - 2 * WARM_UP))
            assert not slow.record.latencies, "the handler was over too soon"
            await stop([slow])
        await stop(counters)


def add(table: Table, name: str, record: Record, changes: float | None = None) -> None:
    """Add a row."""
    times = [duration(record.percentile(percent)) for percent in (50, 95, 99)]
    others = "" if changes is None else f"{changes:.0f}"
    row = [name, f"{record.rate:.0f}", *times, duration(max(record.latencies))]
    table.add(*row, *[others] * (len(table.head) - len(row)))


async def everything(size: Size) -> list[Table]:
    """Return both tables."""
    head = ("", "events/s", "p50", "p95", "p99", "worst")
    pace = f"{size.counters} counters, {1 / PACE:.0f} events per second each"
    counters = Table(pace, (*head, "table events/s"))
    for framework in FRAMEWORKS:
        if framework.name in COMPARED and framework.is_installed:
            await beside_tables(framework, counters, size)
    counters.print()
    busy = Table(f"{size.counters} busy tabs of ours", head)
    await beside_handlers(busy, size)
    busy.print()
    return [counters, busy]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--seconds", type=float, default=5.0)
    options = arguments.parse_args()
    size = Size(4, 1, 0.5) if options.quick else Size(seconds=options.seconds)
    tables = run(everything(size))
    publish("isolation", __doc__, tables, ["djust", "pyview-web", "uvicorn"], options.write)


if __name__ == "__main__":
    main()
