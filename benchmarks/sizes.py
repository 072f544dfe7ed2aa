"""What travels: the bytes of an answer, over real WebSockets, and of the browser client, gzipped.

An answer is the whole message with its envelope; of several, the longest counts. Ours, djust,
pyview; their clients are what a page of theirs loads.

python -m benchmarks.sizes [--quick] [--write]
"""

from __future__ import annotations

import gzip
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, parse, parser, publish, ratio, size
from benchmarks.server.site import Site, installed, run, serving

COMPARED = ("ours", "djust, actors", "pyview")
PEERS = ("djust", "pyview-web")
CLIENTS = {
    "ours": ("pykka_live", "static/pykka_live/pykka_live.js"),
    "djust, actors": ("djust", "static/djust/client.min.js"),
    "pyview": ("pyview", "static/assets/app.js"),
}
CLIENT = Target("<", 12 * 1024, size)


@dataclass(frozen=True)
class Change:
    """An event of a page.

    Attributes:
        name: in the table.
        page: its path.
        event: its name.
        count: how often it is sent; the number that the answer shows becomes longer.
        target: for the bytes of our answer.
    """

    name: str
    page: str
    event: str
    count: int
    target: Target


CHANGES = (
    Change("a counter", "/counter/", "up", 1000, Target("<", 64, size)),
    Change("one cell of 1000 rows", "/table/", "up", 20, Target("<", 80, size)),
    Change("1000 rows appended to 1000", "/churn/", "append", 1, Target("<", 60_000, size)),
)


async def answer(site: Site, change: Change, count: int) -> int:
    """Return the bytes of the longest answer to a change."""
    tab = site.framework.dialect(site.port, change.page)
    await tab.mount()
    lengths = []
    for ref in range(1, count + 1):
        tab.socket.send(tab.event(ref, change.event))
        message = await tab.socket.next()
        assert tab.mark(ref) in message, message[:500]
        lengths.append(len(message))
    tab.socket.close()
    return max(lengths)


def client(name: str) -> int:
    """Return the bytes of a framework's browser client."""
    package, path = CLIENTS[name]
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations, package
    return len(gzip.compress((Path(spec.submodule_search_locations[0]) / path).read_bytes()))


def row(table: Table, name: str, found: list[int], target: Target) -> None:
    """Add a row."""
    others = [ratio(found[0] / each) for each in found[1:]]
    table.add(name, *map(size, found), *others, target.judge(found[0]))


async def everything(is_quick: bool) -> Table:
    """Return the table."""
    with ExitStack() as stack:
        sites = [stack.enter_context(serving(each)) for each in installed("counter", COMPARED)]
        names = [site.framework.name for site in sites]
        head = ("", *names, *(f"ours / {name}" for name in names[1:]), "target")
        table = Table("Bytes of an answer, and of the client", head)
        for change in CHANGES:
            count = 1 if is_quick else change.count
            row(
                table,
                change.name,
                [await answer(site, change, count) for site in sites],
                change.target,
            )
    row(table, "the client, gzipped", [client(name) for name in names], CLIENT)
    table.print()
    return table


def main() -> None:
    """Print the table."""
    options = parse(parser(__doc__), PEERS, SERVED)
    publish("sizes", __doc__, [run(everything(options.quick))], options)


if __name__ == "__main__":
    main()
