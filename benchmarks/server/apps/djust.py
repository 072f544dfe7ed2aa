"""djust, whose views run in place. Its limits of events and of connections per address are lifted;
its other settings are its own."""

from __future__ import annotations

from typing import Any

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
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "channels",
        "djust",
    ],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    SESSION_ENGINE="django.contrib.sessions.backends.cache",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}},
    LIVEVIEW_ALLOWED_MODULES=["benchmarks.server.apps"],
    LIVEVIEW_CONFIG={
        "rate_limit": {"rate": 1e9, "burst": 1e9, "max_connections_per_ip": 100_000},
    },
)
django.setup()

from djust import LiveView  # noqa: E402  (needs the settings)
from djust.decorators import event_handler  # noqa: E402
from djust.websocket import LiveViewConsumer  # noqa: E402


def theirs(template: str, name: str) -> str:
    view = f'dj-root dj-view="{__name__}.{name}"'
    return template.replace("ROOT", view).replace("KEY", "dj-key")


class Counter(LiveView):
    """A number."""

    template = theirs(COUNTER, "Counter")

    def mount(self, request: HttpRequest, **params: Any) -> None:
        self.count = 0

    @event_handler()
    def up(self) -> None:
        self.count += 1


class Table(LiveView):
    """Rows, of which one changes."""

    template = theirs(TABLE, "Table")

    def mount(self, request: HttpRequest, **params: Any) -> None:
        self.rows = rows(1000)
        self._changes = 0

    @event_handler()
    def up(self) -> None:
        self._changes += 1
        self.rows[500]["name"] = f"changed {self._changes}"


class Churn(LiveView):
    """Rows that come and go."""

    template = theirs(TABLE, "Churn")

    def mount(self, request: HttpRequest, **params: Any) -> None:
        self.rows = rows(1000)

    @event_handler()
    def append(self) -> None:
        self.rows += rows(1000, len(self.rows))

    @event_handler()
    def clear(self) -> None:
        self.rows = []

    @event_handler()
    def update(self) -> None:
        for row in self.rows[::10]:
            row["name"] += " !"


class Beside(Counter):
    """A number, beside so many rows as the URL says."""

    template = theirs(BESIDE, "Beside")

    def mount(self, request: HttpRequest, size: int, **params: Any) -> None:
        self.count = 0
        self.rows = rows(size)


urlpatterns = [
    path("counter/", Counter.as_view()),
    path("table/", Table.as_view()),
    path("churn/", Churn.as_view()),
    path("beside/<int:size>/", Beside.as_view()),
]
application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": URLRouter([path("ws/live/", LiveViewConsumer.as_asgi())]),
    }
)
