"""Components of templates that are driven from Python."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor, get_actor_stats, vdom
from pykka_live.exceptions import (
    BadParameters,
    ComponentNotFound,
    HandlerFailed,
    HandlerNotFound,
    ViewNotFound,
)
from tests.live.components import Board
from tests.live.driven import HandleList, li, view_cell
from tests.live.troubled import open_gate, somebody_waits_at
from tests.live.views import calls
from tests.tab import until


@pytest.fixture
async def rows(actors):
    handle = await create_session_actor("rows")
    await handle.mount(HandleList)
    return handle


async def test_a_view_is_mounted_with_its_components(actors):
    handle = await create_session_actor("rows")
    mounted = await handle.mount(HandleList)
    assert mounted.html == f'<ul data-liveview-root="">{li("a", "a:0")}{li("b", "b:0")}</ul>'
    assert get_actor_stats().active_components == 2


async def test_an_event_of_a_component_is_answered_with_its_own_patches(rows):
    changed = await rows.component_event(None, "a", "up", {"amount": "3"})
    assert (changed.component_id, changed.version, changed.html) == ("a", 2, None)
    assert changed.patches == [0, "t", "a:3"]
    assert (await rows.component_event(None, "a", "up")).patches == [0, "t", "a:4"]
    html = (await rows.render()).html
    assert (li("a", "a:4") in html, li("b", "b:0") in html) == (True, True)


async def test_components_that_come_are_told_with_the_patches_of_their_places(rows):
    changed = await rows.event("show", {"row": "c"})
    assert vdom.decode(changed.patches)[0][1] == "i"
    assert changed.components == {"c": "<li>c:0</li>"}
    assert (await rows.event("hide", {"row": "a"})).components == {}
    await until(lambda: calls["row removed"] == 1)
    with pytest.raises(ComponentNotFound):
        await rows.component_event(None, "a", "up")
    assert (await rows.render()).html.count("<li") == 2


async def test_a_whole_picture_shows_the_components_as_they_are(rows):
    for each in list(view_cell(rows).data["view"].components.values()):
        each.cell.tell(_info("news"))
    await until(lambda: calls["info"] == 2)
    assert "news:0" in (await rows.render()).html
    await rows.component_event(None, "b", "up")
    await rows.reset()
    html = (await rows.event("show", {"row": "c"})).html
    assert (html.count("<li"), li("b", "news:1") in html) == (3, True)


def _info(message: str) -> Any:
    from pykka_live.live.messages import Info

    return Info(message)


async def test_a_component_that_fails_is_what_it_was_and_its_view_goes_on(rows):
    await rows.component_event(None, "a", "up")
    with pytest.raises(HandlerFailed) as failure:
        await rows.component_event(None, "a", "fail")
    assert isinstance(failure.value.__cause__, ValueError)
    assert (await rows.component_event(None, "a", "up")).patches == [0, "t", "a:2"]
    assert view_cell(rows).incarnation == 1


async def test_props_can_be_passed_to_a_component_of_a_template(rows):
    changed = await rows.update_component_props(None, "a", {"text": "new"})
    assert changed.patches
    assert li("a", "new:0") in (await rows.render()).html
    with pytest.raises(BadParameters, match="template shows"):
        await rows.remove_component(None, "a")


async def test_what_a_component_does_not_offer_is_not_found(rows):
    for name in ("missing", "hidden", "mount"):
        with pytest.raises(HandlerNotFound):
            await rows.component_event(None, "a", name)
    with pytest.raises(BadParameters):
        await rows.component_event(None, "a", "up", {"amount": "x"})
    for work in (rows.update_component_props(None, "z", {}), rows.remove_component(None, "z")):
        with pytest.raises(ComponentNotFound, match="'z'"):
            await work
    with pytest.raises(ViewNotFound):
        await rows.component_event("nothing", "a", "up")


@pytest.mark.usefixtures("quick_restarts")
async def test_components_live_through_a_restart_of_their_view_and_their_session(rows):
    await rows.component_event(None, "a", "up")
    with pytest.raises(HandlerFailed):
        await rows.event("fail")
    assert (await rows.component_event(None, "a", "up")).patches == [0, "t", "a:2"]
    for _ in range(3):
        with pytest.raises(HandlerFailed):
            await rows.event("fail")
    await until(lambda: rows._cell.incarnation == 2)
    assert li("a", "a:2") in (await rows.render()).html
    assert (await rows.component_event(None, "a", "up")).patches == [0, "t", "a:3"]


async def test_a_component_that_is_late_is_a_part_of_the_mounted_html(actors):
    class Waiting(LiveView):
        template = (
            "{% load pykka_live %}<ul data-liveview-root>"
            '{% live_component "tests.live.driven.Late" id="l" %}</ul>'
        )

    handle = await create_session_actor("late")
    mounting = asyncio.ensure_future(handle.mount(Waiting))
    await somebody_waits_at("late")
    open_gate("late")
    assert li("l", ":0") in (await mounting).html


async def test_components_that_come_in_a_component_are_told_with_its_patches():
    handle = await create_session_actor("nested")
    await handle.mount(Board)
    changed = await handle.component_event(None, "a", "nest", {"id": "kid"})
    assert list(changed.components) == ["kid"]
    assert "inner: 0" in changed.components["kid"]
    assert (await handle.component_event(None, "kid", "add")).components == {}


async def test_a_whole_picture_is_of_one_moment_for_a_view_and_its_slots():
    handle = await create_session_actor("props")
    await handle.mount(Board, {"ids": "a"})
    await handle.event("show_card")
    for number in range(300):
        await handle.component_event(None, "a", "tell", {"text": str(number)})
        html = (await handle.render()).html
        title = html.partition("<h1>")[2].partition("</h1>")[0]
        assert html.count(f">{title}<") == 2  # the view's own, and that in the card's slot
