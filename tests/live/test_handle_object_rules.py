"""What an object must be, to be a view or a component, and what is never done to it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor
from pykka_live.exceptions import HandlerFailed, HandlerNotFound, MountFailed
from tests.live.views import calls

pytestmark = pytest.mark.parametrize("mode", ["threads", "in place"], indirect=True)


@pytest.fixture
async def handle(mode, actors):
    handle = await create_session_actor("test")
    yield handle
    await handle.shutdown()


class Frame(LiveView):
    """Lends its template."""

    template = "<p data-liveview-root>{{ text }}</p>"


class Note:
    """Knows nothing of live views."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def write(self, text: str) -> None:
        self.text = text


class Trapped(Note):
    """Whatever looks at it leaves a trace."""

    @property
    def trap(self) -> int:
        calls["trap"] += 1
        raise ZeroDivisionError

    @cached_property
    def cached(self) -> Any:
        calls["trap"] += 1
        return self.write

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            calls["trap"] += 1
        raise AttributeError(name)

    @classmethod
    def of_the_class(cls) -> None:
        calls["class"] += 1


async def test_an_event_named_like_a_property_does_not_run_it(handle):
    calls.clear()
    await handle.mount(Frame, python_view=Trapped("x"))
    await handle.create_component(None, "c", "<p>{{ text }}</p>", python_component=Trapped("x"))
    calls.pop("trap", None)  # by whoever looked for a `template`
    for name in ("trap", "cached", "missing"):
        with pytest.raises(HandlerNotFound, match=name):
            await handle.event(name)
        with pytest.raises(HandlerNotFound, match=name):
            await handle.component_event(None, "c", name)
    assert calls["trap"] == 0
    await handle.event("of_the_class")
    assert calls["class"] == 1


@pytest.mark.parametrize("name", ["write", "_hidden", "__class__", "update", "get_context_data"])
async def test_props_take_the_place_of_no_method_and_of_nothing_private(handle, name):
    await handle.mount(Frame)
    note = Note("x")
    with pytest.raises(MountFailed, match=f"Note cannot have the prop '{name}'"):
        await handle.create_component(
            None, "c", "<p>{{ text }}</p>", {"text": "y", name: 5}, python_component=note
        )
    assert (type(note), vars(note)) == (Note, {"text": "x"})
    await handle.create_component(None, "c", "<p>{{ text }}</p>", python_component=note)
    with pytest.raises(HandlerFailed, match=f"Note cannot have the prop '{name}'") as failure:
        await handle.update_component_props(None, "c", {"text": "y", name: 5})
    assert type(failure.value.__cause__) is TypeError
    assert (type(note), vars(note)) == (Note, {"text": "x"})
    assert (await handle.update_component_props(None, "c", {"text": "y"})).patches
