"""Components that raise what would end the interpreter."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from pykka_live import LiveComponent, LiveView, event
from tests.live.views import calls

ENDINGS: dict[str, type[BaseException]] = {
    "exit": SystemExit,
    "interrupt": KeyboardInterrupt,
    "cancelled": asyncio.CancelledError,
}


class Quitter(LiveComponent):
    """Raises once, at the place that `plan` names."""

    name = "quitter"
    template = "<p>{{ count }} {{ label }}</p>"
    plan: ClassVar[dict[str, type[BaseException]]] = {}

    def mount(self, label: str = "") -> None:
        self.label, self.count = label, 0
        self._perhaps_quit("mount")

    def update(self, label: str) -> None:
        self.label = label
        self._perhaps_quit("update")

    def handle_info(self, message: Any) -> None:
        self.label = message
        self._perhaps_quit("handle_info")

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.label = data
        self._perhaps_quit("handle_component_event")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self._perhaps_quit("get_context_data")
        return super().get_context_data(**kwargs)

    def on_restore(self) -> None:
        self._perhaps_quit("on_restore")

    def terminate(self, reason: str) -> None:
        calls[f"{self.id} {reason}"] += 1
        self._perhaps_quit("terminate")

    @event
    def up(self) -> None:
        self.count += 1
        self._perhaps_quit("event")

    @event
    async def up_async(self) -> None:
        self.count += 1
        self._perhaps_quit("async event")

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")

    def _perhaps_quit(self, place: str) -> None:
        if self.id == "q" and place in self.plan:
            raise self.plan.pop(place)("on purpose")


class Parent(Quitter):
    """Has a child that tells it something."""

    name = "quitters_parent"
    template = """{% load pykka_live %}<div>{{ count }} {{ label }}
      {% live_component "quitters_child" id="child" %}</div>"""


class Child(LiveComponent):
    name = "quitters_child"
    template = "<i>{{ count }}</i>"
    count = 0

    @event
    def tell(self, text: str) -> None:
        self.count += 1
        self.send_parent("tells", text)


class Lounge(LiveView):
    template = """{% load pykka_live %}<main data-liveview-root><h1>{{ count }}</h1>
      {% for name, id in shown %}{% live_component name id=id label=label %}{% endfor %}</main>"""
    label = "fine"
    count = 0

    def mount(self, request: Any, shown: str = "quitter:q,quitter:other") -> None:
        self.show(shown)

    @event
    def show(self, shown: str, label: str = "fine") -> None:
        self.shown, self.label = [each.split(":") for each in shown.split(",") if each], label

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def call(self, message: str) -> None:
        self.broadcast(message)
