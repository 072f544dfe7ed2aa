"""A view whose components move from one place to another, for the tests."""

from __future__ import annotations

from typing import Any, ClassVar

from pykka_live import LiveComponent, LiveView, event
from tests.live.components import gates, log


class Tray(LiveComponent):
    """Holds tallies."""

    name = "tray"
    template = """{% load pykka_live %}<section><h3>{{ id }} {{ ids }}</h3>
      {% for id in ids.split %}{% live_component "tally" id=id label="in" %}{% endfor %}
    </section>"""
    ids = ""
    failures: ClassVar[dict[str, int]] = {}

    def update(self, **props: Any) -> None:
        log.append((self.id, "update", props))
        self.ids = "half done"
        if self.failures.get(self.id):
            self.failures[self.id] -= 1
            raise ValueError("on purpose")
        super().update(**props)

    @event
    def hold(self, ids: str) -> None:
        self.ids = ids

    @event
    def wait(self, gate: str) -> None:
        log.append((self.id, "wait"))
        gates[gate].wait(10)

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")

    def handle_info(self, message: str) -> None:
        self.ids = message


class LastTray(Tray):
    """Ends when it fails."""

    name = "last_tray"
    supervision = {"strategy": "stop"}


class Desk(LiveView):
    """Holds tallies, before and behind its trays: `?trays=a:x+y,b:z&own=w`."""

    template = """{% load pykka_live %}<html><body><main data-liveview-root><h1>{{ count }}</h1>
      {% for id in own.split %}{% live_component "tally" id=id label="own" %}{% endfor %}
      {% for id, ids in trays %}{% live_component kind id=id ids=ids %}{% endfor %}
      {% for id in last.split %}{% live_component "tally" id=id label="last" %}{% endfor %}
      <form @submit="arrange"><input name="trays"><input name="own"><input name="last"></form>
    </main>{% live_client %}</body></html>"""
    kind = "tray"

    def mount(self, request: Any, trays: str = "", own: str = "", kind: str = "tray") -> None:
        self.count, self.kind = 0, kind
        self.arrange(trays, own)

    @event
    def arrange(self, trays: str = "", own: str = "", last: str = "") -> None:
        self.trays = [tuple((each + ":").split(":")[:2]) for each in trays.split(",") if each]
        self.own, self.last = own, last

    @event
    def tick(self) -> None:
        self.count += 1

    @event
    def tell(self, told: str) -> None:
        """Tell trays what to hold: `b:x,a:`, in this order."""
        for each in told.split(","):
            self.send(*each.split(":"))

    @event
    def wait(self, gate: str) -> None:
        log.append(("view", "wait"))
        gates[gate].wait(10)
