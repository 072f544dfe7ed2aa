"""Components that cannot begin, in views that Python drives: with threads, and in place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor, event, get_actor_stats
from pykka_live.exceptions import ActorStopped, HandlerFailed, MountFailed, TemplateFailed
from pykka_live.live import family
from pykka_live.live.screen import Screen
from tests.live.driven import HandleRow, view_cell
from tests.live.troubled import gates, open_gate, wait_at
from tests.live.views import calls
from tests.tab import until


class Poisoned(HandleRow):
    name = "poisoned"

    def mount(self, text: str = "") -> None:
        calls["poisoned mount"] += 1
        if text != "good":
            raise KeyError(text)
        super().mount(text)


class Listing(HandleRow):
    name = "listing"

    def get_context_data(self, **kwargs: Any) -> Any:
        return []


class Around(HandleRow):
    name = "around"
    template = (
        "{% load pykka_live %}<li>{{ text }}"
        "{% if count %}{% live_component 'poisoned' id='in' %}{% endif %}</li>"
    )


class LateAndPoisoned(Poisoned):
    name = "late_and_poisoned"

    def mount(self, text: str = "") -> None:
        wait_at("late")
        super().mount(text)


class SlowAround(HandleRow):
    name = "slow_around"
    template = (
        "{% load pykka_live %}<li>{% if count %}{% live_component 'late' id='late' %}"
        "{% live_component 'late_and_poisoned' id='late_and_poisoned' %}{% endif %}</li>"
    )


class Shelf(LiveView):
    template = (
        "{% load pykka_live %}<ul data-liveview-root>{{ count }}"
        "{% for kind in kinds %}{% live_component kind id=kind text=text %}{% endfor %}</ul>"
    )

    def mount(self, request: Any, kinds: str = "") -> None:
        self.kinds, self.count, self.text = kinds.split(), 0, "row"

    @event
    def show(self, kinds: str = "", text: str = "row") -> None:
        self.kinds, self.text = kinds.split(), text

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")


@pytest.fixture(params=[True, False], ids=["threads", "in place"])
async def handle(actors, settings, request):
    settings.PYKKA_LIVE = {"USE_ACTORS": request.param}
    return await create_session_actor("poisoned")


@pytest.mark.parametrize(
    ("kind", "error", "cause"),
    [("poisoned", MountFailed, KeyError), ("listing", TemplateFailed, TypeError)],
)
async def test_a_component_that_cannot_begin_fails_the_mount_of_its_view(
    handle, kind, error, cause
):
    with pytest.raises(error) as failure:
        await handle.mount(Shelf, {"kinds": f"handle_row {kind}"})
    assert isinstance(failure.value.__cause__, cause)
    assert not handle._cell.children
    await handle.mount(Shelf, {"kinds": "handle_row"})


async def test_an_event_that_shows_what_cannot_begin_tells_so_once(handle):
    await handle.mount(Shelf)
    before = get_actor_stats().restarts
    changed = await handle.event("show", {"kinds": "handle_row poisoned"})
    assert changed.components == {"handle_row": "<li>row:0</li>"}
    assert list(changed.failed) == ["poisoned"]
    assert isinstance(changed.failed["poisoned"].__cause__, KeyError)
    for _ in range(3):
        changed = await handle.event("up")
        assert (bool(changed.patches), changed.failed) == (True, {})
        with pytest.raises(ActorStopped):
            await handle.component_event(None, "poisoned", "up")
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    whole = await handle.render()
    assert ('<li live-component="poisoned"></li>' in whole.html, list(whole.failed)) == (
        True,
        ["poisoned"],
    )
    assert (await handle.component_event(None, "handle_row", "up")).patches == [0, "t", "row:1"]
    assert calls["poisoned mount"] == 1
    assert get_actor_stats().restarts == before + 1  # that of the view
    assert handle._cell.incarnation == 1


async def test_what_could_not_begin_is_tried_again_when_it_is_shown_anew(handle):
    await handle.mount(Shelf)
    assert (await handle.event("show", {"kinds": "poisoned"})).failed
    await handle.event("show")
    changed = await handle.event("show", {"kinds": "poisoned", "text": "good"})
    assert (changed.components, changed.failed) == ({"poisoned": "<li>good:0</li>"}, {})
    assert view_cell(handle).incarnation == 1


async def test_what_could_not_begin_is_tried_again_with_other_props(handle):
    await handle.mount(Shelf)
    assert (await handle.event("show", {"kinds": "poisoned"})).failed
    assert (await handle.event("show", {"kinds": "poisoned", "text": "bad"})).failed
    changed = await handle.event("show", {"kinds": "poisoned", "text": "good"})
    assert (changed.components, changed.failed) == ({"poisoned": "<li>good:0</li>"}, {})
    assert (await handle.component_event(None, "poisoned", "up")).patches == [0, "t", "good:1"]
    assert calls["poisoned mount"] == 3


async def test_a_component_tells_of_one_in_it_that_cannot_begin(handle):
    await handle.mount(Shelf, {"kinds": "around"})
    changed = await handle.component_event(None, "around", "up")
    assert list(changed.failed) == ["in"]
    assert (await handle.component_event(None, "around", "up")).failed == {}
    assert calls["poisoned mount"] == 1


@pytest.mark.parametrize("ask", ["event", "component_event"])
async def test_who_asks_is_told_of_a_component_that_fails_when_nobody_waits_for_it_any_more(
    actors, monkeypatch, ask
):
    monkeypatch.setattr(family, "PATIENCE", 0.0)
    handle = await create_session_actor("late")
    await handle.mount(Shelf, {"kinds": "slow_around"})
    if ask == "event":
        asked = handle.event("show", {"kinds": "slow_around late late_and_poisoned"})
    else:
        asked = handle.component_event(None, "slow_around", "up")
    showing = asyncio.ensure_future(asked)
    await until(lambda: gates["late"] == 2)
    screen = view_cell(handle).data["view"].screen
    await until(lambda: not missing(screen))
    open_gate("late")
    changed = await showing
    assert (list(changed.components), list(changed.failed)) == (["late"], ["late_and_poisoned"])
    assert changed.components["late"].endswith(":0</li>")
    assert (await handle.event("up")).failed == {}


def missing(screen: Screen) -> set[str]:
    with screen.lock:
        return screen.missing()
