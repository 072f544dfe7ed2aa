"""A visitor of the harmed site: one tab over real sockets, which keeps account of its events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from collections import Counter
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from pykka_live import vdom
from tests.chaos.havoc import ERRORS
from tests.server import Server, open_page

WINDOW = 2
"""Events that may be unanswered."""

DROP = 0.015
"""The part of the events with which the socket is lost."""

KINDS = {"enter": 90, "enter_async": 1, "fail": 6, "spill": 3}
"""The events, and how often each is sent."""


class Visitor:
    """Sends numbered events and loses its socket now and then.

    Each number is in exactly one of four sets in the end. Those that were in flight when a socket
    was lost are adrift until the rejoin is answered: what they did is done by then, so the picture
    says whether they were handled.

    Attributes:
        acked: answered by a patch
        refused: answered by an error
        arrived: lost their answer, but were handled
        lost: lost their answer, and were not handled
        codes: of the errors, how many of each
        drops: how many sockets were lost, by the way
    """

    def __init__(self, server: Server, number: int) -> None:
        self._server = server
        self._tab = f"{number:020}"
        self._random = random.Random()
        self._numbers = 0
        self._refs = 0
        self._waiting: dict[int, tuple[int, str]] = {}  # number and name, by ref
        self._version = 0
        self._view = 0
        self._socket: ClientConnection
        self._tree: Any = None
        self.acked: set[int] = set()
        self.refused: set[int] = set()
        self.arrived: set[int] = set()
        self.lost: set[int] = set()
        self.codes: Counter[str] = Counter()
        self.drops: Counter[str] = Counter()

    async def arrive(self) -> None:
        """Load the page, and join."""
        html, self._cookies = await asyncio.to_thread(open_page, self._server.url + "/ledger/")
        token = re.search(r' data-live-token="([^"]+)"', html)
        assert token
        self._token = token[1]
        self._tree = vdom.parse_region(html.replace(token[0], ""))[1]
        await self._connect()
        await self._join(fingerprint=vdom.fingerprint(self._tree))

    async def live(self, over: asyncio.Event) -> None:
        """Send events, as their answers come, until it is over; then take the last answers."""
        while not over.is_set():
            while len(self._waiting) < WINDOW:
                await self._post(self._random.choices(list(KINDS), list(KINDS.values()))[0])
            if self._random.random() < DROP:
                await self._lose()
            else:
                await self._take()
        while self._waiting:
            await self._take()

    async def check(self) -> None:
        """When all is calm: the next event succeeds, the tab shows what the server does, and the
        state holds what it has to."""
        await self._post("enter")
        while self._waiting:
            await self._take()
        assert self._numbers in self.acked
        shown = self._tree
        assert (await self._ask(t="refresh", view=self._view))["t"] == "tree"
        assert self._tree == shown, "the server believes that the tab shows something else"
        self._socket.transport.abort()
        await self._connect()
        await self._join(v=0, fingerprint=0)
        assert self._tree == shown, "the state looks different when it is drawn anew"
        fates = (self.acked, self.refused, self.arrived, self.lost)
        assert sum(map(len, fates)) == self._numbers == len(set.union(*fates))
        assert self._handled() == self.acked | self.arrived
        count, ill = self._text(1), self._text(2)
        assert (count, ill) == (str(len(self._handled())), "0 0")

    async def leave(self) -> None:
        """Close the tab."""
        await self._socket.close(1000)

    # The ledger

    def _text(self, index: int) -> str:
        return str(self._tree.children[index].children[0].data)

    def _holds(self, number: int) -> bool:
        return bool(int(self._text(0), 16) >> number & 1)

    def _handled(self) -> set[int]:
        book = int(self._text(0), 16)
        return {number for number in range(book.bit_length()) if book >> number & 1}

    # Sockets

    async def _connect(self) -> None:
        self._socket = await connect(
            self._server.websocket_url + "/live/websocket/",
            origin=self._server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookies},
            compression=None,
            ping_interval=None,
            open_timeout=None,
        )

    async def _lose(self) -> None:
        """Lose the socket with events in flight, and come back."""
        adrift = [number for number, _ in self._waiting.values()]
        self._waiting.clear()
        before = self._socket
        way = self._random.choice(["cut", "abandoned"])
        self.drops[way] += 1
        if way == "cut":
            before.transport.abort()
        await self._connect()
        await self._join()
        for number in adrift:
            (self.arrived if self._holds(number) else self.lost).add(number)
        if way == "abandoned":  # the server took it for good until now
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await before.recv()
            assert before.close_code == 4000

    async def _join(self, **fields: Any) -> None:
        """Join until it succeeds; a session that restarts just then refuses."""
        request = {"protocol": 1, "token": self._token, "tab": self._tab, "v": self._version}
        while (frame := await self._ask(t="join", **{**request, **fields}))["t"] == "error":
            assert frame["code"] == "stopped", frame
            self.codes["join stopped"] += 1
        assert frame["t"] == "joined", frame
        assert frame.get("resumed", False) == ("fingerprint" not in fields or bool(self.acked))
        self._view = frame["view"]

    # Frames

    async def _send(self, **frame: Any) -> int:
        self._refs += 1
        await self._socket.send(json.dumps({"ref": self._refs, **frame}))
        return self._refs

    async def _ask(self, **frame: Any) -> dict[str, Any]:
        ref = await self._send(**frame)
        while (answer := await self._receive()).get("ref") != ref:
            pass
        return answer

    async def _receive(self) -> dict[str, Any]:
        """Take a frame, and do to the tree what it says. There are no gaps."""
        frame: dict[str, Any] = json.loads(await self._socket.recv())
        assert frame["t"] != "stopped", frame
        if "tree" in frame:
            self._tree = vdom.decode_node(frame["tree"])
        elif "p" in frame:
            assert frame["v"] == self._version + 1
            self._tree = vdom.apply(self._tree, vdom.decode(frame["p"]))
        self._version = frame.get("v", self._version)
        return frame

    async def _post(self, name: str) -> None:
        self._numbers += 1
        params: dict[str, Any] = {"number": self._numbers}
        if name == "fail":
            params["error"] = self._random.choice(list(ERRORS))
        ref = await self._send(t="event", view=self._view, name=name, params=params)
        self._waiting[ref] = (self._numbers, name)

    async def _take(self) -> None:
        """Take a frame; if it answers an event, that is in the picture, or is not."""
        frame = await self._receive()
        if frame.get("ref") is None:
            return
        number, name = self._waiting.pop(frame["ref"])
        if frame["t"] == "patch":
            assert name in ("enter", "enter_async"), frame
            assert self._holds(number)
            self.acked.add(number)
        else:
            codes = {"fail": "handler_failed", "spill": "template_failed"}
            assert frame["t"] == "error", frame
            assert frame["code"] in (codes.get(name), "stopped"), frame
            assert not self._holds(number)
            self.refused.add(number)
            self.codes[frame["code"]] += 1
