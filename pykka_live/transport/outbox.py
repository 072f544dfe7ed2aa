"""The frames that wait to be sent over one socket: put in by any thread, sent by the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Any

logger = logging.getLogger(__name__)

TOO_SLOW = 4013


class Outbox:
    """A bounded queue from threads to one socket. Frames leave in the order in which they came.

    A browser that reads more slowly than its updates are made would let the queue grow without end:
    its socket is closed with 4013 instead, and when it
    reconnects it gets one picture for all that it missed.

    Args:
        loop: the socket's event loop.
        max_frames: how many frames may wait.
        max_size: how many characters may wait.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        max_frames: int = 1000,
        max_size: int = 16 * 1024 * 1024,
    ) -> None:
        self._loop = loop
        self._max_frames = max_frames
        self._max_size = max_size
        self._lock = threading.Lock()  # guards all below but _wakeup
        self._frames: list[str] = []
        self._size = 0
        self._awake = False
        self._close_code: int | None = None
        self._wakeup = asyncio.Event()  # the loop's own

    @property
    def closed(self) -> bool:
        """Whether the socket is, or is about to be, closed."""
        return self._close_code is not None

    def put(self, frame: str) -> None:
        """Queue a frame; after `close`, it is dropped. Never blocks."""
        with self._lock:
            if self._close_code is not None:
                return
            self._frames.append(frame)
            self._size += len(frame)
            if len(self._frames) > self._max_frames or self._size > self._max_size:
                self._frames.clear()
                self._close_code = TOO_SLOW
            wake = self._must_wake()
        if wake:
            self._wake()

    def close(self, code: int) -> None:
        """Close the socket with `code` once the frames that wait have been sent. The first call
        counts."""
        with self._lock:
            if self._close_code is not None:
                return
            self._close_code = code
            wake = self._must_wake()
        if wake:
            self._wake()

    async def run(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Send what is put in, until the outbox is closed or the socket is gone."""
        while True:
            await self._wakeup.wait()
            self._wakeup.clear()
            with self._lock:
                frames, self._frames = self._frames, []
                self._size = 0
                self._awake = False
                close_code = self._close_code
            try:
                for frame in frames:
                    await send({"type": "websocket.send", "text": frame})
                if close_code is not None:
                    await send({"type": "websocket.close", "code": close_code})
                    return
            except Exception as error:
                # The servers' ways to say that the peer has gone; the receiving side ends the
                # socket.
                if not isinstance(error, (OSError, RuntimeError)):
                    logger.exception("Sending to a browser failed")
                self.close(TOO_SLOW)
                return

    def _must_wake(self) -> bool:
        awake, self._awake = self._awake, True
        return not awake

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # a closed loop has no sockets any more
            # Not in the context of the actor that asks: the loop is not part of it.
            self._loop.call_soon_threadsafe(self._wakeup.set, context=Context())
