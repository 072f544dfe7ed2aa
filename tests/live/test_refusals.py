"""Handlers that raise `PermissionDenied`: that is a refusal, and no failure."""

from __future__ import annotations

import logging

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.http import HttpRequest
from django.test import RequestFactory

from pykka_live import LiveComponent, LiveView, create_session_actor, event, publish
from pykka_live.exceptions import HandlerDenied, HandlerFailed
from pykka_live.live import hooks
from pykka_live.live.pubsub import hub
from tests.live.troubled import open_gate, plan, somebody_waits_at
from tests.tab import Tab, until


class Vault(LiveView):
    """Writes, and refuses then."""

    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: HttpRequest) -> None:
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def forbid(self) -> None:
        self.count += 1000
        User.objects.create(username="a burglar")
        if not self.request.user.is_staff:
            raise PermissionDenied("not\nyours")


class Chest:
    """The same as a plain object."""

    template = "<p data-liveview-root>{{ count }}</p>"

    def __init__(self) -> None:
        self.count = 0

    def up(self) -> None:
        self.count += 1

    def forbid(self) -> None:
        self.count += 1000
        self.open = True
        raise PermissionDenied("not yours")


class Drawer(LiveComponent):
    template = "<p>{{ count }}</p>"

    def mount(self) -> None:
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def forbid(self) -> None:
        self.count += 1000
        raise PermissionDenied("not yours")


@pytest.fixture
def outcomes():
    """How messages have ended."""
    seen: list[tuple[str, str]] = []

    def note(handled: hooks.Handled) -> None:
        seen.append((handled.event, handled.outcome))

    hooks.add_listener(note)
    yield seen
    hooks.remove_listener(note)


def only(actors, kind):
    (cell,) = [cell for cell in actors.cells() if cell.kind == kind]
    return cell


async def test_a_refused_event_is_answered_and_changes_nothing(actors, caplog, outcomes):
    tab = Tab("/troubled/")
    await tab.open()
    view = only(actors, "view")
    await tab.event("up")
    for _ in range(20):  # more than any supervisor would put up with
        frame = await tab.event("forbid")
        assert (frame["t"], frame["code"]) == ("error", "denied")
        assert "not yours" not in frame["message"]
    assert (view.incarnation, view.failures, view.restarts) == (1, 0, 0)
    state = view.get_state()
    assert (state["count"], state["heard"], "extra" in state) == (1, ["nothing"], False)
    assert "news" in hub.topics()
    assert "other news" not in hub.topics()
    assert (await tab.event("up"))["t"] == "patch"
    assert "<b>2</b>" in tab.html
    assert outcomes.count(("forbid", "denied")) == 20
    told = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(told) == 20
    assert told[0].getMessage() == (
        f"{view.path}: event forbid denied to a visitor: PermissionDenied: not yours"
    )
    assert told[0].exc_info is None
    assert (told[0].path, told[0].event, told[0].outcome) == (view.path, "forbid", "denied")
    await tab.close()


async def test_a_template_that_refuses_what_an_event_would_show_changes_nothing(actors, outcomes):
    tab = Tab("/troubled/")
    await tab.open()
    view = only(actors, "view")
    await tab.event("up")
    for _ in range(20):  # more than any supervisor would put up with
        plan["render"] = [PermissionDenied]
        assert (await tab.event("up"))["code"] == "denied"
    assert (view.incarnation, view.failures, view.get_state()["count"]) == (1, 0, 1)
    assert (await tab.event("up"))["t"] == "patch"
    assert "<b>2</b>" in tab.html
    assert outcomes.count(("up", "denied")) == 20
    await tab.close()


@pytest.mark.parametrize("place", ["info", "render"])
async def test_what_was_published_before_a_refusal_is_shown(actors, outcomes, place):
    tab = Tab("/troubled/")
    await tab.open()
    waiting = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    publish("news", "one ")
    publish("news", "two ")
    view = only(actors, "view")
    await until(lambda: len(view.mailbox) == 2)
    plan[place] = _Sometimes([None, PermissionDenied])  # the event that waits is drawn, too
    open_gate("wait")
    await tab.answer(waiting)
    while "<i>one </i>" not in tab.html:
        await tab.receive()
    assert view.failures == 0
    assert ("handle_info", "denied") in outcomes
    await tab.close()


class _Sometimes(list):
    """A plan that fails at some of the times only."""

    def __init__(self, times) -> None:
        super().__init__()
        self._times = iter(times)

    def __bool__(self) -> bool:
        error = next(self._times, None)
        self[:] = [] if error is None else [error]
        return error is not None


@pytest.fixture
def atomic():
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    yield
    connections.settings["default"]["ATOMIC_REQUESTS"] = False


async def test_the_transaction_is_rolled_back_and_the_log_tells_who(actors, caplog, atomic):
    request = RequestFactory().get("/")
    request.user = User(username="eve")
    handle = await create_session_actor("refusals")
    await handle.mount(Vault, request=request)
    with pytest.raises(HandlerDenied) as raised:
        await handle.event("forbid")
    assert isinstance(raised.value, HandlerFailed)
    assert isinstance(raised.value.__cause__, PermissionDenied)
    assert (await handle.event("up")).version == 2
    assert only(actors, "view").failures == 0
    assert not await User.objects.filter(username="a burglar").aexists()
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert (record.by, "denied to eve" in record.getMessage()) == ("eve", True)


async def test_an_object_that_was_given_has_its_state_back(actors):
    part = Chest()
    handle = await create_session_actor("refusals")
    await handle.mount(python_view=part)
    await handle.event("up")
    with pytest.raises(HandlerDenied):
        await handle.event("forbid")
    assert vars(part) == {"count": 1}
    await handle.event("up")
    assert "2" in (await handle.render()).html
    assert only(actors, "view").failures == 0


async def test_a_component_that_refuses_goes_on(actors):
    handle = await create_session_actor("refusals")
    await handle.mount(python_view=Chest())
    await handle.create_component(None, "drawer", Drawer)
    await handle.component_event(None, "drawer", "up")
    with pytest.raises(HandlerDenied):
        await handle.component_event(None, "drawer", "forbid")
    await handle.component_event(None, "drawer", "up")
    component = only(actors, "component")
    assert (component.failures, component.get_state()["count"]) == (0, 2)
