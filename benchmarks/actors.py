"""Our supervised actors beside bare Pykka, in turns: microseconds, medians of several rounds, and
the median of the ratios of each round.

"start and stop" ends when each actor is known to be up and later known to be down; bare Pykka knows
the second only.

python -m benchmarks.actors [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from pykka._envelope import Envelope

from benchmarks.report import Table, Target, parse, parser, publish
from benchmarks.server.apps.actor import Echo, Port
from pykka_live.actors import (
    ActorSystem,
    Backoff,
    Cell,
    ChildSpec,
    Reply,
    Root,
    StartChild,
    SupervisedActor,
)

MESSAGES = 10_000
ACTORS = 100
STARTS = 200
ROUND_TRIP = Target("<=", 1.2)  # from an event loop to an actor and back


class Supervised(SupervisedActor):
    """Echoes, under a supervisor."""

    def on_receive(self, message: Any) -> Any:
        return message


async def ask_bare(ref: Any, message: Any) -> Any:
    """Ask a bare Pykka actor without blocking the loop."""
    port = Port(asyncio.get_running_loop())
    ref.actor_inbox.put(Envelope(message, reply_to=port))
    return await port.future


def tell_all(actor: Any) -> None:
    for index in range(MESSAGES):
        actor.tell(index)
    actor.ask(0)


def ask_all(actor: Any) -> None:
    for index in range(MESSAGES):
        actor.ask(index)


def ask_async(actors: list[Any], ask: Callable[[Any, Any], Any]) -> None:
    async def one(actor: Any) -> None:
        for index in range(MESSAGES // len(actors)):
            await ask(actor, index)

    async def main() -> None:
        await asyncio.gather(*map(one, actors))

    asyncio.run(main())


def start_stop_bare() -> None:
    for ref in [Echo.start() for _ in range(STARTS)]:
        ref.stop()


def start_stop_ours(system: ActorSystem) -> None:
    starts = [Reply() for _ in range(STARTS)]
    for n, reply in enumerate(starts):
        system.root.post(StartChild(ChildSpec(f"short/{n}", Supervised)), reply)
    cells = [reply.get(60) for reply in reversed(starts)]  # the last first: to be woken once
    stops = [Reply() for _ in cells]
    for cell, reply in zip(cells, stops, strict=True):
        cell.stop(reply=reply)
    for reply in reversed(stops):
        reply.get(60)


def recovery(cell: Cell) -> None:
    """From sending a message that crashes the actor to an answer of the next incarnation."""
    cell.tell(None)
    cell.ask(1)


class Fragile(Supervised):
    """Fails on None."""

    def on_receive(self, message: Any) -> Any:
        return message + 0


def measure(function: Callable[[], None]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=9)
    options = parse(arguments, ["pykka"])
    rounds = 1 if options.quick else options.rounds
    logging.getLogger("pykka_live.actors").setLevel(logging.CRITICAL)
    system = ActorSystem(lambda: Root(max_restarts=1_000_000))
    bare = [Echo.start() for _ in range(ACTORS)]
    ours = [
        system.start_child(ChildSpec(f"long/{n}", Supervised, capacity=None)) for n in range(ACTORS)
    ]

    def ask_ours(cell: Cell, message: Any) -> Any:
        return cell.ask_async(message)

    rows = [
        ("tell", MESSAGES, lambda: tell_all(bare[0]), lambda: tell_all(ours[0])),
        ("ask", MESSAGES, lambda: ask_all(bare[0]), lambda: ask_all(ours[0])),
        (
            "asyncio round trip",
            MESSAGES,
            lambda: ask_async(bare[:1], ask_bare),
            lambda: ask_async(ours[:1], ask_ours),
        ),
        (
            f"asyncio, {ACTORS} actors",
            MESSAGES,
            lambda: ask_async(bare, ask_bare),
            lambda: ask_async(ours, ask_ours),
        ),
        ("start and stop", STARTS, start_stop_bare, lambda: start_stop_ours(system)),
    ]
    table = Table(
        "Supervised actors beside bare Pykka", ("", "Pykka us", "ours us", "ratio", "target")
    )
    for name, count, bare_run, our_run in rows:
        times = [(measure(bare_run), measure(our_run)) for _ in range(rounds)]
        them, us = (median(column) / count * 1e6 for column in zip(*times, strict=True))
        ratio = median(mine / theirs for theirs, mine in times)
        target = ROUND_TRIP.judge(ratio) if name.startswith("asyncio") else ""
        table.add(name, f"{them:.1f}", f"{us:.1f}", f"{ratio:.2f}", target)
    fragile = system.start_child(ChildSpec("fragile", Fragile, backoff=Backoff(0, 0)))
    crash = median(measure(lambda: recovery(fragile)) for _ in range(200)) * 1e6
    table.add("crash to next answer", "-", f"{crash:.1f}", "-", "")
    for ref in bare:
        ref.stop()
    system.shutdown()
    table.print()
    publish("actors", __doc__, [table], options)


if __name__ == "__main__":
    main()
