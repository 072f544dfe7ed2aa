"""What goes wrong with views that are driven from Python."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponseRedirect

from pykka_live import LiveView, create_session_actor
from pykka_live.exceptions import (
    ActorStopped,
    BadParameters,
    HandlerFailed,
    HandlerNotFound,
    JoinRefused,
    MountFailed,
    TemplateFailed,
    ViewNotFound,
)
from tests.live.driven import Picture, view_cell
from tests.live.troubled import Troubled, plan
from tests.live.views import Counter, calls
from tests.tab import until

COUNTER = "tests.live.views.Counter"


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


class Closed(Counter):
    supervision = {"strategy": "stop"}


class Flat(LiveView):
    """Has no live region."""

    template = "<p>{{ request.path }}</p>"


class Moved(LiveView):
    template = "<p data-liveview-root></p>"

    def mount(self, request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect("/elsewhere/")


async def test_an_unknown_handler_and_a_bad_parameter_are_told_and_restart_nothing(handle):
    await handle.mount(COUNTER)
    for name in ("missing", "secret", "_private", "mount", "__init__"):
        with pytest.raises(HandlerNotFound, match=name):
            await handle.event(name)
    with pytest.raises(TypeError, match="the name of an event is a text"):
        await handle.event(7)
    with pytest.raises(BadParameters, match="increment: the parameter 'amount'"):
        await handle.event("increment", {"amount": "many"})
    assert view_cell(handle).incarnation == 1


@pytest.mark.parametrize(("name", "kind"), [("fail", ValueError), ("leave", SystemExit)])
async def test_a_handler_that_raises_is_told_with_its_cause_and_has_changed_nothing(
    handle, name, kind
):
    picture = Picture(await handle.mount(COUNTER, {"start": 3}))
    with pytest.raises(HandlerFailed, match=kind.__name__) as failure:
        await handle.event(name)
    assert type(failure.value.__cause__) is kind
    assert "<h1>4</h1>" in picture.follow(await handle.event("increment"))
    assert view_cell(handle).incarnation == 2


async def test_a_template_that_raises_is_told_and_the_event_has_not_happened(handle):
    picture = Picture(await handle.mount(Troubled))
    plan["render"] = [ZeroDivisionError]
    with pytest.raises(TemplateFailed) as failure:
        await handle.event("up")
    assert isinstance(failure.value.__cause__, ZeroDivisionError)
    assert "<b>1</b>" in picture.follow(await handle.event("up"))


async def test_a_view_that_ends_with_its_first_failure_leaves_its_session_alive(handle):
    await handle.mount(Closed)
    with pytest.raises(HandlerFailed):
        await handle.event("fail")
    with pytest.raises((ActorStopped, ViewNotFound)):
        await handle.event("increment")
    assert await handle.ping()
    await handle.mount(COUNTER)


async def test_a_mount_that_raises_leaves_no_view_behind(handle):
    plan["mount"] = [KeyError]
    with pytest.raises(MountFailed) as failure:
        await handle.mount(Troubled)
    assert isinstance(failure.value.__cause__, KeyError)
    assert not handle._cell.children
    plan["render"] = [KeyError]
    with pytest.raises(TemplateFailed):
        await handle.mount(Troubled)
    assert (handle._cell.children, calls["troubled terminated: refused"]) == ({}, 1)
    with pytest.raises(TemplateFailed, match="data-liveview-root"):
        await handle.mount(Flat)
    with pytest.raises(ViewNotFound):
        await handle.render()
    assert (await handle.mount(Troubled)).version == 1
    assert handle._cell.incarnation == 1


async def test_a_mount_that_answers_otherwise_is_a_refusal(handle):
    with pytest.raises(JoinRefused, match="302") as refused:
        await handle.mount(Moved)
    assert (refused.value.code, refused.value.location) == ("redirect", "/elsewhere/")
    assert not handle._cell.children


async def test_what_is_no_view_cannot_be_mounted(handle):
    for missing in ("tests.live.views.Missing", "nowhere.View", "tests.live.views.calls", "x"):
        with pytest.raises(ViewNotFound, match=missing):
            await handle.mount(missing)
    for wrong in (object, 7):
        with pytest.raises(TypeError, match="a LiveView or its dotted name"):
            await handle.mount(wrong)
    with pytest.raises(TypeError, match="a view, or a python_view"):
        await handle.mount()


@pytest.mark.usefixtures("quick_restarts")
async def test_a_view_that_fails_too_often_comes_back_with_its_session(handle):
    picture = Picture(await handle.mount(COUNTER, {"start": 3}))
    for _ in range(4):  # one more than it may
        with pytest.raises(HandlerFailed):
            await handle.event("fail")
    await until(lambda: handle._cell.incarnation == 2)
    assert "<h1>4</h1>" in picture.follow(await handle.event("increment"))
    assert picture.html == (await handle.render()).html
