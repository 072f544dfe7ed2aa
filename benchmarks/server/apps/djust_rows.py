"""djust, with the page of rows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path

from benchmarks.server.apps import djust
from benchmarks.server.apps.djust import application
from benchmarks.server.rows import PAGE, Changes

# The one above has the settings, which djust needs.
# isort: split
from djust import LiveView
from djust.decorators import event_handler


class Rows(Changes, LiveView):
    """Rows that change."""

    template = (
        PAGE.replace("ROOT", f'dj-root dj-view="{__name__}.Rows"')
        .replace("KEY", "dj-key")
        .replace("CLICK", 'dj-click="turn"')
    )

    def mount(self, request: HttpRequest, size: int = 0, **params: Any) -> None:
        self.begin(size)

    @event_handler()
    def turn(self, name: str = "", **kwargs: Any) -> None:
        self.change(name)


djust.urlpatterns.append(path("rows/<int:size>/", Rows.as_view()))

__all__ = ["application"]
