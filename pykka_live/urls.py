"""The pages of the app: `path("", include("pykka_live.urls"))`."""

from __future__ import annotations

from django.urls import path

from pykka_live.observability.exposition import MetricsView
from pykka_live.observability.health import HealthView, ReadyView

app_name = "pykka_live"

urlpatterns = [
    path("metrics", MetricsView.as_view(), name="metrics"),
    path("live/health", HealthView.as_view(), name="health"),
    path("live/ready", ReadyView.as_view(), name="ready"),
]
