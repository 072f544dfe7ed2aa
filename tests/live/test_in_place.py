"""Live sessions in place: who has one, and how it differs from one with threads."""

from __future__ import annotations

import asyncio
import gc
import re
import threading
import weakref
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from pykka_live import LiveView, publish
from pykka_live.actors import ActorStopped, ActorSystem
from pykka_live.conf import live_settings
from pykka_live.live import sessions
from pykka_live.live.token import PageToken
from pykka_live.observability.installation import Observer
from pykka_live.observability.tree import snapshot
from tests.live.troubled import Troubled, open_gate, somebody_waits_at
from tests.live.views import Counter, calls
from tests.tab import Tab, ended, until

pytestmark = pytest.mark.threads  # they say themselves who runs in place


@pytest.fixture
def in_place(mode) -> None:
    LiveView.use_actors = False  # until `mode` is over


def only_session(actors: ActorSystem) -> Any:
    (session,) = [cell for cell in actors.cells() if cell.kind == "session"]
    return session


def is_in_place(actors: ActorSystem) -> bool:
    return only_session(actors).system is not actors


def rollout(view: LiveView) -> bool:
    return "threads" in view.request.GET


@pytest.mark.parametrize(("query", "expected"), [("", True), ("?threads", False)])
async def test_a_property_decides_for_each_request(actors, monkeypatch, query, expected):
    monkeypatch.setattr(Counter, "use_actors", property(rollout), raising=False)
    tab = Tab(f"/counter/{query}")
    await tab.open()
    assert is_in_place(actors) is expected
    assert (await tab.event("increment"))["t"] == "patch"
    await tab.close()


async def test_the_setting_decides_for_all(actors, settings):
    settings.PYKKA_LIVE = {"USE_ACTORS": False}
    tab = Tab("/counter/")
    await tab.open()
    assert is_in_place(actors)
    await tab.close()


@pytest.mark.parametrize("value", [None, 0, "False"])
def test_the_setting_is_true_or_false(settings, value):
    settings.PYKKA_LIVE = {"USE_ACTORS": value}
    with pytest.raises(ImproperlyConfigured, match=r"USE_ACTORS.*True or False"):
        live_settings()


async def test_it_is_decided_once_per_live_session(actors, monkeypatch):
    tab = Tab("/counter/")
    await tab.open()
    monkeypatch.setattr(Counter, "use_actors", False)
    await tab.close(1006)
    await tab.connect()
    assert (await tab.join())["resumed"]
    assert not is_in_place(actors)
    await tab.close()


async def test_the_first_who_opens_a_session_decides_for_all_its_views(actors):
    first = await sessions.find_or_start("abc", use_actors=False)
    assert await sessions.find_or_start("abc", use_actors=True) is first
    assert first.system is not actors


async def test_two_sockets_that_open_a_session_at_once_get_the_same(actors, in_place):
    made = await asyncio.gather(*(sessions.find_or_start("abc", n % 2 == 0) for n in range(20)))
    assert {id(cell) for cell in made} == {id(only_session(actors))}
    await until(lambda: len(actors._parts) == (made[0].system is not actors))


def test_a_token_of_an_older_release_is_for_threads(rf):
    token = PageToken("s", "v", "app.View", "/", "", "nobody:")
    assert PageToken.read(token.sign()).use_actors is True


async def test_a_session_in_place_has_no_thread_and_is_found_like_others(actors, in_place):
    tab = Tab("/counter/")
    await tab.open()
    session = only_session(actors)
    assert actors.find(session.path) is session
    assert [t.name for t in threading.enumerate() if t.name.startswith("/sessions")] == []
    paths = [cell.path for cell in actors.cells()]
    assert paths.index("/") < paths.index(session.path)
    tree = {each["path"]: each for each in snapshot(actors)["actors"]}
    assert tree[session.path]["parent"] == "/"
    assert len([path for path in tree if path.startswith(session.path)]) == 2
    await tab.close()


async def test_its_metrics_are_those_of_the_process(actors, in_place):
    registry = CollectorRegistry()
    observer = Observer(registry, lambda: actors, list)
    observer.install()
    try:
        tab = Tab("/troubled/")
        await tab.open()
        await tab.event("fail")
        await tab.event("up")
        restarted = re.compile(rb'pykka_live_restarts_total\{class="[\w.]+",kind="view"\} 1\.0')
        await until(lambda: restarted.search(generate_latest(registry)))
        metrics = generate_latest(registry).decode()
        assert 'pykka_live_actors{kind="session",state="running"} 1.0' in metrics
        assert 'kind="root",state="running"} 1.0' in metrics, "there is one root, the process's"
        await tab.close()
    finally:
        observer.uninstall()


