"""Outcomes: whatever a view's code raises, and wherever, the message is counted once, and answered
with what has failed."""

from __future__ import annotations

import asyncio

import pytest

from pykka_live.live import hooks
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
