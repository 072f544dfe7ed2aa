"""A WebSocket client that costs as little as Python lets it: it shares the machine with what it
measures."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

Receive = Callable[[bytes], None]
Lost = Callable[[Exception], None]


class SocketClosed(Exception):
    """The server has closed the connection."""


class Socket(asyncio.Protocol):
    """One WebSocket. Its messages are text; those of the server must come in one frame each.

    Args:
        path: what is opened.
        headers: sent with the request for it.
    """

    def __init__(self, path: str, headers: dict[str, str]) -> None:
        self._path = path
        self._headers = headers
        self._rest = b""
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._receive: Receive = self._keep
        self._lost: Lost = self._give_up
        self._closing = False
        self._kept: list[bytes] = []
        self._waiter: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, port: int, path: str, headers: dict[str, str] | None = None) -> Socket:
        """Connect.

        Raises:
            SocketClosed: if the server refuses.
        """
        loop = asyncio.get_running_loop()
        _, socket = await loop.create_connection(
            lambda: cls(path, headers or {}), "127.0.0.1", port
        )
        await socket._opened
        return socket

    def send(self, text: bytes) -> None:
        """Send a message."""
        length = len(text)
        # A mask of zeros is a mask, and saves the masking.
        if length < 126:
            head = bytes((0x81, 0x80 | length))
        else:
            head = b"\x81\xfe" + length.to_bytes(2, "big")
        self._transport.write(b"%b\0\0\0\0%b" % (head, text))

    def on_receive(self, receive: Receive, lost: Lost) -> None:
        """Let `receive` have each message from now on, and `lost` what ends the connection."""
        self._receive = receive
        self._lost = lost

    async def next(self) -> bytes:
        """Wait for a message, as long as `on_receive` was not called."""
        if not self._kept:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._kept.pop(0)

    def close(self) -> None:
        """Close properly, as a browser does that leaves the page."""
        self._closing = True
        self._transport.write(b"\x88\x82\0\0\0\0\x03\xe8")
        self._transport.close()

    def _keep(self, message: bytes) -> None:
        self._kept.append(message)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(message)

    # asyncio.Protocol

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {self._path} HTTP/1.1", "Host: 127.0.0.1", "Connection: Upgrade"]
        lines += ["Upgrade: websocket", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        lines += [f"{name}: {value}" for name, value in self._headers.items()]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0
        if not self._opened.done():
            head, mark, _ = data.partition(b"\r\n\r\n")
            if mark:
                at = len(head) + 4
                self._accept(head)
        end = len(data)
        while end - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[start : start + 2], "big"), start + 2
            elif length == 127:
                length, start = int.from_bytes(data[start : start + 8], "big"), start + 8
            if start + length > end:
                break
            self._frame(data[at], data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _accept(self, head: bytes) -> None:
        status = head.split(b" ", 2)[1]
        if status == b"101":
            self._opened.set_result(None)
        else:
            self._opened.set_exception(SocketClosed(f"{self._path} is answered by {status!r}"))

    def _frame(self, head: int, payload: bytes) -> None:
        if head in (0x81, 0x82):
            self._receive(payload)
        elif head == 0x89:
            self._transport.write(b"%b\0\0\0\0%b" % (bytes((0x8A, 0x80 | len(payload))), payload))
        elif head == 0x88:
            self._end(SocketClosed(f"the server closes: {payload!r}"))
        elif head != 0x8A:
            self._end(SocketClosed(f"a frame of the kind {head:#x}"))

    def connection_lost(self, error: Exception | None) -> None:
        self._end(error or SocketClosed(f"{self._path} was closed"))

    def _end(self, error: Exception) -> None:
        if not self._closing:
            self._closing = True
            self._lost(error)

    def _give_up(self, error: Exception) -> None:
        for future in (self._opened, self._waiter):
            if future is not None and not future.done():
                future.set_exception(error)
