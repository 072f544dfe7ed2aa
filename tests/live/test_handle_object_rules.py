"""What an object must be, to be a view or a component, and what is never done to it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pytest

from pykka_live import LiveView, create_session_actor
from pykka_live.exceptions import HandlerNotFound
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
