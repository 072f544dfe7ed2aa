"""What the tests of the Python handle share."""

from __future__ import annotations

from typing import Any

from pykka_live import LiveComponent, LiveView, SessionHandle, event, vdom
from pykka_live.actors import Cell
from pykka_live.live.results import Changed, Mounted
from tests.live.troubled import wait_at
from tests.live.views import calls


class Picture:
    """A caller's copy of what a view shows: kept by patches, as a browser does."""

    def __init__(self, mounted: Mounted) -> None:
        self.root = vdom.parse(mounted.html)
        self.version = mounted.version

    def follow(self, changed: Changed) -> str:
        """Do what an answer says; return the HTML."""
        if changed.html is not None:
            assert changed.patches is None
            self.root = vdom.parse(changed.html)
        else:
            assert changed.version == self.version + bool(changed.patches)
            (root,) = self.root.children
            root = vdom.apply(root, vdom.decode(changed.patches))
            self.root = vdom.Element(self.root.tag, {}, [root])
        self.version = changed.version
        return self.html

    @property
    def html(self) -> str:
        return vdom.to_html(self.root.children[0])


class Slow(LiveView):
    """Counts, and waits at a gate."""

    template = "<p data-liveview-root>{{ count }}</p>"

    def mount(self, request: Any, **params: Any) -> None:
        self.count = 0

    @event
    def up(self) -> None:
        self.count += 1

    @event
    def wait(self) -> None:
        wait_at("wait")


def view_cell(handle: SessionHandle, view_id: str | None = None) -> Cell:
    """Return the cell of a view, or of the only one."""
    cells = [each for each in handle._cell.children.values() if each.kind == "view"]
    (cell,) = [each for each in cells if view_id in (None, each.data["view"].token.view_id)]
    return cell


class SlowToMount(Slow):
    def mount(self, request: Any, **params: Any) -> None:
        wait_at("mount")
        super().mount(request, **params)


class HandleRow(LiveComponent):
    template = "<li>{{ text }}:{{ count }}</li>"

    def mount(self, text: str = "") -> None:
        self.text, self.count = text, 0

    @event
    def up(self, amount: int = 1) -> None:
        self.count += amount

    @event
    def fail(self) -> None:
        self.count = -1
        raise ValueError("on purpose")

    def hidden(self) -> None:
        calls["hidden"] += 1

    def handle_info(self, message: Any) -> None:
        self.text = message
        calls["info"] += 1

    def terminate(self, reason: str) -> None:
        calls[f"row {reason}"] += 1


class HandleList(LiveView):
    template = (
        "{% load pykka_live %}<ul data-liveview-root>{% for row in rows %}"
        '{% live_component "handle_row" id=row text=row %}{% endfor %}</ul>'
    )

    def mount(self, request: Any, **params: Any) -> None:
        self.rows = ["a", "b"]

    @event
    def show(self, row: str) -> None:
        self.rows.append(row)

    @event
    def hide(self, row: str) -> None:
        self.rows.remove(row)

    @event
    def fail(self) -> None:
        raise ValueError("on purpose")


class Late(HandleRow):
    def mount(self, text: str = "") -> None:
        wait_at("late")
        super().mount(text)


def li(id: str, text: str) -> str:
    return f'<li live-component="{id}">{text}</li>'
