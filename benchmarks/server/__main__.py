"""Events per second, their latency and their cost, over real WebSockets: ours, djust, pyview, and
two ceilings (an ASGI application that echoes, alone and by way of one Pykka actor per socket).

All run under uvicorn with the same event loop and the same WebSocket implementation, one worker on
one core, and the load on another. Each session keeps one event in flight. The frameworks take turns
in several rounds; the tables show medians, and the median of our ratio to each of each round. What
needs three times as long as its turn has one round. The tables of djust in place are too slow to
have 200 of them ("-"). With streams, pyview's server keeps no rows: its handler names the row,
which travels as a whole.

python -m benchmarks.server [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

from contextlib import ExitStack
from statistics import median

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, duration, parse, parser, publish, ratio, size
from benchmarks.server.crowd import Crowd
from benchmarks.server.site import PEERS, installed, run, serving

PAGES = {"counter": "Counter", "table": "One cell of 1000 rows"}
HEAD = ("", "events/s", "ours / it", "target", "p50", "p95", "p99", "CPU of an event", "answer")
TARGETS = {  # of our ratio to each, and of our own events per second
    "counter": {"pyview": 1.4, "empty actor": 0.55, "ours": 20_000},
    "table": {"djust, actors": 60, "ours": 6_000},
}
MOST = {("table", "djust"): 50}  # sessions; more would take minutes
JUDGED = {"ours": (50,)}  # the numbers of sessions that a target is for
OTHERS_JUDGED = (50, 200)


async def compare(page: str, counts: list[int], rounds: int, seconds: float) -> list[Table]:
    """Return the tables of a page: one for each number of sessions."""
    tables = []
    with ExitStack() as stack:
        crowds = [Crowd(stack.enter_context(serving(each))) for each in installed(page)]
        for count in counts:
            playing = [
                crowd
                for crowd in crowds
                if count <= MOST.get((page, crowd.site.framework.name), count)
            ]
            for crowd in crowds:
                crowd.records, crowd.cpu = [], []
            for crowd in playing:
                await crowd.grow(page, count)
            for n in range(rounds):
                for crowd in playing:
                    if n == 0 or not crowd.is_slow:
                        await crowd.play(seconds / rounds)
            tables.append(table(page, count, crowds))
            tables[-1].print()
    return tables


def table(page: str, count: int, crowds: list[Crowd]) -> Table:
    """Return what the rounds have measured."""
    result = Table(f"{PAGES[page]}, {count} sessions", HEAD)
    ours = crowds[0]
    for crowd in crowds:
        name, records = crowd.site.framework.name, crowd.records
        if not records:
            result.add(name, *["-"] * (len(HEAD) - 1))
            continue
        rate = median(record.rate for record in records)
        pairs = zip(records, ours.records, strict=False)  # a slow one has but one
        times = median(mine.rate / record.rate for record, mine in pairs)
        result.add(
            name,
            f"{rate:.0f}",
            ratio(times),
            target(page, name, count, rate if crowd is ours else times),
            *(
                duration(median(record.percentile(percent) for record in records))
                for percent in (50, 95, 99)
            ),
            duration(median(crowd.cpu)),
            size(median(record.length for record in records)),
        )
    return result


def target(page: str, name: str, count: int, figure: float) -> str:
    """Judge a figure, if there is a target for it."""
    limit = TARGETS[page].get(name)
    if limit is None or count not in JUDGED.get(name, OTHERS_JUDGED):
        return ""
    return Target(">=", limit).judge(figure)


async def everything(counts: list[int], rounds: int, seconds: float) -> list[Table]:
    """Return all tables."""
    return [each for page in PAGES for each in await compare(page, counts, rounds, seconds)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    options = parse(arguments, PEERS, SERVED)
    if options.quick:
        tables = run(everything([1, 3], 1, 0.1))
    else:
        tables = run(everything([1, 50, 200], options.rounds, 3.0))
    publish("server", __doc__, tables, options)


if __name__ == "__main__":
    main()
