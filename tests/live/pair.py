"""A tab that shows a page with several live views, on one socket."""

from __future__ import annotations

import json
import re
from typing import Any

from django.test import AsyncClient

from pykka_live import vdom
from tests.tab import TIMEOUT, Tab


class Region(Tab):
    """One of them: a tab of its own, but for the socket and the refs, which are the page's."""

    def __init__(self, page: Several, token: str, html: str) -> None:
        super().__init__(page.path, page.client, page.name)
        self._page = page
        self.token = token
        self.tree = self._hollowed(vdom.parse_region(f"<body>{html}")[1])

    async def send(self, **frame: Any) -> int:
        ref = await self._page.send(**frame)
        self._page.asked[ref] = self
        return ref

    async def receive(self) -> dict[str, Any]:
        return await self._page.receive()


class Several(Tab):
    """The page; its regions are `<section>`s. What one of them receives while it waits for its
    answer is applied to the one that it is for.

    Args:
        path: the page's URL.
        client: with the cookies of a user; a new one if left out.
        tab: what the tab calls itself.
    """

    def __init__(self, path: str, client: AsyncClient | None = None, tab: str = "t" * 20) -> None:
        super().__init__(path, client, name=tab)
        self.asked: dict[int, Region] = {}
        self.regions: list[Region] = []

    async def load(self) -> str:
        response = await self.client.get(self.path, headers=self.headers)
        assert response.status_code == 200, response.status_code
        html: str = response.content.decode()
        self.regions = []
        for region in re.findall(r"<section.*?</section>", html, re.DOTALL):
            match = re.search(r' data-live-token="([^"]+)"', region)
            assert match
            self.regions.append(Region(self, match[1], region.replace(match[0], "")))
        return html

    async def open(self) -> dict[str, Any]:
        """Load, connect, and join all; return the answer to the last join."""
        await self.load()
        await self.connect()
        for region in self.regions:
            frame = await region.join()
        return frame

    async def receive(self) -> dict[str, Any]:
        """Take the next frame, and let the region that it is for apply it."""
        assert self.socket is not None
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=TIMEOUT))
        region = self.asked.get(frame.get("ref", 0))
        if region is None and "view" in frame:
            region = next((one for one in self.regions if one.view == frame["view"]), None)
        if region is not None:
            region.apply(frame)
        return frame


class Pair(Several):
    """A page with two of them.

    Args:
        name: of the pair of views, in `troubled.PAIRS`.
        tab: what the tab calls itself.
    """

    def __init__(self, name: str, tab: str = "t" * 20) -> None:
        super().__init__(f"/pair/{name}/", tab=tab)

    async def load(self) -> str:
        html = await super().load()
        self.left, self.right = self.regions
        return html
