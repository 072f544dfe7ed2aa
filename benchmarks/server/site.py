"""A server process, and what the system says of it."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import socket
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import uvloop

from benchmarks.machine import TICKS
from benchmarks.server.dialects import Dialect, Djust, Echo, Ours, Pyview

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
PEERS = ("djust", "pyview-web", "pykka")  # the distributions of what is measured beside ours


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run the load on the last core, with a fast event loop and no pauses for garbage. What fails
    in a callback ends it, too."""
    os.sched_setaffinity(0, {CORES[-1]})
    gc.disable()

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def fail(_loop: Any, context: dict[str, Any]) -> None:
            loop.default_exception_handler(context)
            task.cancel()

        loop.set_exception_handler(fail)
        return await main

    return uvloop.run(watched())


@dataclass(frozen=True)
class Framework:
    """What is measured.

    Attributes:
        name: in the tables.
        module: in `benchmarks.server.apps`.
        dialect: how it is spoken to.
        requires: the package that it is; None if that is always there.
        pages: which of the pages it has.
    """

    name: str
    module: str
    dialect: type[Dialect]
    requires: str | None = None
    pages: tuple[str, ...] = ("counter", "table")

    @property
    def is_installed(self) -> bool:
        return self.requires is None or find_spec(self.requires) is not None


FRAMEWORKS = (
    Framework("ours", "ours", Ours),
    Framework("djust", "djust", Djust, "djust"),
    Framework("djust, actors", "djust_actors", Djust, "djust"),
    Framework("pyview", "pyview", Pyview, "pyview"),
    Framework("pyview, streams", "pyview_streams", Pyview, "pyview", pages=("table",)),
    Framework("empty actor", "actor", Echo, pages=("counter",)),
    Framework("echo", "bare", Echo, pages=("counter",)),
)


def installed(page: str, names: Sequence[str] = ()) -> list[Framework]:
    """Return the frameworks that are there and have the page, or those of them with the names."""
    return [
        each
        for each in FRAMEWORKS
        if each.is_installed and page in each.pages and (not names or each.name in names)
    ]


class Site:
    """A framework's application in a process of its own, on one core."""

    def __init__(self, framework: Framework, port: int, pid: int) -> None:
        self.framework = framework
        self.port = port
        self._files = Path(f"/proc/{pid}")

    def cpu(self) -> float:
        """Return the seconds that the process has worked."""
        fields = (self._files / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> int:
        """Return the bytes of memory that it has."""
        return int((self._files / "statm").read_text().split()[1]) * resource.getpagesize()

    def threads(self) -> int:
        """Return how many threads it has."""
        return len(list((self._files / "task").iterdir()))


@contextmanager
def serving(framework: Framework, interval: float | None = None) -> Iterator[Site]:
    """Run a server on the first core for as long as the block lasts.

    What it logs is shown if the block fails.

    Args:
        framework: which.
        interval: its interpreter's switch interval, in seconds, if it is not to be the usual one.
    """
    with (
        socket.create_server(("127.0.0.1", 0), backlog=8192) as listener,
        tempfile.TemporaryFile() as log,
    ):
        descriptor, port = listener.fileno(), listener.getsockname()[1]
        command = [sys.executable, "-m", "benchmarks.server.serve", framework.module]
        command += [str(descriptor), str(CORES[0])]
        if interval is not None:
            command.append(str(interval))
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            pass_fds=[descriptor],
            stdin=subprocess.PIPE,  # never written to: it ends the server when this process ends
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        listener.close()  # so that a server that does not start refuses its clients
        try:
            yield Site(framework, port, process.pid)
        except BaseException:
            log.seek(0)
            sys.stderr.write(f"{framework.name} has logged:\n{log.read().decode()}")
            raise
        finally:
            process.kill()
            process.communicate()
