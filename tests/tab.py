"""A tab without a browser: it speaks the wire protocol and keeps its own copy of the tree."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from pykka_live import vdom
from pykka_live.actors import Cell
from pykka_live.rendering import compose
from tests.asgi import application

TIMEOUT = 10.0
PLACE = "live-component"


class Tab:
    """Opens a page over HTTP and joins it over a WebSocket, both through the project's ASGI
    application.

    Args:
        path: the page's URL.
        client: with the cookies of a user; a new one if left out.
        name: what the tab calls itself.
        headers: sent with the page's request and the socket's.
    """

    def __init__(
        self,
        path: str,
        client: AsyncClient | None = None,
        name: str = "t" * 20,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.path = path
        self.headers = headers or {}
        self.client = client or AsyncClient()
        self.name = name
        self.token = ""
        self.tree: vdom.Element | None = None  # with hollow places for the components
        self.components: dict[str, vdom.Element] = {}
        self.versions: dict[str, int] = {}
        self.version = 0
        self.view = 0
        self.refs = 0
        self.socket: WebsocketCommunicator | None = None

    async def load(self) -> str:
        """Get the page; return its HTML."""
        response = await self.client.get(self.path, headers=self.headers)
        assert response.status_code == 200, response.status_code
        html: str = response.content.decode()
        match = re.search(r'data-live-token="([^"]+)"', html)
        assert match, html
        self.token = match[1]
        page = vdom.parse_region(html.replace(f' data-live-token="{self.token}"', ""))[1]
        self.components, self.versions = {}, {}
        self.tree = self._hollowed(page)
        self.version = 0
        return html

    def _hollowed(self, node: vdom.Element) -> vdom.Element:
        """Take the components out of a page."""
        children = []
        for child in node.children:
            if isinstance(child, vdom.Element):
                id = child.get("live-component")
                inner = self._hollowed(child)
                if id is not None:
                    attrs = {name: v for name, v in child.attrs.items() if name != PLACE}
                    self.components[id] = vdom.Element(child.tag, attrs, inner.children)
                    self.versions[id] = 1
                    inner = vdom.Element(child.tag, {PLACE: id})
                child = inner
            children.append(child)
        return vdom.Element(node.tag, node.attrs, children)

    async def connect(self, **headers: str) -> WebsocketCommunicator:
        """Open a socket."""
        cookies = "; ".join(f"{name}={c.value}" for name, c in self.client.cookies.items())
        given = {"host": "testserver", "origin": "http://testserver", "cookie": cookies}
        given |= self.headers | headers
        self.socket = WebsocketCommunicator(
            application,
            "/live/websocket/",
            headers=[(name.encode(), value.encode()) for name, value in given.items() if value],
        )
        connected, _ = await self.socket.connect(timeout=TIMEOUT)
        assert connected
        return self.socket

    async def send(self, **frame: Any) -> int:
        """Send a frame with the next ref; return the ref."""
        self.refs += 1
        assert self.socket is not None
        await self.socket.send_to(text_data=json.dumps({"ref": self.refs, **frame}))
        return self.refs

    async def receive(self) -> dict[str, Any]:
        """Take the next frame, and apply it to the tree."""
        assert self.socket is not None
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=TIMEOUT))
        self.apply(frame)
        return frame

    def apply(self, frame: dict[str, Any]) -> None:
        """Do to the tree what a frame says."""
        if frame["t"] == "batch":
            for part in frame["parts"]:
                self._apply(part)
        else:
            self._apply(frame)
        if frame["t"] == "joined":
            self.version = frame["v"]
            for part in frame.get("parts", ()):
                self._apply(part)
        shown = self.shown()
        self.components = {id: tree for id, tree in self.components.items() if id in shown}
        self.versions = {id: version for id, version in self.versions.items() if id in shown}

    def _apply(self, part: dict[str, Any]) -> None:
        id = part.get("c")
        if "tree" not in part and "p" not in part:
            return
        if id is None:
            follows = part["v"] == self.version + 1 or part.get("t") == "joined"
            if "p" in part and self.version and not follows:
                raise AssertionError(f"a gap: {self.version} to {part['v']}")
            self.tree = self._changed(self.tree, part)
            self.version = part["v"]
        elif id in self.shown():
            if "p" in part and part["v"] != self.versions[id] + 1:
                raise AssertionError(f"a gap of {id}: {self.versions.get(id)} to {part['v']}")
            self.components[id] = self._changed(self.components.get(id), part)
            self.versions[id] = part["v"]

    def _changed(self, tree: Any, part: dict[str, Any]) -> Any:
        if "tree" in part:
            return vdom.decode_node(part["tree"])
        return vdom.apply(tree, vdom.decode(part["p"]))

    def shown(self) -> set[str]:
        """Return the ids of the components that have a place."""
        found, waiting = set(), [self.tree]
        while waiting:
            node = waiting.pop()
            if isinstance(node, vdom.Element):
                waiting += node.children
                id = node.get(PLACE)
                if id is not None:
                    found.add(id)
                    waiting.append(self.components.get(id))
        return found

    @property
    def page(self) -> vdom.Element:
        """What the tab shows, with its components."""
        assert self.tree is not None
        return compose(self.tree, self.components)

    async def answer(self, ref: int) -> dict[str, Any]:
        """Take frames until the answer to `ref`."""
        while True:
            frame = await self.receive()
            if frame.get("ref") == ref:
                return frame

    async def join(self, **fields: Any) -> dict[str, Any]:
        """Join the page's view, or rejoin it; return the answer."""
        known: dict[str, Any] = {"c": self.versions}
        if not self.version:
            known = {"fingerprint": vdom.fingerprint(self.page)}
        given = {
            "protocol": 1,
            "token": self.token,
            "tab": self.name,
            "v": self.version,
            **known,
            **fields,
        }
        frame = await self.answer(await self.send(t="join", **given))
        if frame["t"] == "joined":
            self.view = frame["view"]
        return frame

    async def open(self) -> dict[str, Any]:
        """Load, connect and join; return the answer to the join."""
        await self.load()
        await self.connect()
        return await self.join()

    async def event(
        self, name: str, /, *, component: str | None = None, **params: Any
    ) -> dict[str, Any]:
        """Call an event handler, of the view or of a component; return the answer."""
        which = {} if component is None else {"c": component}
        ref = await self.send(t="event", view=self.view, name=name, params=params, **which)
        return await self.answer(ref)

    async def close(self, code: int = 1000) -> None:
        """Close the socket: as a browser that leaves (1000), or as a broken line (1006)."""
        assert self.socket is not None
        await self.socket.disconnect(code=code, timeout=TIMEOUT)

    @property
    def html(self) -> str:
        """What the tab shows, as HTML."""
        return vdom.to_html(self.page)


async def ended(cell: Cell) -> None:
    """Wait until an actor has ended for good."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    cell.watch(lambda _cell, _reason: loop.call_soon_threadsafe(over.set))
    await asyncio.wait_for(over.wait(), TIMEOUT)


async def until(condition: Callable[[], Any]) -> Any:
    """Wait until something is so that no message tells of; return it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + TIMEOUT
    while not (found := condition()):
        assert loop.time() < deadline
        await asyncio.sleep(0)
    return found
