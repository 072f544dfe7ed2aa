"""What a project's ASGI file needs: the route of the socket, and the lifespan of the actors."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.urls import path

from pykka_live.conf import live_settings
from pykka_live.live.system import shutdown, start
from pykka_live.logs import own_logger
from pykka_live.transport import heartbeat
from pykka_live.transport.consumer import LiveConsumer

logger = own_logger(__name__)

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

    What is loaded by then is taken to stay for good, so the garbage collector, for which all
    threads stand still, looks at it no more.

    Where the actors cannot start, as with a wrong setting, the server is told why, and ends.

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
                try:
                    await sync_to_async(_start, thread_sensitive=False)()
                except Exception as error:
                    logger.exception("The actors could not be started")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                heartbeat.begin()
                await send({"type": "lifespan.startup.complete"})
            else:
                await sync_to_async(shutdown, thread_sensitive=False)()
                await send({"type": "lifespan.shutdown.complete"})
                return

    return wrapped


def _start() -> None:
    live_settings()  # tells by itself what is wrong, rather than as an actor's failure
    start()
    if not gc.get_freeze_count():  # else somebody has decided what stays
        gc.collect()
        gc.freeze()
