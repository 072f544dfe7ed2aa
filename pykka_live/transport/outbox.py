"""The frames that wait to be sent over one socket: put in by any thread, sent by the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from pykka_live.actors._replies import Landing
from pykka_live.logs import own_logger
from pykka_live.transport._traffic import ABNORMAL, Request, traffic

logger = own_logger(__name__)

TOO_SLOW = 4013

Post = tuple[str, Request | None]
"""A frame, and the request that it answers."""


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
        self._posts: list[Post] = []
        self._size = 0
        self._close_code: int | None = None
        # While `run` waits: for what, which is the next frame, or None if there is none; and what
        # brings it to the loop, which is woken once for many, of all sockets.
        self._next: asyncio.Future[Post | None] | None = None
        self._landing: Landing

    @property
    def closed(self) -> bool:
        """Whether the socket is, or is about to be, closed."""
        return self._close_code is not None

    @property
    def close_code(self) -> int | None:
        """The code that this side closes the socket with; None while it does not."""
        return self._close_code

    def put(self, frame: str, request: Request | None = None) -> None:
        """Queue a frame, which may answer a request; after `close`, it is dropped. Never blocks."""
        with self._lock:
            if self._close_code is not None:
                return
            waiting, self._next = self._next, None
            if waiting is None:
                self._posts.append((frame, request))
                self._size += len(frame)
                if len(self._posts) > self._max_frames or self._size > self._max_size:
                    self._posts.clear()
                    self._close_code = TOO_SLOW
                return
        self._landing.add(waiting, (frame, request), None)

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
                posts, close_code = self._posts, self._close_code
                if posts:
                    self._posts = []
                    self._size = 0
                elif close_code is None:
                    self._next = waiting = landing.loop.create_future()
            if waiting is not None and (post := await waiting) is not None:
                posts = [post]
            try:
                for frame, request in posts:
                    await send({"type": "websocket.send", "text": frame})
                    traffic.sent(frame, request)
                if close_code is not None:
                    await send({"type": "websocket.close", "code": close_code})
                    return
            except Exception as error:
                # The servers' ways to say that the peer has gone; the receiving side ends the
                # socket.
                if not isinstance(error, (OSError, RuntimeError)):
                    logger.exception("Sending to a browser failed")
                self.close(ABNORMAL)
                return
