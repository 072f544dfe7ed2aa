"""The pump: the task on an event loop through which this process talks to the channel layer.

It is told which topics may have changed, and then makes the layer's groups agree with what is
wanted *now*; so it does not matter in which order it was told, and after a failure it starts from
nothing and arrives at the same.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextvars import Context
from typing import Any, Protocol

from pykka_live.live.losses import Losses
from pykka_live.logs import own_logger

logger = own_logger(__name__)

RETRY = 1.0
"""Seconds between a failure of the layer and the next attempt."""

SEND_TIMEOUT = 10.0
"""Seconds that the layer has to take a message."""

MAX_UNSENT = 10_000
"""So many messages wait for the layer; what comes then is lost to other processes."""

FAREWELL_TIMEOUT = 2.0
"""Seconds for sending what waits and for leaving the groups, when the event loop ends."""

_FAILED = "The channel layer failed"
_GROUP_EXPIRY = 86_400  # what Channels' specification says, for a layer that does not tell

Membership = tuple[str, str]  # a group and a channel


def group_of(topic: str) -> str:
    """Return the name of a topic's group; Channels allows few characters in one."""
    return f"pykka_live.{hashlib.sha256(topic.encode()).hexdigest()[:32]}"


async def send(layer: Any, group: str, frame: dict[str, Any]) -> None:
    """Hand a frame to the layer.

    Raises:
        TimeoutError: if the layer does not take it within `SEND_TIMEOUT`.
        Exception: what the layer raises.
    """
    # Not `wait_for`, which before Python 3.12 may lose a cancellation.
    task = asyncio.ensure_future(layer.group_send(group, frame))
    try:
        await asyncio.wait((task,), timeout=SEND_TIMEOUT)
        if not task.done():
            raise TimeoutError(f"the channel layer took no message for {SEND_TIMEOUT:g} s")
        task.result()
    finally:
        task.cancel()


class Subscriptions(Protocol):
    """What a pump works for. Called from the pump's event loop; must not block."""

    def topics(self) -> list[str]:
        """Return all topics that have a subscriber."""

    def is_wanted(self, topic: str) -> bool:
        """Tell whether a topic has a subscriber."""

    def receive(self, frame: dict[str, Any], pump: Pump) -> None:
        """Take what came over the layer."""

    def pump_ended(self, pump: Pump) -> None:
        """Learn that the pump was cancelled, as happens when its event loop ends."""


