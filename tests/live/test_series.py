"""What is counted of views, components and plain objects, whatever they are sent."""

from __future__ import annotations

import pytest

from pykka_live import create_session_actor
from pykka_live.exceptions import HandlerNotFound
from pykka_live.live import hooks
from pykka_live.observability.catalogue import OTHER
from pykka_live.observability.tally import Tally


class Basket:
    """Knows nothing of live views."""

    template = "<p data-liveview-root>{{ count }}</p>"

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        self.count += 1


NAME = f"{__name__}.Basket"


class Part(Basket):
    """The same, as a component."""

    template = "<p>{{ count }}</p>"


@pytest.fixture
def tally():
    tally = Tally()
    hooks.add_listener(tally)
    yield tally
    hooks.remove_listener(tally)


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


def labels(tally: Tally) -> set[tuple[str, str, str]]:
    """Return what events were counted: part, view and name."""
    return {
        (each.part, each.labels[0], each.labels[2])
        for each in tally.series()
        if each.labels[1] == "event"
    }


async def test_events_of_an_object_are_counted_under_its_class_and_its_methods(handle, tally):
    basket = Basket()
    await handle.mount(python_view=basket)
    await handle.event("add")
    for i in range(50):
        setattr(basket, f"own{i}", lambda: None)  # no method of its class
        await handle.event(f"own{i}")
        with pytest.raises(HandlerNotFound):
            await handle.event(f"unknown{i}")
    assert labels(tally) == {("view", NAME, name) for name in ("add", "", OTHER)}


async def test_events_of_components_are_told_from_those_of_views(handle, tally):
    view = await handle.mount(python_view=Basket())
    await handle.create_component(view.view_id, "one", python_component=Part())
    await handle.create_component(view.view_id, "two", "<b>{{ n }}</b>", {"n": 1})
    await handle.component_event(view.view_id, "one", "add", {})
    for i in range(50):
        await handle.component_event(view.view_id, "two", f"anything{i}", {"n": i})
    assert labels(tally) == {
        ("component", f"{__name__}.Part", "add"),
        ("component", "pykka_live.live.python_components.StateComponent", OTHER),
    }
