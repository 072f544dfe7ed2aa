"""The caretaker: sessions that nobody needs any more end, and busy actors are reported."""

from __future__ import annotations

import asyncio
import logging

import pytest

from pykka_live import publish
from pykka_live.actors import ChildSpec, Event, PoisonPill, Supervisor
from pykka_live.actors._quota import FIRST, PERIOD, Quota
from pykka_live.live.caretaker import CheckHealth, Sweep, moment
from pykka_live.live.messages import Detach, Expire, OpenView, Refresh
from pykka_live.live.session import SessionRecord
from pykka_live.transport.outbox import Outbox
from pykka_live.transport.socket import BrowserSocket
from tests.live.troubled import gates, open_gate, somebody_waits_at
from tests.live.views import calls
from tests.tab import Tab, ended, until

HOURS = 7200 * 10**9  # in nanoseconds, as cells note the moment of their last message


@pytest.fixture
async def lonely(actors, settings):
    """The session and the view of a tab that was lost; another tab is still there."""
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 100_000}
    other = Tab("/counter/", name="o" * 20)
    await other.open()
    tab = Tab("/troubled/")
    await tab.open()
    await tab.close(1006)
    view = next(cell for cell in actors.cells() if "Troubled" in cell.data.get("class", ""))
    yield await left_alone(view)
    assert (await other.event("increment"))["t"] == "patch"
    assert (other.html.count("<h1>1</h1>"), calls["terminate expired"]) == (1, 0)
    await other.close()


async def left_alone(view):
    """Let it be hours ago that the socket went, when all have noticed that it has."""
    session = view.parent
    await session.ask_async(Expire(10**6))
    assert session.data["record"].socket is None
    if not gates["wait"]:
        await view.ask_async(Detach(object()))
        await until(lambda: view.current is None)  # it is answered before it is over
    await until(lambda: session.current is None)
    for cell in (session, view):
        let_pass(cell)
    return session, view


def let_pass(cell):
    """Let it be hours ago that this actor had its last message."""
    cell.busy_since -= HOURS
    if "record" in cell.data:
        cell.data["record"].active -= HOURS


async def sweep(actors):
    """Have the caretaker look, and the sessions handle what it tells them."""
    told = await actors.find("/caretaker").ask_async(Sweep())
    for cell in actors.cells():
        if cell.kind == "session" and not cell.data["record"].socket:
            await cell.ask_async(Expire(10**6))
    return told


async def test_a_session_without_socket_and_activity_expires(actors, lonely):
    session, _ = lonely
    assert await actors.find("/caretaker").ask_async(Sweep()) == 1
    await ended(session)
    assert calls["troubled terminated: expired"] == 1


async def test_each_message_of_a_view_is_activity(actors, lonely):
    session, view = lonely
    publish("news", "something happens")
    assert await sweep(actors) == 0
    await view.ask_async(Refresh())  # behind what was published
    assert await sweep(actors) == 0
    assert session.alive


async def test_each_message_of_the_session_is_activity(actors, lonely):
    session, _ = lonely
    session.data["record"].active += HOURS
    assert await sweep(actors) == 0
    assert session.alive


@pytest.mark.threads
async def test_a_session_whose_view_is_busy_does_not_expire(actors, settings):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 100_000}
    tab = Tab("/troubled/")
    await tab.open()
    await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    await tab.close(1006)
    (view,) = [cell for cell in actors.cells() if cell.kind == "view"]
    session, _ = await left_alone(view)
    assert await sweep(actors) == 0
    open_gate("wait")
    assert session.alive


async def test_the_session_has_the_last_word(actors, lonely):
    session, _ = lonely
    (record,) = session.data["record"].views.values()
    socket = BrowserSocket(Outbox(asyncio.get_running_loop()))
    await session.ask_async(OpenView(record.token, socket))  # the tab has come back meanwhile
    let_pass(session)
    await session.ask_async(Expire(3600))
    assert session.alive


async def test_an_actor_of_the_users_own_that_is_called_a_session_is_none(actors, lonely):
    session, _view = lonely
    own = await actors.start_child_async(ChildSpec("own", Supervisor, kind="session"))
    caretaker = actors.find("/caretaker")
    assert await caretaker.ask_async(Sweep()) == 1
    assert (own.alive, session.path != own.path) == (True, True)