class Pump:
    """Keeps one channel in the groups of the wanted topics, takes what arrives there, and sends in
    the order in which it was asked.

    Every method may be called from any thread.

    Args:
        layer: the channel layer.
        loop: the event loop to live on; must be running.
        subscriptions: what it works for.
        heritage: a pump whose loop has ended; its unsent frames and its memberships are taken over,
            the latter to be given up.
    """

    def __init__(
        self,
        layer: Any,
        loop: asyncio.AbstractEventLoop,
        subscriptions: Subscriptions,
        heritage: Pump | None = None,
    ) -> None:
        self.layer = layer
        self.loop = loop
        self._subscriptions = subscriptions
        self._lock = threading.Lock()  # guards _over, _due and _unsent
        self._over = False
        self._due: set[str] = set()  # topics to look at
        self._unsent: deque[tuple[str, dict[str, Any]]] = deque()
        self._losses = Losses()
        # The rest belongs to the loop.
        self._channel = ""
        self._joined: set[str] = set()
        self._stale: set[Membership] = set()
        self._looked_for = asyncio.Event()
        self._posted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        if heritage is not None and heritage.layer is layer:
            with heritage._lock:
                self._unsent.extend(heritage._unsent)
                heritage._unsent.clear()
            self._stale = heritage.memberships()

    @property
    def is_alive(self) -> bool:
        """Whether it can be relied on."""
        return not self._over and self.loop.is_running()

    def memberships(self) -> set[Membership]:
        """Return what the layer's groups may hold of it."""
        return set(self._stale) | {(group_of(topic), self._channel) for topic in list(self._joined)}

    def start(self) -> None:
        """Begin."""
        self._call(self._begin)

    def close(self) -> None:
        """End, after a farewell; where its event loop no longer runs, when that runs again."""
        with self._lock:
            self._over = True
        self._call(self._cancel)

    def look_at(self, topics: Iterable[str]) -> None:
        """Be told that these topics may have got their first subscriber, or lost their last."""
        with self._lock:
            self._due.update(topics)
        self._call(self._looked_for.set)

    def post(self, group: str, frame: dict[str, Any]) -> bool:
        """Send a frame as soon as possible.

        Returns:
            Whether it will be tried. What fails then is logged, and of a flood a part.
        """
        with self._lock:
            if not self.is_alive:
                return False
            if len(self._unsent) >= MAX_UNSENT:
                self._losses.log(f"{MAX_UNSENT} messages wait for the channel layer")
                return True
            self._unsent.append((group, frame))
            if self._call(self._posted.set):
                return True
            self._unsent.pop()
            return False

    def _call(self, function: Callable[[], Any]) -> bool:
        try:
            # Not in the context of the actor that asks: the loop is not part of it.
            self.loop.call_soon_threadsafe(function, context=Context())
        except RuntimeError:  # closed
            return False
        return True

    # On the loop

    def _begin(self) -> None:
        if not self._over:
            self._task = self.loop.create_task(self._run())
            self._task.add_done_callback(self._ended)

    def _ended(self, _task: asyncio.Task[None]) -> None:
        with self._lock:
            self._over = True
        self._subscriptions.pump_ended(self)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        sender = self.loop.create_task(self._send())
        try:
            while True:
                try:
                    await self._serve()
                except Exception:
                    logger.exception("The channel layer failed; trying again in %g s", RETRY)
                await asyncio.sleep(RETRY)
        finally:
            with self._lock:
                self._over = True
            await _cancelled(sender)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._farewell(), FAREWELL_TIMEOUT)

    async def _serve(self) -> None:
        """Keep the memberships and take what arrives, until one of the two fails."""
        self._channel = await self.layer.new_channel("pykka_live")
        with self._lock:
            self._due.update(self._subscriptions.topics())
        tasks = [self.loop.create_task(job) for job in (self._keep(), self._receive())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                if task.cancelled():
                    raise RuntimeError("the channel layer gave up")
                task.result()
        finally:
            await _cancelled(*tasks)
            self._stale = self.memberships()
            self._joined.clear()

    async def _receive(self) -> None:
        while True:
            frame = await self.layer.receive(self._channel)
            try:
                self._subscriptions.receive(frame, self)
            except Exception:
                logger.exception("What came over the channel layer is no message")

    async def _keep(self) -> None:
        # The layer forgets a member after its time; being added again begins it anew.
        expiry = getattr(self.layer, "group_expiry", None) or _GROUP_EXPIRY
        interval = max(expiry / 3, 0.05)
        renewal = self.loop.time() + interval
        while True:
            await self._settle()
            if self.loop.time() >= renewal:
                renewal = self.loop.time() + interval
                for topic in list(self._joined):
                    await self.layer.group_add(group_of(topic), self._channel)
            timer = self.loop.call_at(renewal, self._looked_for.set)
            try:
                await self._looked_for.wait()
            finally:
                timer.cancel()

    async def _settle(self) -> None:
        self._looked_for.clear()
        with self._lock:
            due, self._due = self._due, set()
        for topic in due:
            wanted = self._subscriptions.is_wanted(topic)
            if wanted and topic not in self._joined:
                self._joined.add(topic)
                await self.layer.group_add(group_of(topic), self._channel)
            elif not wanted and topic in self._joined:
                await self.layer.group_discard(group_of(topic), self._channel)
                self._joined.discard(topic)
        await leave(self.layer, self._stale)

    async def _send(self) -> None:
        while True:
            self._posted.clear()
            while self._unsent:
                # Whoever cancels this leaves the message to the farewell.
                try:
                    await send(self.layer, *self._unsent[0])
                except Exception as error:
                    self._losses.log(_FAILED, error)
                self._unsent.popleft()
            self._losses.tell_left_out()
            await self._posted.wait()

    async def _farewell(self) -> None:
        while self._unsent:
            try:
                await send(self.layer, *self._unsent.popleft())
            except Exception as error:
                self._losses.log(_FAILED, error)
        self._losses.tell_left_out(everything=True)
        await leave(self.layer, self._stale)


async def leave(layer: Any, memberships: set[Membership]) -> None:
    """Give up memberships, as far as the layer lets: it forgets them anyway in time."""
    while memberships:
        group, channel = memberships.pop()
        with contextlib.suppress(Exception):
            await layer.group_discard(group, channel)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for _ in range(10):  # a layer may lose a cancellation
        for task in tasks:
            task.cancel()
        _, pending = await asyncio.wait(tasks, timeout=0.1)
        if not pending:
            break
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # has been seen


class Courier:
    """Sends for a process without an event loop that lasts: a helper thread has a loop of its own,
    on which the layer can keep its connections, and whoever sends waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards _loop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` to its end, and raise what it raises."""
        asyncio.run_coroutine_threadsafe(work, self._started()).result()

    def close(self) -> None:
        """End the thread; `run` begins a new one."""
        with self._lock:
            loop, self._loop = self._loop, None
            if loop is not None and self._thread is not None:
                loop.call_soon_threadsafe(loop.stop)
                self._thread.join()
                loop.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="pykka_live-courier", daemon=True
                )
                self._thread.start()
            return self._loop
