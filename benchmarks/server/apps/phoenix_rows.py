"""What a Phoenix LiveView 1.2 would say, for its client: the page of rows, whose comprehension has
keys. No Elixir runs; the diffs are made here as Phoenix makes them, of what has changed alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from html import escape
from typing import Any

from benchmarks.server.rows import CHANGES, Changes

VERSION = "1.2.12"  # of the protocol, and of the client
TOPIC = "phx-rows"
BUTTONS = "".join(
    f'<button id="{name}" phx-click="turn" phx-value-name="{name}">+</button>' for name in CHANGES
)
PAGE = ['<div><b id="step">', f"</b>{BUTTONS}<table><tbody>", "</tbody></table></div>"]
ROW = ["<tr", "><td>", "</td><td>", "</td><td>", "</td></tr>"]

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def slots(row: dict[str, Any]) -> list[str]:
    """Return what changes in a row."""
    return [f' id="row-{row["id"]}"', *(escape(str(row[name])) for name in ("id", "name", "price"))]


def numbered(values: list[str], before: list[str] | None = None) -> dict[str, str]:
    """Return the values that are others than before, by their places."""
    return {str(n): value for n, value in enumerate(values) if before is None or before[n] != value}


class Page(Changes):
    """One tab's page."""

    def __init__(self, size: int) -> None:
        self.begin(size)
        self._shown = [slots(row) for row in self.rows]

    def rendered(self) -> Message:
        """Return all of it."""
        keyed: Message = {str(n): numbered(values) for n, values in enumerate(self._shown)}
        keyed["kc"] = len(self._shown)
        return {"0": str(self.step), "1": {"k": keyed, "s": ROW}, "s": PAGE, "r": 1}

    def html(self) -> str:
        """Return all of it as markup."""
        rows = "".join(
            "".join(text for pair in zip(ROW, [*values, ""], strict=True) for text in pair)
            for values in self._shown
        )
        return f"{PAGE[0]}{self.step}{PAGE[1]}{rows}{PAGE[2]}"

    def diff(self, name: str) -> Message:
        """Change it; return what has changed."""
        old = self._shown
        self.change(name)
        self._shown = [slots(row) for row in self.rows]
        places = {values[0]: n for n, values in enumerate(old)}
        keyed: Message = dict(self._entries(old, places))
        if any(not isinstance(entry, dict) for entry in keyed.values()):
            keyed["km"] = True
        keyed["kc"] = len(self._shown)
        return {"0": str(self.step), "1": {"k": keyed}}

    def _entries(self, old: list[list[str]], places: dict[str, int]) -> Iterator[tuple[str, Any]]:
        for n, values in enumerate(self._shown):
            place = places.get(values[0])
            changed = numbered(values, None if place is None else old[place])
            if place is None or (place == n and changed):
                yield str(n), changed
            elif place != n:
                yield str(n), [place, changed] if changed else place


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Serve the page, and its socket."""
    if scope["type"] == "websocket":
        await talk(scope, receive, send)
    elif scope["type"] == "http":
        page = Page(int(scope["path"].strip("/").rpartition("/")[2]))
        session = f'data-phx-main data-phx-session="{len(page.rows)}" data-phx-static=""'
        body = f'<div id="{TOPIC}" {session}>{page.html()}</div>'
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body.encode()})


async def talk(scope: Message, receive: Receive, send: Send) -> None:
    """Answer what the client says."""
    await receive()
    await send({"type": "websocket.accept"})
    page = Page(0)
    while (message := await receive())["type"] == "websocket.receive":
        join, ref, topic, event, payload = json.loads(message["text"])
        response: Message = {}
        if event == "phx_join":
            page = Page(int(payload["session"]))
            response = {"rendered": page.rendered(), "liveview_version": VERSION}
        elif event == "event":
            response = {"diff": page.diff(payload["value"]["name"])}
        answer = [join, ref, topic, "phx_reply", {"status": "ok", "response": response}]
        await send({"type": "websocket.send", "text": json.dumps(answer, separators=(",", ":"))})
