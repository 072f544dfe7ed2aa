"""How each framework is spoken to: opening a page, sending an event, reading the answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol
from urllib.request import urlopen

from benchmarks.server.socket import Socket
from pykka_live import vdom


class Dialect(Protocol):
    """One tab of one framework.

    Args:
        port: the server's.
        page: the path of the page.
    """

    socket: Socket

    def __init__(self, port: int, page: str) -> None: ...

    async def mount(self) -> None:
        """Open the page and its socket."""

    def event(self, ref: int, name: str) -> bytes:
        """Return the message that calls an event handler."""

    def mark(self, ref: int) -> bytes:
        """Return what the answer to an event has in it, and no other message."""

    def values(self, answer: bytes) -> Iterator[str]:
        """Yield the texts that an answer changes."""


async def get(port: int, path: str) -> tuple[str, str]:
    """Get a page; return its HTML and the cookies that it sets."""
    return await asyncio.to_thread(_get, port, path)


def _get(port: int, path: str) -> tuple[str, str]:
    with urlopen(f"http://127.0.0.1:{port}{path}") as response:
        cookies = response.headers.get_all("Set-Cookie", [])
        return response.read().decode(), "; ".join(each.partition(";")[0] for each in cookies)


def texts(data: Any) -> Iterator[str]:
    """Yield the strings and numbers of a JSON document."""
    if isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from texts(item)
    elif isinstance(data, str | int):
        yield str(data)


@lru_cache
def fingerprint(html: str) -> int:
    """Return what a browser would make of a page."""
    return vdom.fingerprint(vdom.parse_region(html)[1])


class Ours:
    """Our own protocol: docs/protocol.md."""

    def __init__(self, port: int, page: str) -> None:
        self._port = port
        self._page = page

    async def mount(self) -> None:
        html, cookies = await get(self._port, self._page)
        found = re.search(r' data-live-token="([^"]+)"', html)
        assert found, html[:500]
        known = fingerprint(html.replace(found[0], ""))
        headers = {"Origin": "http://127.0.0.1", "Cookie": cookies}
        self.socket = await Socket.open(self._port, "/live/websocket/", headers)
        join = {"t": "join", "ref": 1, "protocol": 1, "token": found[1], "tab": found[1][-20:]}
        self.socket.send(json.dumps({**join, "v": 0, "fingerprint": known}).encode())
        answer = json.loads(await self.socket.next())
        assert answer["t"] == "joined", answer
        assert "tree" not in answer, "the server's page is not what it has sent"
        self._view = answer["view"]

    def event(self, ref: int, name: str) -> bytes:
        frame = '{"t":"event","ref":%d,"view":%d,"name":"%s","params":{}}'
        return (frame % (ref + 1, self._view, name)).encode()

    def mark(self, ref: int) -> bytes:
        return b'"ref":%d,' % (ref + 1)

    def values(self, answer: bytes) -> Iterator[str]:
        yield from texts(json.loads(answer)["p"])


class Djust:
    """djust's protocol. The view's name is in the page."""

    def __init__(self, port: int, page: str) -> None:
        self._port = port
        self._page = page

    async def mount(self) -> None:
        html, cookies = await get(self._port, self._page)
        view = re.search(r'dj-view="([^"]+)"', html)
        assert view, html[:500]
        headers = {"Origin": "http://127.0.0.1", "Cookie": cookies}
        self.socket = await Socket.open(self._port, "/ws/live/", headers)
        mount = {"type": "mount", "view": view[1], "params": {}, "url": self._page}
        self.socket.send(json.dumps({**mount, "has_prerendered": True}).encode())
        while (answer := json.loads(await self.socket.next()))["type"] != "mount":
            assert answer["type"] == "connect", answer

    def event(self, ref: int, name: str) -> bytes:
        frame = '{"type":"event","event":"%s","params":{},"ref":%d}'
        return (frame % (name, ref)).encode()

    def mark(self, ref: int) -> bytes:
        # With actors an answer has no ref; but each has the next version.
        return b'"version": %d,' % (ref + 1)

    def values(self, answer: bytes) -> Iterator[str]:
        yield from texts(json.loads(answer)["patches"])


class Pyview:
    """Phoenix's protocol."""

    def __init__(self, port: int, page: str) -> None:
        self._port = port
        self._page = page

    async def mount(self) -> None:
        html, _cookies = await get(self._port, self._page)
        token, session, name = (
            re.search(pattern, html)
            for pattern in (
                r'csrf-token" content="([^"]+)',
                r'phx-session="([^"]+)',
                r'id="(phx-.+?)"',
            )
        )
        assert token, html
        assert session, html
        assert name, html
        self._topic = f"lv:{name[1]}"
        self.socket = await Socket.open(self._port, "/live/websocket")
        payload = {
            "url": f"http://127.0.0.1{self._page}",
            "params": {"_csrf_token": token[1], "_mounts": 0},
            "session": session[1],
            "static": "",
        }
        self.socket.send(json.dumps(["4", "0", self._topic, "phx_join", payload]).encode())
        answer = json.loads(await self.socket.next())
        assert answer[4]["status"] == "ok", answer

    def event(self, ref: int, name: str) -> bytes:
        frame = '["4","%d","%s","event",{"type":"click","event":"%s","value":{}}]'
        return (frame % (ref, self._topic, name)).encode()

    def mark(self, ref: int) -> bytes:
        return b'"4", "%d", ' % ref

    def values(self, answer: bytes) -> Iterator[str]:
        yield from texts(json.loads(answer)[4]["response"]["diff"])


class Echo:
    """No protocol: what is sent comes back."""

    def __init__(self, port: int, page: str) -> None:
        self._port = port

    async def mount(self) -> None:
        self.socket = await Socket.open(self._port, "/")

    def event(self, ref: int, name: str) -> bytes:
        return b'{"t":"event","ref":%d,"view":1,"name":"up","params":{}}' % ref

    def mark(self, ref: int) -> bytes:
        return b'"ref":%d,' % ref

    def values(self, answer: bytes) -> Iterator[str]:
        yield str(json.loads(answer)["ref"])
