"""The `/metrics` page."""

from __future__ import annotations

import gzip

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.generic import View
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

__all__ = ["MetricsView"]


class MetricsView(View):
    """Answers all metrics of a registry, in the format that the scraper asks for.

    `Accept` chooses between Prometheus' text format and OpenMetrics, `Accept-Encoding: gzip`
    compresses, and `?name[]=...`, as often as wanted, restricts the answer to metrics so named.

    It is open to everyone who can reach its URL, as a scraper wants it. To protect it, do not
    include `pykka_live.urls` but route `guard(MetricsView.as_view())` yourself.

    Attributes:
        registry: what is exposed; by default all that `prometheus_client` knows of in this process
    """

    http_method_names = ["get", "head", "options"]

    registry: CollectorRegistry = REGISTRY

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer the metrics."""
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        source: Collector = self.registry
        names = request.GET.getlist("name[]")
        if names:
            source = self.registry.restricted_registry(names)
        response = HttpResponse(encode(source), content_type=content_type)
        patch_vary_headers(response, ("Accept", "Accept-Encoding"))
        patch_cache_control(response, no_store=True)
        if _accepts_gzip(request):
            response.content = gzip.compress(response.content, compresslevel=1)
            response.headers["Content-Encoding"] = "gzip"
        return response


def _accepts_gzip(request: HttpRequest) -> bool:
    """Tell whether the request accepts gzip; `q=0` refuses it."""
    for accepted in request.headers.get("Accept-Encoding", "").split(","):
        coding, _, parameters = accepted.partition(";")
        if coding.strip().lower() == "gzip":
            return parameters.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
