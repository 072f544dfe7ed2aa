"""The Python handle drives sessions in place as it drives those with threads."""

from __future__ import annotations

import asyncio

import pytest

from pykka_live import SyncHandle, create_session_actor
from pykka_live.exceptions import ActorStopped, HandlerFailed, HandlerNotFound
from tests.live.driven import HandleList, Slow, li
from tests.live.test_handle_objects import Basket, Shelf


@pytest.fixture(autouse=True)
def _in_place(actors, settings):
    settings.PYKKA_LIVE = {"USE_ACTORS": False}


async def test_views_and_components_answer_as_with_threads():
    handle = await create_session_actor("here")
    assert "host" in handle._cell.data
    mounted = await handle.mount(HandleList)
    assert mounted.html == f'<ul data-liveview-root="">{li("a", "a:0")}{li("b", "b:0")}</ul>'
    assert (await handle.component_event(None, "a", "up")).patches == [0, "t", "a:1"]
    assert (await handle.event("show", {"row": "c"})).components == {"c": "<li>c:0</li>"}
    created = await handle.create_component(None, "n", "<p>{{ n }}</p>", {"n": 1})
    assert created.html == "<p>1</p>"
    with pytest.raises(HandlerFailed):
        await handle.component_event(None, "a", "fail")
    assert li("a", "a:1") in (await handle.render()).html
    await handle.remove_component(None, "n")
    await handle.unmount()
    await handle.shutdown()
    with pytest.raises(ActorStopped):
        await handle.ping()


async def test_an_object_is_what_it_was_after_a_failure():
    basket = Basket(["milk"])
    handle = await create_session_actor("here")
    await handle.mount(Shelf, python_view=basket)
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    with pytest.raises(HandlerNotFound):
        await handle.event("missing")
    await handle.event("add", {"item": "tea"})
    assert basket.items == ["milk", "tea"]


async def test_many_events_at_once_are_each_counted():
    handle = await create_session_actor("here")
    await handle.mount(Slow)
    changes = await asyncio.gather(*(handle.event("up") for _ in range(300)))
    assert sorted(change.version for change in changes) == list(range(2, 302))


def test_plain_threads_drive_it_themselves():
    handle = SyncHandle.create("here")
    assert handle.mount(HandleList).html.count("<li") == 2
    assert handle.component_event(None, "a", "up").version == 2
    assert "a:1" in handle.render().html
    assert handle.ping()
    handle.shutdown()
    with pytest.raises(ActorStopped):
        handle.ping()


async def test_a_plain_thread_that_finds_a_session_leaves_it_to_its_event_loop():
    handle = await create_session_actor("here")
    await handle.mount(Slow)
    for _ in range(20):
        found = asyncio.ensure_future(asyncio.to_thread(SyncHandle.create, "here"))
        answers = await asyncio.gather(*(handle.event("up", timeout=10) for _ in range(5)))
        assert all(answer.patches for answer in answers)
        assert (await found).session_id == "here"


def test_a_handle_goes_on_in_another_event_loop():
    handle = asyncio.run(create_session_actor("here"))
    asyncio.run(handle.mount(Slow))
    assert asyncio.run(handle.event("up")).patches == [0, "t", "1"]
    assert handle.sync.event("up").patches == [0, "t", "2"]
    assert asyncio.run(handle.render()).html == '<p data-liveview-root="">2</p>'
    asyncio.run(handle.shutdown())
