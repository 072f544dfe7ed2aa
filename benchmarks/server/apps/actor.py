"""The ceiling for threads: an ASGI application with one Pykka actor per socket, which echoes."""

from __future__ import annotations

import asyncio
from typing import Any

import pykka
from pykka._envelope import Envelope

from benchmarks.server.apps.bare import Receive, Scope, Send


class Echo(pykka.ThreadingActor):
    """Returns what it is sent."""

    use_daemon_thread = True

    def on_receive(self, message: Any) -> Any:
        return message


class Port:
    """The least that brings an actor's answer to an event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()

    def set(self, value: Any = None) -> None:
        self._loop.call_soon_threadsafe(self.future.set_result, value)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Echo by way of an actor's thread."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    loop = asyncio.get_running_loop()
    actor = Echo.start()
    while (message := await receive())["type"] == "websocket.receive":
        port = Port(loop)
        actor.actor_inbox.put(Envelope(message["text"], reply_to=port))
        await send({"type": "websocket.send", "text": await port.future})
    actor.stop(block=False)
