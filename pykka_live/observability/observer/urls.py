"""The observer: `path("observer/", include("pykka_live.observability.observer.urls"))`."""

from __future__ import annotations

from django.urls import path

from pykka_live.observability.observer.page import ObserverPage

app_name = "pykka_live_observer"

urlpatterns = [path("", ObserverPage.as_view(), name="observer")]
