"""The observer, and pages for it to see."""

from __future__ import annotations

from django.urls import include, path

from tests.live import troubled, views

urlpatterns = [
    path("observer/", include("pykka_live.observability.observer.urls")),
    path("counter/", views.Counter.as_view()),
    path("troubled/", troubled.Troubled.as_view()),
]
