"""The ways to a session: from a page's token, and from the name that Python gives it."""

from __future__ import annotations

import asyncio

from pykka_live.actors import Cell, ChildExists
from pykka_live.conf import live_settings
from pykka_live.live.driven_session import DrivenSession, driven_id
from pykka_live.live.in_place import Host
from pykka_live.live.session import (
    SessionActor,
    SessionRecord,
    session_ended,
    session_id,
    session_spec,
)
from pykka_live.live.system import actor_system
from pykka_live.live.token import PageToken


async def open_session(token: PageToken, tab: str) -> Cell:
    """Find or start the session of a page in a tab.

    Args:
        token: the page's.
        tab: what the tab calls itself; two tabs that show one page are two sessions.

    Returns:
        The session. It may be about to end; who asks it then gets `ActorStopped`.

    Raises:
        ActorStopped: if the process is shutting down.
    """
    return await find_or_start(session_id(token, tab), token.use_actors)


async def open_driven_session(name: str) -> Cell:
    """Find or start the session that Python calls `name`; where one is ending, wait for that.
    Raises as `open_session`."""
    id, use_actors = driven_id(name), live_settings().use_actors
    while True:
        cell = await find_or_start(id, use_actors, DrivenSession)
        if cell.alive and cell.state != "stopping":
            return cell
        await end_of(cell)


async def find_or_start(id: str, use_actors: bool, kind: type[SessionActor] = SessionActor) -> Cell:
    """Find or start the session `id`.

    Args:
        use_actors: whether it has threads of its own, if it has to be started; one that lives stays
            as it is.
        kind: what runs it.

    Raises:
        ActorStopped: if the process is shutting down.
    """
    system = actor_system()
    if system.state == "new":
        await asyncio.to_thread(system.start)  # it waits until the root is up
    record = SessionRecord()
    spec = session_spec(id, record, kind)
    while True:
        cell = system.find(f"/{spec.id}")
        if cell is not None:
            host: Host | None = cell.data.get("host")
            if host is not None:
                host.move_here()
            return cell
        try:
            if use_actors:
                cell = await system.start_child_async(spec)
            else:
                cell = await Host().start(spec)
        except ChildExists:  # somebody else was quicker
            continue
        cell.watch(lambda ended, reason: session_ended(record, ended, reason))
        return cell


async def end_of(cell: Cell) -> None:
    """Wait until an actor has ended for good."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    cell.watch(lambda _cell, _reason: loop.call_soon_threadsafe(ended.set))
    await ended.wait()
