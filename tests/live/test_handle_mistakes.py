"""What is said to who uses the Python handle wrongly."""

from __future__ import annotations

import asyncio
import math
from types import SimpleNamespace
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor, send_update
from pykka_live.exceptions import (
    BadParameters,
    ComponentNotFound,
    HandlerFailed,
    MountFailed,
    ViewNotFound,
)
from tests.live.driven import HandleList, HandleRow, li, view_cell
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


@pytest.mark.parametrize("timeout", ["1", True, [], object()])
async def test_a_timeout_that_is_no_number_is_refused(handle, timeout):
    await handle.mount(COUNTER)
    for wait in (
        handle.mount(COUNTER, timeout=timeout),
        handle.event("increment", timeout=timeout),
        handle.render(timeout=timeout),
        handle.reset(timeout=timeout),
        handle.ping(timeout=timeout),
        handle.create_component(None, "a", NOTE, timeout=timeout),
        handle.remove_component(None, "a", timeout=timeout),
        handle.unmount(timeout=timeout),
        handle.shutdown(timeout=timeout),
    ):
        with pytest.raises(TypeError, match="`timeout` must be a number of seconds, or None"):
            await wait
    assert "<h1>0</h1>" in (await handle.render()).html


@pytest.mark.parametrize("timeout", [math.nan, math.inf, -1, -0.5])
async def test_a_timeout_that_can_be_none_is_refused(handle, timeout):
    await handle.mount(COUNTER)
    for wait in (handle.event("increment", timeout=timeout), handle.shutdown(timeout=timeout)):
        with pytest.raises(ValueError, match="a finite number of seconds from 0 on"):
            await wait
    assert "<h1>0</h1>" in (await handle.render(timeout=1e30)).html


async def test_in_a_plain_thread_a_timeout_is_what_it_is_in_a_coroutine(handle):
    await handle.mount(COUNTER)

    def wait():
        with pytest.raises(ValueError, match="finite"):
            handle.sync.event("increment", timeout=math.nan)
        return handle.sync.render(timeout=1e30).html

    assert "<h1>0</h1>" in await asyncio.to_thread(wait)


async def test_a_request_is_one_of_django(handle):
    for wrong in (3, "GET", SimpleNamespace(method="GET")):
        with pytest.raises(TypeError, match=r"`request` must be a django.http.HttpRequest, not"):
            await handle.mount(COUNTER, request=wrong)


@pytest.mark.parametrize("values", [[], "x", 0.5, {1: 2}, [("start", 1)]])
async def test_what_is_passed_on_has_names(handle, values):
    await handle.mount(COUNTER)
    await handle.create_component(None, "a", NOTE)
    for wait in (
        lambda: handle.mount(COUNTER, values),
        lambda: handle.event("increment", values),
        lambda: handle.update_state(None, values),
        lambda: handle.create_component(None, "b", NOTE, values),
        lambda: handle.component_event(None, "a", "x", values),
        lambda: handle.update_component_props(None, "a", values),
    ):
        with pytest.raises(TypeError, match="a dictionary of names and values is wanted"):
            await wait()


class Uncopyable:
    def __deepcopy__(self, memo: Any) -> Any:
        raise RuntimeError("not me")


async def test_what_cannot_be_copied_is_named_with_the_reason(handle):
    await handle.mount(COUNTER)
    with pytest.raises(TypeError, match=r"'amount' cannot be passed on \(not me\)") as refused:
        await handle.event("increment", {"amount": Uncopyable()})
    assert isinstance(refused.value.__cause__, RuntimeError)


@pytest.mark.parametrize("view_id", ["", 0, 7, "x/y", object(), []])
async def test_what_is_no_view_of_the_session_is_not_found(handle, view_id):
    await handle.mount(COUNTER)
    for wait in (handle.event("increment", view_id=view_id), handle.unmount(view_id)):
        with pytest.raises(ViewNotFound, match="the session has no view "):
            await wait
    assert "<h1>0</h1>" in (await handle.render()).html


async def test_what_stands_beside_or_below_a_view_is_no_view(handle):
    mounted = await handle.mount(HandleList)
    for below in ("components", "components/a"):
        with pytest.raises(ViewNotFound):
            await handle.render(f"{mounted.view_id}/{below}")


@pytest.mark.parametrize("component_id", [None, "", [], {}, 1.5, "a\nb"])
async def test_what_can_be_no_id_of_a_component_is_refused(handle, component_id):
    await handle.mount(HandleList)
    for wait in (
        handle.create_component(None, component_id, NOTE),
        handle.component_event(None, component_id, "up"),
        handle.update_component_props(None, component_id, {}),
        handle.remove_component(None, component_id),
    ):
        with pytest.raises(ValueError, match="a component's id must be a text of 1 to 200"):
            await wait


async def test_a_number_is_the_id_that_it_is_in_a_template(handle):
    await handle.mount(HandleList)
    await handle.update_state(None, {"rows": [7]})
    assert (await handle.component_event(None, 7, "up")).component_id == "7"
    created = await handle.create_component(None, 8, NOTE)
    assert created.component_id == "8"
    await handle.remove_component(None, 8)
    with pytest.raises(ComponentNotFound, match="'8'"):
        await handle.component_event(None, 8, "up")


async def test_a_misspelt_attribute_is_told_with_those_that_there_are(handle):
    await handle.mount(COUNTER)
    with pytest.raises(BadParameters, match="Counter has no 'cuont', but count, step"):
        await handle.update_state(None, {"count": 1, "cuont": 7})
    basket = Basket()
    view = await handle.mount(Shelf, python_view=basket)
    with pytest.raises(BadParameters, match="Basket has no 'itmes', but items, text"):
        await handle.update_state(view.view_id, {"itmes": []})
    assert basket == Basket()


async def test_a_result_tells_where_the_actor_is(handle):
    mounted = await handle.mount(HandleList)
    created = await handle.create_component(None, "x/y", HandleRow)
    assert mounted.path == view_cell(handle).path == f"{handle.path}/views/{mounted.view_id}"
    assert created.path == f"{mounted.path}/components/x%2Fy"
    send_update(mounted.path, "a", text="new")
    assert li("a", "new:0") in (await handle.render()).html


# One object is one view or component


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
    import gc
    import weakref

    from pykka_live.live.driven_view import DrivenRecord
    from pykka_live.live.holders import _holders, hold
    from pykka_live.live.objects import ObjectView

    basket = Basket()
    record = DrivenRecord(token=None, view_class=LiveView, instance=ObjectView(basket))
    assert hold(record) is None
    seen = weakref.ref(basket)
    key = id(basket)
    del basket, record
    gc.collect()
    assert seen() is None
    assert key not in _holders
