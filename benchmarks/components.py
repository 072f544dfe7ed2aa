"""Components of a page: their events, bursts, births and memory, over real WebSockets.

First: an event in one of so many components, beside the same markup written by one view; flat is at
most 1.5 times what it takes alone. Then, as medians of rounds: a burst of messages to one component
and to one view, of which several wait for one picture, and the same with a picture for each; all
components told at once, until all pictures are there; components that come with a page (the GET,
then socket and join) and with an event, until all pictures are there, and go. Last, the memory of
idle components: the slope over a fresh server's pages.

djust runs in place: its components do not run in its actors. They are declared by the view's class,
so no event can create or remove one, and there only its rows are beside ours. It has no messages to
a component, and what is pushed to its views takes another way, through a channel layer; so it has
no burst, and there one event of a view changes all at once.

python -m benchmarks.components [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import linear_regression, median
from typing import Any

from benchmarks.machine import SERVED
from benchmarks.report import Table, Target, duration, memory, parse, parser, publish, ratio
from benchmarks.report import size as volume
from benchmarks.scale import FLAT, latency, take_turns, times
from benchmarks.server.crowd import PATIENCE, Crowd
from benchmarks.server.dialects import Dialect, Djust, Ours, get
from benchmarks.server.load import Tab
from benchmarks.server.site import Framework, Site, run, serving

FIRST = "c0"  # the component that has an event
LIKE_A_VIEW = Target("<=", 1.1, "{:g} x".format)  # an event in it, to one in a view


class OurComponent(Ours):
    """Sends events to a component."""

    def event(self, ref: int, name: str) -> bytes:
        return super().event(ref, name).replace(b"{", b'{"c":"%s",' % FIRST.encode(), 1)


class DjustComponent(Djust):
    """Sends events to a component."""

    def event(self, ref: int, name: str) -> bytes:
        params = b'"params":{"component_id":"%s"}' % FIRST.encode()
        return super().event(ref, name).replace(b'"params":{}', params)


OURS = Framework("ours", "ours_components", Ours)
DJUST = Framework("djust", "djust_components", Djust, "djust")
SIDES: dict[str, tuple[Framework, type[Dialect], str]] = {
    "ours, components": (OURS, OurComponent, "components"),
    "ours, one view": (OURS, Ours, "written"),
    "djust, components": (DJUST, DjustComponent, "components"),
    "djust, one view": (DJUST, Djust, "written"),
}
OUR_COMPONENTS, OUR_VIEW, THEIR_COMPONENTS, THEIR_VIEW = SIDES


@dataclass(frozen=True)
class Size:
    """How much is done; there are pages of these sizes."""

    sizes: Sequence[int] = (1, 10, 100, 1000)
    rounds: int = 7
    seconds: float = 0.7
    burst: int = 1000
    many: int = 100
    born: int = 1000
    pages: Sequence[int] = (2, 4, 6, 8, 10)
    sessions: Sequence[int] = (50, 100, 200, 300, 400, 500)


class Sites:
    """A server for each framework that is there."""

    def __init__(self, stack: ExitStack) -> None:
        found = [each for each in (OURS, DJUST) if each.is_installed]
        self.sites = {each.name: stack.enter_context(serving(each)) for each in found}

    def sides(self) -> list[str]:
        """Return the names of the sides that can be measured."""
        return [name for name, (framework, _, _) in SIDES.items() if framework.name in self.sites]

    def site(self, side: str) -> Site:
        """Return the server of a side."""
        return self.sites[SIDES[side][0].name]

    async def joined(self, side: str, count: int) -> Dialect:
        """Open a page with so many components; return who speaks to its view."""
        framework, _, page = SIDES[side]
        dialect = framework.dialect(self.site(side).port, f"/{page}/{count}/")
        await dialect.mount()
        return dialect


@dataclass(frozen=True)
class Shown:
    """What it took until all was there that was waited for."""

    seconds: float
    frames: int
    bytes: int


async def shown(dialect: Dialect, event: bytes, mark: bytes, count: int = 1) -> Shown:
    """Send an event, and wait until so many marks have come back."""
    start = time.perf_counter()
    dialect.socket.send(event)
    frames, received = 0, 0
    while count > 0:
        message = await asyncio.wait_for(dialect.socket.next(), PATIENCE)
        frames, received = frames + 1, received + len(message)
        count -= message.count(mark)
    return Shown(time.perf_counter() - start, frames, received)


async def events(sites: Sites, size: Size) -> Table:
    """Return the table of an event in one of so many components."""
    sides = sites.sides()
    head = ("components", *sides, "components / one view", "target", "ours / djust")
    table = Table("An event in one of them", (*head, "ours / alone", "target"))
    alone: Any = None
    for count in size.sizes:
        crowds = {}
        for side in sides:
            _, dialect, page = SIDES[side]
            tab = Tab(dialect(sites.site(side).port, f"/{page}/{count}/"))
            await tab.mount()
            crowds[side] = Crowd(sites.site(side), [tab])
        await take_turns(list(crowds.values()), size)
        found = {side: crowd.records for side, crowd in crowds.items()}
        ours = found[OUR_COMPONENTS]
        alone = alone or ours
        like, growth = times(ours, found[OUR_VIEW]), times(ours, alone)
        table.add(
            f"{count}",
            *(duration(median(map(latency, found[side]))) for side in sides),
            ratio(like),
            LIKE_A_VIEW.judge(like),
            ratio(times(ours, found[THEIR_COMPONENTS])) if THEIR_COMPONENTS in found else "-",
            ratio(growth),
            FLAT.judge(growth),
        )
    table.print()
    return table


async def bursts(sites: Sites, size: Size) -> Table:
    """Return the table of many messages to one component, or view."""
    head = ("", "until the last is shown", "a message", "frames", "one by one / together")
    table = Table(f"A burst of {size.burst} messages", head)
    dialect = Ours(sites.sites["ours"].port, "/burst/")
    await dialect.mount()
    found: dict[tuple[str, bool], list[Shown]] = {}
    sent = dict.fromkeys(("component", "view"), 0)
    for n in range(2 * size.rounds):
        for whom in sent:
            sent[whom] += size.burst
            params = json.dumps({"count": size.burst, "together": n % 2 == 0})
            event = dialect.event(n, f"to_{whom}").replace(b"{}", params.encode())
            event = event.replace(b"{", b'{"c":"sender",', 1)
            last = b'Counter: %d"' % sent[whom]
            found.setdefault((whom, n % 2 == 0), []).append(await shown(dialect, event, last))
            await _drained(dialect)
    for (whom, together), results in found.items():
        taken = median(each.seconds for each in results)
        pairs = zip(results, found[whom, True], strict=True)
        table.add(
            f"to a {whom}, {'together' if together else 'one by one'}",
            duration(taken),
            duration(taken / size.burst),
            f"{median(each.frames for each in results):.0f}",
            ratio(median(one.seconds / other.seconds for one, other in pairs)),
        )
    table.print()
    return table


async def _drained(dialect: Dialect) -> None:
    """Take what has still to come: the sender's answer, which no other frame follows."""
    dialect.socket.send(dialect.event(0, "nothing"))
    while b'"unknown_event"' not in await asyncio.wait_for(dialect.socket.next(), PATIENCE):
        pass


