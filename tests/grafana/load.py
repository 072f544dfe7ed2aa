"""Visitors of the demo that do whatever makes metrics move, and count what they have done."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections import Counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from pykka_live import vdom
from tests.server import Server, open_page

__all__ = ["Load", "Tab"]

COUNTER = "/counter/"
CRASH = "/crash/"
SHOP = "/shop/"
TABLE = "/table/"
TIMEOUT = 30.0


class Tab:
    """One tab over a real socket.

    Args:
        server: the demo.
        path: of the page.
        done: counts what is sent, and what comes back.
    """

    _names = itertools.count(1)

    def __init__(self, server: Server, path: str, done: Counter[str]) -> None:
        self._server = server
        self._path = path
        self._done = done
        self._name = f"{next(self._names):020}"
        self._refs = itertools.count(1)
        self._socket: ClientConnection
        self._token = self._cookies = ""
        self.stopped = False

    async def open(self) -> None:
        """Load the page, connect and join."""
        html, self._cookies = await asyncio.to_thread(open_page, self._server.url + self._path)
        token = re.search(r' data-live-token="([^"]+)"', html)
        assert token
        self._token = token[1]
        self._fingerprint = vdom.fingerprint(vdom.parse_region(html.replace(token[0], ""))[1])
        await self.connect()
        await self.join(fingerprint=self._fingerprint)
        self._done["first joins"] += 1

    async def connect(self) -> None:
        """Open a socket."""
        self._socket = await connect(
            self._server.websocket_url + "/live/websocket/",
            origin=self._server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookies},
            open_timeout=TIMEOUT,
        )

    async def join(self, v: int = 0, **more: Any) -> None:
        """Join the page's view."""
        joined = await self.ask(
            t="join", protocol=1, token=self._token, tab=self._name, v=v, **more
        )
        assert joined["t"] == "joined", joined
        self._view = joined["view"]

    async def come_back(self) -> None:
        """Lose the socket without a goodbye, and rejoin over another."""
        self._socket.transport.abort()
        await self._socket.wait_closed()
        await self.connect()
        await self.join(v=1)
        self._done["rejoins"] += 1

    async def leave(self) -> None:
        """Close the tab."""
        await self._socket.close(1000)

    async def post(self, **frame: Any) -> int:
        """Send a frame; return its ref."""
        ref = next(self._refs)
        await self.write(json.dumps({"ref": ref, **frame}))
        self._done[f"frames {frame['t']}"] += 1
        return ref

    async def write(self, text: str) -> None:
        """Send whatever it is."""
        await self._socket.send(text)
        self._done["frames"] += 1

    async def read(self) -> dict[str, Any]:
        """Take the next frame."""
        text = await asyncio.wait_for(self._socket.recv(), TIMEOUT)
        frame: dict[str, Any] = json.loads(text)
        self._done["frames back"] += 1
        if frame["t"] == "error":
            self._done[f"error {frame['code']}"] += 1
        self.stopped |= frame["t"] == "stopped"
        return frame

    async def answers(self, *refs: int) -> list[dict[str, Any]]:
        """Take frames until each ref has an answer; return those."""
        found: dict[int, dict[str, Any]] = {}
        while set(refs) - set(found):
            frame = await self.read()
            if frame.get("ref") in refs:
                found.setdefault(frame["ref"], frame)
        return [found[ref] for ref in refs]

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a frame; return its answer."""
        return (await self.answers(await self.post(**frame)))[0]

    async def send(self, name: str, component: str = "", **params: Any) -> int:
        """Send an event; return its ref."""
        where = {"c": component} if component else {}
        self._done[f"{self._path} {name}"] += 1
        return await self.post(t="event", view=self._view, name=name, params=params, **where)

    async def event(self, name: str, component: str = "", **params: Any) -> dict[str, Any]:
        """Send an event; return its answer."""
        return (await self.answers(await self.send(name, component, **params)))[0]

    async def refresh(self) -> None:
        """Ask for the whole tree."""
        await self.ask(t="refresh", view=self._view)


class Load:
    """All visitors together.

    Attributes:
        done: how much of what was sent, and came back.
    """

    def __init__(self, server: Server) -> None:
        self.done: Counter[str] = Counter()
        self._staying: dict[str, Tab] = {}
        self._server = server

    async def run(self) -> None:
        """Let each kind of visitor come and go, all at once."""
        visits = [self._count(back) for back in (True, True, True, False, False, False)]
        visits += [self._crash(), self._despair(), self._hang(), self._overflow()]
        visits += [self._chat(), self._chat(), self._shop(), self._live()]
        await asyncio.gather(*visits)

    async def stay(self) -> None:
        """Open some tabs that stay open, each at one worker."""
        for path in (COUNTER, CRASH, SHOP, TABLE):
            self._staying[path] = await self._open(path)
            self.done["open"] += 1

    async def leave(self) -> None:
        """Close the tabs that have stayed."""
        for tab in self._staying.values():
            await tab.leave()

    async def _open(self, path: str) -> Tab:
        tab = Tab(self._server, path, self.done)
        await tab.open()
        return tab

    async def _count(self, back: bool) -> None:
        """Counts to ten, again and again; half of the time over another socket."""
        tab = await self._open(COUNTER)
        for _ in range(3):
            if back:
                await tab.come_back()
            for _ in range(10):
                await tab.event("increment", amount="2")
        await tab.event("reset")
        assert (await tab.event("reset"))["t"] == "ok"
        self.done["in vain"] += 1
        await tab.ask(t="ping")
        await tab.refresh()
        await tab.leave()

    async def _crash(self) -> None:
        """Makes views fail, and sends what nobody understands."""
        tab = await self._open(CRASH)
        for name in ("increment", "fail", "break_template", "fail", "shrug", "shrug", "increment"):
            answer = await tab.event(name)
            self.done["raised"] += answer.get("code") == "handler_failed"
        for name in ("open_sesame", "__init__", "mount"):
            await tab.event(name)
        await tab.event("sleep", seconds="a while")
        for text in ("{", "[]", '{"t":"event","ref":-1}'):
            await tab.write(text)
            while (await tab.read())["t"] != "error":
                pass
        await tab.ask(t="rubbish")
        await tab.leave()

    async def _despair(self) -> None:
        """Fails until its session is given up, with mail behind."""
        tab = await self._open(CRASH)
        while not tab.stopped:
            refs = [await tab.send("despair"), await tab.send("increment")]
            failed, _ = await tab.answers(*refs)
            if failed.get("code") == "handler_failed":
                self.done["escalations"] += 1
                self.done["raised"] += 1
        await tab.leave()

    async def _hang(self) -> None:
        """Waits for what never comes, until its actor is given up."""
        tab = await self._open(CRASH)
        assert (await tab.event("hang"))["code"] == "timeout"
        while (await tab.event("increment"))["t"] != "patch":
            pass
        await tab.leave()

    async def _overflow(self) -> None:
        """Sends more than a mailbox holds."""
        tab = await self._open(CRASH)
        refs = [await tab.send("sleep", seconds="1")]
        refs += [await tab.send("increment") for _ in range(20)]
        await tab.answers(*refs)
        await tab.leave()

    async def _chat(self) -> None:
        """Talks."""
        tab = await self._open("/chat/")
        for text in ("Hello?", "Is anybody here?"):
            await tab.event("send", text=text)
        await tab.leave()

    async def _shop(self) -> None:
        """Buys cups, and drops one."""
        tab = await self._open(SHOP)
        for _ in range(3):
            await tab.event("add", "product-cup", quantity="1")
        await tab.event("drop", "product-cup")
        await tab.event("toggle_sale")
        await tab.leave()

    async def _live(self) -> None:
        """Works in the tabs that stay, so that a worker is asked in each round for the same."""
        for number in range(1, 6):
            await self._staying[TABLE].event("update", row=str(number), amount=str(number))
        await self._staying[TABLE].event("sort", column="name")
        for path in (COUNTER, CRASH):
            await self._staying[path].event("increment")
        await self._staying[SHOP].event("toggle_sale")
