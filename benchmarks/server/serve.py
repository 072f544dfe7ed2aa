"""Runs one of the applications in this process, on one core.

python -m benchmarks.server.serve MODULE SOCKET CORE
"""

from __future__ import annotations

import os
import socket
import sys

import uvicorn


def main(module: str, descriptor: int, core: int) -> None:
    """Serve the module's application on a socket that listens."""
    os.sched_setaffinity(0, {core})
    config = uvicorn.Config(
        f"benchmarks.server.apps.{module}:application",
        loop="auto",
        http="auto",
        ws="auto",
        log_level="warning",
        access_log=False,
        backlog=8192,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
