"""How it grows: with the live sessions, and with the rows of a table that does not change.

Counters are mounted on fresh servers and left alone: their memory, their threads, and how long a
mount takes (the page, the socket and the join). When all are mounted, so many of them send, an
event in flight each, and the others stay idle. Last, one event of a counter beside a table of so
many rows: nearly flat is at most 1.5 times what it takes beside none. Ours, djust with actors and
pyview take turns, and send in several rounds; the tables show medians, and medians of our ratio to
each of each round.

python -m benchmarks.scale [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, duration, memory, parse, parser, publish, ratio
from benchmarks.server.crowd import Crowd
from benchmarks.server.load import Record, Tab
from benchmarks.server.site import PEERS, Site, installed, run, serving

COMPARED = ("ours", "djust, actors", "pyview")
FLAT = Target("<=", 1.5, "{:g} x".format)


@dataclass(frozen=True)
class Size:
    """How much is done."""

    sessions: Sequence[int] = (10, 100, 1000, 5000)
    rows: Sequence[int] = (0, 10, 100, 1000, 10_000)
    rounds: int = 3
    seconds: float = 0.7


async def sessions(size: Size) -> list[Table]:
    """Return the tables of more and more sessions: idle, and sending."""
    with ExitStack() as stack:
        crowds = [
            Crowd(stack.enter_context(serving(each))) for each in installed("counter", COMPARED)
        ]
        idle = await mounted(crowds, size)
        idle.print()
        head = ("", "events/s", "ours / it", "p50", "p99")
        busy = Table(f"Sessions that send, {size.sessions[-1]} mounted", head)
        for count in size.sessions:
            sending = [Crowd(crowd.site, crowd.tabs[:count]) for crowd in crowds]
            await take_turns(sending, size)
            for crowd in sending:
                add_busy(busy, count, crowd, sending[0].records)
        busy.print()
    return [idle, busy]


async def mounted(crowds: list[Crowd], size: Size) -> Table:
    """Mount sessions on fresh servers; return the table of what idle ones take."""
    table = Table(
        "Idle sessions", ("", "memory of one", "ours / it", "threads", "mount", "ours / it")
    )
    empty = []
    for crowd in crowds:
        await crowd.grow("counter", 1)  # what a first page loads is not a session's
        empty.append(crowd.site.memory())
    for count in size.sessions:
        ours: tuple[float, float] | None = None
        for crowd, before in zip(crowds, empty, strict=True):
            had, start = len(crowd.tabs), time.perf_counter()
            await crowd.grow("counter", count)
            mount = (time.perf_counter() - start) / (count - had)
            each = (crowd.site.memory() - before) / (count - 1)
            ours = ours or (each, mount)
            table.add(
                f"{count}, {crowd.site.framework.name}",
                memory(each),
                ratio(ours[0] / each) if each else "-",
                f"{crowd.site.threads()}",
                duration(mount),
                ratio(ours[1] / mount),
            )
    return table


def add_busy(table: Table, count: int, crowd: Crowd, ours: list[Record]) -> None:
    """Add what so many sending sessions have measured."""
    pairs = zip(ours, crowd.records, strict=False)  # a slow one has but one
    table.add(
        f"{count}, {crowd.site.framework.name}",
        f"{median(record.rate for record in crowd.records):.0f}",
        ratio(median(mine.rate / record.rate for mine, record in pairs)),
        *(
            duration(median(record.percentile(percent) for record in crowd.records))
            for percent in (50, 99)
        ),
    )


async def take_turns(crowds: list[Crowd], size: Size) -> None:
    """Let the tabs of each site send, round after round."""
    for n in range(size.rounds):
        for crowd in crowds:
            if n == 0 or not crowd.is_slow:
                await crowd.play(size.seconds)


async def beside_rows(size: Size) -> Table:
    """Return what an event costs beside a table of so many rows."""
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(each)) for each in installed("counter", COMPARED)]
        names = [site.framework.name for site in sites]
        others = [f"ours / {name}" for name in names[1:]]
        table = Table(
            "An event beside unchanged rows",
            ("rows", *names, *others, "ours / beside none", "target"),
        )
        flat: list[Record] = []
        for count in size.rows:
            crowds = [Crowd(site, [await beside(site, count)]) for site in sites]
            await take_turns(crowds, size)
            ours = crowds[0].records
            flat = flat or ours
            growth = times(ours, flat)
            table.add(
                f"{count}",
                *(duration(median(map(latency, crowd.records))) for crowd in crowds),
                *(ratio(times(ours, crowd.records)) for crowd in crowds[1:]),
                ratio(growth),
                FLAT.judge(growth) if count else "",
            )
    table.print()
    return table


async def beside(site: Site, rows: int) -> Tab:
    """Return a tab with a counter beside so many rows."""
    tab = Tab(site.framework.dialect(site.port, f"/beside/{rows}/"))
    await tab.mount()
    return tab


def latency(record: Record) -> float:
    """Return the median latency."""
    return record.percentile(50)


def times(records: list[Record], others: list[Record]) -> float:
    """Return the median of the ratios of the latencies of each round."""
    pairs = zip(records, others, strict=False)
    return median(latency(one) / latency(other) for one, other in pairs)


async def everything(size: Size) -> list[Table]:
    """Return all tables."""
    return [*await sessions(size), await beside_rows(size)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    options = parse(arguments, PEERS, SERVED)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a socket for each session
    size = Size((2, 4), (0, 10), 1, 0.1) if options.quick else Size(rounds=options.rounds)
    publish("scale", __doc__, run(everything(size)), options)


if __name__ == "__main__":
    main()
