"""The Python handle under load: nothing is lost, nothing hangs."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter as Tally

import pytest

from pykka_live import SyncHandle, create_session_actor
from pykka_live.exceptions import ActorStopped, ActorTimeout, MailboxFull, ViewNotFound
from pykka_live.live.caretaker import Sweep
from tests.live.driven import Picture, Slow, SlowToMount, view_cell
from tests.live.troubled import open_gate, somebody_waits_at
from tests.live.views import Counter, calls
from tests.tab import ended, until

HOURS = 7200 * 10**9


@pytest.fixture
async def handle(actors):
    return await create_session_actor("test")


def kinds(actors):
    return Tally(cell.kind for cell in actors.cells() if cell.kind in ("session", "view"))


async def test_sessions_come_and_go_in_rapid_turns(actors):
    for number in range(20):
        handle = await create_session_actor("again")
        mounted = await handle.mount(Counter, {"start": number})
        assert f"<h1>{number}</h1>" in mounted.html
        await handle.event("increment")
        await handle.shutdown()
        assert not kinds(actors)
    assert calls["terminate left"] == 20


async def test_a_session_that_is_ending_is_waited_for_when_it_is_asked_for_again(actors):
    for _ in range(20):
        handle = await create_session_actor("again")
        await handle.mount(Slow)
        ending = asyncio.ensure_future(handle.shutdown())
        await asyncio.sleep(0)
        again = await create_session_actor("again")
        if again._cell is not handle._cell:
            assert await again.ping()
        await ending
        await again.shutdown()
    assert not kinds(actors)


async def test_a_hundred_sessions_are_mounted_and_driven_at_once(actors):
    async def drive(number: int) -> str:
        handle = await create_session_actor(f"session {number}")
        picture = Picture(await handle.mount(Counter, {"start": 1000 * number}))
        for _ in range(10):
            picture.follow(await handle.event("increment"))
        assert picture.html == (await handle.render()).html
        return picture.html

    pages = await asyncio.gather(*map(drive, range(100)))
    assert kinds(actors) == {"session": 100, "view": 100}
    for number, page in enumerate(pages):
        assert f"<h1>{1000 * number + 10}</h1>" in page


async def test_a_thousand_events_at_once_are_each_counted(handle):
    picture = Picture(await handle.mount(Slow))
    changes = await asyncio.gather(*(handle.event("up") for _ in range(1000)))
    assert sorted(change.version for change in changes) == list(range(2, 1002))
    for change in sorted(changes, key=lambda change: change.version):
        picture.follow(change)
    assert picture.html == (await handle.render()).html == '<p data-liveview-root="">1000</p>'


async def test_a_thousand_events_of_plain_threads_are_each_counted(handle):
    await handle.mount(Slow)
    sync = handle.sync

    def work() -> None:
        for _ in range(50):
            sync.event("up")

    await asyncio.gather(*(asyncio.to_thread(work) for _ in range(20)))
    assert (await handle.render()).html == '<p data-liveview-root="">1000</p>'


async def test_a_shutdown_in_the_midst_answers_every_event(handle):
    await handle.mount(Slow)
    outcomes: Tally[str] = Tally()
    versions = set()

    async def task() -> None:
        for _ in range(100):
            try:
                versions.add((await handle.event("up")).version)
                outcomes["answered"] += 1
            except ActorStopped:
                outcomes["stopped"] += 1

    tasks = [asyncio.ensure_future(task()) for _ in range(50)]
    await until(lambda: outcomes["answered"] > 500)
    await handle.shutdown()
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert outcomes.total() == 50 * 100
    assert len(versions) == outcomes["answered"] < 5000


async def test_an_unmount_in_the_midst_answers_every_event(handle):
    view_id = (await handle.mount(Slow)).view_id
    outcomes: Tally[type] = Tally()

    async def task() -> None:
        for _ in range(100):
            try:
                outcomes[type(await handle.event("up", view_id=view_id))] += 1
            except (ActorStopped, ViewNotFound) as error:
                outcomes[type(error)] += 1

    tasks = [asyncio.ensure_future(task()) for _ in range(20)]
    await until(lambda: outcomes.total() > 200)
    await handle.unmount(view_id)
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert outcomes.total() == 20 * 100
    assert await handle.ping()


async def test_a_shutdown_of_all_actors_answers_every_event(actors, handle):
    await handle.mount(Slow)
    outcomes: Tally[str] = Tally()

    async def task() -> None:
        for _ in range(100):
            try:
                await handle.event("up")
                outcomes["answered"] += 1
            except ActorStopped:
                outcomes["stopped"] += 1

    tasks = [asyncio.ensure_future(task()) for _ in range(20)]
    await until(lambda: outcomes["answered"] > 200)
    assert await asyncio.to_thread(actors.shutdown, 10) == []
    await asyncio.wait_for(asyncio.gather(*tasks), 60)
    assert outcomes.total() == 20 * 100
    with pytest.raises(ActorStopped):
        await create_session_actor("another")


@pytest.fixture
async def full(actors, settings, request):
    """A handle whose view is busy, its mailbox full with two events; and these, the older first."""
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 2, "OVERFLOW": request.param}}
    handle = await create_session_actor("full")
    await handle.mount(Slow)
    busy = asyncio.ensure_future(handle.event("wait"))
    await somebody_waits_at("wait")
    queued = []
    for number in (1, 2):
        queued.append(asyncio.ensure_future(handle.event("up")))
        await until(lambda number=number: len(view_cell(handle).mailbox) == number)
    yield handle, queued
    open_gate("wait")
    assert (await busy).patches == []


@pytest.mark.parametrize("full", ["block"], indirect=True)
async def test_a_full_mailbox_that_blocks_lets_the_caller_wait_for_room(full):
    handle, queued = full
    with pytest.raises(MailboxFull, match="stayed full"):
        await handle.event("up", timeout=0.01)
    with pytest.raises(MailboxFull, match="stayed full"):
        await asyncio.to_thread(handle.sync.event, "up", timeout=0.01)
    patient = asyncio.ensure_future(handle.event("up"))
    await until(lambda: len(view_cell(handle).mailbox) == 3)
    open_gate("wait")
    versions = [(await each).version for each in (*queued, patient)]
    assert versions == [2, 3, 4]


@pytest.mark.parametrize("full", ["reject"], indirect=True)
async def test_a_full_mailbox_that_rejects_says_so_at_once(full):
    handle, queued = full
    with pytest.raises(MailboxFull):
        await handle.event("up")
    with pytest.raises(MailboxFull):
        await asyncio.to_thread(handle.sync.event, "up")
    open_gate("wait")
    assert [(await each).version for each in queued] == [2, 3]


@pytest.mark.parametrize("full", ["drop_oldest"], indirect=True)
async def test_a_full_mailbox_that_drops_answers_the_oldest(full):
    handle, (oldest, second) = full
    newest = asyncio.ensure_future(handle.event("up"))
    with pytest.raises(MailboxFull, match="dropped"):
        await oldest
    open_gate("wait")
    assert [(await second).version, (await newest).version] == [2, 3]


async def test_an_event_that_is_not_answered_in_time_is_a_time_out_and_still_happens(handle):
    await handle.mount(Slow)
    for attempt in (handle.event, lambda *a, **k: asyncio.to_thread(handle.sync.event, *a, **k)):
        with pytest.raises(ActorTimeout):
            await attempt("wait", timeout=0.01)
    with pytest.raises(ActorTimeout):
        await handle.event("up", timeout=0.01)
    open_gate("wait")
    assert (await handle.render()).html == '<p data-liveview-root="">1</p>'


async def test_the_settings_say_how_long_an_event_and_a_mount_may_take(actors, settings):
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.01, "MOUNT_TIMEOUT": 0.02}
    handle = await create_session_actor("test")
    with pytest.raises(ActorTimeout, match=r"0\.02"):
        await handle.mount(SlowToMount)
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.01}
    await handle.mount(Slow)
    with pytest.raises(ActorTimeout):
        await handle.event("wait")
    open_gate("mount")
    open_gate("wait")


@pytest.mark.parametrize("ends", ["in time-out", "cancelled"])
async def test_a_view_whose_mount_nobody_waits_for_any_more_ends(handle, ends):
    mounting = asyncio.ensure_future(
        handle.mount(SlowToMount, timeout=0.05 if ends == "in time-out" else 60)
    )
    await somebody_waits_at("mount")
    cell = view_cell(handle)
    if ends == "cancelled":
        mounting.cancel()
    with pytest.raises((ActorTimeout, asyncio.CancelledError)):
        await mounting
    open_gate("mount")
    await ended(cell)
    with pytest.raises(ViewNotFound):
        await handle.event("up")


async def test_an_end_that_waits_for_a_busy_view_is_a_time_out_and_comes(handle):
    await handle.mount(Slow)
    busy = asyncio.ensure_future(handle.event("wait"))
    await somebody_waits_at("wait")
    with pytest.raises(ActorTimeout):
        await handle.unmount(timeout=0.01)
    with pytest.raises(ActorTimeout):
        await handle.shutdown(timeout=0.01)
    open_gate("wait")
    assert (await busy).patches == []
    await handle.shutdown()
    with pytest.raises(ActorStopped):
        await handle.ping()


def let_pass(handle):
    """Let it be hours ago that anything was asked."""
    handle._cell.data["record"].active -= HOURS
    for cell in (handle._cell, *handle._cell.children.values()):
        cell.busy_since -= HOURS


async def test_an_idle_session_expires_and_says_so(actors, handle):
    await handle.mount(Counter)
    await until(lambda: view_cell(handle).current is None)
    caretaker = actors.find("/caretaker")
    assert await caretaker.ask_async(Sweep()) == 0
    let_pass(handle)
    assert await caretaker.ask_async(Sweep()) == 1
    await ended(handle._cell)
    assert calls["terminate expired"] == 1
    for attempt in (handle.ping, handle.render, lambda: handle.mount(Counter)):
        with pytest.raises(ActorStopped):
            await attempt()
    with pytest.raises(ViewNotFound):
        await (await create_session_actor("test")).render()


@pytest.mark.parametrize("activity", ["ping", "render", "mount"])
async def test_whatever_is_asked_keeps_a_session_from_expiring(actors, handle, activity):
    await handle.mount(Slow)
    await until(lambda: view_cell(handle).current is None)
    let_pass(handle)
    await {
        "ping": handle.ping,
        "render": handle.render,
        "mount": lambda: handle.mount(Slow),
    }[activity]()
    assert await actors.find("/caretaker").ask_async(Sweep()) == 0
    assert handle._cell.alive


async def test_a_session_expires_by_the_clock(actors, settings):
    settings.PYKKA_LIVE = {"CLEANUP_INTERVAL": 0.05}
    handle = await create_session_actor("short")
    await handle.mount(Counter)
    settings.PYKKA_LIVE = {"CLEANUP_INTERVAL": 0.05, "SESSION_TTL": 0.05}
    await ended(handle._cell)
    assert calls["terminate expired"] == 1


async def test_threads_that_open_one_session_at_once_share_it(actors):
    barrier = threading.Barrier(4)

    def work() -> str:
        barrier.wait(20)
        handle = SyncHandle.create("shared")
        return handle.mount(Slow).view_id

    views = await asyncio.gather(*(asyncio.to_thread(work) for _ in range(4)))
    assert len(set(views)) == 4
    assert kinds(actors) == {"session": 1, "view": 4}
