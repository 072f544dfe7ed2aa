"""Tabs that send events, each as soon as the last one is answered or at a pace, and what they
notice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks.server.dialects import Dialect

SAMPLE = 64  # one answer in so many is read as a whole


@dataclass
class Record:
    """What was measured: the seconds and the bytes of each answer, and over how long."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    received: int = 0

    @property
    def rate(self) -> float:
        """Events per second."""
        return len(self.latencies) / self.seconds

    @property
    def length(self) -> float:
        """Bytes of an answer."""
        return self.received / len(self.latencies)

    def percentile(self, percent: int) -> float:
        """Return the latency that so many of a hundred answers kept to."""
        if percent == 50 or len(self.latencies) < 2:
            return median(self.latencies)
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]


def reset(tabs: Sequence[Tab]) -> None:
    """Record anew."""
    for tab in tabs:
        tab.record = Record()


def merged(tabs: Sequence[Tab], seconds: float) -> Record:
    """Return as one what the tabs have recorded in so many seconds."""
    record = Record(seconds)
    for tab in tabs:
        record.latencies += tab.record.latencies
        record.received += tab.record.received
    return record


async def stop(tabs: Sequence[Tab]) -> None:
    """Let all of them send no more, and wait for what is under way.

    Raises:
        AssertionError: if an answer was wrong.
        SocketClosed: if a connection was lost, now or earlier.
    """
    for tab in tabs:
        tab.finish()
    for tab in tabs:
        await tab.idle()


class Tab:
    """One tab, whose events are named in turn.

    Args:
        dialect: how it speaks.
        events: the names of its events, which repeat.
    """

    def __init__(self, dialect: Dialect, events: tuple[str, ...] = ("up",)) -> None:
        self.dialect = dialect
        self.record = Record()
        self._events = events
        self._sent = 0
        self._running = False
        self._interval = 0.0
        self._idle: asyncio.Future[None] | None = None
        self._error: Exception | None = None

    async def mount(self) -> None:
        """Open the page."""
        await self.dialect.mount()
        self.dialect.socket.on_receive(self._answer, self._end)

    def start(self, interval: float = 0.0, delay: float = 0.0) -> None:
        """Begin sending, after `delay`; an event each `interval`, or when the last is answered."""
        self._running = True
        self._interval = interval
        self._idle = asyncio.get_running_loop().create_future()
        self._due = time.perf_counter() + delay
        self._wait()

    def finish(self) -> None:
        """Send no more."""
        self._running = False

    async def idle(self) -> None:
        """Wait for what is under way; raise what `check` does."""
        if self._idle is not None:
            await self._idle
        self.check()

    def check(self) -> None:
        """Raise what has gone wrong, as `stop` does, without waiting."""
        if self._error is not None:
            raise self._error

    def _wait(self) -> None:
        left = self._due - time.perf_counter()
        if left > 0:
            asyncio.get_running_loop().call_later(left, self._send_now)
        else:
            # What waits in vain for its answer counts from when it would have sent: else a server
            # that is away for a second would have one slow answer.
            self._send(self._due)

    def _send_now(self) -> None:
        self._send(time.perf_counter())

    def _send(self, since: float) -> None:
        if not self._running:
            self._end()
            return
        name = self._events[self._sent % len(self._events)]
        self._sent += 1
        self._mark = self.dialect.mark(self._sent)
        self._since = since
        self.dialect.socket.send(self.dialect.event(self._sent, name))

    def _answer(self, message: bytes) -> None:
        now = time.perf_counter()
        record = self.record
        record.latencies.append(now - self._since)
        record.received += len(message)
        if self._mark not in message or (self._sent % SAMPLE == 1 and not self._is_right(message)):
            self._end(AssertionError(f"not the answer to event {self._sent}: {message[:500]!r}"))
        elif not self._running:
            self._end()
        elif self._interval:
            self._due += self._interval
            self._wait()
        else:
            self._send(time.perf_counter())

    def _is_right(self, message: bytes) -> bool:
        """Tell whether the answer shows the number of the event."""
        wanted = str(self._sent)
        shown = (text.split(" ")[-1] for text in self.dialect.values(message))
        return self._events != ("up",) or wanted in shown

    def _end(self, error: Exception | None = None) -> None:
        self._running = False
        self._error = self._error or error
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
