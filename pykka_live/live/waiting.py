"""Two ways to wait for actors: in a coroutine, and in a plain thread.

What is written once as a coroutine does both. Where each of its waits blocks it never gives way,
and so runs to its end at one go.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pykka_live.actors import AsyncReply, Cell
from pykka_live.live.in_place import Host

if TYPE_CHECKING:
    from pykka_live.live.record import ComponentRecord

T = TypeVar("T")


class Waiting(Protocol):
    """How to wait. What is raised is what the methods of `Cell` say."""

    async def ask(self, cell: Cell, message: Any, timeout: float) -> Any:
        """As `Cell.ask`."""

    async def ask_component(self, record: ComponentRecord, message: Any, timeout: float) -> Any:
        """Ask a component, when its actor has been started, or has come back."""

    async def ask_all(self, cells: Sequence[Cell], message: Any, timeout: float) -> list[Any]:
        """Ask actors side by side; what one raises is its answer."""

    async def request(self, cell: Cell, message: Any, timeout: float) -> Any:
        """As `Cell.request`."""

    async def stop(self, cell: Cell, reason: str, timeout: float) -> None:
        """Stop an actor and wait until it is down."""

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        """Run what may take a while."""


class Awaiting:
    """Waits in a coroutine; the event loop goes on.

    Args:
        session: that of all who are asked.
    """

    def __init__(self, session: Cell) -> None:
        self._session = session

    def _be_here(self) -> None:
        """See to it that there is a loop which drives a session in place."""
        host: Host | None = self._session.data.get("host")
        if host is not None:
            host.move_here()

    async def ask(self, cell: Cell, message: Any, timeout: float) -> Any:
        self._be_here()
        return await cell.ask_async(message, timeout)

    async def ask_component(self, record: ComponentRecord, message: Any, timeout: float) -> Any:
        if record.is_between:
            self._be_here()
            reply = AsyncReply()
            if record.keeps(message, reply):
                return await reply.get(timeout)
        assert record.cell is not None
        return await self.ask(record.cell, message, timeout)

    async def ask_all(self, cells: Sequence[Cell], message: Any, timeout: float) -> list[Any]:
        self._be_here()
        asked = (cell.ask_async(message, timeout) for cell in cells)
        return await asyncio.gather(*asked, return_exceptions=True)

    async def request(self, cell: Cell, message: Any, timeout: float) -> Any:
        self._be_here()
        return await cell.request_async(message, timeout)

    async def stop(self, cell: Cell, reason: str, timeout: float) -> None:
        self._be_here()
        reply = AsyncReply()
        cell.stop(reason, reply)
        await reply.get(timeout)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return await asyncio.to_thread(function, *args)


class Blocking:
    """Waits in a plain thread.

    Args:
        session: that of all who are asked.
    """

    def __init__(self, session: Cell) -> None:
        self._session = session

    async def ask(self, cell: Cell, message: Any, timeout: float) -> Any:
        return cell.ask(message, timeout)

    async def ask_component(self, record: ComponentRecord, message: Any, timeout: float) -> Any:
        if record.is_between:
            reply = self._session.reply()
            if record.keeps(message, reply):
                return reply.get(timeout)
        assert record.cell is not None
        return record.cell.ask(message, timeout)

    async def ask_all(self, cells: Sequence[Cell], message: Any, timeout: float) -> list[Any]:
        deadline = time.monotonic() + timeout
        replies = [cell.reply() for cell in cells]
        for cell, reply in zip(cells, replies, strict=True):
            cell.enqueue(message, reply, insist=True)
        return [_answer_of(reply, deadline - time.monotonic()) for reply in replies]

    async def request(self, cell: Cell, message: Any, timeout: float) -> Any:
        return cell.request(message, timeout)

    async def stop(self, cell: Cell, reason: str, timeout: float) -> None:
        reply = cell.reply()
        cell.stop(reason, reply)
        reply.get(timeout)

    async def run(self, function: Callable[..., T], *args: Any) -> T:
        return function(*args)


def _answer_of(reply: Any, timeout: float) -> Any:
    try:
        return reply.get(timeout)
    except Exception as error:
        return error


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that waits by `Blocking` to its end.

    Raises:
        RuntimeError: in the thread of a running event loop.
        BaseException: what it raises.
    """
    try:
        refuse_on_a_loop()
        work.send(None)
    except StopIteration as result:
        value: T = result.value
        return value
    finally:
        work.close()
    raise AssertionError("it gave way")


def refuse_on_a_loop() -> None:
    """Raise RuntimeError in the thread of a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "this would block the running event loop: await the method of the handle itself, "
        "without `sync`"
    )
