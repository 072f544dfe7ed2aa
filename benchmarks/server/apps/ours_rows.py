"""Ours, with the page of rows."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import path

from benchmarks.server.apps import ours
from benchmarks.server.apps.ours import application
from benchmarks.server.rows import PAGE, Changes

# The one above has the settings, which ours needs.
# isort: split
from pykka_live import LiveView, event


class Rows(Changes, LiveView):
    """Rows that change."""

    template = ours.ours(PAGE).replace("CLICK", '@click="turn"')

    def mount(self, request: HttpRequest, size: int) -> None:
        self.begin(size)

    @event
    def turn(self, name: str) -> None:
        self.change(name)


ours.urlpatterns.append(path("rows/<int:size>/", Rows.as_view()))

__all__ = ["application"]
