"""How a message is counted whose answer comes too late for whoever waited for it: once, with its
name and its time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from pykka_live import SessionHandle, create_session_actor, event, get_actor_stats
from pykka_live.exceptions import ActorTimeout
from pykka_live.live import hooks
from pykka_live.live.page import adoptions
from tests.live.driven import HandleRow, Slow, SlowToMount
from tests.live.troubled import Troubled, open_gate, somebody_waits_at, wait_at
from tests.tab import Tab, until


@pytest.fixture
def heard() -> Iterator[list[hooks.Handled]]:
    """What has been counted."""
    heard: list[hooks.Handled] = []
    hooks.add_listener(note := heard.append)
    yield heard
    hooks.remove_listener(note)


def counted(heard: list[hooks.Handled]) -> list[tuple[str, str, str]]:
    return [(each.kind, each.event, each.outcome) for each in heard]


async def test_an_event_of_a_tab(settings, heard):
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.1}
    tab = Tab("/troubled/")
    await tab.open()
    heard.clear()
    assert (await tab.event("wait"))["code"] == "timeout"
    open_gate("wait")
    await until(lambda: heard)
    await tab.close()
    assert counted(heard) == [("event", "wait", "timeout")]
    assert heard[0].handler > 0


async def test_a_join_of_a_tab(settings, heard, monkeypatch):
    mount = Troubled.mount

    def slow_mount(self: Troubled, request: Any) -> None:
        wait_at("mount")
        mount(self, request)

    settings.PYKKA_LIVE = {"MOUNT_TIMEOUT": 0.1}
    tab = Tab("/troubled/")
    await tab.load()
    adoptions.clear()
    heard.clear()
    monkeypatch.setattr(Troubled, "mount", slow_mount)
    await tab.connect()
    assert (await tab.join())["code"] == "timeout"
    open_gate("mount")
    assert (await tab.receive())["t"] == "joined"
    await tab.close()
    assert counted(heard) == [("mount", "mount", "timeout")]
    assert heard[0].handler > 0


class Waits(HandleRow):
    @event
    def wait(self) -> None:
        wait_at("wait")


def in_a_coroutine(handle: SessionHandle, name: str, *args: Any) -> Any:
    return getattr(handle, name)(*args, timeout=0.01)


def in_a_thread(handle: SessionHandle, name: str, *args: Any) -> Any:
    return asyncio.to_thread(getattr(handle.sync, name), *args, timeout=0.01)


WAYS = pytest.mark.parametrize(
    ("ask", "has_threads"),
    [(in_a_coroutine, True), (in_a_thread, True), (in_a_coroutine, False)],
    ids=["coroutine", "thread", "in place"],
)
"""How a handle asks: a plain thread drives a session in place itself, and is never too late."""


@pytest.mark.threads
@WAYS
async def test_a_mount_of_a_handle(settings, heard, ask, has_threads):
    settings.PYKKA_LIVE = {"USE_ACTORS": has_threads}
    handle = await create_session_actor("test")
    with pytest.raises(ActorTimeout):
        await ask(handle, "mount", SlowToMount)
    open_gate("mount")
    await until(lambda: heard)
    await handle.shutdown()
    assert counted(heard) == [("mount", "mount", "timeout")]
    assert heard[0].view.endswith(".SlowToMount")
    assert heard[0].total > 0


@pytest.mark.threads
@WAYS
async def test_events_of_a_handle(settings, heard, ask, has_threads):
    settings.PYKKA_LIVE = {"USE_ACTORS": has_threads}
    handle = await create_session_actor("test")
    await handle.mount(Slow)
    await handle.create_component(None, "row", Waits)
    heard.clear()
    before = get_actor_stats()
    for name, *args in (
        ("event", "wait"),
        ("event", "up"),
        ("component_event", None, "row", "wait"),
        ("update_component_props", None, "row", {}),
    ):
        with pytest.raises(ActorTimeout):
            await ask(handle, name, *args)
    assert heard == []
    open_gate("wait")
    await handle.event("up")
    await handle.component_event(None, "row", "up")
    assert sorted(counted(heard)) == [
        ("event", "up", "ok"),
        ("event", "up", "ok"),
        ("event", "up", "timeout"),
        ("event", "wait", "timeout"),
        ("event", "wait", "timeout"),
        ("info", "update", "timeout"),
    ]
    assert get_actor_stats().messages_processed - before.messages_processed == len(heard)


@pytest.mark.threads
async def test_who_gives_up_by_itself_is_not_late(heard):
    handle = await create_session_actor("test")
    await handle.mount(Slow)
    heard.clear()
    asking = asyncio.ensure_future(handle.event("wait"))
    await somebody_waits_at("wait")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    open_gate("wait")
    await until(lambda: heard)
    assert counted(heard) == [("event", "wait", "noop")]
