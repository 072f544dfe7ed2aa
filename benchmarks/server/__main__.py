"""Events per second, their latency and their cost, over real WebSockets: ours, djust, pyview, and
two ceilings (an ASGI application that echoes, alone and by way of one Pykka actor per socket).

All run under uvicorn with the same event loop and the same WebSocket implementation, one worker on
one core, and the load on another. Each session keeps one event in flight. The frameworks take turns
in several rounds; the tables show medians, and the median of the ratios to ours of each round.

python -m benchmarks.server [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from benchmarks.report import Table, duration, parser, publish, size
from benchmarks.server.load import Record, Tab
from benchmarks.server.site import Site, installed, run, serving

WARM_UP = 0.3  # seconds of each round that do not count
PATIENCE = 20.0  # seconds that each tab of a slow site has for an answer
PAGES = {"counter": "Counter", "table": "One cell of 1000 rows"}
HEAD = ("", "events/s", "of ours", "p50", "p95", "p99", "CPU of an event", "answer")


@dataclass
class Crowd:
    """The tabs of one site, and what each round measured of them."""

    site: Site
    tabs: list[Tab] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    is_slow: bool = False

    async def grow(self, page: str, count: int) -> float:
        """Mount tabs until there are so many; return the bytes of memory that each takes."""
        before, had = self.site.memory(), len(self.tabs)
        while len(self.tabs) < count:
            tab = Tab(self.site.framework.dialect(self.site.port, f"/{page}/"))
            await tab.mount()
            self.tabs.append(tab)
        await asyncio.sleep(0.2)
        return (self.site.memory() - before) / (count - had)

    async def play(self, seconds: float) -> None:
        """Let all tabs send for some time, and at least until each was answered."""
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for tab in self.tabs:
            tab.start()
        await self._answered(min(WARM_UP, seconds))
        start, cpu = loop.time(), self.site.cpu()
        await self._answered(seconds)
        record = Record(loop.time() - start)
        worked = self.site.cpu() - cpu
        for tab in self.tabs:
            record.latencies += tab.record.latencies
            record.received += tab.record.received
        for tab in self.tabs:
            await tab.stop()
        self.records.append(record)
        self.cpu.append(worked / len(record.latencies))
        self.is_slow = loop.time() - begin > 3 * (WARM_UP + seconds)

    async def _answered(self, seconds: float) -> None:
        """Record anew, for so long and until each tab was answered."""
        loop = asyncio.get_running_loop()
        for tab in self.tabs:
            tab.record = Record()
        end = loop.time() + seconds
        await asyncio.sleep(seconds)
        while not all(tab.record.latencies for tab in self.tabs):
            for tab in self.tabs:
                tab.check()
            if loop.time() > end + PATIENCE:
                raise SystemExit(f"{self.site.framework.name}: some tab has no answer")
            await asyncio.sleep(0.1)


async def compare(page: str, counts: list[int], rounds: int, seconds: float) -> list[Table]:
    """Return the tables of a page: one for each number of sessions, and one of memory."""
    tables = []
    idle = Table(f"{PAGES[page]}, memory of an idle session", ("", "each"))
    with ExitStack() as stack:
        crowds = [Crowd(stack.enter_context(serving(each))) for each in installed(page)]
        for count in counts:
            for crowd in crowds:
                memory = await crowd.grow(page, count)
                if count == counts[-1]:
                    idle.add(crowd.site.framework.name, size(memory))
                crowd.records, crowd.cpu, crowd.is_slow = [], [], False
            for _ in range(rounds):
                for crowd in crowds:
                    if not crowd.is_slow:  # its one round was long, and is enough
                        await crowd.play(seconds / rounds)
            tables.append(table(f"{PAGES[page]}, {count} sessions", crowds))
            tables[-1].print()
    idle.print()
    return [*tables, idle]


def table(title: str, crowds: list[Crowd]) -> Table:
    """Return what the rounds have measured."""
    result = Table(title, HEAD)
    ours = crowds[0]
    for crowd in crowds:
        pairs = zip(crowd.records, ours.records, strict=False)  # a slow one has but one
        result.add(
            crowd.site.framework.name,
            f"{median(record.rate for record in crowd.records):.0f}",
            f"{median(record.rate / mine.rate for record, mine in pairs):.3g}",
            *(
                duration(median(record.percentile(percent) for record in crowd.records))
                for percent in (50, 95, 99)
            ),
            duration(median(crowd.cpu)),
            size(median(record.length for record in crowd.records)),
        )
    return result


async def everything(counts: list[int], rounds: int, seconds: float) -> list[Table]:
    """Return all tables."""
    return [each for page in PAGES for each in await compare(page, counts, rounds, seconds)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    if options.quick:
        tables = run(everything([1, 3], 1, 0.1))
    else:
        tables = run(everything([1, 50, 200], options.rounds, 3.0))
    publish("server", "The server", tables, ["djust", "pyview-web", "uvicorn"], options.write)


if __name__ == "__main__":
    main()
