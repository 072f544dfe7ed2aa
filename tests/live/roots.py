"""Components with other templates than those of their classes."""

from __future__ import annotations

from typing import Any, ClassVar

from pykka_live import LiveComponent, LiveView, event


class Chameleon(LiveComponent):
    """Takes the template that it is told to."""

    name = "chameleon"
    template: ClassVar[str] = "<section>first {{ count }}</section>"
    templates: ClassVar[dict[str, str]] = {
        "same": "<section class='big'>second {{ count }}</section>",
        "other": "<div>third {{ count }}</div>",
        "two": "<section></section><section></section>",
        "variable": "<{{ tag }}>fourth</{{ tag }}>",
    }
    firsts: ClassVar[list[str]] = []

    def mount(self) -> None:
        self.count, self.tag = 0, "section"
        if self.firsts:
            self.turn(self.firsts.pop())

    @event
    def turn(self, to: str) -> None:
        self.count += 1
        self.template = self.templates[to]  # type: ignore[misc]

    @event
    def up(self) -> None:
        self.count += 1


class Hollow(LiveComponent):
    name = "hollow_tag"
    template = "<{{ tag }}>{{ id }}</{{ tag }}>"
    tag = "p"


class Terrarium(LiveView):
    template = """{% load pykka_live %}<main data-liveview-root>
      {% for name in names %}{% live_component name id=name %}{% endfor %}</main>"""

    def mount(self, request: Any, names: str = "chameleon") -> None:
        self.show(names)

    @event
    def show(self, names: str) -> None:
        self.names = [name for name in names.split(",") if name]
