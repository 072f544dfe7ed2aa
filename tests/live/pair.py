"""A tab that shows a page with two live views, on one socket."""

from __future__ import annotations

import json
import re
from typing import Any

from pykka_live import vdom
from tests.tab import TIMEOUT, Tab


class Region(Tab):
    """One of the two: a tab of its own, but for the socket and the refs, which are the page's."""

    def __init__(self, page: Pair, token: str, html: str) -> None:
        super().__init__(page.path, page.client, page.name)
        self._page = page
        self.token = token
        self.tree = vdom.parse_region(f"<body>{html}")[1]

    async def send(self, **frame: Any) -> int:
        ref = await self._page.send(**frame)
        self._page.asked[ref] = self
        return ref

    async def receive(self) -> dict[str, Any]:
        return await self._page.receive()


class Pair(Tab):
    """The page. What one of its regions receives while it waits for its answer is applied to the
    one that it is for.

    Args:
        name: of the pair of views, in `troubled.PAIRS`.
        tab: what the tab calls itself.
    """

    def __init__(self, name: str, tab: str = "t" * 20) -> None:
        super().__init__(f"/pair/{name}/", name=tab)
        self.asked: dict[int, Region] = {}

    async def open(self) -> dict[str, Any]:
        """Load, connect, and join both; return the answer to the last join."""
        response = await self.client.get(self.path)
        html = response.content.decode()
        regions = []
        for region in re.findall(r"<section.*?</section>", html):
            match = re.search(r' data-live-token="([^"]+)"', region)
            assert match
            regions.append(Region(self, match[1], region.replace(match[0], "")))
        self.left, self.right = regions
        await self.connect()
        assert (await self.left.join())["t"] == "joined"
        return await self.right.join()

    async def receive(self) -> dict[str, Any]:
        """Take the next frame, and let the region that it is for apply it."""
        assert self.socket is not None
        frame: dict[str, Any] = json.loads(await self.socket.receive_from(timeout=TIMEOUT))
        region = self.asked.get(frame.get("ref", 0))
        if region is None and "view" in frame:
            region = self.left if frame["view"] == self.left.view else self.right
        if region is not None:
            region.apply(frame)
        return frame
