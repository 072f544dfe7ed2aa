"""Views for the tests."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from typing import Any

from django.contrib import auth, messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import translation

from pykka_live import LiveView, event

calls: Tally[str] = Tally()
"""How often what was called; each test clears it."""


class Counter(LiveView):
    template = (
        "<html><head><title>x</title></head><body><div data-liveview-root><h1>{{ count }}</h1>"
        '<button @click="increment" data-amount="2">+2</button>{% csrf_token %}</div></body></html>'
    )
    step = 1

    def mount(self, request: HttpRequest, start: int = 0, **params: Any) -> None:
        calls["mount"] += 1
        self.count = start

    @event
    def increment(self, amount: int = 1) -> None:
        self.count += amount * self.step

    @event
    async def increment_async(self, amount: int = 1) -> None:
        self.count += amount

    @event
    def fail(self) -> None:
        self.count = -1
        raise ValueError("failed on purpose")

    @event
    def leave(self) -> None:
        raise SystemExit(1)

    @event
    def nothing(self) -> None:
        pass

    @event
    def all_of_it(self, **everything: Any) -> None:
        self.count = len(everything)

    def secret(self) -> None:
        calls["secret"] += 1

    def _private(self) -> None:
        calls["private"] += 1

    def on_restore(self) -> None:
        calls["on_restore"] += 1

    def terminate(self, reason: str) -> None:
        calls[f"terminate {reason}"] += 1


class Private(LoginRequiredMixin, Counter):
    pass


class Permitted(PermissionRequiredMixin, Counter):
    permission_required = "auth.view_user"
    raise_exception = True


class Language(LiveView):
    template = (
        "{% load i18n %}<main data-liveview-root>{% get_current_language as l %}{{ l }} "
        "{{ now|date:'F' }} {{ count }}</main>"
    )

    def mount(self, request: HttpRequest) -> None:
        import datetime

        self.now = datetime.date(2026, 5, 1)
        self.count = 0

    @event
    def again(self) -> None:
        self.count += 1

    @event
    def tell(self) -> None:
        self.count = translation.get_language()  # type: ignore[assignment]


class Elsewhere(LiveView):
    template = "<div data-liveview-root></div>"

    def mount(self, request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect("/counter/")


class Broken(LiveView):
    template = "<div data-liveview-root>{{ count }}{% if bad %}{{ boom }}{% endif %}</div>"
    bad = False

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def break_template(self) -> None:
        self.bad = True

    @event
    def rubbish(self) -> None:
        self.bad = None  # type: ignore[assignment]

    @event
    def up(self) -> None:
        self.count += 1

    @property
    def boom(self) -> None:
        raise RuntimeError("the template failed on purpose")

    def get_context_data(self, **kwargs: Any) -> Any:
        return None if self.bad is None else super().get_context_data(**kwargs)


class Room(LiveView):
    template = "<ul data-liveview-root>{% for line in lines %}<li>{{ line }}</li>{% endfor %}</ul>"

    def mount(self, request: HttpRequest, room: str = "lobby") -> None:
        self.lines: list[str] = []
        self.subscribe(f"room-{room}")
        self.room = room

    @event
    def say(self, text: str) -> None:
        from pykka_live import publish

        publish(f"room-{self.room}", text)

    def handle_info(self, message: Any) -> None:
        if message == "crash":
            raise ValueError("no such message")
        if message == "wait":
            calls["waiting"] += 1
            gate.wait(20)
            return
        self.lines.append(message)


gate = threading.Event()
"""Holds up `Slow.wait` until a test opens it."""


class Slow(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def wait(self) -> None:
        calls["waiting"] += 1
        gate.wait(20)
        self.count += 100

    @event
    def up(self) -> None:
        self.count += 1


class Users(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = User.objects.count()

    @event
    def look(self) -> None:
        self.count = User.objects.count()

    @event
    async def look_async(self) -> None:
        self.count = await User.objects.acount()

    @event
    def leave_open(self) -> None:
        transaction.atomic().__enter__()
        User.objects.create(username="half")

    @event
    def remember(self, value: str) -> None:
        self.request.session["value"] = value

    @event
    def recall(self) -> None:
        self.count = self.request.session.get("value")


class Odd(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0
        self.lock = threading.Lock()
        self.me = self

    def on_restore(self) -> None:
        self.lock = threading.Lock()

    @event
    def up(self) -> None:
        with self.lock:
            self.me.count += 1

    @event
    def fail(self) -> None:
        raise ValueError


class Uncut(LiveView):
    """Only the page tells where its live region is."""

    template = "<p {{ mark }}>{{ count }}</p>"
    mark = "data-liveview-root"
    count = 0

    @event
    def up(self) -> None:
        self.count += 1


class Visits(LiveView):
    template = (
        "<p data-liveview-root>{% for m in messages %}[{{ m }}]{% endfor %}<b>{{ shown }}</b></p>"
    )
    shown: Any = 0

    @event
    def up(self) -> None:
        self.shown = self.shown + 1 if isinstance(self.shown, int) else 1

    @event
    def put(self, key: str, value: str) -> None:
        self.request.session[key] = value

    @event
    def show(self, key: str) -> None:
        self.shown = self.request.session.get(key)

    @event
    def put_rubbish(self) -> None:
        self.request.session["rubbish"] = object()
        self.shown = 50

    @event
    def create_and_put_rubbish(self) -> None:
        User.objects.create(username="half")
        self.put_rubbish()

    @event
    def spend_and_fail(self) -> None:
        self.request.session["credits"] = 0
        messages.info(self.request, "spent")
        raise ValueError

    @event
    def who(self) -> None:
        self.shown = self.request.user.get_username()

    @event
    async def who_async(self) -> None:
        self.shown = (await self.request.auser()).get_username()

    @event
    def keep_user(self) -> None:
        if not hasattr(self, "user"):
            self.user = self.request.user
        self.shown = self.user.get_username()

    @event
    def flash(self) -> None:
        messages.info(self.request, "saved")

    @event
    def log_in(self) -> None:
        auth.login(self.request, User.objects.get(username="ben"), BACKEND)

    @event
    async def log_in_async(self) -> None:
        await auth.alogin(self.request, await User.objects.aget(username="ben"), BACKEND)

    @event
    def log_out(self) -> None:
        auth.logout(self.request)

    @event
    async def log_out_async(self) -> None:
        await auth.alogout(self.request)


BACKEND = "django.contrib.auth.backends.ModelBackend"
