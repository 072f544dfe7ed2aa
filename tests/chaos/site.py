"""The site that is harmed: a view that keeps a ledger, and URLs to begin and end the harm."""

from __future__ import annotations

import threading
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from pykka_live import LiveView, event
from pykka_live.actors import ActorSystem
from tests.chaos.havoc import ERRORS, Escalation, Havoc

SHOWN = 8  # of the last numbers

mounted: list[None] = []
"""One for each `mount`."""

havoc = Havoc()


class Ledger(LiveView):
    """Keeps the numbers of the events that it was given, and shows them.

    The set of them is one integer, with bit n for number n: any checkpoint is a cheap copy.
    """

    supervision = {"strategy": {Escalation: "escalate"}}
    template = (
        "<div data-liveview-root><code>{{ pages }}</code><b>{{ count }}</b>"
        "<i>{{ twice }} {{ late }}</i>"
        "<ul>{% for number in recent %}<li id='n{{ number }}'>{{ number }}</li>{% endfor %}</ul>"
        "{{ ink }}</div>"
    )

    def mount(self, request: HttpRequest) -> None:
        mounted.append(None)
        self.book = 0
        self.count = 0
        self.twice = 0  # numbers that came again
        self.late = 0  # numbers that came after a higher one
        self.recent: tuple[int, ...] = ()
        self.spilt = False

    @property
    def pages(self) -> str:
        return f"{self.book:x}"

    @property
    def ink(self) -> str:
        if self.spilt:
            raise ValueError("ink on the page")
        return ""

    def handle_info(self, message: Any) -> None:
        if message is not None:
            self.count += 1_000_000
            raise ERRORS[message](message)

    def terminate(self, reason: str) -> None:
        if self.count % 4 == 3:
            raise ValueError("terminate failed on purpose")

    @event
    def enter(self, number: int) -> None:
        bit = 1 << number
        self.twice += bool(self.book & bit)
        self.late += self.book > bit
        self.book |= bit
        self.count += 1
        self.recent = (*self.recent, number)[-SHOWN:]

    @event
    async def enter_async(self, number: int) -> None:
        self.enter(number)

    @event
    def fail(self, number: int, error: str) -> None:
        self.enter(number)
        raise ERRORS[error](error)

    @event
    def spill(self, number: int) -> None:
        self.enter(number)
        self.spilt = True


def begin(request: HttpRequest) -> JsonResponse:
    """Begin to crash actors."""
    havoc.begin()
    return JsonResponse({})


def end(request: HttpRequest) -> JsonResponse:
    """Crash no more. Answers when all that was thrown has hit."""
    havoc.end()
    return JsonResponse({"thrown": havoc.thrown, "silent": havoc.silent()})


def inventory(request: HttpRequest) -> JsonResponse:
    """Answer what lives here. An actor's thread has the name of its incarnation."""
    system = ActorSystem.default()
    cells = system.cells()
    names = {f"{cell.path}#{cell.incarnation}" for cell in cells}
    threads = [thread.name for thread in threading.enumerate()]
    return JsonResponse(
        {
            "sessions": [cell.state for cell in cells if cell.kind == "session"],
            "views": [cell.state for cell in cells if cell.kind == "view"],
            "mounts": len(mounted),
            "abandoned": system.abandoned(),
            "leaked": [name for name in threads if name.startswith("/") and name not in names],
            "others": [name for name in threads if not name.startswith("/")],
        }
    )


def emptiness(request: HttpRequest) -> JsonResponse:
    """Wait until all sessions have ended; answer those that have not."""
    ends: dict[str, threading.Event] = {}
    for cell in ActorSystem.default().cells():
        if cell.kind == "session":
            over = ends[cell.path] = threading.Event()
            cell.watch(lambda _cell, _reason, over=over: over.set())
    return JsonResponse({"left": [path for path, over in ends.items() if not over.wait(30)]})


urlpatterns = [
    path("", include("pykka_live.urls")),
    path("ledger/", Ledger.as_view()),
    path("begin/", begin),
    path("end/", end),
    path("inventory/", inventory),
    path("emptiness/", emptiness),
]
