"""Events through the Python handle: what one actor handles when they are queued, and 100 sessions
together. Thousands of events per second, medians of several rounds.

"handled" is the actor alone: the view is suspended while the events are put into its mailbox, and
timed from its release to the last answer; each event binds a parameter, runs its handler, renders,
compares, encodes and keeps the state. "awaited" is what a program sees that awaits so many events
at once: a task, a message and an answer for each are its own event loop's work, in the same
interpreter. "echo" is an actor that does nothing, asked in the same way.

The sessions together are no faster than one, and their number does not matter: all actors' threads
share the interpreter's lock, so the ceiling is one core, whatever the machine has. What they
have beyond one session is that none waits for another's slow handler. More cores take more
processes.

python -m benchmarks.handle [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from statistics import median
from typing import Any

import django
from django.conf import settings

from benchmarks.report import Table, Target, parse, parser, publish
from pykka_live.actors import ActorSystem, ChildSpec, SupervisedActor

EVENTS = 20_000
SESSIONS = 100
AT_ONCE = 1_000  # so many events wait for their answers in each round of "awaited"
QUEUED = Target(">=", 10.0)  # thousands per second, of one actor
ROUNDS = 7


def configure() -> None:
    """Set Django up, with mailboxes that hold all that is sent."""
    settings.configure(
        SECRET_KEY="benchmarks",
        INSTALLED_APPS=["pykka_live"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        PYKKA_LIVE={"MAILBOX": {"view": EVENTS + 1}},
    )
    django.setup()
    logging.getLogger("pykka_live").setLevel(logging.CRITICAL)


class Echo(SupervisedActor):
    """Does nothing."""

    def on_receive(self, message: Any) -> Any:
        return message


class Countdown:
    """A reply port for many events; its future ends with the last answer."""

    def __init__(self, count: int) -> None:
        self.loop = asyncio.get_running_loop()
        self.over = self.loop.create_future()
        self._left = count

    def set(self, answer: Any) -> None:
        self._left -= 1  # one thread answers
        if not self._left:
            self.loop.call_soon_threadsafe(self.over.set_result, answer)

    def set_exception(self, error: BaseException) -> None:
        raise error


async def handled(view: Any, message: Any, count: int) -> float:
    """Return how many seconds an actor needs for messages that wait already."""
    port = Countdown(count)
    await asyncio.to_thread(view.suspend)
    for _ in range(count):
        assert view.offer(message, port)
    start = time.perf_counter()
    await asyncio.to_thread(view.resume)
    await port.over
    return time.perf_counter() - start


async def awaited(asks: Sequence[Callable[[], Awaitable[Any]]], count: int) -> float:
    """Return how many seconds a program needs that awaits `AT_ONCE` at once, of all in turn."""
    calls = [asks[number % len(asks)] for number in range(count)]
    start = time.perf_counter()
    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(ask() for ask in calls[first : first + AT_ONCE]))
    return time.perf_counter() - start


def rate(count: int, seconds: Sequence[float]) -> float:
    """Return thousands per second."""
    return count / median(seconds) / 1e3


async def measure(rounds: int, events: int) -> Table:
    """Return the table."""
    from pykka_live import LiveView, SessionHandle, create_session_actor, event
    from pykka_live.live.messages import CallEvent

    class Counter(LiveView):
        """A number, and a button."""

        template = (
            "<div data-liveview-root><h1>Counter: {{ count }}</h1>"
            '<button @click="increment" data-amount="1">+1</button></div>'
        )

        def mount(self, request: Any) -> None:
            self.count = 0

        @event
        def increment(self, amount: int = 1) -> None:
            self.count += amount

    handles = [await create_session_actor(f"session {n}") for n in range(SESSIONS)]
    for handle in handles:
        await handle.mount(Counter)
    system = ActorSystem.default()
    echo = await system.start_child_async(ChildSpec("echo", Echo, capacity=None))
    (view,) = handles[0]._cell.children.values()

    def ask(handle: SessionHandle) -> Callable[[], Awaitable[Any]]:
        return lambda: handle.event("increment", {"amount": 1})

    alone = [ask(handles[0])]
    together = [ask(handle) for handle in handles]
    times = [
        (
            await handled(view, CallEvent("increment", {"amount": 1}), events),
            await handled(echo, 1, events),
            await awaited(alone, events),
            await awaited(together, events),
            await awaited([lambda: echo.ask_async(1)], events),
        )
        for _ in range(rounds)
    ]
    one, idle, one_awaited, all_awaited, idle_awaited = (
        rate(events, column) for column in zip(*times, strict=True)
    )
    table = Table("Events of a counter, 1000 / s", ("", "handled", "awaited", "target"))
    table.add("1 session", f"{one:.1f}", f"{one_awaited:.1f}", QUEUED.judge(one))
    table.add(f"{SESSIONS} sessions", "-", f"{all_awaited:.1f}", "")
    table.add("an echo", f"{idle:.1f}", f"{idle_awaited:.1f}", "")
    return table


def main() -> None:
    """Print the table."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    options = parse(arguments)
    configure()
    from pykka_live import shutdown_actor_system

    if options.quick:
        table = asyncio.run(measure(1, AT_ONCE))
    else:
        table = asyncio.run(measure(options.rounds, EVENTS))
    shutdown_actor_system()
    table.print()
    publish("handle", __doc__, [table], options)


if __name__ == "__main__":
    main()
