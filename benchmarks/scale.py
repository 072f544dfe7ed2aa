"""How it grows: with the live sessions, and with the rows of a table that does not change.

Counters are mounted and left alone: their memory, their threads, and how long a mount takes (the
page, the socket and the join). Then all of them send for a while, an event in flight each. Last,
one event of a counter beside a table of so many rows. Ours, djust with actors, pyview.

python -m benchmarks.scale [--seconds N] [--quick] [--write]
"""

from __future__ import annotations

import resource
import time
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from benchmarks.report import Table, duration, parser, publish, size
from benchmarks.server.crowd import Crowd
from benchmarks.server.load import Tab
from benchmarks.server.site import FRAMEWORKS, Framework, run, serving

COMPARED = ("ours", "djust, actors", "pyview")
SESSIONS = (10, 100, 1000, 5000)
ROWS = (0, 10, 100, 1000, 10_000)


def compared() -> list[Framework]:
    """Return the frameworks that are compared and installed."""
    return [each for each in FRAMEWORKS if each.name in COMPARED and each.is_installed]


async def sessions(framework: Framework, counts: Sequence[int], seconds: float) -> Table:
    """Return the table of a framework: more and more sessions."""
    head = ("sessions", "memory of one", "threads", "mount", "events/s", "p50", "p99")
    table = Table(f"Sessions, {framework.name}", head)
    with serving(framework) as site:
        crowd = Crowd(site)
        await crowd.grow("counter", 1)  # what a first page loads is not a session's
        empty = site.memory()
        for count in counts:
            had, start = len(crowd.tabs), time.perf_counter()
            await crowd.grow("counter", count)
            mount = (time.perf_counter() - start) / (count - had)
            memory, threads = (site.memory() - empty) / (count - 1), site.threads()
            await crowd.play(seconds)
            record = crowd.records[-1]
            table.add(
                f"{count}",
                size(memory),
                f"{threads}",
                duration(mount),
                f"{record.rate:.0f}",
                duration(record.percentile(50)),
                duration(record.percentile(99)),
            )
    table.print()
    return table


async def beside_rows(counts: Sequence[int], seconds: float) -> Table:
    """Return what an event costs beside a table of so many rows."""
    frameworks = compared()
    table = Table("An event beside unchanged rows", ("rows", *(each.name for each in frameworks)))
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(framework)) for framework in frameworks]
        for count in counts:
            cells = []
            for site in sites:
                tab = Tab(site.framework.dialect(site.port, f"/beside/{count}/"))
                await tab.mount()
                crowd = Crowd(site, [tab])
                await crowd.play(seconds)
                cells.append(duration(median(crowd.records[0].latencies)))
            table.add(f"{count}", *cells)
    table.print()
    return table


async def everything(counts: Sequence[int], rows: Sequence[int], seconds: float) -> list[Table]:
    """Return all tables."""
    tables = [await sessions(each, counts, seconds) for each in compared()]
    return [*tables, await beside_rows(rows, seconds)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--seconds", type=float, default=2.0)
    options = arguments.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a socket for each session
    if options.quick:
        tables = run(everything((2, 4), (0, 10), 0.1))
    else:
        tables = run(everything(SESSIONS, ROWS, options.seconds))
    publish("scale", __doc__, tables, ["djust", "pyview-web", "uvicorn"], options.write)


if __name__ == "__main__":
    main()
