"""What an object must be, to be a view or a component, and what is never done to it."""

from __future__ import annotations

from abc import ABC
from collections import UserDict
from collections.abc import AsyncIterator, Iterator
from functools import cached_property
from random import Random
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

import pytest

from pykka_live import LiveView, create_session_actor, event, send_update
from pykka_live.exceptions import HandlerFailed, HandlerNotFound, MountFailed, ViewNotFound
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


class Slotted:
    __slots__ = ("text",)


class HalfSlotted(Slotted):
    pass


class ManySlotted(Slotted):
    __slots__ = ("__dict__",)


class Table(dict[str, str]):
    pass


class Dice(Random):
    pass


class Wrong(Exception):
    pass


class Number(int):
    pass


@pytest.mark.parametrize("cls", [HalfSlotted, ManySlotted, Table, Dice, Wrong, Number])
async def test_an_object_that_has_state_outside_of_its_dict_is_refused(handle, cls):
    await handle.mount(Frame)
    said = f"{cls.__name__} (has the slot 'text'|is based on a type that is written in C)"
    with pytest.raises(TypeError, match=said):
        await handle.mount(Frame, python_view=cls())
    with pytest.raises(TypeError, match=said):
        await handle.create_component(None, "c", "<p>{{ text }}</p>", python_component=cls())


T = TypeVar("T")


class Abstract(ABC, Generic[T]):
    __slots__ = ()


class Concrete(Abstract[str], Note):
    pass


class Wrapped(UserDict[str, str]):
    text = ""


class Named(SimpleNamespace):
    text = ""


@pytest.mark.parametrize("cls", [Concrete, Wrapped, Named])
async def test_an_object_whose_state_is_in_its_dict_is_taken_whatever_its_bases(handle, cls):
    mounted = await handle.mount(Frame, python_view=cls())
    changed = await handle.update_state(mounted.view_id, {"text": "new"})
    assert changed.patches == ["i", 0, "new"]


class Shelf(Note):
    """Holds something, and is changed by others than its handlers."""

    def __init__(self) -> None:
        super().__init__("as it was")
        self.inner = SimpleNamespace(count=1)

    def fail(self) -> None:
        self.inner.count = 2
        self.text = "changed"
        raise ValueError("on purpose")


async def test_after_a_failure_the_object_is_the_same_and_what_it_holds_a_copy(handle):
    shelf = Shelf()
    inner = shelf.inner
    await handle.mount(Frame, python_view=shelf)
    await handle.event("write", {"text": "by an event"})
    shelf.text = "from outside"
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    assert (shelf.text, shelf.inner.count) == ("by an event", 1)
    assert (shelf.inner is inner, inner.count) == (False, 2)


class Showing(Note):
    """Says itself what is to be seen."""

    def __init__(self, shown: Any = None) -> None:
        super().__init__()
        self.shown = shown or {"text": "fine"}

    def become(self, shown: Any) -> None:
        self.shown = shown

    def get_context_data(self) -> Any:
        return self.shown


class Mounting(Showing):
    """Has a mount of its own."""

    def mount(self, *args: Any) -> None:
        pass


@pytest.mark.parametrize("cls", [Showing, Mounting])
@pytest.mark.parametrize("wrong", [["a", "list"], {1: 2}])
async def test_what_is_no_dictionary_of_names_fails_the_mount_or_the_handler(handle, cls, wrong):
    said = f"{cls.__name__}.get_context_data must return a dictionary"
    template = "<p>{{ text }}</p>"
    with pytest.raises(MountFailed, match=said):
        await handle.mount(Frame, python_view=cls(wrong))
    await handle.mount(Frame, python_view=cls())
    with pytest.raises(MountFailed, match=said):
        await handle.create_component(None, "c", template, python_component=cls(wrong))
    await handle.create_component(None, "c", template, python_component=cls())
    with pytest.raises(HandlerFailed, match=said):
        await handle.event("become", {"shown": wrong})
    with pytest.raises(HandlerFailed, match=said):
        await handle.component_event(None, "c", "become", {"shown": wrong})
    assert (await handle.render()).html == '<p data-liveview-root="">fine</p>'


class Yielding(Note):
    """None of its code runs when it is called."""

    def some(self) -> Iterator[int]:
        self.text = "some"
        yield 1

    async def later(self) -> AsyncIterator[int]:
        self.text = "later"
        yield 1


class YieldingView(LiveView):
    template = "<p data-liveview-root></p>"

    @event
    def some(self) -> Iterator[int]:
        yield 1


async def test_a_generator_as_a_handler_fails_and_says_so(handle):
    await handle.mount(Frame, python_view=Yielding())
    view = await handle.mount(YieldingView)
    for view_id, name in ((None, "some"), (None, "later"), (view.view_id, "some")):
        with pytest.raises(HandlerFailed, match=rf"\.{name} gives a generator, which nobody"):
            await handle.event(name, view_id=view_id)


async def test_what_an_answer_holds_is_seen(handle):
    view = await handle.mount(Frame, python_view=Note("x"))
    changed = await handle.event("write", {"text": "new"})
    assert repr(changed) == (
        f"Changed(version=2, view_id='{view.view_id}', html=None, components={{}}, failed={{}}, "
        "patches=[0, 't', 'new'])"
    )
    await handle.create_component(None, "c", "<p>{{ text }}</p>", {"text": "x"})
    changed = await handle.component_event(None, "c", "any", {"text": "new"})
    assert repr(changed).startswith("ComponentChanged(version=2, ")
    assert "component_id='c', components={}, failed={}, patches=[0, 't', 'new'])" in repr(changed)


async def test_an_id_in_the_place_of_a_path_is_told(handle):
    view = await handle.mount(Frame, python_view=Note("x"))
    with pytest.raises(ViewNotFound, match="a path is wanted, such as that of a `Mounted`"):
        send_update(view.view_id, "c", text="y")
