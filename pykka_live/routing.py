"""What a project's ASGI file needs: the route of the socket, and the lifespan of the actors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.urls import path

from pykka_live.live.system import shutdown, start
from pykka_live.transport.consumer import LiveConsumer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

SOCKET_PATH = "live/websocket/"

websocket_urlpatterns = [path(SOCKET_PATH, LiveConsumer.as_asgi())]
"""The routes for Channels' `URLRouter`."""


def with_lifespan(application: Application) -> Application:
    """Wrap an ASGI application so that the server's start-up and shutdown reach the actors.

    Channels' `ProtocolTypeRouter` knows no lifespan. Without this wrapper the actors start with the
    first page, and are stopped at the interpreter's exit, when it is too late to tell the browsers.

    Args:
        application: any ASGI application; its own lifespan, if it has one, is not called.

    Returns:
        An ASGI application.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await sync_to_async(start, thread_sensitive=False)()
                await send({"type": "lifespan.startup.complete"})
            else:
                await sync_to_async(shutdown, thread_sensitive=False)()
                await send({"type": "lifespan.shutdown.complete"})
                return

    return wrapped
