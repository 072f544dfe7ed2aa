"""The frames that wait to be sent over one socket: put in by any thread, sent by the event loop."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from pykka_live.actors._replies import Landing

logger = logging.getLogger(__name__)

TOO_SLOW = 4013


class Outbox:
    """A bounded queue from threads to one socket. Frames leave in the order in which they came.

    A browser that reads more slowly than its updates are made would let the queue grow without end:
    its socket is closed with 4013 instead, and when it
    reconnects it gets one picture for all that it missed.

    Args:
        max_frames: how many frames may wait.
        max_size: how many characters may wait.
    """

    def __init__(self, max_frames: int = 1000, max_size: int = 16 * 1024 * 1024) -> None:
        self._max_frames = max_frames
        self._max_size = max_size
        self._lock = threading.Lock()  # guards all below
        self._frames: list[str] = []
        self._size = 0
        self._close_code: int | None = None
        # While `run` waits: for what, which is the next frame, or None if there is none; and what
        # brings it to the loop, which is woken once for many, of all sockets.
        self._next: asyncio.Future[str | None] | None = None
        self._landing: Landing

    @property
    def closed(self) -> bool:
        """Whether the socket is, or is about to be, closed."""
        return self._close_code is not None

    def put(self, frame: str) -> None:
        """Queue a frame; after `close`, it is dropped. Never blocks."""
        with self._lock:
            if self._close_code is not None:
                return
            waiting, self._next = self._next, None
            if waiting is None:
                self._frames.append(frame)
                self._size += len(frame)
                if len(self._frames) > self._max_frames or self._size > self._max_size:
                    self._frames.clear()
                    self._close_code = TOO_SLOW
                return
        self._landing.add(waiting, frame, None)

    def close(self, code: int) -> None:
        """Close the socket with `code` once the frames that wait have been sent. The first call
        counts."""
        with self._lock:
            if self._close_code is not None:
                return
            self._close_code = code
            waiting, self._next = self._next, None
        if waiting is not None:
            self._landing.add(waiting, None, None)

    async def run(self, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        """Send what is put in, until the outbox is closed or the socket is gone."""
        self._landing = landing = Landing.here()
        while True:
            waiting = None
            with self._lock:
                frames, close_code = self._frames, self._close_code
                if frames:
                    self._frames = []
                    self._size = 0
                elif close_code is None:
                    self._next = waiting = landing.loop.create_future()
            if waiting is not None and (frame := await waiting) is not None:
                frames = [frame]
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
