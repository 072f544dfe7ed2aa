"""Views whose components talk, for the tests."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any, ClassVar

from pykka_live import LiveComponent, LiveView, event
from tests.live.components import gates

heard: dict[str, list[Any]] = defaultdict(list)
"""What each has been told, by id; the view is called `view`."""


class Herald(LiveComponent):
    """Talks while it is mounted, and keeps what it hears."""

    name = "herald"
    template = """{% load pykka_live %}<p class="{{ label }}">{{ label }} {{ told|length }}
      {{ slots.default }}{% if inner %}{% live_component "herald" id=inner %}{% endif %}</p>"""

    def mount(self, label: str = "", inner: str = "", topic: str = "") -> None:
        self.label, self.inner, self.told, self.props = label, inner, [], []
        if topic:
            self.subscribe(topic)
        self.send("listener", f"{self.id} sends")
        self.broadcast(f"{self.id} shouts")
        self.send_parent("says", [self.id])

    def update(self, **props: Any) -> None:
        heard[f"{self.id} props"].append(props)
        super().update(**props)

    @event
    def wait(self, gate: str) -> None:
        heard["waiting"].append(self.id)
        gates[gate].wait(10)

    @event
    def play(self, to: str, rounds: int) -> None:
        self.send(to, ["ball", rounds])

    @event
    def tell(self, number: int) -> None:
        for each in range(number):
            self.send_parent("says", [each])

    @event
    def lock(self, what: str) -> None:
        data = {"fine": 1, "bad": threading.Lock()}
        if what == "send":
            self.send("listener", data)
        else:
            self.send_parent("says", data)

    @event
    def lend(self) -> None:
        self.mine = ["mine"]
        self.broadcast(self.mine)
        self.send_parent("says", self.mine)
        self.mine.append("changed")

    def handle_info(self, message: Any) -> None:
        heard[self.id].append(message)
        if message == "crash":
            raise ValueError("on purpose")
        self.told = [*self.told, message]
        if message[0] == "ball" and message[1]:
            other = "listener" if self.id != "listener" else "a"
            self.send(other, ["ball", message[1] - 1])

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        heard[self.id].append((component_id, data))


class Court(LiveView):
    """Has heralds, and a listener."""

    template = """{% load pykka_live %}<html><body><main data-liveview-root>
      <h1>{{ said|length }}</h1>
      {% live_component "herald" id="a" label=label inner=inner topic=topic %}
      {% live_component "herald" id="listener" label=label %}<b>{{ label }}</b>
      {% endlive_component %}
    </main></body></html>"""

    def mount(self, request: Any, inner: str = "n", topic: str = "") -> None:
        self.label, self.inner, self.topic, self.said = "first", inner, topic, []
        self.send("listener", "view sends")
        self.broadcast("view shouts")

    @event
    def relabel(self, label: str) -> None:
        self.label = label

    @event
    def wait(self, gate: str) -> None:
        heard["waiting"].append("view")
        gates[gate].wait(10)

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        heard["view"].append((component_id, data))
        self.said = [*self.said, data]


class Jumble(LiveView):
    """Shows what is odd about ids: `?shown=tally:a`, or with another class under the same id."""

    template = """{% load pykka_live %}<html><body><main data-liveview-root>
      {% for name, id, inner in shown %}{% live_component name id=id inner=inner %}{% endfor %}
    </main></body></html>"""

    def mount(self, request: Any, shown: str = "") -> None:
        self.show(shown)

    @event
    def show(self, shown: str) -> None:
        given = [(each + "::").split(":")[:3] for each in shown.split(",") if each]
        self.shown = [tuple(each) for each in given]

    @event
    def prepare(self, id: str, inner: str = "") -> None:
        self.preload("tally", id=id, inner=inner)


class Fragile(LiveComponent):
    """Fails where `broken` says."""

    name = "fragile"
    template = "<p>{{ count }}</p>"
    broken: ClassVar[str] = ""

    def mount(self, inner: str = "") -> None:
        self.count = 0
        self._check("mount")

    def _check(self, where: str) -> None:
        if Fragile.broken == where:
            raise SystemExit("on purpose")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self._check("template")
        if Fragile.broken == "template once":
            Fragile.broken = ""
            raise SystemExit("on purpose")
        return super().get_context_data(**kwargs)

    def on_restore(self) -> None:
        self._check("on_restore")

    def terminate(self, reason: str) -> None:
        heard[self.id].append(reason)
        self._check("terminate")

    @event
    def add(self) -> None:
        self.count += 1

    @event
    def fail(self) -> None:
        raise SystemExit("on purpose")
