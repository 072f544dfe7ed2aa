"""Views that fail in ways of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.http import HttpRequest

from pykka_live import LiveView, event
from pykka_live.live.request import LiveRequest
from tests.live.troubled import Troubled, gates, perhaps_fail, wait_until_killed
from tests.live.views import Counter, calls


class Fragile(Counter):
    supervision = {"strategy": "stop"}


class Restored(LiveView):
    template = "<p data-liveview-root>{{ text }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.text = "mounted"

    def on_restore(self) -> None:
        self.text = "restored"


class Wrapped(Troubled):
    """Does something after each message that went well."""

    @classmethod
    @contextmanager
    def message_context(cls, request: HttpRequest) -> Iterator[None]:
        yield
        perhaps_fail("after")


class SetUp(Troubled):
    """Ends with what it does not resume from."""

    supervision: ClassVar[dict[str, Any]] = {
        "strategy": {ValueError: "resume", LookupError: "stop", SystemExit: "stop"}
    }

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        perhaps_fail("setup")


class Poison:
    """Ends the thread of whoever copies it."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if threading.current_thread() is not threading.main_thread():
            raise SystemExit(1)
        return self


class Uncopyable(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def poison(self) -> None:
        self.count = 100
        self._poison = Poison()

    @event
    def up(self) -> None:
        self.count += 1


notes: list[str] = []


class Notes(LiveView):
    """Shows what is kept outside, and is told when that changes."""

    template = "<p data-liveview-root>{{ shown }} {{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        calls["mount"] += 1
        self.shown = " ".join(notes)
        self.count = 0
        self.subscribe("notes")

    def handle_info(self, message: Any) -> None:
        calls["info"] += 1
        self.shown = " ".join(notes)
        self.count += 1

    @event
    def listen_and_fail(self) -> None:
        self.subscribe("secret")
        raise ValueError

    @event
    def again(self) -> None:
        self.count += 1


class Late(LiveView):
    """Hangs when it is mounted for a socket, once, and goes on as if nothing had happened."""

    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0
        if isinstance(request, LiveRequest) and not gates["hang"]:
            User.objects.create(username="late")
            request.session["late"] = True
            wait_until_killed()
            calls["gone on"] += 1


class Ending(LiveView):
    """Raises what is no `Exception`, at the place that the query names."""

    template = "<p data-liveview-root>{{ text }}</p>"
    endings: ClassVar[dict[str, type[BaseException]]] = {
        "exit": SystemExit,
        "interrupt": KeyboardInterrupt,
        "cancelled": asyncio.CancelledError,
    }

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self._raise_at("setup")

    def mount(self, request: HttpRequest) -> None:
        self._raise_at("mount")

    @property
    def text(self) -> str:
        self._raise_at("template")
        return "fine"

    def _raise_at(self, place: str) -> None:
        query = self.request.GET
        if query.get("at") == place:
            raise self.endings[query["kind"]]("on purpose")
