"""One Python object is one view, or one component, as long as that lives."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor
from pykka_live.exceptions import BadParameters, HandlerFailed, MountFailed
from pykka_live.live.driven_view import DrivenRecord
from pykka_live.live.holders import _holders, hold
from pykka_live.live.objects import ObjectView
from tests.live.driven import HandleRow
from tests.live.test_handle_objects import Basket, Living, Shelf, Whole
from tests.live.troubled import open_gate, somebody_waits_at, wait_at
from tests.tab import until

COUNTER = "tests.live.views.Counter"
NOTE = "<p>{{ text }}</p>"


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


class Holding(Basket):
    """Waits at a gate."""

    def wait(self) -> None:
        wait_at("hold")


class Refusing(Living):
    broken = True

    def mount(self, request: Any, start: int = 1) -> None:
        if self.broken:
            raise ValueError("not yet")
        super().mount(request, start)


async def test_an_object_that_is_a_view_cannot_be_another(handle):
    basket = Basket()
    mounted = await handle.mount(Shelf, python_view=basket)
    other = await create_session_actor("other")
    for who in (handle, other):
        with pytest.raises(BadParameters, match=f"Basket is the view at {mounted.path} already"):
            await who.mount(Shelf, python_view=basket)
    with pytest.raises(BadParameters, match="two actors cannot share one object"):
        await handle.create_component(None, "a", NOTE, python_component=basket)
    await handle.event("add", {"item": "tea"})
    assert basket.items == ["tea"]
    assert len(handle._cell.children) == 1
    assert not other._cell.children


async def test_an_object_that_is_a_component_cannot_be_another(handle):
    row, target = HandleRow(), SimpleNamespace(text="x")
    await handle.mount(COUNTER)
    await handle.create_component(None, "row", python_component=row)
    await handle.create_component(None, "note", NOTE, python_component=target)
    for given, template in ((row, None), (target, NOTE)):
        with pytest.raises(BadParameters, match=r"is the component at /sessions/.*already"):
            await handle.create_component(None, "b", template, python_component=given)
    with pytest.raises(BadParameters, match="is the component"):
        await handle.mount(Shelf, python_view=target)
    assert (await handle.component_event(None, "row", "up")).version == 2


async def test_an_object_is_free_when_its_view_has_ended(handle):
    for given in (Basket(), Living(), Whole()):
        shown_by = Shelf if isinstance(given, Basket) else None
        await handle.mount(shown_by, python_view=given)
        await handle.unmount()
        await handle.mount(shown_by, python_view=given)
        await handle.shutdown()
        handle = await create_session_actor("test")
        await handle.mount(shown_by, python_view=given)
        await handle.unmount()


async def test_an_object_is_free_when_its_component_has_ended(handle):
    target = SimpleNamespace(text="x")
    await handle.mount(COUNTER)
    for _ in range(3):
        await handle.create_component(None, "a", NOTE, python_component=target)
        await handle.remove_component(None, "a")
    await handle.create_component(None, "a", NOTE, python_component=target)
    await handle.unmount()
    await handle.mount(COUNTER)
    await handle.create_component(None, "b", NOTE, python_component=target)


async def test_an_object_that_could_not_begin_is_free(handle):
    given = Refusing()
    with pytest.raises(MountFailed, match="not yet"):
        await handle.mount(python_view=given)
    given.broken = False
    await handle.mount(python_view=given)

    class Row(HandleRow):
        name = "mistaken_row"
        broken = True

        def mount(self, text: str = "") -> None:
            if self.broken:
                raise ValueError("not yet")
            super().mount(text)

    row = Row()
    with pytest.raises(MountFailed, match="not yet"):
        await handle.create_component(None, "a", python_component=row)
    row.broken = False
    created = await handle.create_component(None, "a", python_component=row)
    assert created.html == "<li>:0</li>"


@pytest.mark.usefixtures("quick_restarts")
async def test_an_object_is_held_through_a_restart_of_its_session(handle):
    basket = Basket()
    mounted = await handle.mount(Shelf, python_view=basket)
    await handle.mount(COUNTER)
    (_, counter) = (each for each in handle._cell.children.values() if each.kind == "view")
    view_id = counter.data["view"].token.view_id
    for _ in range(4):
        with pytest.raises(HandlerFailed):
            await handle.event("fail", view_id=view_id)
    other = await create_session_actor("other")
    with pytest.raises(BadParameters, match="already"):
        await other.mount(Shelf, python_view=basket)
    await until(lambda: handle._cell.incarnation == 2)
    with pytest.raises(BadParameters, match="already"):
        await other.mount(Shelf, python_view=basket)
    await handle.event("add", {"item": "a"}, mounted.view_id)
    assert "<b>1</b>" in (await handle.render(mounted.view_id)).html


async def test_an_object_is_held_until_its_last_handler_has_returned(handle):
    basket = Holding()
    await handle.mount(Shelf, python_view=basket)
    waiting = asyncio.ensure_future(handle.event("wait"))
    await somebody_waits_at("hold")
    ending = asyncio.ensure_future(handle.shutdown())
    other = await create_session_actor("other")
    with pytest.raises(BadParameters, match="already"):
        await other.mount(Shelf, python_view=basket)
    open_gate("hold")
    await asyncio.gather(ending, waiting, return_exceptions=True)
    await other.mount(Shelf, python_view=basket)


async def test_of_many_who_give_one_object_at_once_one_gets_it(actors):
    basket = Basket()
    handles = [await create_session_actor(f"test {number}") for number in range(8)]
    mounts = (each.mount(Shelf, python_view=basket) for each in handles)
    answers = await asyncio.gather(*mounts, return_exceptions=True)
    refused = [each for each in answers if isinstance(each, BadParameters)]
    assert len(refused) == 7


def test_objects_that_were_held_are_not_kept():
    basket = Basket()
    record = DrivenRecord(token=None, view_class=LiveView, instance=ObjectView(basket))
    assert hold(record) is None
    seen = weakref.ref(basket)
    key = id(basket)
    del basket, record
    gc.collect()
    assert seen() is None
    assert key not in _holders
