"""pyview with a stream: the server keeps no rows, and says which of them the browser is to have."""

from __future__ import annotations

from typing import Any

from pyview import PyView
from pyview.stream import Stream

from benchmarks.cases import CELLS, rows
from benchmarks.server.apps.pyview import Page, theirs

ROWS = "{% for dom_id, row in rows %}" + f'<tr id="{{{{ dom_id }}}}">{CELLS}</tr>' + "{% endfor %}"


class Table(Page):
    """Rows, of which one is sent again with what has changed."""

    template = theirs(
        f'<div><table><tbody id="rows" phx-update="stream">{ROWS}</tbody></table></div>'
    )

    async def mount(self, socket: Any, session: Any) -> None:
        socket.context = {"rows": Stream(rows(1000), name="rows"), "changes": 0}

    async def handle_event(self, event: str, payload: Any, socket: Any) -> None:
        state = socket.context
        state["changes"] += 1
        (row,) = rows(1, 500)
        row["name"] = f"changed {state['changes']}"
        state["rows"].insert(row, update_only=True)


application = PyView()
application.add_live_view("/table/", Table)
