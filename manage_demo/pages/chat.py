"""A chat: what one tab publishes, every tab's `handle_info` gets."""

import random
import uuid

from pykka_live import LiveView, event, publish

ANIMALS = ["Badger", "Finch", "Heron", "Lynx", "Marten", "Otter", "Swift", "Wren"]
KEPT = 100


class Chat(LiveView):
    template_name = "pages/chat.html"

    def mount(self, request):
        self.name = f"{random.choice(ANIMALS)} {random.randint(10, 99)}"
        self.me = uuid.uuid4().hex
        self.messages = []
        self.subscribe("chat")

    @event
    def rename(self, name: str):
        self.name = name.strip()[:30] or self.name

    @event
    def send(self, text: str):
        if text := text.strip()[:500]:
            said = {"id": uuid.uuid4().hex, "by": self.me, "name": self.name, "text": text}
            publish("chat", said)

    def handle_info(self, message):
        self.messages = [*self.messages, message][-KEPT:]
