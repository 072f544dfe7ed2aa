"""A view with the habits of a Django project, and those that have one more."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from pykka_live import LiveView, event
from tests.live import middleware
from tests.live.views import calls


def logged(function: Any) -> Any:
    """A decorator that knows nothing of `async`."""

    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return inner


class Habits(LiveView):
    template = (
        "{% load i18n tz %}<p data-liveview-root>{{ head }} {{ double }} {{ count }} "
        "{% blocktranslate %}({{ total }}){% endblocktranslate %} {% get_current_timezone as tz %}"
        "{{ tz }}</p>"
    )

    def mount(self, request: HttpRequest) -> None:
        self.count = 1
        self.head = "Title"
        self.session, self.user = request.session, request.user
        self.named = request.user.get_username()

    @property
    def total(self) -> int:
        return self.count + 1

    @property
    def unused(self) -> None:
        raise AssertionError("nobody asked for it")

    @property
    def wrong(self) -> None:
        raise KeyError("told")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["double"] = context["total"] * 2
        return context

    @event
    @logged
    async def later(self) -> None:
        self.count = 9

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def fail(self) -> None:
        raise ValueError

    @event
    def keep(self, value: str) -> None:
        self.session["kept"] = value
        self.head = self.user.get_username()

    @event
    def tell(self) -> None:
        self.head = getattr(middleware.local, "tenant", None) or "none"


class Wrong(Habits):
    template = "<p data-liveview-root>{{ count }}{% if count > 1 %}{{ wrong }}{% endif %}</p>"


class Tenant(Habits):
    @classmethod
    @contextlib.contextmanager
    def message_context(cls, request: HttpRequest) -> Iterator[None]:
        middleware.local.tenant = request.tenant  # type: ignore[attr-defined]
        try:
            yield
        finally:
            middleware.local.tenant = None


class Address(Habits):
    template = "<p data-liveview-root>{{ count }} {% url 'address' %}</p>"


class Special(Habits):
    template = "<p data-liveview-root>{{ count }} {% url 'only_here' %}</p>"


class FromALibrary:
    def wipe(self) -> None:
        calls["wiped"] += 1


FromALibrary.__module__ = "some_library.mixins"


class OfTheProject:
    def helped(self) -> None:
        pass


class Public(FromALibrary, OfTheProject, Habits):
    def mine(self) -> None:
        pass
