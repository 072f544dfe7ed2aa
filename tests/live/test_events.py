"""Events: what a browser may call, how parameters are bound, how each call is answered."""

from __future__ import annotations

import pytest

from pykka_live import LiveView, event
from pykka_live.actors._messages import message_name
from pykka_live.exceptions import HandlerNotFound
from pykka_live.live.events import find_handler
from pykka_live.live.messages import CallEvent
from tests.live.views import Counter, calls
from tests.tab import Tab, ended


@pytest.fixture
async def tab():
    tab = Tab("/counter/")
    await tab.open()
    yield tab
    await tab.close()


async def test_an_event_is_answered_by_a_short_patch(tab):
    ref = await tab.send(t="event", view=1, name="increment", params={})
    text = await tab.socket.receive_from(timeout=10)
    assert text == f'{{"t":"patch","ref":{ref},"v":2,"p":[0,0,"t","1"]}}'
    assert len(text) < 64


async def test_an_async_handler_is_a_handler(tab):
    assert (await tab.event("increment_async", amount=3))["t"] == "patch"
    assert "<h1>3</h1>" in tab.html


async def test_an_event_that_changes_nothing_is_acknowledged(tab):
    assert await tab.event("nothing") == {"t": "ok", "ref": 2}


@pytest.mark.parametrize(
    "name",
    [
        "unknown",
        "secret",
        "_private",
        "__init__",
        "mount",
        "dispatch",
        "get",
        "terminate",
        "count",
        "get_context_data",
        "as_view",
        "__class__",
        "subscribe",
        "increment.__call__",
    ],
)
async def test_only_decorated_methods_can_be_called(tab, name):
    frame = await tab.event(name)
    assert (frame["t"], frame["code"]) == ("error", "unknown_event")
    assert name in frame["message"]
    assert calls["secret"] == calls["private"] == 0
    assert (await tab.event("increment"))["t"] == "patch"


async def test_undeclared_parameters_are_dropped_and_wrong_ones_named(tab):
    assert (await tab.event("increment", amount="1", other="x", self="y"))["t"] == "patch"
    frame = await tab.event("increment", amount="one")
    assert (frame["t"], frame["code"]) == ("error", "bad_params")
    assert "'amount' must be a whole number, not 'one'" in frame["message"]
    await tab.event("all_of_it", a="1", b="2", self="3", function="4")
    assert "<h1>3</h1>" in tab.html


async def test_an_event_before_the_join_or_for_another_view_is_refused():
    tab = Tab("/counter/")
    await tab.load()
    await tab.connect()
    tab.view = 1
    frame = await tab.event("increment")
    assert (frame["code"], frame["ref"]) == ("unknown_view", 1)
    await tab.join()
    tab.view = 2
    assert (await tab.event("increment"))["code"] == "unknown_view"
    tab.view = 1
    assert (await tab.event("increment"))["t"] == "patch"
    await tab.close()


async def test_a_refresh_is_answered_by_the_whole_tree(tab):
    await tab.event("increment")
    html, tab.tree = tab.html, None
    frame = await tab.answer(await tab.send(t="refresh", view=1))
    assert frame["t"] == "tree"
    assert tab.html == html


async def test_leaving_ends_the_view(tab, actors):
    (session,) = (cell for cell in actors.cells() if cell.kind == "session")
    assert await tab.answer(await tab.send(t="leave", view=1)) == {"t": "ok", "ref": 2}
    assert (await tab.event("increment"))["code"] == "unknown_view"
    await ended(session)
    assert calls["terminate left"] == 1


def test_the_public_rule_admits_public_methods_but_none_of_the_frameworks(settings):
    settings.PYKKA_LIVE = {"EVENTS": "public"}
    assert find_handler(Counter, "secret")
    for name in ("_private", "dispatch", "mount", "setup", "terminate", "on_restore", "get"):
        with pytest.raises(HandlerNotFound):
            find_handler(Counter, name)


def test_an_event_that_cannot_be_one_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="_hidden is private"):

        class Hidden(LiveView):
            @event
            def _hidden(self):
                pass

    with pytest.raises(TypeError, match="overrides a method of the framework"):

        class Overrides(LiveView):
            @event
            def dispatch(self):
                pass

    class Unconvertible(LiveView):
        @event
        def save(self, item: object):
            pass

    with pytest.raises(TypeError, match=r"Unconvertible.save: parameter 'item'"):
        Unconvertible.as_view()


def test_an_override_without_the_decorator_is_no_event():
    class Silent(Counter):
        def increment(self):
            pass

    with pytest.raises(HandlerNotFound):
        find_handler(Silent, "increment")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("save", "event save"),
        ("a\nb", r"event 'a\nb'"),
        ("\u202esave", r"event '\u202esave'"),
        ("", "event ''"),
        ("x y" * 1000, "event 'x yx yx yx yx yx yx '"),
        ("x" * 1000, "CallEvent"),
    ],
)
def test_logs_name_an_event_whatever_the_browser_calls_it(name, shown):
    assert message_name(CallEvent(name, {})) == shown
