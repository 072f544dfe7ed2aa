"""Views with components, for the tests."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import Any

from pykka_live import LiveComponent, LiveView, event

log: list[tuple[Any, ...]] = []
"""What components have been through: their id, and what happened."""

barriers: dict[str, threading.Barrier] = {}
"""Those at which the `mount` of components waits, by their ids."""

gates: dict[str, threading.Event] = defaultdict(threading.Event)
"""What a component waits for, by name."""


class Tally(LiveComponent):
    """Counts; its props are a label and a step."""

    name = "tally"
    template = """
    {% load pykka_live %}<section class="{{ label }}">
      <h2>{{ label }}: {{ count }}{% if said %} ({{ said }}){% endif %}</h2>
      <button @click="add">+</button>{{ slots.footer }}
      {% if inner %}{% live_component "tally" id=inner label="inner" %}{% endif %}
    </section>"""
    said = ""
    inner = ""

    def mount(self, label: str = "", step: int = 1, **more: Any) -> None:
        if self.id in barriers:
            barriers[self.id].wait(10)
        log.append((self.id, "mount"))
        self.label, self.step, self.count = label, step, 0
        self.update(**more)

    def update(self, **props: Any) -> None:
        if props:
            log.append((self.id, "update", props))
        super().update(**props)

    def terminate(self, reason: str) -> None:
        log.append((self.id, "terminate", reason))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        log.append((self.id, "render"))
        return super().get_context_data(**kwargs)

    @event
    def add(self) -> None:
        self.count += self.step

    @event
    def fail(self, kind: str = "ValueError") -> None:
        self.count = -1000
        raise {"ValueError": ValueError, "SystemExit": SystemExit}[kind]("on purpose")

    @event
    def tell(self, text: str) -> None:
        self.send_parent("told", {"text": text})

    @event
    def send_to(self, id: str, text: str) -> None:
        self.send(id, text)

    @event
    def shout(self, text: str) -> None:
        self.broadcast(text)

    @event
    def nest(self, id: str = "") -> None:
        self.inner = id

    @event
    def wait(self, gate: str) -> None:
        gates[gate].wait(10)

    def handle_info(self, message: Any) -> None:
        log.append((self.id, "info", message))
        self.said = f"{self.said}{message}"

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.said = f"{component_id} {name} {data['text']}"


class Board(LiveView):
    """Shows as many tallies as it is told to."""

    template = """{% load pykka_live %}<html><body><main data-liveview-root>
      <h1>{{ title }}</h1>
      {% for id in ids %}{% live_component "tally" id=id label=label step=step %}{% endfor %}
      {% if card %}{% live_component "tally" id="card" label="card" %}
        {% slot "footer" %}<i @click="retitle">{{ title }}</i>{% endslot %}
      {% endlive_component %}{% endif %}
    </main></body></html>"""
    card = False

    def mount(self, request: Any, ids: str = "a,b") -> None:
        log.append(("view", "mount"))
        self.ids = [id for id in ids.split(",") if id]
        self.title, self.label, self.step = "Board", "tally", 1

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        log.append(("view", "render"))
        return super().get_context_data(**kwargs)

    @event
    def retitle(self, title: str = "Retitled") -> None:
        self.title = title

    @event
    def relabel(self, label: str) -> None:
        self.label = label

    @event
    def show(self, ids: str) -> None:
        self.ids = [id for id in ids.split(",") if id]

    @event
    def show_card(self) -> None:
        self.card = True

    @event
    def fail(self) -> None:
        self.title = "failed"
        raise ValueError("on purpose")

    @event
    def prepare(self, id: str) -> None:
        self.preload("tally", id=id, label=self.label, step=self.step)

    @event
    def wait(self, gate: str) -> None:
        gates[gate].wait(10)

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.title = f"{component_id} {name} {data['text']}"
