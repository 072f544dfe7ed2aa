"""Views that are given as instances: of a `LiveView`, or of any class."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

from pykka_live import LiveView, create_session_actor, event
from pykka_live.exceptions import (
    BadParameters,
    HandlerFailed,
    HandlerNotFound,
    MountFailed,
    TemplateFailed,
)
from tests.live.driven import Picture, view_cell
from tests.live.views import calls


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


class Shelf(LiveView):
    """Lends its template."""

    template = (
        "<ul data-liveview-root>{% for item in items %}<li>{{ item }}</li>{% endfor %}"
        "<b>{{ total }}</b> {{ text }}</ul>"
    )


@dataclass
class Basket:
    """Knows nothing of live views."""

    items: list[Any] = field(default_factory=list)
    text: str = ""
    _hidden: int = 0

    @property
    def total(self) -> int:
        return len(self.items)

    def add(self, item: str, times: int = 1) -> None:
        self.items.extend([item] * times)

    async def add_later(self, item: str) -> None:
        await asyncio.sleep(0)
        self.items.append(item)

    @staticmethod
    def look() -> None:
        calls["look"] += 1

    def take(self, things: dict[str, int]) -> None:
        self.items.append(sorted(things.items()))

    def fail(self, kind: type[BaseException] = ValueError) -> None:
        self.items.append("bad")
        self.broken = True
        self._hidden = 7
        raise kind("on purpose")

    def _private(self) -> None:
        calls["private"] += 1


class Showing(Basket):
    """Says itself what is to be seen."""

    answer: Any = None

    def get_context_data(self) -> Any:
        calls["context"] += 1
        if self.answer is not None:
            return self.answer
        return {"items": [item.upper() for item in self.items], "text": "said"}

    def become(self, answer: Any = None) -> None:
        self.answer = answer


class Whole(LiveView):
    """A view whose instances are given."""

    template = "<p data-liveview-root>{{ count }}|{{ note }}</p>"

    def __init__(self, note: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.note = note
        self.lock = threading.Lock()

    def mount(self, request: HttpRequest, start: int = 0) -> None:
        calls["mount"] += 1
        self.count = start

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def fail(self) -> None:
        self.count = -1
        self.extra = True
        del self.note
        raise ValueError("on purpose")

    def hidden(self) -> None:
        calls["hidden"] += 1


class Living:
    """Has what a view has."""

    template = "<p data-liveview-root>{{ seen|safe }}</p>"

    def mount(self, request: HttpRequest, start: int = 1) -> None:
        self.seen = [request.method, start]

    def note(self) -> None:
        self.seen.append("noted")

    def terminate(self, reason: str) -> None:
        calls[f"living {reason}"] += 1


async def test_an_object_is_shown_by_the_template_of_the_view_that_is_named(handle):
    mounted = await handle.mount("tests.live.test_handle_objects.Shelf", {}, Basket(["milk"]))
    assert mounted.html == '<ul data-liveview-root=""><li>milk</li><b>1</b> </ul>'


async def test_its_public_methods_are_the_handlers_bound_by_name_and_annotation(handle):
    basket = Basket()
    picture = Picture(await handle.mount(Shelf, python_view=basket))
    picture.follow(await handle.event("add", {"item": "tea", "times": "2", "unknown": 1}))
    picture.follow(await handle.event("add_later", {"item": "salt"}))
    picture.follow(await handle.event("look"))
    picture.follow(await handle.event("take", {"things": {"a": 1}}))
    assert basket.items == ["tea", "tea", "salt", [("a", 1)]]
    assert "<li>salt</li>" in picture.html
    assert (picture.html, calls["look"]) == ((await handle.render()).html, 1)


async def test_what_is_no_public_method_is_no_handler(handle):
    basket = Basket(["x"])
    await handle.mount(Shelf, python_view=basket)
    for name in ("missing", "_private", "__init__", "items", "total", "get_context_data", "mount"):
        with pytest.raises(HandlerNotFound, match=name):
            await handle.event(name)
    with pytest.raises(BadParameters, match="add: the parameter 'item' is missing"):
        await handle.event("add")
    with pytest.raises(BadParameters, match="'times' must be a whole number"):
        await handle.event("add", {"item": "x", "times": "many"})
    assert (basket, calls["private"]) == (Basket(["x"]), 0)


@pytest.mark.parametrize("kind", [ValueError, SystemExit, KeyboardInterrupt])
async def test_an_exception_costs_the_event_alone_and_the_object_is_what_it_was(handle, kind):
    basket = Basket(["milk"])
    picture = Picture(await handle.mount(Shelf, python_view=basket))
    for _ in range(8):  # more than would be restarts too many
        with pytest.raises(HandlerFailed, match="on purpose") as failure:
            await handle.event("fail", {"kind": kind})
        assert type(failure.value.__cause__) is kind
        assert vars(basket) == {"items": ["milk"], "text": "", "_hidden": 0}
    assert "<b>2</b>" in picture.follow(await handle.event("add", {"item": "tea"}))
    assert basket.items == ["milk", "tea"]
    assert (view_cell(handle).incarnation, handle._cell.incarnation) == (1, 1)


async def test_what_cannot_be_copied_stays_in_the_object_when_its_state_is_put_back(handle):
    basket = Basket()
    basket.lock = lock = threading.Lock()
    await handle.mount(Shelf, python_view=basket)
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    assert basket.lock is lock
    assert not hasattr(basket, "broken")


async def test_a_template_that_raises_puts_the_state_back_too(handle):
    basket = Basket()
    mounted = await handle.mount(
        type("Picky", (Shelf,), {"template": "<p data-liveview-root>{{ text.shout }}</p>"}),
        python_view=basket,
    )
    with pytest.raises(TemplateFailed):
        await handle.update_state(None, {"text": SimpleNamespace(shout=boom)})
    assert basket.text == ""
    assert (await handle.event("add", {"item": "x"})).version == mounted.version


def boom() -> None:
    raise ZeroDivisionError


async def test_get_context_data_is_taken_after_each_handler(handle):
    picture = Picture(await handle.mount(Shelf, python_view=Showing(["milk"])))
    assert "<li>MILK</li><b></b> said" in picture.html
    taken = calls["context"]
    assert "<li>TEA</li>" in picture.follow(await handle.event("add", {"item": "tea"}))
    assert calls["context"] == taken + 1


@pytest.mark.parametrize("wrong", [["a", "list"], "text", 7])
async def test_a_get_context_data_that_returns_no_dictionary_fails_the_event(handle, wrong):
    basket = Showing(["milk"])
    picture = Picture(await handle.mount(Shelf, python_view=basket))
    said = f"Showing.get_context_data must return a dictionary, not {type(wrong).__name__}"
    with pytest.raises(HandlerFailed, match=said) as failure:
        await handle.event("become", {"answer": wrong})
    assert isinstance(failure.value.__cause__, TypeError)
    assert "answer" not in vars(basket)
    assert "<li>TEA</li>" in picture.follow(await handle.event("add", {"item": "tea"}))


async def test_without_get_context_data_the_last_state_is_seen(handle):
    basket = Basket(["milk"])
    picture = Picture(await handle.mount(Shelf, python_view=basket))
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    assert picture.follow(await handle.event("look")) == (await handle.render()).html
    assert "<li>milk</li><b>1</b>" in picture.html


async def test_update_state_sets_attributes_of_the_object(handle):
    basket = Basket()
    picture = Picture(await handle.mount(Shelf, python_view=basket))
    changed = await handle.update_state(None, {"items": ["a"], "text": "new"})
    assert "<li>a</li><b>1</b> new" in picture.follow(changed)
    assert (basket.items, basket.text) == (["a"], "new")
    for name in ("_hidden", "add"):
        with pytest.raises(BadParameters, match=name):
            await handle.update_state(None, {name: 1})
    with pytest.raises(HandlerFailed, match="total"):
        await handle.update_state(None, {"text": "x", "total": 3})
    assert basket == Basket(["a"], "new")


async def test_an_object_can_bring_its_template_and_what_a_view_has(handle):
    picture = Picture(await handle.mount(params={"start": "3"}, python_view=Living()))
    assert "['GET', 3]" in picture.html
    assert "noted" in picture.follow(await handle.event("note"))
    with pytest.raises(HandlerNotFound):
        await handle.event("terminate", {"reason": "none"})
    await handle.unmount()
    assert calls["living left"] == 1


async def test_an_object_that_nothing_shows_is_refused(handle):
    with pytest.raises(MountFailed, match="Basket has neither a template nor a") as failure:
        await handle.mount(python_view=Basket())
    assert isinstance(failure.value.__cause__, ImproperlyConfigured)
    assert not handle._cell.children


async def test_what_has_no_state_that_could_be_put_back_is_refused(handle):
    with pytest.raises(TypeError, match="not the class Basket"):
        await handle.mount(Shelf, python_view=Basket)
    with pytest.raises(TypeError, match="an object with a __dict__, where its state is"):
        await handle.mount(Shelf, python_view=(1, 2))
    with pytest.raises(TypeError, match="Whole is no Shelf"):
        await handle.mount(Shelf, python_view=Whole())


async def test_an_instance_of_a_view_is_the_view_itself(handle):
    view = Whole("mine")
    picture = Picture(await handle.mount(params={"start": "4"}, python_view=view))
    assert "4|mine" in picture.html
    assert "5|mine" in picture.follow(await handle.event("up"))
    assert (view.count, calls["mount"]) == (5, 1)
    with pytest.raises(HandlerNotFound):
        await handle.event("hidden")


async def test_an_instance_of_a_view_is_what_it_was_after_a_failure(handle):
    view = Whole("mine")
    lock = view.lock
    picture = Picture(await handle.mount(Whole, python_view=view))
    for _ in range(8):
        with pytest.raises(HandlerFailed):
            await handle.event("fail")
        assert (view.count, view.note, view.lock) == (0, "mine", lock)
        assert not hasattr(view, "extra")
    assert "1|mine" in picture.follow(await handle.event("up"))
    assert view.count == 1
    assert view_cell(handle).incarnation == 1


async def test_the_tree_and_the_metrics_call_an_object_by_its_own_class(handle):
    await handle.mount(Shelf, python_view=Basket(["x"]))
    cell = view_cell(handle)
    assert cell.data["class"].endswith(".Basket")
    assert await asyncio.to_thread(cell.get_state) == {"items": ["x"], "text": "", "_hidden": 0}