async def test_a_sweep_of_ten_thousand_sessions_asks_none_of_them(actors):
    root = actors.start()
    cells = []
    for number in range(10_000):
        spec = ChildSpec(f"sessions/{number}", Supervisor, kind="session", capacity=1)
        cell = actors._new_cell(spec, root)  # without a thread: who is asked does not answer
        cell.data["record"] = SessionRecord(active=moment(7200))
        if number % 2:
            cell.data["record"].socket = object()
        cells.append(cell)
    assert await actors.find("/caretaker").ask_async(Sweep()) == 5_000
    assert await actors.find("/caretaker").ask_async(Sweep()) == 0  # their mailboxes are full
    assert [len(cell.mailbox) for cell in cells[:4]] == [1, 0, 1, 0]
    for cell in cells:
        cell._end("stopped", "over")


async def test_it_looks_by_itself_as_often_as_the_settings_say(actors, settings, caplog):
    settings.PYKKA_LIVE = {
        "RECONNECT_GRACE": 100_000,
        "SESSION_TTL": 0.05,
        "CLEANUP_INTERVAL": 0.05,
        "HEALTH_INTERVAL": 0.05,
        "HEALTH_TIMEOUT": 0.05,
    }
    tab = Tab("/troubled/")
    await tab.open()
    (session,) = [cell for cell in actors.cells() if cell.kind == "session"]
    await tab.send(t="event", view=1, name="wait")
    await until(lambda: "event wait takes" in caplog.text)
    open_gate("wait")
    await tab.close(1006)
    await ended(session)
    assert calls["troubled terminated: expired"] == 1


async def test_a_busy_actor_is_reported_once_and_left_alone(actors, caplog):
    caplog.set_level(logging.WARNING, "pykka_live.actors")
    events = []
    actors.add_listener(events.append)
    tab = Tab("/troubled/")
    await tab.open()
    waiting = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    (view,) = [cell for cell in actors.cells() if cell.kind == "view"]
    caretaker = actors.find("/caretaker")
    assert await caretaker.ask_async(CheckHealth()) == 0
    view.busy_since -= 6 * 10**9
    assert await caretaker.ask_async(CheckHealth()) == 1
    assert await caretaker.ask_async(CheckHealth()) == 0
    (record,) = [record for record in caplog.records if "busy" in record.message]
    assert (record.levelname, record.path) == ("WARNING", view.path)
    assert "event wait takes 6." in record.message
    assert [event.cell for event in events if event.kind == "busy"] == [view]
    open_gate("wait")
    assert (await tab.answer(waiting))["t"] == "ok"
    assert (view.incarnation, gates["wait"]) == (1, 1)
    await tab.close()


async def test_what_the_log_has_left_out_is_told_when_its_time_is_over(actors, caplog):
    actors.start()
    caretaker = actors.find("/caretaker")
    caplog.set_level(logging.INFO, "pykka_live.actors")
    log = actors.listeners.log
    now = [0.0]
    log._quota = Quota(lambda: now[0])
    for _ in range(FIRST + 3):
        log.log(Event("overflow", caretaker, "reject"))
    await caretaker.ask_async(CheckHealth())
    assert "left out of the log" not in caplog.text
    now[0] += PERIOD
    await caretaker.ask_async(CheckHealth())
    assert "/caretaker: overflow: 3 more were left out of the log" in caplog.messages


async def test_a_caretaker_that_fails_is_restarted(actors):
    root = actors.start()
    caretaker = actors.find("/caretaker")
    strange = actors._new_cell(ChildSpec("sessions/strange", Supervisor, kind="session"), root)
    strange.data["record"] = "no record at all"
    with pytest.raises(AttributeError):
        await caretaker.ask_async(Sweep())
    strange._end("stopped", "over")
    assert await caretaker.ask_async(Sweep()) == 0
    assert caretaker.incarnation == 2


async def test_whatever_ends_the_caretaker_it_comes_back(actors):
    actors.start()
    caretaker = actors.find("/caretaker")
    for _ in range(4):  # more than another child of the root would have
        caretaker.tell(PoisonPill())
    await until(lambda: caretaker.incarnation == 5)
    assert await caretaker.ask_async(Sweep()) == 0
    assert actors.find("/caretaker") is caretaker
