"""Topics: what one part of the site publishes reaches every view that subscribed, in this process
and, over the channel layer, in the others.

Views of this process are reached directly, so nothing is lost to a layer's capacity. For the
others, the process has one channel, in one group per topic that has a subscriber here; what comes
in over it is handed to the same subscribers.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import threading
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from pykka_live.actors import DeadLetter
from pykka_live.exceptions import MailboxFull
from pykka_live.live.messages import Info
from pykka_live.live.system import actor_system

logger = logging.getLogger(__name__)

MAX_WAITING = 10
"""A view that is busy lets published messages wait, up to so many times its mailbox's capacity."""

_MESSAGE_TYPE = "pykka_live.publish"


def check_topic(topic: Any) -> None:
    """Refuse what cannot be a topic.

    Raises:
        ValueError: if it is not a text of 1 to 200 characters.
    """
    if not isinstance(topic, str) or not 0 < len(topic) <= 200:
        raise ValueError(f"a topic is a text of 1 to 200 characters, not {topic!r:.80}")


def _group(topic: str) -> str:
    # Channels allows few characters in a group's name.
    return f"pykka_live.{hashlib.sha256(topic.encode()).hexdigest()[:32]}"


class Hub:
    """The subscriptions of this process.

    Args:
        deliver: hands a message to the view at a path; must not block.
    """

    def __init__(self, deliver: Callable[[str, Any], None]) -> None:
        self._deliver = deliver
        self._lock = threading.Lock()  # guards _subscribers, _topics, _loop and _pump
        self._subscribers: dict[str, set[str]] = {}
        self._topics: dict[str, set[str]] = {}  # the same, the other way round
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pump: _Pump | None = None
        self._origin = uuid.uuid4().hex
        self._tasks: set[Any] = set()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self.__init__(self._deliver)  # type: ignore[misc]

    def subscribe(self, topic: str, path: str) -> None:
        """Let the view at `path` have what is published to `topic`; doing it twice is doing it
        once."""
        with self._lock:
            paths = self._subscribers.setdefault(topic, set())
            is_first = not paths
            paths.add(path)
            self._topics.setdefault(path, set()).add(topic)
            pump = self._pump
        if is_first and pump is not None:
            pump.join(topic)

    def unsubscribe(self, topic: str, path: str) -> None:
        """Undo `subscribe`."""
        with self._lock:
            paths = self._subscribers.get(topic, set())
            paths.discard(path)
            self._topics.get(path, set()).discard(topic)
            is_last = not paths and self._subscribers.pop(topic, None) is not None
            pump = self._pump
        if is_last and pump is not None:
            pump.leave(topic)

    def forget(self, path: str) -> None:
        """Undo all subscriptions of a view that has ended."""
        with self._lock:
            topics = self._topics.pop(path, set())
        for topic in topics:
            self.unsubscribe(topic, path)

    def publish(self, topic: str, message: Any) -> None:
        """Hand `message` to every subscriber of `topic`."""
        check_topic(topic)
        self.deliver_here(topic, message)
        layer = get_channel_layer()
        if layer is None:
            return
        frame = {
            "type": _MESSAGE_TYPE,
            "topic": topic,
            "message": message,
            "origin": self._origin,
        }
        with self._lock:
            loop = self._loop
        if loop is not None and not loop.is_closed():
            self._run_on(loop, layer.group_send(_group(topic), frame))
            return
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            async_to_sync(layer.group_send)(_group(topic), frame)
        else:
            self._run_on(running, layer.group_send(_group(topic), frame))

    def deliver_here(self, topic: str, message: Any) -> None:
        """Hand `message` to the subscribers in this process."""
        with self._lock:
            paths = list(self._subscribers.get(topic, ()))
        for path in paths:
            self._deliver(path, message)

    def receive(self, frame: dict[str, Any]) -> None:
        """Take what came over the channel layer, unless this process sent it."""
        if frame.get("type") == _MESSAGE_TYPE and frame.get("origin") != self._origin:
            self.deliver_here(frame["topic"], frame["message"])

    def attach(self) -> None:
        """Use the running event loop to talk to the channel layer; called by each socket, as
        sockets are what keeps a loop running."""
        loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        with self._lock:
            if (self._loop is loop and self._pump is not None) or layer is None:
                return
            self._loop = loop
            self._pump = pump = _Pump(self, loop, layer)
            topics = list(self._subscribers)
        pump.start(topics)

    def _run_on(self, loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any]) -> None:
        future = asyncio.run_coroutine_threadsafe(coroutine, loop)
        self._tasks.add(future)
        future.add_done_callback(self._finished)

    def _finished(self, future: Any) -> None:
        self._tasks.discard(future)
        if not future.cancelled() and future.exception() is not None:
            logger.error("The channel layer failed", exc_info=future.exception())


