"""Code of an actor that would wait for its own end is told so at once."""

from __future__ import annotations

import pytest

from pykka_live import (
    LiveComponent,
    LiveView,
    SyncHandle,
    create_session_actor,
    event,
    shutdown_actor_system,
)
from pykka_live.actors import ActorError
from pykka_live.exceptions import HandlerFailed


class Last(LiveComponent):
    name = "last"
    template = "<p>{{ count }}</p>"
    count = 0

    @event
    def remove(self) -> None:
        SyncHandle.create("test").remove_component(None, self.id)

    @event
    def unmount(self) -> None:
        SyncHandle.create("test").unmount()

    @event
    def up(self) -> None:
        self.count += 1


class Ending(LiveView):
    template = "<p data-liveview-root>{{ count }}</p>"
    count = 0

    @event
    def unmount(self) -> None:
        SyncHandle.create("test").unmount()

    @event
    async def unmount_later(self) -> None:
        await (await create_session_actor("test")).unmount()

    @event
    def shutdown(self) -> None:
        SyncHandle.create("test").shutdown()

    @event
    def shutdown_all(self) -> None:
        shutdown_actor_system()

    @event
    def up(self) -> None:
        self.count += 1


@pytest.fixture(params=["with actors", "in place"])
async def handle(request, actors, settings):
    settings.PYKKA_LIVE = {"USE_ACTORS": request.param == "with actors"}
    handle = await create_session_actor("test")
    await handle.mount(Ending)
    await handle.create_component(None, "a", Last)
    return handle


@pytest.mark.parametrize("name", ["unmount", "unmount_later", "shutdown", "shutdown_all"])
async def test_a_view_cannot_wait_for_its_end(handle, name):
    with pytest.raises(HandlerFailed, match="cannot wait for the end of") as failed:
        await handle.event(name)
    assert type(failed.value.__cause__) is ActorError
    await handle.event("up")
    assert "1</p>" in (await handle.render()).html


@pytest.mark.parametrize("name", ["remove", "unmount"])
async def test_a_component_cannot_wait_for_its_end_or_that_of_its_view(handle, name):
    with pytest.raises(HandlerFailed, match="/components/a cannot wait for the end of"):
        await handle.component_event(None, "a", name)
    assert (await handle.component_event(None, "a", "up")).patches


async def test_it_can_wait_for_the_end_of_others(actors):
    handle, other = [await create_session_actor(name) for name in ("test", "other")]
    await handle.mount(Ending)
    await other.mount(Ending)

    class Sibling(LiveView):
        template = "<p data-liveview-root></p>"

        @event
        def end(self, view_id: str) -> None:
            SyncHandle.create("other").shutdown()
            SyncHandle.create("test").unmount(view_id)

    first = await handle.mount(Ending)
    sibling = await handle.mount(Sibling)
    await handle.event("end", {"view_id": first.view_id}, sibling.view_id)
    assert len(handle._cell.children) == 2
    assert not other._cell.alive
