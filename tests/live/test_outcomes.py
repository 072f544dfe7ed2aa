"""Outcomes: whatever a view's code raises, and wherever, the message is counted once, and answered
with what has failed."""

from __future__ import annotations

import asyncio

import pytest

from pykka_live import create_session_actor
from pykka_live.exceptions import BadParameters, JoinRefused
from pykka_live.live import hooks
from pykka_live.live.messages import CallEvent, OpenView
from pykka_live.live.outcomes import outcome_of_refusal
from pykka_live.live.sessions import open_session
from pykka_live.live.token import PageToken
from tests.live.components import gates, log
from tests.live.troubled import plan
from tests.tab import Tab, until


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise Unspeakable

    __repr__ = __str__


@pytest.fixture
def handled():
    """What the hooks were told of: kind, event and outcome of each message."""
    seen: list[tuple[str, str, str]] = []

    def note(message: hooks.Handled) -> None:
        seen.append((message.kind, message.event, message.outcome))

    hooks.add_listener(note)
    yield seen
    hooks.remove_listener(note)


@pytest.fixture(autouse=True)
def _restarts_without_delay(settings):
    view = {"max_restarts": 3, "max_seconds": 60, "backoff": [0, 0]}
    settings.PYKKA_LIVE = {"SUPERVISION": {"view": view}}


@pytest.mark.parametrize(
    "error",
    [ValueError, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError, Unspeakable],
)
async def test_what_a_template_raises_is_a_template_error(handled, error):
    tab = Tab("/troubled/")
    await tab.open()
    plan["render"] = [error]
    assert (await tab.event("up"))["code"] == "template_failed"
    assert (await tab.event("up"))["t"] == "patch"
    assert "<b>1</b>" in tab.html
    assert handled == [
        ("mount", "mount", "ok"),
        ("event", "up", "template_error"),
        ("restore", "on_restore", "noop"),
        ("event", "up", "ok"),
    ]
    await tab.close()


async def test_what_a_template_raises_at_a_join_is_a_template_error(handled):
    tab = Tab("/troubled/")
    await tab.open()
    await tab.close(1006)
    plan["render"] = [SystemExit]
    await tab.connect()
    assert (await tab.join())["code"] == "template_failed"
    assert (await tab.join())["t"] == "joined"
    outcomes = [outcome for kind, _, outcome in handled if kind == "mount"]
    assert outcomes == ["ok", "template_error", "ok"]
    await tab.close()


async def test_a_state_that_ends_the_thread_when_it_is_copied_is_an_error_of_the_handler(handled):
    tab = Tab("/uncopyable/")
    await tab.open()
    assert (await tab.event("poison"))["code"] == "handler_failed"
    assert handled[1] == ("event", "poison", "handler_error")
    assert (await tab.event("up"))["t"] == "patch"
    await tab.close()


@pytest.mark.parametrize(
    ("place", "outcome"), [("mount", "handler_error"), ("render", "template_error")]
)
async def test_a_restart_that_fails_is_counted_too(handled, place, outcome):
    tab = Tab("/troubled/")
    await tab.open()
    plan["on_restore"] = [SystemExit]
    plan[place] = [SystemExit]
    await tab.event("fail")
    assert (await tab.event("up"))["t"] == "patch"
    await until(lambda: handled[-1] == ("event", "up", "ok"))
    assert handled[2:4] == [
        ("restore", "on_restore", outcome),
        ("restore", "on_restore", "noop"),
    ]
    await tab.close()


@pytest.mark.parametrize(
    ("refused", "outcome"),
    [
        (JoinRefused("denied", "Forbidden", 403), "denied"),
        (JoinRefused("denied", "Unauthorized", 401), "denied"),
        (JoinRefused("denied", "not for this visitor any more", 302), "denied"),
        (JoinRefused("denied", "Not Found", 404), "rejected"),
        (JoinRefused("redirect", "moved", 302, "/accounts/login/"), "denied"),
        (JoinRefused("redirect", "moved", 302, "https://sso.test/?next=/shop/"), "denied"),
        (JoinRefused("redirect", "moved", 302, "/elsewhere/?page=2"), "rejected"),
        (JoinRefused("bad_token", "of another user"), "rejected"),
        (BadParameters("mount: n is missing"), "rejected"),
    ],
)
def test_a_join_is_denied_where_it_matters_who_the_visitor_is(refused, outcome):
    assert outcome_of_refusal(refused) == outcome


class Socket:
    """One that nobody is behind."""

    def take_over(self) -> None: ...

    def restart(self) -> None: ...


async def test_what_comes_before_the_join_is_refused_and_counted(handled):
    tab = Tab("/troubled/")
    await tab.load()
    token = PageToken.read(tab.token)
    session = await open_session(token, tab.name)
    view = await session.ask_async(OpenView(token, Socket()))
    refusal = await view.ask_async(CallEvent("up", {}))
    assert refusal.code == "unknown_view"
    assert handled == [("event", "", "rejected")]


async def test_attributes_that_cannot_be_set_are_refused_and_counted(handled):
    handle = await create_session_actor("test")
    await handle.mount("tests.live.views.Counter", {})
    with pytest.raises(BadParameters):
        await handle.update_state(None, {"no_such": 1})
    assert handled[-1] == ("info", "update_state", "rejected")


@pytest.mark.threads  # in place nobody is busy while a browser sends
@pytest.mark.parametrize(
    ("target", "waits", "name", "known"),
    [({}, "view", "Board", "retitle"), ({"c": "a"}, "a", "Tally", "add")],
    ids=["view", "component"],
)
async def test_what_finds_no_room_is_counted_for_its_class_and_its_handler(
    settings, target, waits, name, known
):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2, "component": 2, "OVERFLOW": "reject"}}
    tab = Tab("/board/?ids=a")
    await tab.open()
    log.clear()
    gates.pop("room", None)
    seen: list[hooks.Handled] = []
    note = seen.append
    hooks.add_listener(note)
    try:
        await tab.send(t="event", view=1, name="wait", params={"gate": "room"}, **target)
        await until(lambda: (waits, "wait") in log)
        for _ in range(2):
            await tab.send(t="event", view=1, name=known, **target)
        for event in (known, "rubbish"):
            frame = await tab.answer(await tab.send(t="event", view=1, name=event, **target))
            assert frame["code"] == "mailbox_full"
    finally:
        hooks.remove_listener(note)
        gates["room"].set()
    assert [each[:4] for each in seen] == [
        (f"tests.live.components.{name}", "event", known, "rejected"),
        (f"tests.live.components.{name}", "event", "", "rejected"),
    ]
    assert all(("/components/" in each.path) == bool(target) for each in seen)
    await tab.close()
