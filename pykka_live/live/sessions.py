"""The way from a page's token to the actors of its tab."""

from __future__ import annotations

import asyncio

from pykka_live.actors import ActorStopped, Cell, ChildExists
from pykka_live.live.messages import OpenView, Socket
from pykka_live.live.session import SessionRecord, session_ended, session_id, session_spec
from pykka_live.live.system import actor_system
from pykka_live.live.token import PageToken


async def open_view(token: PageToken, tab: str, socket: Socket) -> tuple[Cell, Cell]:
    """Find or start the session of a page in a tab, and the view in it.

    Args:
        token: the page's.
        tab: what the tab calls itself; two tabs that show one page are two sessions.
        socket: the tab's connection, which takes over from an earlier one.

    Returns:
        The session and the view; the view may still be starting, mail for it waits.

    Raises:
        ActorStopped: if the process is shutting down.
    """
    while True:
        session = await _open_session(session_id(token, tab))
        try:
            return session, await session.ask_async(OpenView(token, socket))
        except ActorStopped:
            # It was about to end; the tab gets a new one.
            await _end_of(session)


async def _open_session(id: str) -> Cell:
    system = actor_system()
    record = SessionRecord()
    spec = session_spec(id, record)
    while True:
        cell = system.find(f"/{spec.id}")
        if cell is not None:
            return cell
        try:
            cell = await system.start_child_async(spec)
        except ChildExists:  # another socket of the tab was quicker
            continue
        cell.watch(lambda ended, reason: session_ended(record, ended, reason))
        return cell


async def _end_of(cell: Cell) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    cell.watch(lambda _cell, _reason: loop.call_soon_threadsafe(ended.set))
    await ended.wait()