async def test_its_system_is_gone_when_the_tab_has_left(actors, in_place):
    tab = Tab("/counter/")
    await tab.open()
    session = only_session(actors)
    gone = weakref.ref(session.system)
    assert len(actors._parts) == 1
    await tab.close()
    await ended(session)
    await until(lambda: not actors._parts)
    del session
    await until(lambda: gc.collect() >= 0 and gone() is None)


async def test_a_tab_that_does_not_come_back_is_not_waited_for(actors, in_place, settings):
    settings.PYKKA_LIVE = {"RECONNECT_GRACE": 0.01}
    tab = Tab("/troubled/")
    await tab.open()
    session = only_session(actors)
    await tab.close(1006)
    await ended(session)
    assert calls["troubled terminated: disconnected"] == 1


async def test_a_session_is_driven_by_the_loop_of_its_last_socket(actors, in_place):
    tab = Tab("/counter/")

    async def visit() -> None:
        await tab.connect()
        assert (await tab.join())["t"] == "joined"
        assert (await tab.event("increment"))["t"] == "patch"
        await tab.close(1006)

    await tab.load()
    for _ in range(3):
        await asyncio.to_thread(asyncio.run, visit())
    assert "<h1>3</h1>" in tab.html


async def test_a_busy_handler_blocks_no_other_session(actors, in_place):
    busy, other = Tab("/troubled/", name="b" * 20), Tab("/troubled/", name="o" * 20)
    await busy.open()
    await other.open()
    waiting = await busy.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    assert (await other.event("up"))["t"] == "patch"
    open_gate("wait")
    assert (await busy.answer(waiting))["t"] == "ok"
    for tab in (busy, other):
        await tab.close()


async def test_a_handler_that_takes_long_is_answered_in_time_and_its_result_is_kept(
    actors, in_place, settings
):
    settings.PYKKA_LIVE = {"EVENT_TIMEOUT": 0.05, "STUCK_TIMEOUT": 0.05}
    tab = Tab("/troubled/")
    await tab.open()
    ref = await tab.send(t="event", view=1, name="wait")
    await somebody_waits_at("wait")
    assert (await tab.answer(ref))["code"] == "timeout"
    open_gate("wait")
    assert (await tab.event("up"))["t"] == "patch"
    (view,) = [cell for cell in actors.cells() if cell.kind == "view"]
    assert (view.incarnation, actors.abandoned()) == (1, [])
    await tab.close()


async def test_what_is_published_reaches_sessions_of_both_kinds(actors, monkeypatch):
    monkeypatch.setattr(Troubled, "use_actors", property(rollout), raising=False)
    tabs = [Tab(path, name=path.ljust(20, "x")) for path in ("/troubled/", "/troubled/?threads")]
    for tab in tabs:
        await tab.open()
    publish("news", "!")
    for tab in tabs:
        await tab.receive()
        assert "<i>!</i>" in tab.html
        await tab.close()


async def test_at_the_end_of_the_process_mail_is_handled_and_the_tab_is_told(actors, in_place):
    tab = Tab("/troubled/")
    await tab.open()
    session = only_session(actors)
    (view,) = session.children.values()
    refs = [await tab.send(t="event", view=1, name=name) for name in ("wait", "up")]
    await somebody_waits_at("wait")
    await until(lambda: len(view.mailbox) == 1)
    stopping = asyncio.create_task(asyncio.to_thread(actors.shutdown, 10))
    await until(lambda: actors.state != "running")
    open_gate("wait")
    assert [(await tab.answer(ref))["t"] for ref in refs] == ["ok", "patch"]
    assert await stopping == []
    assert calls["troubled terminated: system shutdown"] == 1
    message = await tab.socket.receive_output(10)
    assert (message["type"], message["code"]) == ("websocket.close", 4012)
    assert not session.alive
    with pytest.raises(ActorStopped):
        await sessions.find_or_start("abc", use_actors=False)


async def test_a_session_that_fails_too_often_ends_alone(actors, in_place, settings):
    settings.PYKKA_LIVE = {
        "SUPERVISION": {"view": {"max_restarts": 0}, "session": {"max_restarts": 0}}
    }
    tab, other = Tab("/troubled/"), Tab("/counter/", name="o" * 20)
    await tab.open()
    await other.open()
    await tab.send(t="event", view=1, name="fail")
    while (await tab.receive())["t"] != "stopped":
        pass
    assert (await other.event("increment"))["t"] == "patch"
    await until(lambda: len(actors._parts) == 1)
    await other.close()
