"""Components that hang where a test wants them to."""

from __future__ import annotations

from collections import Counter as Tally
from typing import Any

from pykka_live import LiveComponent, LiveView, event
from pykka_live.actors import Fenced
from tests.live.troubled import wait_until_killed
from tests.live.views import calls

hanging: Tally[str] = Tally()
"""How often what hangs next: the name of a method of `Sleeper`."""


class Sleeper(LiveComponent):
    """Counts, and goes on as if nothing had happened when it has hung."""

    name = "sleeper"
    template = """{% load pykka_live %}<section>{{ label }} {{ count }}
      {% if inner %}{% live_component "sleeper" id=inner %}{% endif %}</section>"""
    inner = ""

    def mount(self, label: str = "") -> None:
        self.label, self.count = label, 0
        self._perhaps_hang("mount")

    def update(self, label: str) -> None:
        self.label = label
        self._perhaps_hang("update")

    def handle_info(self, message: Any) -> None:
        self.count += message
        self._perhaps_hang("info")

    def terminate(self, reason: str) -> None:
        calls[f"{self.id} {reason}"] += 1
        self._perhaps_hang("terminate")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self._perhaps_hang("template")
        return super().get_context_data(**kwargs)

    @event
    def up(self) -> None:
        self.count += 1
        self._perhaps_hang("event")

    @event
    def nest(self, id: str) -> None:
        self.inner = id

    def _perhaps_hang(self, place: str) -> None:
        if hanging[place]:
            hanging[place] -= 1
            wait_until_killed()
            self.count += 1000
            for act in (lambda: self.broadcast(1000), lambda: self.send_parent("late")):
                try:
                    act()
                except Fenced:
                    calls["Fenced"] += 1
            calls["gone on"] += 1


class Dormitory(LiveView):
    """Shows as many sleepers as it is told to."""

    template = """{% load pykka_live %}<main data-liveview-root><h1>{{ count }}</h1>
      {% for id in ids %}{% live_component "sleeper" id=id label=label %}{% endfor %}</main>"""
    label = "asleep"
    count = 0

    def mount(self, request: Any, ids: str = "a,b") -> None:
        self.show(ids)

    @event
    def show(self, ids: str, label: str = "asleep") -> None:
        self.ids, self.label = [id for id in ids.split(",") if id], label

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.count += 1000

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def call(self) -> None:
        self.broadcast(1)
