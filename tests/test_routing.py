"""The lifespan: a server's start and stop reach the actors."""

from __future__ import annotations

import asyncio
import gc
import threading

from pykka_live.actors import ActorSystem
from pykka_live.live import system
from pykka_live.routing import with_lifespan


async def lifespan(*kinds: str):
    """Send a server's messages, and return what it is told."""
    received = asyncio.Queue()
    for kind in kinds:
        received.put_nowait({"type": f"lifespan.{kind}"})
    sent = []

    async def send(message):
        sent.append(message)

    await with_lifespan(None)({"type": "lifespan"}, received.get, send)
    return sent


async def test_the_actors_live_as_long_as_the_server(actors):
    assert await lifespan("startup", "shutdown") == [
        {"type": "lifespan.startup.complete"},
        {"type": "lifespan.shutdown.complete"},
    ]
    assert actors.state == "stopped"


async def test_garbage_is_not_looked_for_in_what_was_loaded_before_the_start(actors):
    gc.unfreeze()
    loaded = [gc]
    try:
        await lifespan("startup", "shutdown")
        assert not any(each is loaded for each in gc.get_objects())
        count = gc.get_freeze_count()
        await lifespan("startup", "shutdown")
        assert gc.get_freeze_count() <= count
    finally:
        gc.unfreeze()


async def test_with_wrong_settings_the_server_is_told_what_is_wrong_and_does_not_start(
    actors, settings
):
    settings.PYKKA_LIVE = {"SESSION_TTL": -1, "BOGUS": 2}
    (message,) = await lifespan("startup")
    assert message["type"] == "lifespan.startup.failed"
    for word in ("'BOGUS'", "'SESSION_TTL'", "above 0"):
        assert word in message["message"]


async def test_actors_that_cannot_start_are_told_to_the_server(monkeypatch, caplog):
    def refuse(self) -> None:
        raise RuntimeError("can't start new thread")

    ActorSystem.reset_default(system.new_system())
    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(
        "pykka_live.routing.sync_to_async", lambda function, **_: in_place(function)
    )
    (message,) = await lifespan("startup")
    monkeypatch.undo()
    ActorSystem.reset_default()
    assert message["type"] == "lifespan.startup.failed"
    assert "can't start new thread" in message["message"]
    assert "could not be started" in caplog.text


def in_place(function):
    async def run():
        return function()

    return run
