"""Events per second, their latency and their cost, over real WebSockets: ours, djust, pyview, and
two ceilings (an ASGI application that echoes, alone and by way of one Pykka actor per socket).

All run under uvicorn with the same event loop and the same WebSocket implementation, one worker on
one core, and the load on another. Each session keeps one event in flight. The frameworks take turns
in several rounds; the tables show medians, and the median of the ratios to ours of each round.

python -m benchmarks.server [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from benchmarks.report import Table, duration, parser, publish, size
from benchmarks.server.crowd import Crowd
from benchmarks.server.site import installed, run, serving

PAGES = {"counter": "Counter", "table": "One cell of 1000 rows"}
HEAD = ("", "events/s", "of ours", "p50", "p95", "p99", "CPU of an event", "answer")


async def compare(page: str, counts: list[int], rounds: int, seconds: float) -> list[Table]:
    """Return the tables of a page: one for each number of sessions, and one of memory."""
    tables = []
    idle = Table(f"{PAGES[page]}, memory of an idle session", ("", "each"))
    with ExitStack() as stack:
        crowds = [Crowd(stack.enter_context(serving(each))) for each in installed(page)]
        for count in counts:
            for crowd in crowds:
                before, had = crowd.site.memory(), len(crowd.tabs)
                await crowd.grow(page, count)
                if count == counts[-1]:
                    memory = (crowd.site.memory() - before) / (count - had)
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
    publish("server", __doc__, tables, ["djust", "pyview-web", "uvicorn"], options.write)


if __name__ == "__main__":
    main()
