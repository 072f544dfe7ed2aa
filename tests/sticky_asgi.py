"""The test project's ASGI application, and a page that sticks the event loop: `/stick` blocks it
until somebody writes to a named pipe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.asgi import application as inner

LET_GO = "LET_GO"
"""The environment variable that names the pipe."""


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Stick, or answer."""
    if scope["type"] == "http" and scope["path"] == "/stick":
        _stick()
    await inner(scope, receive, send)


def _stick() -> None:
    print(f"{os.getpid()} sticks", flush=True)
    Path(os.environ[LET_GO]).read_bytes()
