"""Views that Python drives, whose components fail them: with threads, and in place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor, event, send_update
from pykka_live.exceptions import HandlerFailed
from pykka_live.live.delivery import is_ending
from tests.live.driven import HandleRow, li, view_cell
from tests.live.troubled import QUICK, open_gate, somebody_waits_at, wait_at
from tests.tab import until


class Fatal(HandleRow):
    """Fails its view with it."""

    name = "fatal"
    supervision = {"strategy": "escalate"}


class Leaving(HandleRow):
    """Takes its time when its family ends."""

    name = "leaving"

    def terminate(self, reason: str) -> None:
        wait_at("leaving")


class Nest(HandleRow):
    name = "nest_of_rows"
    template = (
        "{% load pykka_live %}<li>{% live_component 'handle_row' id='inner' text='inner' %}"
        "{{ text }}:{{ count }}</li>"
    )


class Risky(LiveView):
    template = (
        "{% load pykka_live %}<ul data-liveview-root>"
        "{% for kind, id in rows %}{% live_component kind id=id text=id %}{% endfor %}</ul>"
    )

    def mount(self, request: Any) -> None:
        self.rows = [("fatal", "f"), ("handle_row", "a")]

    @event
    def show(self, kind: str, id: str) -> None:
        self.rows.append((kind, id))

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")


@pytest.fixture(params=[True, False], ids=["threads", "in place"])
async def handle(actors, settings, request):
    supervision = {"view": QUICK, "component": QUICK}
    settings.PYKKA_LIVE = {"USE_ACTORS": request.param, "SUPERVISION": supervision}
    handle = await create_session_actor("risky")
    await handle.mount(Risky)
    return handle


async def fail(handle, id: str = "f") -> None:
    with pytest.raises(HandlerFailed):
        await handle.component_event(None, id, "fail")


async def came_back(handle, incarnation: int) -> None:
    view = view_cell(handle)
    await until(lambda: view.incarnation == incarnation)


async def test_an_event_that_shows_a_component_while_the_others_end_is_handled(handle):
    for number in range(3):
        failed, shown = await asyncio.gather(
            handle.component_event(None, "f", "fail"),
            handle.event("show", {"kind": "handle_row", "id": f"new{number}"}),
            return_exceptions=True,
        )
        assert isinstance(failed, HandlerFailed)
        assert not isinstance(shown, Exception), shown
        await came_back(handle, number + 2)
        await handle.render()
    html = (await handle.render()).html
    assert [li(f"new{number}", f"new{number}:0") in html for number in range(3)] == [True] * 3


@pytest.mark.parametrize("handle", [True], indirect=True)
async def test_who_shows_a_component_waits_for_those_that_take_long_to_end(handle):
    await handle.event("show", {"kind": "leaving", "id": "l"})
    await handle.render()
    view, family = view_cell(handle), view_cell(handle).data["view"].components["l"].cell.parent
    await fail(handle)
    await somebody_waits_at("leaving")
    showing = asyncio.ensure_future(
        handle.event("show", {"kind": "handle_row", "id": "b"}),
    )
    await until(lambda: showing.done() or len(family._watchers) == 2)  # the view's record, the view
    open_gate("leaving")
    assert (await showing).components["b"] == "<li>b:0</li>"
    await came_back(handle, 2)
    assert view.restarts == 1  # for the escalation, and nothing else
    assert li("b", "b:0") in (await handle.render()).html


async def test_after_an_escalation_the_components_come_back_by_themselves(handle):
    await handle.event("show", {"kind": "nest_of_rows", "id": "n"})
    await handle.create_component(None, "c", "<p>{{ text }}</p>", {"text": "kept"})
    ids = ["f", "a", "n", "inner"]
    for id in ids:
        await handle.component_event(None, id, "up")
    for incarnation in (2, 3):
        await fail(handle)
        for id in ids:
            changed = await handle.component_event(None, id, "up")
            assert changed.patches[-1].endswith(f":{incarnation}"), changed.patches
        assert (await handle.update_component_props(None, "a", {"text": f"a{incarnation}"})).patches
        await handle.component_event(None, "c", "write", {"text": f"c{incarnation}"})
        assert view_cell(handle).incarnation == incarnation


async def test_components_that_fail_too_often_come_back_with_their_view(handle):
    await handle.component_event(None, "a", "up")
    for _ in range(4):
        await fail(handle, "a")
    assert (await handle.component_event(None, "a", "up")).patches == [0, "t", "a:2"]
    assert (await handle.component_event(None, "f", "up")).patches == [0, "t", "f:1"]


async def test_components_come_back_with_their_session(handle):
    await handle.component_event(None, "a", "up")
    for _ in range(4):
        with pytest.raises(HandlerFailed):
            await handle.event("fail")
    children = handle._cell.children
    await until(lambda: handle._cell.incarnation == 2)
    await until(lambda: ["view" for each in list(children.values()) if "view" in each.data])
    assert (await handle.component_event(None, "a", "up")).patches == [0, "t", "a:2"]


async def test_components_of_an_instance_that_was_given_come_back(handle):
    risky = Risky()
    mounted = await handle.mount(python_view=risky)
    for count in (1, 2):
        with pytest.raises(HandlerFailed):
            await handle.component_event(mounted.view_id, "f", "fail")
        changed = await handle.component_event(mounted.view_id, "a", "up")
        assert changed.patches == [0, "t", f"a:{count}"]


async def test_props_from_anywhere_wait_for_components_that_come_back(handle):
    path = view_cell(handle).path
    before = view_cell(handle).data["view"].components["a"].cell
    await fail(handle)
    await until(lambda: is_ending(before))
    send_update(path, "a", text="new")
    await handle.component_event(None, "a", "up")
    assert li("a", "new:1") in (await handle.render()).html
