"""Who a component is: found by its id and its class, and told from anywhere in the process."""

from __future__ import annotations

import asyncio
from html import unescape
from typing import Any

import pytest

from pykka_live import (
    LiveComponent,
    LiveView,
    SessionHandle,
    create_session_actor,
    event,
    send_update,
)
from pykka_live.exceptions import ComponentNotFound, ViewNotFound


class LookupLamp(LiveComponent):
    template = "<li>{{ id }}{{ light }}{{ heard }}</li>"
    light = 0
    heard = ""

    async def mount(self, **props: Any) -> None:
        await asyncio.sleep(0)
        super().mount(**props)

    @event
    async def shine(self, light: int) -> None:
        await asyncio.sleep(0)
        self.light = light

    async def handle_info(self, message: str) -> None:
        await asyncio.sleep(0)
        self.heard += message


class LookupBulb(LookupLamp):
    pass


class LookupRoom(LiveView):
    template = """{% load pykka_live %}<ul data-liveview-root title="{{ found }}">
        {% for number in numbers %}{% live_component "lookup_lamp" id=number %}{% endfor %}
        {% live_component "lookup_bulb" id="bulb" %}</ul>"""
    found = ""

    def mount(self, request: Any) -> None:
        self.numbers = [1, 2]

    @event
    def by_class(self) -> None:
        lamps, bulbs = self.find_components(LookupLamp), self.find_components(LookupBulb)
        self.found = " ".join(each.id for each in lamps) + "|" + " ".join(b.id for b in bulbs)

    @event
    def by_id(self) -> None:
        found = [self.find_component(id) for id in (2, "2", "bulb", "nobody")]
        self.found = ", ".join(repr(each) for each in found)

    @event
    def tell(self) -> None:
        self.send(1, "a")
        self.send("1", "b")
        send_update(self, 2, light=7)

    @event
    def prepare(self) -> None:
        self.preload("lookup_lamp", id=3, light=5)

    @event
    def show(self) -> None:
        self.numbers = [*self.numbers, 3]


@pytest.fixture(params=["threads", "in place"])
async def handle(actors, settings, request):
    settings.PYKKA_LIVE = {"USE_ACTORS": request.param == "threads"}
    handle = await create_session_actor("room")
    yield handle
    await handle.shutdown()


async def html(handle: SessionHandle) -> str:
    return (await handle.render()).html


async def shows(handle: SessionHandle, text: str) -> None:
    """Wait until a text is shown."""

    async def poll() -> None:
        while text not in await html(handle):
            await asyncio.sleep(0)

    await asyncio.wait_for(poll(), 10)


async def test_components_are_found_by_their_class_in_the_order_in_which_they_came(handle):
    await handle.mount(LookupRoom)
    await handle.event("by_class")
    assert 'title="1 2 bulb|bulb"' in await html(handle)


async def test_components_are_found_by_their_id_a_number_as_in_the_template(handle):
    await handle.mount(LookupRoom)
    await handle.event("by_id")
    title = "<LookupLamp '2'>, <LookupLamp '2'>, <LookupBulb 'bulb'>, None"
    assert f'title="{title}"' in unescape(await html(handle))


async def test_a_number_is_told_as_in_the_template(handle):
    await handle.mount(LookupRoom)
    await handle.event("tell")
    await shows(handle, ">10ab<")
    await shows(handle, ">27<")


async def test_a_number_is_prepared_as_in_the_template(handle):
    mounted = await handle.mount(LookupRoom)
    await handle.event("prepare")
    await handle.event("show")
    await shows(handle, ">35<")
    path = f"{handle.path}/views/{mounted.view_id}"
    send_update(path, "3", light=6)
    await shows(handle, ">36<")


async def test_handlers_of_components_may_be_async(handle):
    await handle.mount(LookupRoom)
    await handle.component_event(None, "bulb", "shine", {"light": "4"})
    assert "bulb4" in await html(handle)


async def test_an_update_of_what_is_not_there_says_so(handle):
    mounted = await handle.mount(LookupRoom)
    path = f"{handle.path}/views/{mounted.view_id}"
    with pytest.raises(ComponentNotFound, match=f"{path} has no component 'nobody'"):
        send_update(path, "nobody", light=1)
    with pytest.raises(ViewNotFound, match="there is no live view at '/sessions/none'"):
        send_update("/sessions/none", "1", light=1)
    with pytest.raises(ViewNotFound):
        send_update(LookupRoom(), "1", light=1)
    await handle.unmount()
    with pytest.raises(ViewNotFound):
        send_update(path, "1", light=1)