async def together(sites: Sites, size: Size) -> Table:
    """Return the table of all components that change at once."""
    head = ("", "until all is shown", "a component", "frames", "bytes", "ours / it")
    table = Table(f"{size.many} components change at once", head)
    views = {side: await sites.joined(side, size.many) for side in sites.sides()}
    found: dict[str, list[Shown]] = {side: [] for side in views}
    for n in range(1, size.rounds + 1):
        for side, view in views.items():
            mark = b"Counter: %d" % n
            found[side].append(await shown(view, view.event(n, "all"), mark, size.many))
    for side, results in found.items():
        taken = median(each.seconds for each in results)
        table.add(
            side,
            duration(taken),
            duration(taken / size.many),
            f"{median(each.frames for each in results):.0f}",
            volume(median(each.bytes for each in results)),
            ratio(_times(found[OUR_COMPONENTS], results)),
        )
    table.print()
    return table


def _times(ours: list[Shown], others: list[Shown]) -> float:
    pairs = zip(ours, others, strict=True)
    return median(one.seconds / other.seconds for one, other in pairs)


async def births(sites: Sites, size: Size) -> Table:
    """Return the table of what it takes that there are many components, and that there are none."""
    head = ("", "the page", "socket and join", "an event creates them", "removes them")
    table = Table(f"{size.born} components: for each of them", head)
    found: dict[str, list[list[float]]] = {side: [] for side in sites.sides()}
    for _ in range(size.rounds):
        for side, results in found.items():
            results.append(await _life(sites, side, size.born))
    for side, results in found.items():
        columns = [median(column) / size.born for column in zip(*results, strict=True)]
        cells = [duration(each) for each in columns]
        table.add(side, *cells, *["-"] * (len(head) - 1 - len(cells)))
    table.print()
    return table


