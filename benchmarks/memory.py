"""The memory of an idle session: ours, djust, pyview, and bare sockets.

Each framework has a fresh server, on which sessions are mounted that never send. Its resident
memory is read at several points; the slope of the line through them is what a session takes. What
the first sessions load is not in it.

python -m benchmarks.memory [--quick] [--write]
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import linear_regression

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, memory, parse, parser, publish, ratio
from benchmarks.server.crowd import Crowd
from benchmarks.server.site import PEERS, Framework, installed, run, serving

PAGES = {"counter": "A counter", "table": "A table of 1000 rows"}
POINTS = {"counter": (50, 100, 200, 300, 400, 500), "table": (4, 8, 12, 16, 20)}
LIMIT = Target("<", 84 * 1024, memory)  # of our counter


async def read(framework: Framework, page: str, points: Sequence[int]) -> list[int]:
    """Return the memory of a server at so many sessions."""
    found = []
    with serving(framework) as site:
        crowd = Crowd(site)
        for count in points:
            await crowd.grow(page, count)
            found.append(site.memory())
    return found


async def compare(page: str, points: Sequence[int]) -> Table:
    """Return the table of a page."""
    table = Table(
        f"{PAGES[page]}: MiB of a server with so many idle sessions, and the slope",
        ("", *map(str, points), "a session", "ours / it", "target"),
    )
    slopes: dict[str, float] = {}
    found: dict[str, list[int]] = {}
    for framework in installed(page):
        found[framework.name] = await read(framework, page, points)
        slopes[framework.name] = linear_regression(points, found[framework.name]).slope
    for name, memories in found.items():
        table.add(
            name,
            *(f"{each / 1024**2:.1f}" for each in memories),
            memory(slopes[name]),
            ratio(slopes["ours"] / slopes[name]) if slopes[name] > 0 else "-",
            target(page, name, slopes),
        )
    table.print()
    return table


def target(page: str, name: str, slopes: dict[str, float]) -> str:
    """Judge what a session of ours takes: below each of djust's, and a counter below the limit."""
    if name.startswith("djust"):
        return Target("<", 1).judge(slopes["ours"] / slopes[name])
    return LIMIT.judge(slopes["ours"]) if (page, name) == ("counter", "ours") else ""


async def everything(points: dict[str, Sequence[int]]) -> list[Table]:
    """Return the tables of both pages."""
    return [await compare(page, points[page]) for page in PAGES]


def main() -> None:
    """Print the tables."""
    options = parse(parser(__doc__), PEERS, SERVED)
    points: dict[str, Sequence[int]] = {**POINTS}
    if options.quick:
        points = dict.fromkeys(PAGES, (1, 2))
    publish("memory", __doc__, run(everything(points)), options)


if __name__ == "__main__":
    main()