class _Pump:
    """The task that keeps this process's channel in the groups of its topics, and takes what
    arrives. Lives on one event loop."""

    _RETRY = 1.0  # seconds after a failure of the layer

    def __init__(self, hub: Hub, loop: asyncio.AbstractEventLoop, layer: Any) -> None:
        self._hub = hub
        self._loop = loop
        self._layer = layer
        self._changes: asyncio.Queue[tuple[bool, str]] = asyncio.Queue()
        self._joined: set[str] = set()
        self._channel = ""

    def start(self, topics: list[str]) -> None:
        for topic in topics:
            self._changes.put_nowait((True, topic))
        self._tasks = [self._loop.create_task(self._run())]

    def join(self, topic: str) -> None:
        self._change(True, topic)

    def leave(self, topic: str) -> None:
        self._change(False, topic)

    def _change(self, wanted: bool, topic: str) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._changes.put_nowait, (wanted, topic))

    async def _run(self) -> None:
        while True:
            try:
                self._channel = await self._layer.new_channel("pykka_live")
                for topic in list(self._joined):
                    await self._layer.group_add(_group(topic), self._channel)
                await self._serve()
            except Exception:
                logger.exception("The channel layer failed; trying again in %s s", self._RETRY)
                await asyncio.sleep(self._RETRY)

    async def _serve(self) -> None:
        incoming = self._loop.create_task(self._layer.receive(self._channel))
        changes = self._loop.create_task(self._changes.get())
        try:
            while True:
                await asyncio.wait((incoming, changes), return_when=asyncio.FIRST_COMPLETED)
                if changes.done():
                    wanted, topic = changes.result()
                    changes = self._loop.create_task(self._changes.get())
                    await self._apply(wanted, topic)
                if incoming.done():
                    self._hub.receive(incoming.result())
                    incoming = self._loop.create_task(self._layer.receive(self._channel))
        finally:
            incoming.cancel()
            changes.cancel()

    async def _apply(self, wanted: bool, topic: str) -> None:
        if wanted:
            self._joined.add(topic)
            await self._layer.group_add(_group(topic), self._channel)
        else:
            self._joined.discard(topic)
            await self._layer.group_discard(_group(topic), self._channel)


def _deliver_to_actor(path: str, message: Any) -> None:
    system = actor_system()
    cell = system.find(path)
    if cell is None:
        return
    capacity = cell.mailbox.capacity
    try:
        if capacity is not None and len(cell.mailbox) >= MAX_WAITING * capacity:
            raise MailboxFull(path)
        cell.enqueue(Info(message))
    except MailboxFull:
        # Whoever publishes is not kept waiting: two views might wait for each other.
        system.dead_letters.add(DeadLetter(path, Info(message), "mailbox full"))
        logger.warning("%s has a full mailbox and misses a published message", path)


hub = Hub(_deliver_to_actor)


def publish(topic: str, message: Any) -> None:
    """Hand `message` to `handle_info` of every view that subscribed to `topic`, in every process of
    the site.

    Any thread may call it, on or off an event loop; it does not wait until the message has arrived.

    Args:
        topic: a text of 1 to 200 characters.
        message: what the channel layer can carry: text, numbers, None, and lists and dictionaries
            of these.

    Raises:
        ValueError: if the topic is none.
    """
    hub.publish(topic, message)
