"""Runs one of the applications in this process, on one core.

python -m benchmarks.server.serve MODULE SOCKET CORE [SWITCH_INTERVAL]
"""

from __future__ import annotations

import os
import socket
import sys
import threading

import uvicorn


def main(module: str, descriptor: int, core: int, interval: float) -> None:
    """Serve the module's application on a socket that listens."""
    os.sched_setaffinity(0, {core})
    sys.setswitchinterval(interval)
    threading.Thread(target=end_with_parent, daemon=True).start()
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


def end_with_parent() -> None:
    """End this process when the one that holds the other end of its input has ended."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    name, *numbers = sys.argv[1:]
    interval = float(numbers[2]) if numbers[2:] else sys.getswitchinterval()
    main(name, int(numbers[0]), int(numbers[1]), interval)
