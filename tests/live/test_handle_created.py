"""Components that Python creates."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from pykka_live import create_session_actor, get_actor_stats
from pykka_live.exceptions import (
    ActorStopped,
    ActorTimeout,
    BadParameters,
    ComponentNotFound,
    HandlerFailed,
    HandlerNotFound,
    MountFailed,
    TemplateFailed,
    ViewNotFound,
)
from tests.live.driven import HandleList, HandleRow, Late, Slow, li, view_cell
from tests.live.troubled import open_gate, somebody_waits_at, wait_at
from tests.live.views import calls
from tests.tab import until

CART = "<p class='cart'>{{ count }} of {{ name }}</p>"


class Cart:
    """Knows nothing of live components."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.lock = threading.Lock()

    def add(self, item: str, times: int = 1) -> None:
        self.items += [item] * times

    async def fail(self) -> None:
        self.items.append("bad")
        self.extra = True
        raise ValueError("on purpose")

    def get_context_data(self) -> Any:
        return self.items if "list" in self.items else {"items": self.items}

    def update(self, greeting: str = "") -> None:
        self.items.append(greeting)

    def terminate(self, reason: str) -> None:
        calls[f"cart {reason}"] += 1


ITEMS = "<ol>{% for item in items %}<li>{{ item }}</li>{% endfor %}</ol>"


@pytest.fixture
async def handle(actors):
    handle = await create_session_actor("test")
    await handle.mount(Slow)
    return handle


@pytest.fixture
async def rows(actors):
    handle = await create_session_actor("rows")
    await handle.mount(HandleList)
    return handle


async def test_a_template_alone_is_a_component_into_which_parameters_are_merged(handle):
    created = await handle.create_component(None, "cart", CART, {"count": 1, "name": "Ann"})
    assert created.html == '<p class="cart">1 of Ann</p>'
    assert (created.component_id, created.version) == ("cart", 1)
    changed = await handle.component_event(None, "cart", "whatever", {"count": 2, "more": [1]})
    assert (changed.version, changed.patches) == (2, [0, "t", "2 of Ann"])
    changed = await handle.update_component_props(None, "cart", {"name": "Bob"})
    assert changed.patches == [0, "t", "2 of Bob"]
    assert (await handle.event("up")).patches == [0, "t", "1"]  # it is no part of the view's


async def test_a_live_component_can_be_created_by_class_name_and_instance(handle):
    for number, kind in enumerate((HandleRow, "handle_row", "tests.live.driven.HandleRow")):
        created = await handle.create_component(None, f"row {number}", kind, {"text": "x"})
        assert created.html == "<li>x:0</li>"
    row = HandleRow()
    await handle.create_component(None, "mine", None, {"text": "y"}, row)
    await handle.component_event(None, "mine", "up")
    for _ in range(8):
        with pytest.raises(HandlerFailed):
            await handle.component_event(None, "mine", "fail")
        assert row.count == 1
    assert (await handle.component_event(None, "mine", "up")).patches == [0, "t", "y:2"]
    with pytest.raises(HandlerNotFound):
        await handle.component_event(None, "mine", "hidden")


async def test_an_object_is_a_component_by_its_methods(handle):
    cart = Cart()
    lock = cart.lock
    created = await handle.create_component(None, "cart", ITEMS, {"greeting": "hi"}, cart)
    assert created.html == "<ol><li>hi</li></ol>"
    changed = await handle.component_event(None, "cart", "add", {"item": "tea", "times": "2"})
    assert (cart.items, changed.version) == (["hi", "tea", "tea"], 2)
    for _ in range(8):
        with pytest.raises(HandlerFailed, match="on purpose"):
            await handle.component_event(None, "cart", "fail")
        assert vars(cart) == {"items": ["hi", "tea", "tea"], "lock": lock}
    with pytest.raises(HandlerFailed, match=r"Cart\.get_context_data must return a dictionary"):
        await handle.component_event(None, "cart", "add", {"item": "list"})
    for missing in ("nothing", "update", "get_context_data", "_private"):
        with pytest.raises(HandlerNotFound, match=missing):
            await handle.component_event(None, "cart", missing)
    await handle.update_component_props(None, "cart", {"greeting": "bye"})
    assert cart.items[-1] == "bye"
    await handle.remove_component(None, "cart")
    assert calls["cart removed"] == 1


async def test_a_removed_component_has_ended_and_its_id_is_free(handle):
    await handle.create_component(None, "cart", CART, {"count": 1})
    cell = view_cell(handle).data["view"].components["cart"].cell
    with pytest.raises(BadParameters, match="'cart' already"):
        await handle.create_component(None, "cart", CART)
    removed = await handle.remove_component(None, "cart")
    assert (removed.component_id, cell.alive) == ("cart", False)
    with pytest.raises(ComponentNotFound):
        await handle.component_event(None, "cart", "x")
    assert (await handle.create_component(None, "cart", CART, {"count": 5})).html.count("5")


