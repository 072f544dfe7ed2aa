"""A server whose actors and event loop hang when they are asked to, for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from asgiref.sync import async_to_sync

from pykka_live.actors import ActorSystem, ChildSpec, SupervisedActor
from tests.asgi import application as site


class Spinner(SupervisedActor):
    """Computes without end."""

    def on_receive(self, _message: Any) -> None:
        while True:
            pass


class Sleeper(SupervisedActor):
    """Waits for a coroutine that has no end."""

    def on_receive(self, _message: Any) -> None:
        async_to_sync(asyncio.sleep)(1e6)


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Hang at `/hang/`, after the beginning of the answer; else be the site."""
    if scope["type"] != "http" or scope["path"] != "/hang/":
        await site(scope, receive, send)
        return
    for id, start in (("spinner", Spinner), ("sleeper", Sleeper)):
        cell = await ActorSystem.default().start_child_async(ChildSpec(id, start))
        cell.tell("hang")
        while cell.state != "busy":
            await asyncio.sleep(0)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"it hangs", "more_body": True})
    time.sleep(1e6)  # noqa: ASYNC251  (the loop, that is)
