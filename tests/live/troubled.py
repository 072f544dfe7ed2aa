"""Views that fail, hang and go on as a test wants it, and a page with two of them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
import uuid
from collections import Counter as Tally
from dataclasses import replace
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template import engines

from pykka_live import LiveView, event, publish
from pykka_live.actors import Killed
from pykka_live.live.token import PageToken
from tests.live.views import calls
from tests.tab import until

QUICK = {"max_restarts": 3, "max_seconds": 60, "backoff": [0, 0]}
"""Supervision that restarts at once, and that counts failures together which a busy machine has
drawn apart."""

plan: dict[str, list[type[BaseException]]] = {}
"""What raises what next: the name of a place in `Troubled`, and an error for each time."""

gates: Tally[str] = Tally()
"""How many handlers wait at a gate, by its name; `opened` opens it."""

opened: dict[str, threading.Event] = {}


def perhaps_fail(place: str) -> None:
    """Raise what the plan has for a place."""
    if errors := plan.get(place):
        raise errors.pop(0)(f"{place} failed on purpose")


def wait_at(gate: str) -> None:
    """Wait until the test opens a gate."""
    opening = opened.setdefault(gate, threading.Event())
    gates[gate] += 1
    opening.wait(20)


def wait_until_killed() -> None:
    """Hang, and take no notice of the exception that is raised in a thread that is given up."""
    with contextlib.suppress(Killed):
        wait_at("hang")
        while opened["hang"].is_set():  # it comes at any moment
            time.sleep(0)


async def somebody_waits_at(gate: str) -> None:
    """Wait until a handler waits there."""
    await until(lambda: gates[gate])


def open_gate(gate: str) -> None:
    """Let those go on who wait at a gate, or will."""
    opened.setdefault(gate, threading.Event()).set()


class Troubled(LiveView):
    """Counts, and fails where the plan says so."""

    name = "troubled"
    template = (
        "{% load pykka_live %}<html><head>{% live_client %}</head><body>"
        "<section data-liveview-root><b>{{ count }}</b> <i>{{ text }}</i>{{ picture }}"
        '<button @click="up">up</button><button @click="fail">fail</button>'
        '<button @click="hang">hang</button></section></body></html>'
    )

    def mount(self, request: HttpRequest) -> None:
        calls["mount"] += 1
        perhaps_fail("mount")
        self.count = 0
        self.text = ""
        self.heard = ["nothing"]
        self.subscribe("news")

    @property
    def picture(self) -> str:
        perhaps_fail("render")
        return ""

    def on_restore(self) -> None:
        calls["on_restore"] += 1
        perhaps_fail("on_restore")

    def handle_info(self, message: Any) -> None:
        self.text += str(message)
        self.heard.append(str(message))
        calls[f"told {message}"] += 1
        perhaps_fail("info")

    def terminate(self, reason: str) -> None:
        calls[f"{self.name} terminated: {reason}"] += 1
        perhaps_fail("terminate")

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def write(self, text: str) -> None:
        self.text += text

    @event
    def say(self, text: str) -> None:
        calls[f"said {text}"] += 1

    @event
    def fail(self, kind: str = "ValueError") -> None:
        self.count += 1000
        raise {"KeyError": KeyError, "SystemExit": SystemExit}.get(kind, ValueError)(kind)

    @event
    def forbid(self) -> None:
        self.count += 1000
        self.heard.append("a secret")
        self.extra = True
        self.subscribe("other news")
        self.unsubscribe("news")
        raise PermissionDenied("not yours")

    @event
    def wait(self) -> None:
        wait_at("wait")

    @event
    def hang(self) -> None:
        """Come back when another incarnation has taken over, and then do all sorts of things."""
        wait_until_killed()
        self._go_on()

    @event
    async def hang_async(self) -> None:
        wait_at("hang")
        self._go_on()

    @event
    def hang_and_save(self) -> None:
        """Come back as if nothing had happened."""
        User.objects.create(username="late")
        wait_until_killed()
        self.request.session["late"] = True
        calls["gone on"] += 1

    def _go_on(self) -> None:
        self.count += 1000
        for act in (
            lambda: publish("news", "from the dead"),
            lambda: self.subscribe("other news"),
            lambda: self.unsubscribe("news"),
        ):
            try:
                act()
            except BaseException as error:
                calls[type(error).__name__] += 1
        calls["gone on"] += 1


class Resuming(Troubled):
    template = Troubled.template.replace(
        "{{ picture }}", "{{ picture }}{% for word in heard %}<u>{{ word }}</u>{% endfor %}"
    )
    supervision = {"strategy": {ValueError: "resume", SystemExit: "stop"}}


class Escalating(Troubled):
    supervision = {"strategy": "escalate"}


class Once(Troubled):
    supervision = {"strategy": "stop"}


class Sleeper(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def sleep(self) -> None:
        time.sleep(2)
        self.count += 100

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def hang(self) -> None:
        print("hangs", flush=True)
        threading.Event().wait()

    @event
    async def hang_async(self) -> None:
        self.hang()

    @event
    async def wait_async(self) -> None:
        print("hangs", flush=True)
        await asyncio.Event().wait()

    def terminate(self, reason: str) -> None:
        print(f"terminated at {self.count}: {reason}", flush=True)


class Left(Troubled):
    name = "left"


class Right(Troubled):
    name = "right"


class LeftWithAll(Left):
    supervision = {"scope": "one_for_all", "backoff": [0, 0]}


class RightOnce(Right):
    supervision = {"strategy": "stop"}


class LeftWithRest(Left):
    supervision = {"scope": "rest_for_one", "backoff": [0, 0]}


class RightWithRest(Right):
    supervision = {"scope": "rest_for_one", "backoff": [0, 0]}


PAIRS: dict[str, tuple[type[LiveView], type[LiveView]]] = {
    "alone": (Left, Right),
    "all": (LeftWithAll, Right),
    "all_but_once": (LeftWithAll, RightOnce),
    "rest": (LeftWithRest, RightWithRest),
}


def pair(request: HttpRequest, name: str) -> HttpResponse:
    """Put two live views on one page, as parts of one live session."""
    session_id = uuid.uuid4().hex
    regions = []
    for side, cls in zip(("left", "right"), PAIRS[name], strict=True):
        page = cls.as_view()(request).content.decode()
        region = re.search(r"<section.*</section>", page)
        token = re.search(r'data-live-token="([^"]+)"', page)
        assert region is not None
        assert token is not None
        shared = replace(
            PageToken.read(token[1]), session_id=session_id, path=f"/pair/{name}/{side}/"
        )
        regions.append(region[0].replace(token[1], shared.sign()))
    head = engines["django"].from_string("{% load pykka_live %}{% live_client %}").render({})
    return HttpResponse(f"<!doctype html><html><head>{head}</head><body>{''.join(regions)}</body>")
