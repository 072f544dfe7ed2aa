"""Live sessions: they outlive their socket, are one per tab, and end without a trace."""

from __future__ import annotations

import asyncio
import threading

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.backends.signals import connection_created
from django.test import AsyncClient

from pykka_live.state import snapshot
from tests.live.views import calls, gate
from tests.tab import Tab, ended, until


def sessions(actors):
    return [cell for cell in actors.cells() if cell.kind == "session"]


def actor_threads() -> list[str]:
    """The names of the threads of actors that have something to do."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("/")]


async def test_a_tab_comes_back_to_its_session(actors):
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment", amount=3)
    await tab.close(1006)
    await tab.connect()
    frame = await tab.join()
    assert frame["t"] == "joined"
    assert frame["resumed"] is True
    assert frame["v"] == 2
    assert "tree" not in frame
    await tab.event("increment")
    assert "<h1>4</h1>" in tab.html
    assert calls["mount"] == 1
    await tab.close()


async def test_what_changed_while_the_tab_was_away_comes_with_the_rejoin(actors):
    away, there = Tab("/room/", name="a" * 20), Tab("/room/", name="b" * 20)
    await away.open()
    await there.open()
    await away.close(1006)
    await there.event("say", text="hello")
    while "hello" not in there.html:
        await there.receive()
    await away.connect()
    frame = await away.join()
    assert frame["resumed"] is True
    assert "p" in frame
    assert "hello" in away.html
    await away.close()
    await there.close()


async def test_a_tab_that_lost_a_frame_gets_the_tree():
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment")
    await tab.close(1006)
    tab.version = 1
    tab.tree = None
    await tab.connect()
    assert "tree" in await tab.join()
    assert "<h1>1</h1>" in tab.html
    await tab.close()


async def test_a_normal_close_ends_the_session_at_once(actors):
    tab = Tab("/counter/")
    await tab.open()
    (cell,) = sessions(actors)
    await tab.close(1001)
    await ended(cell)
    assert calls["terminate left"] == 1


async def test_a_tab_that_does_not_come_back_loses_its_session(actors, settings):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 0.01}
    tab = Tab("/counter/")
    await tab.open()
    (cell,) = sessions(actors)
    await tab.close(1006)
    await ended(cell)
    assert calls["terminate disconnected"] == 1
    await tab.connect()
    assert "resumed" not in await tab.join()
    assert calls["mount"] == 2
    await tab.close()


async def test_the_newer_socket_of_a_tab_takes_over(actors):
    tab = Tab("/counter/")
    await tab.open()
    older = tab.socket
    await tab.connect()
    assert (await tab.join())["resumed"] is True
    assert await older.receive_output(timeout=10) == {"type": "websocket.close", "code": 4000}
    await older.disconnect(code=4000)
    assert (await tab.event("increment"))["t"] == "patch"
    (cell,) = sessions(actors)
    assert cell.alive
    await tab.close()


async def test_a_handler_that_blocks_keeps_nobody_else_waiting():
    slow, same, other = (
        Tab(path, name=c * 20) for path, c in (("/slow/", "a"), ("/slow/", "b"), ("/counter/", "c"))
    )
    gate.clear()
    try:
        for tab in (slow, same, other):
            await tab.open()
        waiting = await slow.send(t="event", view=1, name="wait")
        behind = await slow.send(t="event", view=1, name="up")
        for _ in range(20):
            assert (await same.event("up"))["t"] == "patch"
            assert (await other.event("increment"))["t"] == "patch"
        assert await slow.socket.receive_nothing(timeout=0.01)
    finally:
        gate.set()
    assert (await slow.answer(waiting))["t"] == "patch"
    await slow.answer(behind)
    assert "101" in slow.html
    for tab in (slow, same, other):
        await tab.close()


async def test_who_waits_too_long_gets_a_time_out_and_later_the_result(settings):
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.05}
    tab = Tab("/slow/")
    gate.clear()
    try:
        await tab.open()
        frame = await tab.event("wait")
        assert (frame["t"], frame["code"]) == ("error", "timeout")
    finally:
        gate.set()
    assert (await tab.receive())["t"] == "patch"
    assert "100" in tab.html
    await tab.close()


async def test_a_full_mailbox_delays_only_its_own_view(settings):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2}}
    slow, other = Tab("/slow/", name="a" * 20), Tab("/counter/", name="b" * 20)
    gate.clear()
    try:
        await slow.open()
        await other.open()
        refs = [await slow.send(t="event", view=1, name="wait")]
        refs += [await slow.send(t="event", view=1, name="up") for _ in range(30)]
        assert (await other.event("increment"))["t"] == "patch"
    finally:
        gate.set()
    for ref in refs:
        assert (await slow.answer(ref))["t"] == "patch"
    assert "130" in slow.html
    await slow.close()
    await other.close()


async def test_a_full_mailbox_that_rejects_answers_with_an_error(settings):
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2, "OVERFLOW": "reject"}}
    tab = Tab("/slow/")
    gate.clear()
    try:
        await tab.open()
        await tab.send(t="event", view=1, name="wait")
        while calls["waiting"] == 0:
            await asyncio.sleep(0)
        for _ in range(2):
            await tab.send(t="event", view=1, name="up")
        frame = await tab.event("up")
        assert (frame["t"], frame["code"]) == ("error", "mailbox_full")
    finally:
        gate.set()
    await tab.close()


async def test_no_thread_is_left_after_500_sessions(actors):
    first = Tab("/counter/")
    await first.open()
    await first.event("increment")

    async def visit(number: int) -> None:
        tab = Tab("/counter/", name=f"{number:020}")
        await tab.open()
        assert (await tab.event("increment"))["t"] == "patch"
        await tab.close()

    for start in range(0, 500, 25):
        await asyncio.gather(*(visit(start + number) for number in range(25)))
    for cell in sessions(actors)[1:]:
        await ended(cell)
    assert len(sessions(actors)) == 1
    await until(lambda: not actor_threads())
    await first.close()


async def test_no_database_connection_outlives_its_message():
    opened = []

    def note(connection, **_):
        opened.append((threading.current_thread().name, connection))

    connection_created.connect(note)
    try:
        tabs = [Tab("/users/", name=f"{number:020}") for number in range(50)]
        await asyncio.gather(*(tab.open() for tab in tabs))
        await sync_to_async(User.objects.create)(username="ann")
        for name in ("look", "look_async"):
            await asyncio.gather(*(tab.event(name) for tab in tabs))
            assert all("1" in tab.html for tab in tabs)
            await sync_to_async(User.objects.all().delete)()
            await asyncio.gather(*(tab.event(name) for tab in tabs))
            await sync_to_async(User.objects.create)(username="ann")
        threads = ("/sessions/", "asyncio_")  # the latter in place
        ours = [connection for name, connection in opened if name.startswith(threads)]
        assert len(ours) >= 200
        assert [connection for connection in ours if connection.connection is not None] == []
        await asyncio.gather(*(tab.close() for tab in tabs))
    finally:
        connection_created.disconnect(note)


async def test_a_transaction_that_was_left_open_is_rolled_back():
    tab = Tab("/users/")
    await tab.open()
    await tab.event("leave_open")
    assert await sync_to_async(User.objects.count)() == 0
    await sync_to_async(User.objects.create)(username="ann")
    await tab.event("look")
    assert "1" in tab.html
    await tab.close()


async def test_with_atomic_requests_a_handler_that_fails_leaves_nothing_behind():
    # The settings of a connection are read by each thread when it first connects.
    connections.settings["default"]["ATOMIC_REQUESTS"] = True
    try:
        tab = Tab("/users/")
        await tab.open()
        frame = await tab.event("leave_open")
        assert frame["t"] in ("patch", "ok", "error")
        assert await sync_to_async(User.objects.count)() == 0
        await tab.close()
    finally:
        connections.settings["default"]["ATOMIC_REQUESTS"] = False


async def test_what_an_event_puts_into_the_django_session_is_saved():
    client = AsyncClient()
    await sync_to_async(client.force_login)(await User.objects.acreate(username="ann"))
    tab = Tab("/users/", client)
    await tab.open()
    await tab.event("remember", value="blue")
    session = await Session.objects.aget(pk=client.cookies["sessionid"].value)
    assert session.get_decoded()["value"] == "blue"
    await tab.event("recall")
    assert "blue" in tab.html
    await tab.close()


async def test_what_cannot_be_copied_is_made_anew_and_self_stays_self(caplog, monkeypatch):
    monkeypatch.setattr(snapshot, "_warned", set())
    tab = Tab("/odd/")
    await tab.open()
    await tab.event("up")
    await tab.event("fail")
    await tab.event("up")
    assert ">2<" in tab.html
    assert sum("Odd.lock cannot be copied" in line for line in caplog.messages) == 1
    await tab.close()
