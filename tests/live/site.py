"""A process with a channel layer of its own that can be told to fail, and a loop that can end."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter as Tally
from collections.abc import Callable, Coroutine
from typing import Any

from channels.layers import InMemoryChannelLayer

from pykka_live.live import pubsub
from pykka_live.live.pubsub import Hub, encode
from pykka_live.live.pump import group_of
from tests.tab import TIMEOUT


class Layer(InMemoryChannelLayer):
    """The real one; it can be told to fail and to wait, and keeps a log."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: Tally[str] = Tally()
        self.gate = threading.Event()
        self.gate.set()
        self.log: list[tuple[str, str]] = []
        self.sent: list[Any] = []

    async def _pass(self, method: str) -> None:
        if self.failures[method]:
            self.failures[method] -= 1
            raise OSError("failed on purpose")
        while not self.gate.is_set():
            await asyncio.sleep(0)

    async def new_channel(self, prefix: str = "") -> str:
        await self._pass("new_channel")
        return await super().new_channel(prefix)

    async def receive(self, channel: str) -> Any:
        frame = await super().receive(channel)
        await self._pass("receive")
        return frame

    async def group_add(self, group: str, channel: str) -> None:
        self.log.append(("add", group))
        await self._pass("group_add")
        await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        self.log.append(("discard", group))
        await self._pass("group_discard")
        await super().group_discard(group, channel)

    async def group_send(self, group: str, frame: Any) -> None:
        await self._pass("group_send")
        await super().group_send(group, frame)
        if "message" in frame:
            self.sent.append(pubsub.json.loads(frame["message"]))

    def since(self, topic: str) -> float:
        """Return since when the topic's only member is one; 0 if there is none."""
        return next(iter(self.groups.get(group_of(topic), {}).values()), 0)


class Site:
    """A process: its hub, what reached its subscribers, and its layer."""

    def __init__(self) -> None:
        self.layer: Any = Layer()
        self.got: list[tuple[str, Any]] = []
        self.hub = Hub(lambda path, message: self.got.append((path, message)))

    async def attach(self) -> None:
        self.hub.attach()

    async def remote(self, topic: str, message: Any) -> None:
        """Let another process publish."""
        frame = {"topic": topic, "message": encode(message), "origin": "another"}
        frame["type"] = "pykka_live.publish"
        await InMemoryChannelLayer.group_send(self.layer, group_of(topic), frame)

    async def joined(self, *topics: str) -> None:
        """Wait until the layer's groups are those of these topics, with one member each."""
        wanted = {group_of(topic): 1 for topic in topics}
        await until(
            lambda: (
                {name: len(group) for name, group in self.layer.groups.items() if group} == wanted
            )
        )


class Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(TIMEOUT)

    def close(self) -> None:
        self.run(self._cancel())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _cancel(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""

    async def poll() -> None:
        while not condition():
            await asyncio.sleep(0)

    await asyncio.wait_for(poll(), TIMEOUT)
