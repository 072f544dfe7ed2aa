"""What the tests of the Python handle share."""

from __future__ import annotations

from typing import Any

from pykka_live import LiveView, SessionHandle, event, vdom
from pykka_live.actors import Cell
from pykka_live.live.results import Changed, Mounted
from tests.live.troubled import wait_at


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