async def _life(sites: Sites, side: str, count: int) -> list[float]:
    """Return the seconds of the page, of the socket and, where that can be, of two events."""
    start = time.perf_counter()
    await get(sites.site(side).port, f"/{SIDES[side][2]}/{count}/")
    got = time.perf_counter() - start
    start = time.perf_counter()
    view = await sites.joined(side, count)
    seconds = [got, max(0.0, time.perf_counter() - start - got)]
    view.socket.close()
    if side == THEIR_COMPONENTS:
        return seconds
    view = await sites.joined(side, 0)
    for ref, many in ((1, count), (2, 0)):
        event = view.event(ref, "show").replace(b"{}", b'{"size":%d}' % many)
        all_shown = (b'"tree"', many) if many and side == OUR_COMPONENTS else (view.mark(ref), 1)
        seconds.append((await shown(view, event, *all_shown)).seconds)
    view.socket.close()
    return seconds


async def memories(size: Size) -> Table:
    """Return the table of the memory of idle components, and of idle views."""
    table = Table("Memory", ("", "components of a page", "most pages", "a component", "a page"))
    for side, (framework, _, page) in SIDES.items():
        if not framework.is_installed:
            continue
        table.add(side, f"{size.born}", f"{size.pages[-1]}", *await _slope(framework, page, size))
    for framework in (OURS, DJUST):
        if framework.is_installed:
            points = size.sessions
            slope = await _measured(framework, "counter", points)
            table.add(f"{framework.name}, a counter", "-", f"{points[-1]}", "-", memory(slope))
    table.print()
    return table


async def _slope(framework: Framework, page: str, size: Size) -> list[str]:
    slope = await _measured(framework, f"{page}/{size.born}", size.pages)
    return [memory(slope / size.born), memory(slope)]


async def _measured(framework: Framework, page: str, points: Sequence[int]) -> float:
    """Return the bytes of a page, by the memory of a fresh server with so many."""
    found = []
    with serving(framework) as site:
        crowd = Crowd(site)
        for count in points:
            await crowd.grow(page, count)
            found.append(site.memory())
    return linear_regression(points, found).slope


async def everything(size: Size) -> list[Table]:
    """Return all tables."""
    with ExitStack() as stack:
        sites = Sites(stack)
        tables = [await measure(sites, size) for measure in (events, bursts, together, births)]
    return [*tables, await memories(size)]


def main() -> None:
    """Print the tables."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    options = parse(arguments, ("djust",), SERVED)
    size = Size(rounds=options.rounds)
    if options.quick:
        size = Size((1, 10), 1, 0.1, 20, 10, 10, (1, 2), (1, 2))
    publish("components", __doc__, run(everything(size)), options)


if __name__ == "__main__":
    main()
