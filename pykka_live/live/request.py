"""A join is a request: what a socket brought becomes an `HttpRequest` that takes the project's own
way to the view."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.handlers.asgi import ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import setting_changed
from django.http import Http404, HttpRequest, HttpResponseServerError
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

if TYPE_CHECKING:
    from pykka_live.live.joining import Join

# These speak of the upgrade to a WebSocket, not of the page.
_HANDSHAKE_ONLY = frozenset({b"connection", b"upgrade", b"content-length", b"transfer-encoding"})


@dataclass(frozen=True)
class Handshake:
    """What the WebSocket's opening request said, as in an ASGI scope."""

    headers: tuple[tuple[bytes, bytes], ...] = ()
    secure: bool = False
    server: tuple[str, int | None] | None = None
    client: tuple[str, int] | None = None
    root_path: str = ""

    @classmethod
    def from_scope(cls, scope: dict[str, Any]) -> Handshake:
        """Take what matters from the scope of a WebSocket."""
        return cls(
            headers=tuple(
                (name, value)
                for name, value in scope.get("headers", ())
                if name not in _HANDSHAKE_ONLY and not name.startswith(b"sec-websocket-")
            ),
            secure=scope.get("scheme") == "wss",
            server=tuple(scope["server"]) if scope.get("server") else None,
            client=tuple(scope["client"]) if scope.get("client") else None,
            root_path=scope.get("root_path", ""),
        )


class LiveRequest(ASGIRequest):
    """The request of a join. Only the framework makes one, so its class tells a join from a page's
    request.

    Attributes:
        join: what the view must answer to; None once it has.
    """

    def __init__(self, handshake: Handshake, path: str, query: str, join: Join) -> None:
        self.join: Join | None = join
        super().__init__(
            {
                "type": "http",
                "method": "GET",
                "scheme": "https" if handshake.secure else "http",
                "path": get_script_prefix({"root_path": handshake.root_path}) + path,
                "root_path": handshake.root_path,
                "query_string": query.encode(),
                "headers": list(handshake.headers),
                "server": handshake.server,
                "client": handshake.client,
            },
            io.BytesIO(),
        )


# Django answers these by themselves.
_ANSWERS = (BadRequest, Http404, PermissionDenied, SuspiciousOperation)


class _Handler(BaseHandler):
    """Handles joins, whose failures are the view's."""

    def _get_response(self, request: HttpRequest) -> HttpResponseBase:
        join = request.join if isinstance(request, LiveRequest) else None
        try:
            response: HttpResponseBase = super()._get_response(request)  # type: ignore[misc]
            if join is not None and 200 <= response.status_code < 300 and join.may_enter(request):
                response = self._enter(join, request, response)
        except _ANSWERS:
            raise
        except Exception as error:
            if join is None or not join.fail(error) or settings.DEBUG_PROPAGATE_EXCEPTIONS:
                raise
            signals.got_request_exception.send(sender=None, request=request)
            response = HttpResponseServerError()
            response._has_been_logged = True  # type: ignore[attr-defined]  # as the actor's failure
        return response

    def _enter(self, join: Join, request: HttpRequest, page: Any) -> Any:
        """Go on from an ordinary page to the live view that it holds, as to a page's view."""
        try:
            response: Any = self.make_view_atomic(join.enter)(request)
        except Exception as error:
            response = self.process_exception_by_middleware(error, request)
            if response is None:
                raise
        response._resource_closers.extend(page._resource_closers)
        return response


@lru_cache(maxsize=1)
def _handler() -> BaseHandler:
    handler = _Handler()
    handler.load_middleware()
    return handler


def respond(request: LiveRequest) -> HttpResponseBase:
    """Send a request through the project's middleware and URLconf, in this thread, and return the
    response.

    Raises:
        BaseException: what is no `Exception` (Django turns those into responses), or anything with
        `DEBUG_PROPAGATE_EXCEPTIONS`.
    """
    handler = _handler()
    signals.request_started.send(sender=type(handler), scope=request.scope)
    set_script_prefix(get_script_prefix(request.scope))
    response = handler.get_response(request)
    response.close()  # sends request_finished
    return response


def _forget(**_: Any) -> None:
    _handler.cache_clear()  # each middleware reads the settings it needs when it is made


setting_changed.connect(_forget, dispatch_uid="pykka_live.live.request")
