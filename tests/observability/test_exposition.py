"""The `/metrics` page."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, resolve, reverse
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from pykka_live.live import hooks
from pykka_live.observability import METRICS, MetricsView, Observer

from .test_tally import handled

NAMES = {metric.name for metric in METRICS}


def get(registry: CollectorRegistry, query: str = "", **headers: str) -> HttpResponse:
    request = RequestFactory().get(f"/metrics{query}", headers=headers)
    return MetricsView.as_view(registry=registry)(request)


def names(response: HttpResponse) -> set[str]:
    text = response.content.decode()
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(text)
    }


def test_text_format(observer: Observer, registry: CollectorRegistry) -> None:
    response = get(registry)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert names(response) == NAMES
    assert response["Cache-Control"] == "no-store"
    assert response["Vary"] == "Accept, Accept-Encoding"


def test_openmetrics_format(observer: Observer, registry: CollectorRegistry) -> None:
    hooks.emit(handled(total=0.5))
    response = get(registry, accept="application/openmetrics-text; version=1.0.0")
    assert response["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = list(openmetrics.text_string_to_metric_families(response.content.decode()))
    assert {family.name for family in families} == {name.removesuffix("_total") for name in NAMES}


def test_gzip(observer: Observer, registry: CollectorRegistry) -> None:
    plain = get(registry)
    response = get(registry, accept_encoding="br, gzip;q=0.5")
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(plain.content) / 4
    assert gzip.decompress(response.content) == plain.content


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0", "not-gzip"])
def test_no_gzip(observer: Observer, registry: CollectorRegistry, accepted: str) -> None:
    assert not get(registry, accept_encoding=accepted).has_header("Content-Encoding")


def test_restricted_to_names(observer: Observer, registry: CollectorRegistry) -> None:
    response = get(registry, "?name[]=pykka_live_actors&name[]=pykka_live_restarts_total")
    assert names(response) == {"pykka_live_actors", "pykka_live_restarts_total"}


def test_other_collectors_of_the_registry(observer: Observer, registry: CollectorRegistry) -> None:
    Gauge("orders", "Orders.", registry=registry).inc()
    assert names(get(registry)) == {*NAMES, "orders"}


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_reading(method: str) -> None:
    request = getattr(RequestFactory(), method)("/metrics")
    assert MetricsView.as_view()(request).status_code == 405


def test_the_url() -> None:
    urlconf = "pykka_live.urls"
    assert reverse("metrics", urlconf) == "/metrics"
    assert resolve("/metrics", urlconf).func.view_class is MetricsView
    with pytest.raises(Resolver404):
        resolve("/metrics/", urlconf)


def test_the_page_of_the_project(client: Any) -> None:
    """The app installs itself: whoever includes our URLs has our metrics."""
    response = client.get(reverse("pykka_live:metrics"))
    assert response.status_code == 200
    assert names(response) >= NAMES
