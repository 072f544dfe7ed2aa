"""What a part says in its mount reaches those whom its first picture shows."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live import LiveComponent, LiveView, create_session_actor, event
from pykka_live.exceptions import MountFailed


class MountEcho(LiveComponent):
    """Shows what it has heard."""

    template = "<i>{{ heard|join:', ' }}</i>"
    heard: Any = ()

    def handle_info(self, message: Any) -> None:
        self.heard = [*self.heard, message]


class MountHall(LiveComponent):
    """Talks to the echo in it before that is there."""

    template = """{% load pykka_live %}<p>{% live_component "mount_echo" id=echo %}</p>"""

    def mount(self, echo: str) -> None:
        self.echo = echo
        self.send(echo, "sent")
        self.broadcast("shouted")
        self.send(echo, "sent again")


class MountHouse(LiveView):
    template = """{% load pykka_live %}<div data-liveview-root>
      {% live_component "mount_echo" id="door" %}
      {% for hall in halls %}{% live_component "mount_hall" id=hall echo=hall|add:"s" %}{% endfor %}
      </div>"""

    def mount(self, request: Any, fails: bool = False) -> None:
        self.halls: list[str] = []
        self.send("door", "knock")
        self.broadcast("ring")
        if fails:
            raise ValueError("nobody is at home")

    @event
    def build(self, hall: str) -> None:
        self.halls.append(hall)


@pytest.fixture
async def house(actors):
    handle = await create_session_actor("house")
    await handle.mount(MountHouse)
    return handle


async def heard_by(handle, id):
    await handle.update_component_props(None, id, {})  # behind all that it has been sent
    html = (await handle.render()).html
    return html.partition(f'<i live-component="{id}">')[2].partition("</i>")[0]


async def test_a_view_that_is_mounted_from_python_reaches_its_first_components(house, actors):
    assert await heard_by(house, "door") == "knock, ring"
    assert not actors.dead_letters.counts()


async def test_a_component_that_comes_later_reaches_those_in_it(house, actors):
    await house.event("build", {"hall": "a"})

    assert await heard_by(house, "as") == "sent, shouted, sent again"
    assert await heard_by(house, "door") == "knock, ring, shouted"
    assert not actors.dead_letters.counts()


async def test_a_mount_that_fails_has_said_nothing(actors):
    handle = await create_session_actor("house")

    with pytest.raises(MountFailed):
        await handle.mount(MountHouse, {"fails": True})

    assert not actors.dead_letters.counts()
