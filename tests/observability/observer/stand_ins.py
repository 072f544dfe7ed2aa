"""What stands in for what the observer looks at."""

from __future__ import annotations

from pykka_live.actors import ChildSpec, Supervisor
from pykka_live.live.hooks import Handled
from pykka_live.observability.observer.beat import Beat
from tests.observability.clerk import Clerk


class Session(Supervisor):
    """A session with a view."""

    def children(self) -> list[ChildSpec]:
        return [ChildSpec("views/1", Viewer, kind="view")]


class Viewer(Clerk):
    """A view of a class that an application might have."""

    def on_start(self) -> None:
        self.cell.data["class"] = "shop.views.Cart"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def handled(view: str = "shop.Cart", outcome: str = "ok", total: float = 0.004) -> Handled:
    """Return what a view tells of a message."""
    return Handled(view, "event", "up", outcome, total=total)  # type: ignore[arg-type]


def join(beat: Beat) -> None:
    """Wait until a beat is over."""
    thread = beat._thread
    if thread is not None:
        thread.join(10)
    assert not beat.runs
