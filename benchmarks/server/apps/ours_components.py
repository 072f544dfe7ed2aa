"""Ours, with the pages of components, whose mailboxes are large."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import path

from benchmarks.cases import COUNTER
from benchmarks.server.apps import ours
from benchmarks.server.apps.ours import application
from pykka_live import LiveComponent, LiveView, event, publish
from pykka_live.conf import live_settings
from pykka_live.live import actor

settings.PYKKA_LIVE = {"MAILBOX": {"view": 200, "component": 200}}
live_settings.cache_clear()

PAGE = "{% load pykka_live %}<div data-liveview-root>%s</div>"
PLACED = PAGE.replace("%s", "{% for id in ids %}{% live_component 'count' id=id %}{% endfor %}")
WRITTEN = PAGE.replace(
    "%s",
    "{% for each in counts %}<div live-key='{{ each.id }}'><h1>Counter: {{ each.count }}</h1>"
    "<button>+</button></div>{% endfor %}",
)
TOGETHER = actor.BURST
ONE_BY_ONE = -1.0  # no picture is ever behind


class Count(LiveComponent):
    """A number of its own."""

    name = "count"
    template = COUNTER.replace(" ROOT", "")

    def mount(self) -> None:
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1

    def handle_info(self, message: Any) -> None:
        self.count += 1


class Components(LiveView):
    """As many components as the URL says."""

    template = PLACED

    def mount(self, request: HttpRequest, size: int) -> None:
        self.ids = [f"c{n}" for n in range(size)]

    @event
    def all(self) -> None:
        self.broadcast("up")

    @event
    def show(self, size: int) -> None:
        self.ids = [f"c{n}" for n in range(size)]


class Written(LiveView):
    """The same markup, all of it the view's own."""

    template = WRITTEN

    def mount(self, request: HttpRequest, size: int) -> None:
        self.show(size)

    @event
    def up(self) -> None:
        self.counts[0]["count"] += 1

    @event
    def all(self) -> None:
        for each in self.counts:
            each["count"] += 1

    @event
    def show(self, size: int) -> None:
        self.counts = [{"id": n, "count": 0} for n in range(size)]


class Burst(ours.Counter):
    """A number that messages count up, beside a component with one, and one that sends them."""

    template = PAGE.replace(
        "%s",
        "<h1>Counter: {{ count }}</h1>"
        "{% live_component 'count' id='c0' %}{% live_component 'sender' id='sender' %}",
    )

    def mount(self, request: HttpRequest) -> None:
        super().mount(request)
        self.subscribe("view")

    def handle_info(self, message: Any) -> None:
        self.count += 1


class Sender(LiveComponent):
    """Sends as many messages as an event says, to the component or to the view."""

    name = "sender"
    template = "<p></p>"

    @event
    def to_component(self, count: int, together: bool) -> None:
        actor.BURST = TOGETHER if together else ONE_BY_ONE
        for n in range(count):
            self.send("c0", n)

    @event
    def to_view(self, count: int, together: bool) -> None:
        actor.BURST = TOGETHER if together else ONE_BY_ONE
        for n in range(count):
            publish("view", n)


ours.urlpatterns += [
    path("components/<int:size>/", Components.as_view()),
    path("written/<int:size>/", Written.as_view()),
    path("burst/", Burst.as_view()),
]

__all__ = ["application"]
