"""The `/metrics` page."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.generic import View
from prometheus_client.registry import CollectorRegistry

from pykka_live.conf import live_settings
from pykka_live.observability.merging import encoder
from pykka_live.observability.workers import BadNames

__all__ = ["Expose", "MetricsView", "Reply", "reply_to"]

Expose = Callable[[str, Sequence[str]], tuple[bytes, str]]
"""Returns metrics and their content type, for HTTP's `Accept` and the names that are wanted."""


@dataclass(frozen=True)
class Reply:
    """What is sent back to a scraper."""

    status: HTTPStatus
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class MetricsView(View):
    """Answers the metrics of all workers of this server, in the format that the scraper asks for.

    `Accept` chooses between Prometheus' text format and OpenMetrics, `Accept-Encoding: gzip`
    compresses, and `?name[]=...`, as often as wanted, restricts the answer to metrics so named.

    Everyone may read it who can reach its URL and, if `PYKKA_LIVE["METRICS"]["TOKEN"]` is set, says
    it. To protect it otherwise, do not include `pykka_live.urls` but route
    `guard(MetricsView.as_view(token_required=False))` yourself.

    Attributes:
        token_required: whether the token is asked for that is set, if one is
        registry: what is exposed instead, of this process alone and without a label `worker`
    """

    http_method_names = ["get", "head", "options"]

    token_required: bool = True
    registry: CollectorRegistry | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer the metrics."""
        reply = reply_to(
            self._expose,
            accept=request.headers.get("Accept", ""),
            accept_encoding=request.headers.get("Accept-Encoding", ""),
            authorization=request.headers.get("Authorization", ""),
            names=request.GET.getlist("name[]"),
            token=live_settings().metrics.token if self.token_required else None,
        )
        return HttpResponse(reply.body, status=reply.status, headers=reply.headers)

    def _expose(self, accept: str, names: Sequence[str]) -> tuple[bytes, str]:
        if self.registry is None:
            from pykka_live.observability.installation import install

            return install().workers.expose(accept, names)
        encode, content_type = encoder(accept)
        restricted = self.registry.restricted_registry(names) if names else self.registry
        return encode(restricted), content_type


def reply_to(
    expose: Expose,
    *,
    accept: str,
    accept_encoding: str,
    authorization: str,
    names: Sequence[str],
    token: str | None,
) -> Reply:
    """Answer a scraper.

    Args:
        expose: gives the metrics
        accept, accept_encoding, authorization: the headers of the request; empty if not there
        names: restricts the answer to metrics so named; none: all
        token: what `authorization` has to bear; None: nothing
    """
    if not _may_read(authorization, token):
        headers = {"Content-Type": "text/plain; charset=utf-8", "WWW-Authenticate": "Bearer"}
        return Reply(HTTPStatus.UNAUTHORIZED, b"The token is missing or wrong.\n", headers)
    try:
        body, content_type = expose(accept, names)
    except BadNames as error:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return Reply(HTTPStatus.BAD_REQUEST, f"{error}\n".encode(), headers)
    headers = {
        "Content-Type": content_type,
        "Cache-Control": "no-store",
        "Vary": "Accept, Accept-Encoding",
    }
    if _accepts_gzip(accept_encoding):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1)
    return Reply(HTTPStatus.OK, body, headers)


def _may_read(authorization: str, token: str | None) -> bool:
    """Tell whether a header `Authorization` bears the token. How long that takes does not tell how
    much of it is right."""
    scheme, _, given = authorization.partition(" ")
    return token is None or (
        scheme.lower() == "bearer" and constant_time_compare(given.strip(), token)
    )


def _accepts_gzip(accept_encoding: str) -> bool:
    """Tell whether a header `Accept-Encoding` accepts gzip; `q=0` refuses it."""
    for accepted in accept_encoding.split(","):
        coding, _, parameters = accepted.partition(";")
        if coding.strip().lower() == "gzip":
            return parameters.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
