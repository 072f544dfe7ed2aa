"""Ours."""

from __future__ import annotations

import time

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest
from django.urls import path

from benchmarks.cases import BESIDE, COUNTER, TABLE, rows

settings.configure(
    SECRET_KEY="benchmarks",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["pykka_live"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
)
django.setup()

from pykka_live import LiveView, event  # noqa: E402  (needs the settings)
from pykka_live.routing import websocket_urlpatterns, with_lifespan  # noqa: E402


def ours(template: str) -> str:
    return template.replace("ROOT", "data-liveview-root").replace("KEY", "live-key")


class Counter(LiveView):
    """A number."""

    template = ours(COUNTER)

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1


class Table(LiveView):
    """Rows, of which one changes."""

    template = ours(TABLE)

    def mount(self, request: HttpRequest) -> None:
        self.rows = rows(1000)
        self._changes = 0

    @event
    def up(self) -> None:
        self._changes += 1
        self.rows[500]["name"] = f"changed {self._changes}"


class Churn(LiveView):
    """Rows that come and go."""

    template = ours(TABLE)

    def mount(self, request: HttpRequest) -> None:
        self.rows = rows(1000)

    @event
    def append(self) -> None:
        self.rows += rows(1000, len(self.rows))

    @event
    def clear(self) -> None:
        self.rows = []

    @event
    def update(self) -> None:
        for row in self.rows[::10]:
            row["name"] += " !"


class Beside(Counter):
    """A number, beside so many rows as the URL says."""

    template = ours(BESIDE)

    def mount(self, request: HttpRequest, size: int) -> None:
        super().mount(request)
        self.rows = rows(size)


class Slow(Counter):
    """A handler that keeps its thread for as many seconds as the URL says: busy, or asleep."""

    def mount(self, request: HttpRequest, seconds: int) -> None:
        super().mount(request)
        self._seconds = seconds

    @event
    def burn(self) -> None:
        end = time.monotonic() + self._seconds
        while time.monotonic() < end:
            self.count += 1

    @event
    def sleep(self) -> None:
        time.sleep(self._seconds)
        self.count += 1


urlpatterns = [
    path("counter/", Counter.as_view()),
    path("table/", Table.as_view()),
    path("churn/", Churn.as_view()),
    path("beside/<int:size>/", Beside.as_view()),
    path("slow/<int:seconds>/", Slow.as_view()),
]
application = with_lifespan(
    ProtocolTypeRouter(
        {"http": get_asgi_application(), "websocket": URLRouter(websocket_urlpatterns)}
    )
)
