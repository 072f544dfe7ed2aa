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
        log.append((self.id, "wait"))
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
        log.append(("view", "wait"))
        gates[gate].wait(10)

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.title = f"{component_id} {name} {data['text']}"


class Frail(Tally):
    """A tally whose class decides what comes of its crashes; see `Ward`."""

    name = "frail"

    @event
    def poison(self) -> None:
        self.poisoned = True
        raise ValueError("on purpose")


class Stopping(Frail):
    name = "stopping"
    supervision = {"strategy": "stop"}


class Resuming(Frail):
    name = "resuming"
    supervision = {"strategy": "resume"}


class Escalating(Frail):
    name = "escalating"
    supervision = {"strategy": "escalate"}


class AllTogether(Frail):
    name = "all_together"
    supervision = {"scope": "one_for_all"}


class FromHereOn(Frail):
    name = "from_here_on"
    supervision = {"scope": "rest_for_one"}


class Unmountable(LiveComponent):
    """Cannot be mounted while its plan says so."""

    name = "unmountable"
    template = "<p>{{ state }}</p>"
    failures = 0

    def mount(self) -> None:
        log.append((self.id, "mount"))
        if len(seen("mount", self.id)) <= Unmountable.failures:
            raise ValueError("on purpose")
        self.state = "mounted"


class Filters(LiveComponent):
    """Has no handlers: a browser sets what it accepts."""

    name = "filters"
    template = "<p>{{ words }}, page {{ page }}{% if is_staff %}, staff{% endif %}</p>"
    accepts = ("words", "page")
    words: str
    page: int
    is_staff = False

    def mount(self) -> None:
        self.words, self.page = "all", 1


class Tongue(LiveComponent):
    """Speaks the language of the page, and knows its visitor."""

    name = "tongue"
    template = "<p>{{ LANGUAGE_CODE }} {{ user.get_username }} {{ count }}</p>"
    count = 0

    @event
    def add(self) -> None:
        self.count += 1
        self.who = self.request.user.get_username()


class Matryoshka(LiveComponent):
    """Shows itself, under ever new ids."""

    name = "matryoshka"
    template = "{% load pykka_live %}<p>{% live_component 'matryoshka' id=inner %}</p>"

    def mount(self) -> None:
        self.inner = f"{self.id}x"


class Ward(LiveView):
    """Shows components by class and id: `?shown=tally:a,stopping:b`."""

    template = """{% load pykka_live %}<html><body><main data-liveview-root>
      <h1>{{ count }}</h1>
      {% for name, id in shown %}{% live_component name id=id %}{% endfor %}
    </main></body></html>"""

    def mount(self, request: Any, shown: str = "") -> None:
        log.append(("view", "mount"))
        self.count = 0
        self.show(shown)

    @event
    def show(self, shown: str) -> None:
        self.shown = [tuple(each.split(":")) for each in shown.split(",") if each]

    @event
    def add(self) -> None:
        self.count += 1

    def handle_component_event(self, component_id: str, name: str, data: Any) -> None:
        self.count += 1


def seen(what: str, id: str | None = None) -> list[str]:
    """Return whose log says this."""
    return [entry[0] for entry in log if entry[1] == what and id in (None, entry[0])]
