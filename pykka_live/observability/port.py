"""A port of its own for metrics, apart from the project's pages."""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from pykka_live.logs import own_logger
from pykka_live.observability.exposition import Expose, Reply, reply_to

__all__ = ["MetricsPort"]

logger = own_logger(__name__)

PATHS = ("/", "/metrics")
TIMEOUT = 10.0  # seconds between two parts of a request, and of the answer
AT_ONCE = 16  # requests that are handled at the same time; more are turned away
BACKLOG = 32
SHORTAGE = 1.0  # seconds until the next try when a connection could not be accepted


class MetricsPort:
    """Serves metrics at a TCP port, in threads of its own, so that it answers while the event loop
    does not. All workers of a server listen at the same port; the operating system chooses one.

    The child of a fork lets go of the socket, which stays its parent's, and may `open` its own.

    `_lock` guards which service runs.

    Args:
        expose: gives the metrics
    """

    def __init__(self, expose: Expose) -> None:
        self._expose = expose
        self._lock = threading.Lock()
        self._service: _Service | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._service is not None

    def open(self, address: str, port: int, token: str | None) -> None:
        """Listen, if it does not yet.

        Args:
            address: an IP address of this machine
            port: the port
            token: what scrapers have to bear; None: nothing

        Raises:
            OSError: that is impossible, since another program listens there
        """
        with self._lock:
            if self._service is None:
                self._service = _Service(address, port, _application(self._expose, token))

    def close(self) -> None:
        """Stop listening. Does nothing when it is not open."""
        with self._lock:
            service, self._service = self._service, None
        if service is not None:
            service.stop()

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        service, self._service = self._service, None
        if service is not None:
            service.let_go()


class _Handler(WSGIRequestHandler):
    """Handles one request, and keeps silent about it."""

    timeout = TIMEOUT

    def log_message(self, format: str, *args: Any) -> None:
        """Keep it out of the server's standard error."""


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    """Handles each request in a thread. Shares its port with servers that do as well."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = BACKLOG

    is_short = False
    """Whether the last connection could not be accepted, as the process has no descriptors left."""

    def __init__(self, *args: Any) -> None:
        self._free = threading.Semaphore(AT_ONCE)
        super().__init__(*args)

    def server_bind(self) -> None:
        """Listen, without looking for the name of this machine, which may take long."""
        if hasattr(socket, "SO_REUSEPORT"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]
        self.setup_environ()

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection."""
        try:
            accepted = super().get_request()
        except OSError as error:
            self.is_short = not isinstance(error, (BlockingIOError, ConnectionAbortedError))
            raise
        self.is_short = False
        return accepted

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Tell whether there is a thread for it."""
        return self._free.acquire(blocking=False)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle it in a thread."""
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle it."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell the log, unless it was the client that went away."""
        logger.debug("A scraper went away", exc_info=True)


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Service:
    """A server, and the thread that accepts its connections."""

    def __init__(self, address: str, port: int, application: Callable[..., Any]) -> None:
        server = _Server6 if ":" in address else _Server
        self._server = server((address, port), _Handler)
        self._server.set_app(application)
        self._server.socket.setblocking(False)
        self._wake_up, self._alarm = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="pykka_live metrics", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and close the socket."""
        self._wake_up.close()
        if self._thread is not threading.current_thread():
            self._thread.join(TIMEOUT)

    def let_go(self) -> None:
        """Close this process's copies, and nothing more; the thread is in another process."""
        self._wake_up.close()
        self._close()

    def _run(self) -> None:
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._alarm, selectors.EVENT_READ)
                selector.register(self._server, selectors.EVENT_READ)
                while self._alarm not in (key.fileobj for key, _ in selector.select()):
                    self._server.handle_request()
                    if self._server.is_short:
                        self._alarm.settimeout(SHORTAGE)
                        with contextlib.suppress(TimeoutError):
                            self._alarm.recv(1)
        finally:
            self._close()

    def _close(self) -> None:
        self._server.server_close()
        self._alarm.close()


def _application(expose: Expose, token: str | None) -> Callable[..., Iterable[bytes]]:
    """Return the WSGI application."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        reply = _reply(environ, expose, token)
        status = f"{reply.status.value} {reply.status.phrase}"
        headers = {**reply.headers, "Content-Length": str(len(reply.body))}
        start_response(status, list(headers.items()))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]

    return application


def _reply(environ: dict[str, Any], expose: Expose, token: str | None) -> Reply:
    if environ["PATH_INFO"] not in PATHS:
        return _refusal(HTTPStatus.NOT_FOUND)
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED)
    try:
        return reply_to(
            expose,
            accept=environ.get("HTTP_ACCEPT", ""),
            accept_encoding=environ.get("HTTP_ACCEPT_ENCODING", ""),
            authorization=environ.get("HTTP_AUTHORIZATION", ""),
            names=parse_qs(environ["QUERY_STRING"]).get("name[]", []),
            token=token,
        )
    except Exception:  # a user's collector
        logger.exception("The metrics could not be told")
        return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR)


def _refusal(status: HTTPStatus) -> Reply:
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = "GET, HEAD"
    return Reply(status, f"{status.phrase}\n".encode(), headers)
