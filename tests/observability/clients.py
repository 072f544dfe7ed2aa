"""Clients of the control socket, and the threads that serve them."""

from __future__ import annotations

import json
import os
import socket
import threading
from pathlib import Path
from typing import Any

from pykka_live.observability import ControlServer
from pykka_live.observability.processes import ServerProcess


def read(client: socket.socket) -> Any:
    parts = []
    while part := client.recv(1 << 16):
        parts.append(part)
    return json.loads(b"".join(parts)) if parts else None


def ask(path: Path, **arguments: Any) -> dict[str, Any]:
    return ServerProcess(os.getpid(), path).ask("echo", **arguments)


def thread_of(server: ControlServer) -> threading.Thread:
    """Return the thread that serves the clients of an open server."""
    assert server._service is not None
    return server._service._thread
