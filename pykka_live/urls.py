"""The pages of the app: `path("", include("pykka_live.urls"))`."""

from __future__ import annotations

from django.urls import path

from pykka_live.observability.exposition import MetricsView

app_name = "pykka_live"

urlpatterns = [path("metrics", MetricsView.as_view(), name="metrics")]
