"""The way from a page's token to the session of its tab."""

from __future__ import annotations

import asyncio

from pykka_live.actors import Cell, ChildExists
from pykka_live.live.in_place import Host
from pykka_live.live.session import SessionRecord, session_ended, session_id, session_spec
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


async def find_or_start(id: str, use_actors: bool) -> Cell:
    """Find or start the session `id`.

    Args:
        use_actors: whether it has threads of its own, if it has to be started; one that lives stays
            as it is.

    Raises:
        ActorStopped: if the process is shutting down.
    """
    system = actor_system()
    if system.state == "new":
        await asyncio.to_thread(system.start)  # it waits until the root is up
    record = SessionRecord()
    spec = session_spec(id, record)
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
        except ChildExists:  # another socket of the tab was quicker
            continue
        cell.watch(lambda ended, reason: session_ended(record, ended, reason))
        return cell


async def end_of(cell: Cell) -> None:
    """Wait until an actor has ended for good."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    cell.watch(lambda _cell, _reason: loop.call_soon_threadsafe(ended.set))
    await ended.wait()
