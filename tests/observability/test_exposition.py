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
from pykka_live.observability import METRICS, MetricsView, Observer, installation

from .test_tally import handled

NAMES = {metric.name for metric in METRICS}


@pytest.fixture(autouse=True)
def the_observer(observer: Observer, monkeypatch: pytest.MonkeyPatch) -> Observer:
    """Make the private observer that of the process."""
    monkeypatch.setattr(installation, "install", lambda: observer)
    return observer


def get(query: str = "", **headers: str) -> HttpResponse:
    request = RequestFactory().get(f"/metrics{query}", headers=headers)
    return MetricsView.as_view()(request)


def names(response: HttpResponse) -> set[str]:
    text = response.content.decode()
    return {
        f"{family.name}_total" if family.type == "counter" else family.name
        for family in text_string_to_metric_families(text)
    }


def test_text_format() -> None:
    response = get()
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert names(response) == NAMES
    assert response["Cache-Control"] == "no-store"
    assert response["Vary"] == "Accept, Accept-Encoding"


def test_openmetrics_format() -> None:
    hooks.emit(handled(total=0.5))
    response = get(accept="application/openmetrics-text; version=1.0.0")
    assert response["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = list(openmetrics.text_string_to_metric_families(response.content.decode()))
    assert {family.name for family in families} == {name.removesuffix("_total") for name in NAMES}


def test_gzip() -> None:
    plain = get()
    response = get(accept_encoding="br, gzip;q=0.5")
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < len(plain.content) / 4
    assert gzip.decompress(response.content) == plain.content


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0.0", "not-gzip"])
def test_no_gzip(accepted: str) -> None:
    assert not get(accept_encoding=accepted).has_header("Content-Encoding")


def test_restricted_to_names() -> None:
    response = get("?name[]=pykka_live_actors&name[]=pykka_live_restarts_total")
    assert names(response) == {"pykka_live_actors", "pykka_live_restarts_total"}


def test_other_collectors_of_the_registry(registry: CollectorRegistry) -> None:
    Gauge("orders", "Orders.", registry=registry).inc()
    assert names(get()) == {*NAMES, "orders"}


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


def test_a_registry_of_its_own_is_exposed_as_it_is() -> None:
    registry = CollectorRegistry()
    Gauge("orders", "Orders.", registry=registry).set(3)
    Gauge("others", "Others.", registry=registry).set(3)
    view = MetricsView.as_view(registry=registry)
    response = view(RequestFactory().get("/metrics?name[]=orders"))
    assert response.content.endswith(b"\norders 3.0\n")


def test_too_many_names() -> None:
    response = get("?" + "&".join(f"name[]={'x' * 100}" for _ in range(100)))
    assert response.status_code == 400
    assert b"8000" in response.content


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer open-sesam", 401),
        ("Bearer öffne-dich", 401),
        ("Basic open-sesame", 401),
        ("Bearer open-sesame", 200),
        ("bearer  open-sesame ", 200),
    ],
)
def test_a_token_is_asked_for_if_one_is_set(settings: Any, header: str, status: int) -> None:
    settings.PYKKA_LIVE = {"METRICS": {"TOKEN": "open-sesame"}}
    response = get(authorization=header)
    assert response.status_code == status
    assert response.has_header("WWW-Authenticate") == (status == 401)
    assert (b"pykka_live" in response.content) == (status == 200)


def test_a_view_that_is_guarded_otherwise_asks_for_no_token(settings: Any) -> None:
    settings.PYKKA_LIVE = {"METRICS": {"TOKEN": "open-sesame"}}
    view = MetricsView.as_view(token_required=False)
    assert view(RequestFactory().get("/metrics")).status_code == 200