async def test_what_cannot_begin_leaves_nothing_behind(handle):
    class HandleBad(HandleRow):
        def mount(self, text: str = "") -> None:
            raise KeyError(text)

    with pytest.raises(MountFailed) as failure:
        await handle.create_component(None, "c", HandleBad)
    assert isinstance(failure.value.__cause__, KeyError)
    with pytest.raises(TemplateFailed):
        await handle.create_component(None, "c", "<p>{{ x.boom }}</p>", python_component=Boom())
    for wrong in ("<p></p><p></p>", "text < only"):
        with pytest.raises(ImproperlyConfigured):
            await handle.create_component(None, "c", wrong)
    with pytest.raises(ComponentNotFound):
        await handle.create_component(None, "c", "nothing_called_so")
    for template, target in ((None, None), (7, None), (CART, Cart), ("<p></p>", HandleRow())):
        with pytest.raises(TypeError):
            await handle.create_component(None, "c", template, python_component=target)
    with pytest.raises(ImproperlyConfigured, match="neither a template"):
        await handle.create_component(None, "c", python_component=Cart())
    for wrong in ("", "x" * 201, None, []):
        with pytest.raises(ValueError, match="1 to 200"):
            await handle.create_component(None, wrong, CART)
    await handle.create_component(None, "c", CART)
    assert (view_cell(handle).incarnation, handle._cell.incarnation) == (1, 1)


class Boom:
    def __init__(self) -> None:
        self.x = Explosive()


class Explosive:
    @property
    def boom(self) -> None:
        raise ZeroDivisionError


@pytest.mark.usefixtures("quick_restarts")
async def test_created_components_live_through_restarts(actors):
    handle = await create_session_actor("rows")
    await handle.mount(HandleList)
    cart = Cart()
    await handle.create_component(None, "cart", ITEMS, {"greeting": "hi"}, cart)
    await handle.create_component(None, "state", CART, {"count": 7})
    for _ in range(4):
        with pytest.raises(HandlerFailed):
            await handle.event("fail")
    await until(lambda: handle._cell.incarnation == 2)
    await handle.render()
    await handle.component_event(None, "cart", "add", {"item": "tea"})
    assert cart.items == ["hi", "tea"]
    changed = await handle.component_event(None, "state", "x", {"name": "Ann"})
    assert changed.patches == [0, "t", "7 of Ann"]


async def test_components_end_with_their_view(rows):
    view_id = view_cell(rows).data["view"].token.view_id
    await rows.create_component(None, "cart", CART)
    await rows.unmount(view_id)
    assert calls["row left"] == 2
    assert (rows._cell.children, get_actor_stats().active_components) == ({}, 0)


async def test_a_busy_component_is_a_time_out_and_delays_no_other(handle):
    class Busy:
        template = "<p>{{ n }}</p>"
        n = 0

        def wait(self) -> None:
            wait_at("busy")
            self.n += 1

    await handle.create_component(None, "busy", python_component=Busy())
    with pytest.raises(ActorTimeout):
        await handle.component_event(None, "busy", "wait", timeout=0.01)
    assert (await handle.event("up")).version == 2
    open_gate("busy")
    changed = await handle.component_event(None, "busy", "wait")
    assert changed.patches == [0, "t", "2"] or changed.version == 3


async def test_a_creation_that_nobody_waits_for_is_undone(handle):
    creating = asyncio.ensure_future(handle.create_component(None, "late", Late))
    await somebody_waits_at("late")
    cell = view_cell(handle).data["view"].components["late"].cell
    creating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await creating
    open_gate("late")
    await until(lambda: not cell.alive)
    await handle.create_component(None, "late", CART)


async def test_a_hundred_components_are_created_and_driven_at_once(handle):
    async def drive(number: int) -> None:
        await handle.create_component(None, f"c{number}", HandleRow, {"text": str(number)})
        for _ in range(5):
            changed = await handle.component_event(None, f"c{number}", "up")
        assert (changed.version, changed.patches) == (6, [0, "t", f"{number}:5"])
        await handle.remove_component(None, f"c{number}")

    await asyncio.gather(*map(drive, range(100)))
    assert not view_cell(handle).data["view"].components
    assert calls["row removed"] == 100


async def test_a_shutdown_in_the_midst_answers_every_event_of_components(handle):
    await handle.create_component(None, "row", HandleRow)
    outcomes: list[type] = []

    async def task() -> None:
        for _ in range(50):
            try:
                await handle.component_event(None, "row", "up")
                outcomes.append(int)
            except (ActorStopped, ComponentNotFound, ViewNotFound) as error:
                outcomes.append(type(error))

    tasks = [asyncio.ensure_future(task()) for _ in range(20)]
    await until(lambda: len(outcomes) > 100)
    await handle.shutdown()
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert len(outcomes) == 20 * 50


async def test_plain_threads_drive_components(handle):
    def work() -> None:
        sync = handle.sync
        assert sync.create_component(None, "cart", CART, {"count": 1}).html.count("1")
        assert sync.component_event(None, "cart", "x", {"count": 2}).patches
        assert sync.update_component_props(None, "cart", {"count": 3}).version == 3
        sync.remove_component(None, "cart")
        shown = sync.mount(HandleList)
        sync.component_event(shown.view_id, "a", "up")
        assert li("a", "a:1") in sync.render(shown.view_id).html

    await asyncio.to_thread(work)
