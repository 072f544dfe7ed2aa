"""pyview: Phoenix's protocol on Starlette."""

from __future__ import annotations

from typing import Any, ClassVar

from pyview import LiveView, PyView
from pyview.template import LiveRender, LiveTemplate
from pyview.vendor.ibis import Template

from benchmarks.cases import BESIDE, COUNTER, TABLE, rows


def theirs(template: str) -> LiveTemplate:
    return LiveTemplate(Template(template.replace("ROOT", "").replace("KEY", "id")))


class Page(LiveView[dict[str, Any]]):
    """What all pages share."""

    template: ClassVar[LiveTemplate]

    async def render(self, assigns: dict[str, Any], meta: Any) -> LiveRender:
        return LiveRender(self.template, assigns, meta)


class Counter(Page):
    """A number."""

    template = theirs(COUNTER)

    async def mount(self, socket: Any, session: Any) -> None:
        socket.context = {"count": 0}

    async def handle_event(self, event: str, payload: Any, socket: Any) -> None:
        socket.context["count"] += 1


class Table(Page):
    """Rows, of which one changes."""

    template = theirs(TABLE)

    async def mount(self, socket: Any, session: Any) -> None:
        socket.context = {"rows": rows(1000), "changes": 0}

    async def handle_event(self, event: str, payload: Any, socket: Any) -> None:
        state = socket.context
        state["changes"] += 1
        state["rows"][500]["name"] = f"changed {state['changes']}"


class Churn(Page):
    """Rows that come and go."""

    template = theirs(TABLE)

    async def mount(self, socket: Any, session: Any) -> None:
        socket.context = {"rows": rows(1000)}

    async def handle_event(self, event: str, payload: Any, socket: Any) -> None:
        state = socket.context
        if event == "append":
            state["rows"] += rows(1000, len(state["rows"]))
        elif event == "clear":
            state["rows"] = []
        else:
            for row in state["rows"][::10]:
                row["name"] += " !"


class Beside(Counter):
    """A number, beside so many rows as the URL says."""

    template = theirs(BESIDE)

    async def handle_params(self, url: Any, params: dict[str, Any], socket: Any) -> None:
        socket.context["rows"] = rows(int(params["size"]))


application = PyView()
application.add_live_view("/counter/", Counter)
application.add_live_view("/table/", Table)
application.add_live_view("/churn/", Churn)
application.add_live_view("/beside/{size:int}/", Beside)
