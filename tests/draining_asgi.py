"""The test project's ASGI application, and a page that begins to stop the actors: `/drain`. The
server goes on meanwhile."""

from __future__ import annotations

import threading
from typing import Any

from pykka_live.live.system import shutdown
from tests.asgi import application as inner


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Begin to stop, or answer."""
    if scope["type"] == "http" and scope["path"] == "/drain":
        threading.Thread(target=shutdown, daemon=True).start()
    await inner(scope, receive, send)
