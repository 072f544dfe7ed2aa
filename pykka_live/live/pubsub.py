"""Topics: what one part of the site publishes reaches every view that subscribed, in this process
and, over the channel layer, in the others.

Views of this process are reached directly, so nothing is lost to a layer's capacity. For the
others, the process has one channel, in one group per topic that has a subscriber here; what comes
in over it is handed to the same subscribers.

A message is encoded once, when it is published; each subscriber gets a copy of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from channels.layers import get_channel_layer

from pykka_live.actors import check_fence
from pykka_live.live.delivery import deliver
from pykka_live.live.messages import Info
from pykka_live.live.pump import Courier, Pump, group_of, send
from pykka_live.live.system import actor_system
from pykka_live.logs import own_logger

logger = own_logger(__name__)

_MESSAGE_TYPE = "pykka_live.publish"
_SLOTS = 1024
_NONE: frozenset[str] = frozenset()


def check_topic(topic: Any) -> None:
    """Refuse what cannot be a topic.

    Raises:
        ValueError: if it is not a text of 1 to 200 characters.
    """
    if isinstance(topic, str) and 0 < len(topic) <= 200:
        try:
            topic.encode()
        except UnicodeEncodeError:  # half a surrogate pair is no character
            pass
        else:
            return
    raise ValueError(f"a topic is a text of 1 to 200 characters, not {topic!r:.80}")


def encode(message: Any) -> str:
    """Return a message in the form in which it travels: JSON, which every channel layer carries.

    Raises:
        TypeError: if it holds anything but None, bool, int, float, str, lists, tuples, and
            dictionaries with texts as keys.
        ValueError: if it contains itself, or is nested too deeply.
    """
    try:
        encoded = json.dumps(message)
        _check_keys(message)
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            "a message consists of None, bool, int, float, str, lists, tuples, and dictionaries "
            f"with str keys: {error}"
        ) from None
    return encoded


def _check_keys(value: Any) -> None:
    # JSON would make texts of them without a word.
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r:.80} is no str")
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return
    for item in value:
        if isinstance(item, (dict, list, tuple)):
            _check_keys(item)


class Hub:
    """The subscriptions of this process. Every method may be called from any thread.

    Args:
        deliver: hands a message to the view at a path; must not block.
    """

    def __init__(self, deliver: Callable[[str, Any], None]) -> None:
        self._deliver = deliver
        self.reset()

    def reset(self) -> None:
        """Start empty, and let go of what a parent process began."""
        self._lock = threading.Lock()  # guards all of the following
        self._subscribers: dict[str, set[str]] = {}
        self._topics: dict[str, frozenset[str]] = {}  # the same, the other way round
        self._counts = [0] * _SLOTS  # what was published; topics share these
        self._loops: list[asyncio.AbstractEventLoop] = []  # those with sockets
        self._pump: Pump | None = None
        self._courier = Courier()
        self._origin = uuid.uuid4().hex

    # Subscribing

    def subscribe(self, topic: str, path: str) -> None:
        """Let the view at `path` have what is published to `topic`; doing it twice is doing it
        once."""
        self._change(path, lambda topics: topics | {topic})

    def unsubscribe(self, topic: str, path: str) -> None:
        """Undo `subscribe`."""
        self._change(path, lambda topics: topics - {topic})

    def subscribe_exactly(self, path: str, topics: frozenset[str]) -> None:
        """Let the view at `path` have what is published to these topics, and to no others.

        Costs one comparison where nothing changes. Must come from the view's own thread, and not
        after `forget`.
        """
        if self._topics.get(path, _NONE) != topics:
            self._change(path, lambda _topics: topics)

    def forget(self, path: str) -> None:
        """Undo all subscriptions of a view that has ended."""
        self._change(path, lambda _topics: _NONE)

    def adopt(self, path: str, topics: frozenset[str], version: object) -> bool:
        """As `subscribe_exactly`, if nothing was published to the topics since `version`.

        Whatever is published from then on reaches the view, so between the two nothing is lost.

        Returns:
            Whether it was done.
        """
        return self._change(path, lambda _topics: topics, version)

    def _change(
        self,
        path: str,
        change: Callable[[frozenset[str]], frozenset[str]],
        version: object | None = None,
    ) -> bool:
        with self._lock:
            before = self._topics.get(path, _NONE)
            after = change(before)
            if version is not None and version != self._version(after, self._counts):
                return False
            changed = []
            for topic in after - before:
                paths = self._subscribers.setdefault(topic, set())
                if not paths:
                    changed.append(topic)
                paths.add(path)
            for topic in before - after:
                paths = self._subscribers[topic]
                paths.discard(path)
                if not paths:
                    del self._subscribers[topic]
                    changed.append(topic)
            if after:
                self._topics[path] = after
            else:
                self._topics.pop(path, None)
        if changed:
            # A pump whose event loop pauses will look when that goes on.
            pump = self._pump_for(get_channel_layer()) or self._pump
            if pump is not None:
                pump.look_at(changed)
        return True

    # Versions

    def mark(self) -> tuple[int, ...]:
        """Return where all topics stand; to be asked before a `mount`, whose topics nobody knows
        yet, and forgotten after it (it is 8 KiB)."""
        with self._lock:
            return tuple(self._counts)

    def version(self, topics: Iterable[str], mark: tuple[int, ...] | None = None) -> object:
        """Return where these topics stand, or stood at `mark`, as something small to be compared.

        While it stays equal, nothing was published to them that this process knows of: by itself,
        or by another to a topic that had a subscriber here. What another process publishes to a
        topic without one is not sent here, and cannot be counted. It may differ without a cause, as
        topics share counters; and it always does in another process.
        """
        with self._lock:
            return self._version(topics, self._counts if mark is None else mark)

    def _version(self, topics: Iterable[str], counts: Sequence[int]) -> object:
        # Counters only rise, so the sum says it all.
        return self._origin, sum(counts[hash(topic) % _SLOTS] for topic in topics)

    # Publishing

    def publish(self, topic: str, message: Any) -> None:
        """See `publish` below."""
        check_topic(topic)
        encoded = encode(message)
        self._deliver_here(topic, encoded)
        layer = get_channel_layer()
        if layer is None:
            return
        group = group_of(topic)
        frame = {
            "type": _MESSAGE_TYPE,
            "topic": topic,
            "message": encoded,
            "origin": self._origin,
        }
        pump = self._pump_for(layer)
        if pump is None or not pump.post(group, frame):
            self._courier.run(send(layer, group, frame))

    def _deliver_here(self, topic: str, encoded: str) -> None:
        with self._lock:
            self._counts[hash(topic) % _SLOTS] += 1
            paths = list(self._subscribers.get(topic, ()))
        for path in paths:
            try:
                self._deliver(path, json.loads(encoded))
            except Exception:
                logger.exception("%s misses a published message", path)

    def receive(self, frame: dict[str, Any], pump: Pump) -> None:
        """Take what came over the channel layer, unless this process sent it."""
        # What reaches a pump that has been replaced reaches its successor too.
        is_foreign = frame["type"] == _MESSAGE_TYPE and frame["origin"] != self._origin
        if is_foreign and pump is self._pump:
            self._deliver_here(frame["topic"], frame["message"])

    # The channel layer

    def attach(self) -> None:
        """Be told that the running event loop has a socket, so it will last for a while.

        One of these loops talks to the channel layer for the whole process; when it ends, another
        one does.
        """
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            with self._lock:
                self._loops = [known for known in self._loops if not known.is_closed()] + [loop]
        self._pump_for(get_channel_layer())

    def close(self) -> None:
        """Let go of the channel layer, until `attach` or `publish` needs it again."""
        with self._lock:
            pump, self._pump = self._pump, None
            self._loops = []
        if pump is not None:
            pump.close()
        self._courier.close()

    def _pump_for(self, layer: Any) -> Pump | None:
        """Return the pump, a new one where the old one's event loop has stopped; or None, where no
        event loop with sockets runs."""
        with self._lock:
            old = self._pump
            if old is not None and old.is_alive and old.layer is layer:
                return old
            loop = next((loop for loop in self._loops if loop.is_running()), None)
            if loop is None or layer is None:
                return None
            new = self._pump = Pump(layer, loop, self, old)
        new.start()
        if old is not None:
            old.close()
        return new

    def topics(self) -> list[str]:
        """Return all topics that have a subscriber."""
        with self._lock:
            return list(self._subscribers)

    def is_wanted(self, topic: str) -> bool:
        """Tell whether a topic has a subscriber."""
        return topic in self._subscribers

    def pump_ended(self, pump: Pump) -> None:
        """Let another event loop take over."""
        with self._lock:
            self._loops = [loop for loop in self._loops if loop is not pump.loop]
            if pump is not self._pump:
                return
        self._pump_for(get_channel_layer())


def _deliver_to_actor(path: str, message: Any) -> None:
    cell = actor_system().find(path)
    if cell is not None:
        deliver(cell, Info(message))


hub = Hub(_deliver_to_actor)
os.register_at_fork(after_in_child=hub.reset)


def publish(topic: str, message: Any) -> None:
    """Hand `message` to `handle_info` of every view that subscribed to `topic`, in every process of
    the site.

    Any thread may call it, on or off an event loop. Each subscriber gets a copy of its own, with
    lists where there were tuples.

    In a process that serves sockets it does not wait until the message has arrived; should the
    channel layer fail, that is logged. In any other (a management command, a task queue's worker)
    it returns when the channel layer has the message, and raises what the channel layer raises; a
    helper thread does the sending, so this holds on a running event loop too, which waits as well.

    Args:
        topic: a text of 1 to 200 characters.
        message: None, a bool, int, float or str; or lists, tuples, and dictionaries with str keys,
            of these.

    Raises:
        ValueError: if the topic is none; or if the message contains itself, or is nested too
            deeply.
        TypeError: if the message holds anything else.
        TimeoutError: if this process has no socket, and the channel layer does not take the message
            within 10 seconds.
        Fenced: in a handler that was given up because it was stuck; nothing is published.
    """
    check_fence()
    hub.publish(topic, message)
