"""The URLconf of requests that have one of their own."""

from __future__ import annotations

from django.urls import path

from tests.live import habits

urlpatterns = [path("special/", habits.Special.as_view(), name="only_here")]
