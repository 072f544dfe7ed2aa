"""Components that deal with the visitor and with the database, and a view that shows them."""

from __future__ import annotations

from typing import Any

from django.contrib import auth
from django.contrib.auth.models import User
from django.db import connection

from pykka_live import LiveComponent, LiveView, event
from tests.live.troubled import perhaps_fail, wait_until_killed
from tests.live.views import BACKEND, calls


class Desk:
    """What the view and its components have in common."""

    text = ""
    request: Any

    @event
    def who(self) -> None:
        self.text = self.request.user.get_username() or "nobody"

    @event
    async def who_async(self) -> None:
        self.text = (await self.request.auser()).get_username() or "nobody"

    @event
    def create(self, name: str) -> None:
        User.objects.create(username=name)
        self.text = f"{name}, {'in' if connection.in_atomic_block else 'without'} a transaction"

    @event
    async def create_async(self, name: str) -> None:
        await User.objects.acreate(username=name)

    @event
    def create_and_fail(self, name: str) -> None:
        self.create(name)
        self.request.session["made"] = name
        raise ValueError("on purpose")


class Clerk(Desk, LiveComponent):
    """Makes a user of whatever it is told, and fails afterwards if that is planned."""

    name = "clerk"
    template = "<p>{{ text }}</p>"

    def mount(self, told: str = "") -> None:
        if told:
            self.create(f"{told} mount")
        perhaps_fail("mount")

    def update(self, told: str = "") -> None:
        self.create(f"{told} update")
        perhaps_fail("update")

    def handle_info(self, message: Any) -> None:
        self.create(f"{message} info")
        perhaps_fail("info")

    @event
    def create_and_hang(self, name: str) -> None:
        """Come back as if nothing had happened."""
        self.create(name)
        wait_until_killed()
        self.request.session["made"] = name
        calls["gone on"] += 1

    @event
    def create_and_put_rubbish(self, name: str) -> None:
        self.create(name)
        self.request.session["rubbish"] = object()

    @event
    def put(self, key: str, value: str) -> None:
        self.request.session[key] = value

    @event
    def log_in(self) -> None:
        auth.login(self.request, User.objects.get(username="ben"), BACKEND)

    @event
    def log_out(self) -> None:
        auth.logout(self.request)


class Office(Desk, LiveView):
    """Shows as many clerks as it is told to."""

    template = """{% load pykka_live %}<main data-liveview-root>
      <h1>{{ text }}</h1>
      {% for id in ids %}{% live_component "clerk" id=id told=told %}{% endfor %}
    </main>"""
    told = ""

    def mount(self, request: Any, ids: str = "a,b") -> None:
        self.show(ids)

    @event
    def show(self, ids: str, told: str = "") -> None:
        self.ids, self.told = [id for id in ids.split(",") if id], told

    @event
    def message(self, message: str) -> None:
        self.broadcast(message)
