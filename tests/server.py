"""Real servers for the integration tests: each in a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

P = TypeVar("P", bound="Process")

ROOT = Path(__file__).parents[1]
START_TIMEOUT = 60.0
STOP_TIMEOUT = 20.0


def free_port() -> int:
    """Return a port of 127.0.0.1 that a server may listen on, and that nobody else is given soon.

    A connection that its side has closed occupies it for a minute: for all but those who say that
    they do not mind (`SO_REUSEADDR`), as servers do.
    """
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        address: tuple[str, int] = listener.getsockname()
        with socket.create_connection(address), listener.accept()[0] as accepted:
            accepted.shutdown(socket.SHUT_WR)
        return address[1]


def environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the test's environment, without what would choose a project's settings for it."""
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    path = os.pathsep.join(filter(None, [str(ROOT), own.get("PYTHONPATH")]))
    return {**own, "PYTHONPATH": path, **(env or {})}


def manage(*arguments: str, cwd: Path | str, env: Mapping[str, str] | None = None) -> str:
    """Run a project's `manage.py`, and return what it prints.

    Raises:
        RuntimeError: if it fails; with what it has written.
    """
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=cwd,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}")
    return done.stdout


class Process:
    """A program that serves a port of 127.0.0.1. It keeps its port when it is started again.

    Args:
        command: the program and its arguments; `{port}` in them is replaced by the port.
        cwd: where it runs.
        env: environment variables, added to the test's own.
        port: its port; a free one if left out.
    """

    def __init__(
        self,
        command: list[str],
        cwd: Path | str = ROOT,
        env: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        self._cwd = cwd
        self._env = environment(env)
        self._process: subprocess.Popen[bytes] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as this)

    @property
    def pid(self) -> int:
        """The id of the running process."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the process has written, over all its starts."""
        # Not by seeking: the process writes at the offset of the same open file.
        descriptor = self._log.fileno()
        return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")

    def start(self) -> None:
        """Start the process and wait until its port accepts connections.

        Raises:
            RuntimeError: if it ends, or accepts none in time; with what it has written.
        """
        self._process = subprocess.Popen(
            self._command,
            cwd=self._cwd,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._accepts():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{' '.join(self._command)} did not start:\n{self.log}")
            time.sleep(0.05)

    def stop(self) -> int:
        """Ask the process to end (SIGTERM), wait until it has, and return its exit status.

        Raises:
            RuntimeError: if it does not end in time; it is killed then.
        """
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"the server did not stop:\n{self.log}") from None

    def kill(self) -> None:
        """End the process and its children at once, as a crash of the machine would."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _accepts(self) -> bool:
        with socket.socket() as client:
            client.settimeout(1)
            return client.connect_ex(("127.0.0.1", self.port)) == 0


class Server(Process):
    """An ASGI application under uvicorn or daphne.

    Args:
        application: such as `tests.asgi:application`.
        server: `uvicorn` or `daphne`.
        cwd: the directory that the application is imported from.
        env: environment variables, added to the test's own.
        port: its port; a free one if left out.
    """

    def __init__(
        self,
        application: str = "tests.asgi:application",
        server: str = "uvicorn",
        cwd: Path | str = ROOT,
        env: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> None:
        arguments = {
            "uvicorn": ["--host", "127.0.0.1", "--port", "{port}", "--app-dir", "."],
            "daphne": ["-b", "127.0.0.1", "-p", "{port}"],
        }[server]
        super().__init__(
            [sys.executable, "-m", server, *arguments, application],
            cwd,
            {"PYTHONUNBUFFERED": "1", **(env or {})},
            port,
        )

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def websocket_url(self) -> str:
        """The same for WebSockets."""
        return f"ws://127.0.0.1:{self.port}"


@contextlib.contextmanager
def running(process: P) -> Iterator[P]:
    """Start a process, and end it with the block; a test that stops or kills it itself is fine."""
    process.start()
    try:
        yield process
    finally:
        process.kill()


def open_page(url: str) -> tuple[str, str]:
    """Get a page, as a browser does that has no cookies yet.

    Returns:
        Its HTML, and the `Cookie` header of whatever the browser asks for next.
    """
    with urllib.request.urlopen(url, timeout=START_TIMEOUT) as response:
        set_cookies = response.headers.get_all("Set-Cookie", [])
        cookies = "; ".join(line.partition(";")[0] for line in set_cookies)
        return response.read().decode(), cookies
