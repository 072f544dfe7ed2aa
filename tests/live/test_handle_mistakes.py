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
    MountFailed,
    ViewNotFound,
)
from tests.live.driven import HandleList, HandleRow, li, view_cell
from tests.live.test_handle_objects import Basket, Shelf, Whole

COUNTER = "tests.live.views.Counter"
NOTE = "<p>{{ text }}</p>"


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


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


class Late(LiveView):
    """Has no request."""

    template = "<p data-liveview-root></p>"

    def mount(self) -> None:  # type: ignore[override]
        pass


class Wanting(Late):
    def mount(self, request: Any, size: int) -> None:  # type: ignore[override]
        pass


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Counter", "Counter doesn't look like a module path"),
        ("", "doesn't look like a module path"),
        (".views.Counter", "its name begins with that of a module"),
        ("nowhere.Counter", "No module named 'nowhere'"),
        ("tests.live.driven.HandleRow", "that is <class 'tests.live.driven.HandleRow'>"),
        ("tests.live.views.Missing", 'does not define a "Missing" attribute'),
    ],
)
async def test_a_name_of_no_view_is_told_with_the_reason(handle, name, why):
    with pytest.raises(ViewNotFound, match=f"there is no LiveView '{name}': .*{why}"):
        await handle.mount(name)


async def test_a_view_is_found_under_any_name_that_can_be_imported(handle):
    mounted = await handle.mount(f"{__name__}.HandleList")
    assert 'live-component="a"' in mounted.html


async def test_a_view_and_a_component_cannot_stand_for_each_other(handle):
    with pytest.raises(TypeError, match="a HandleRow is a component, which create_component start"):
        await handle.mount(python_view=HandleRow())
    await handle.mount(COUNTER)
    for template in (None, NOTE):
        with pytest.raises(TypeError, match="a Whole is a view, which mount starts"):
            await handle.create_component(None, "a", template, python_component=Whole())


@pytest.mark.parametrize("wrong", [3, "shop.views.Cart", {}, False])
async def test_an_object_without_attributes_of_its_own_is_refused(handle, wrong):
    await handle.mount(COUNTER)
    said = "an object with a __dict__, where its state is, is wanted, not "
    with pytest.raises(TypeError, match=said):
        await handle.mount(python_view=wrong)
    with pytest.raises(TypeError, match=said):
        await handle.create_component(None, "a", NOTE, python_component=wrong)


async def test_a_mount_without_a_place_for_the_request_is_told_so(handle, rf):
    said = "Late.mount: its first parameter is missing: that is `request`"
    with pytest.raises(MountFailed, match=said):
        await handle.mount(Late)
    with pytest.raises(TypeError, match=said):
        Late.as_view()(rf.get("/"))
    with pytest.raises(BadParameters, match=r"^mount: the parameter 'size' is missing$"):
        await handle.mount(Wanting)


async def test_the_name_of_a_template_is_none_of_a_component(handle):
    await handle.mount(COUNTER)
    with pytest.raises(ComponentNotFound, match="A template is given as its source"):
        await handle.create_component(None, "a", "shop/cart.html")


async def test_a_session_may_have_any_text_for_its_name(actors):
    for name in ("\ud800", "a\nb", "/../"):
        first = await create_session_actor(name)
        assert (await create_session_actor(name)).path == first.path


def test_a_view_that_is_not_live_cannot_be_told_anything(actors):
    with pytest.raises(ViewNotFound, match="this Whole is not live: its page is not joined"):
        send_update(Whole(), "a", text="x")


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
