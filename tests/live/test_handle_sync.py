"""Views that are driven from plain threads, and from other loops."""

from __future__ import annotations

import asyncio

import pytest

from pykka_live import LiveView, SessionHandle, SyncHandle, create_session_actor, event
from pykka_live.exceptions import (
    HandlerFailed,
    HandlerNotFound,
    MountFailed,
)
from tests.live.driven import Picture, Slow
from tests.live.troubled import Troubled, plan

COUNTER = "tests.live.views.Counter"


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


async def test_plain_threads_use_the_synchronous_twin(handle):
    def work() -> SyncHandle:
        sync = handle.sync
        picture = Picture(sync.mount(COUNTER, {"start": 1}))
        picture.follow(sync.event("increment", {"amount": 2}))
        picture.follow(sync.update_state(None, {"count": 9}))
        assert picture.html == sync.render().html
        sync.reset()
        assert sync.event("increment").html is not None
        with pytest.raises(HandlerNotFound):
            sync.event("missing")
        with pytest.raises(HandlerFailed) as failure:
            sync.event("fail")
        assert isinstance(failure.value.__cause__, ValueError)
        assert (sync.ping(), sync.session_id) == (True, "test")
        sync.unmount()
        plan["mount"] = [KeyError]
        with pytest.raises(MountFailed):
            sync.mount(Troubled)
        sync.shutdown()
        return SyncHandle.create("test")

    again = await asyncio.to_thread(work)
    assert (await create_session_actor("test")).path != ""
    assert await asyncio.to_thread(again.ping)


async def test_the_synchronous_twin_refuses_to_block_an_event_loop(handle):
    for attempt in (
        lambda: handle.sync.event("increment"),
        handle.sync.ping,
        lambda: SyncHandle.create("x"),
    ):
        with pytest.raises(RuntimeError, match="would block the running event loop"):
            attempt()


def test_a_handle_is_not_bound_to_the_loop_that_made_it(actors):
    handle = asyncio.run(create_session_actor("test"))
    assert isinstance(handle, SessionHandle)
    asyncio.run(handle.mount(COUNTER))
    asyncio.run(handle.event("increment"))
    assert "<h1>1</h1>" in handle.sync.render().html


async def test_a_view_may_drive_another_session(handle):
    class Remote(LiveView):
        template = "<p data-liveview-root>{{ html }}</p>"
        html = ""

        @event
        def ask(self) -> None:
            self.html = SyncHandle.create("remote").mount(Slow).html

        @event
        async def ask_async(self) -> None:
            self.html = (await (await create_session_actor("remote")).event("up")).patches

    await handle.mount(Remote)
    await handle.event("ask")
    assert "0&lt;/p&gt;" in (await handle.render()).html
    await handle.event("ask_async")
    assert "[0, 't', '1']" in (await handle.render()).html
