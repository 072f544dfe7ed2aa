"""One page, twice the same live view: two rooms in which people talk."""

import random
import uuid

from django.views.generic import TemplateView

from pykka_live import LiveView, event, publish

NAMES = ["Ada", "Alan", "Edsger", "Grace", "Joe", "Radia"]
KEPT = 50


class Rooms(TemplateView):
    """An ordinary page. Its template puts the live views in."""

    template_name = "pages/rooms.html"


class Room(LiveView):
    template_name = "pages/room.html"

    def mount(self, request, name: str):
        self.name = name
        self.author = random.choice(NAMES)
        self.messages = []
        self.subscribe(f"room.{name}")

    @event
    def say(self, text: str):
        if text := text.strip()[:300]:
            said = {"id": uuid.uuid4().hex, "author": self.author, "text": text}
            publish(f"room.{self.name}", said)

    @event
    def break_down(self):
        self.messages = ["lost"]
        raise RuntimeError(f"The {self.name} is on fire.")

    def handle_info(self, message):
        self.messages = [*self.messages, message][-KEPT:]
