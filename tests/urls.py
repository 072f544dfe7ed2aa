"""The URLs of the test project."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("pykka_live.urls"))]
