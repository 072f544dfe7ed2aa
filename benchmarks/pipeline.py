"""From a change of the state to the bytes of the patches: ours beside djust's `RustLiveView`.

Ours is the change, the context, the picture, the comparison with the last one, the bytes, and the
copy of the state that a crash would fall back to. djust's is the change, `update_state`,
`set_changed_keys` and `render_with_diff` with its loop cache, as its own bridge calls them; it
keeps no copy. A first render ends with the page's HTML. Blocks of both alternate; the table shows
medians, and the median of the ratios of each round. Before, both show the same after each of
several changes: elements, attributes and texts.

python -m benchmarks.pipeline [--rounds N] [--only NAME] [--quick] [--write]
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from importlib.util import find_spec
from itertools import count
from statistics import median
from typing import Any, Protocol

import django
from django.conf import settings
from django.test import RequestFactory

from benchmarks.cases import Case, State, cases, first_render
from benchmarks.report import Table, Target, duration, parse, parser, publish, ratio, size
from pykka_live import vdom
from pykka_live.rendering import LiveTemplate
from pykka_live.state.snapshot import Keeper

BLOCK = 0.02  # seconds that a block of one side takes, at least
LONGEST = 2000  # changes in a block
NAMES = ("ours", "djust")
OWN = ("data-liveview-root", "live-", "dj-")  # attributes that belong to a framework begin so


class Side(Protocol):
    """One framework's way from a state to bytes."""

    state: State

    def first(self) -> object:
        """Make the first picture of the state."""

    def update(self) -> bytes | str:
        """Bring the picture up to the changed state; return what goes to the browser."""

    def shown(self, sent: bytes | str) -> vdom.Node:
        """Return what the page shows after `sent`."""


class Ours:
    """A template's picture, kept beside its state."""

    def __init__(self, case: Case) -> None:
        source = case.template.replace("ROOT", "data-liveview-root").replace("KEY", "live-key")
        self.state = case.make()
        self._request = RequestFactory().get("/")
        self._processed: dict[str, Any] = {}
        self._template = LiveTemplate.from_string(source)

    def first(self) -> str:
        self._keeper = Keeper(self.state)
        self._renderer = self._template.renderer(self._keeper.freezer)
        self._picture = self._browser = self._render()
        return vdom.to_html(self._picture)

    def update(self) -> bytes:
        old = self._picture
        self._picture = self._render()
        return vdom.encode(vdom.diff(old, self._picture))

    def _render(self) -> vdom.Element:
        """Return the picture, and keep the state that it shows."""
        picture = self._renderer.render(self._request, vars(self.state), self._processed)
        self._checkpoint = self._keeper.take(begin=not self._renderer.has_compared)
        return picture

    def shown(self, sent: bytes | str) -> vdom.Node:
        """Return what the patches, not the renderer, make of the page."""
        page = vdom.apply(self._browser, vdom.decode(json.loads(sent)))
        assert isinstance(page, vdom.Element)
        self._browser = page
        return page


class Djust:
    """djust's Rust core."""

    def __init__(self, case: Case) -> None:
        self._source = case.template.replace("ROOT", "dj-root").replace("KEY", "dj-key")
        self._changed = case.changed
        self.state = case.make()

    def first(self) -> str:
        from djust._rust import RustLiveView

        self._view = RustLiveView(self._source)
        self._view.set_loop_render_cache_enabled(True)
        self._view.update_state(dict(vars(self.state)))
        self._html: str = self._view.render_with_diff()[0]
        return self._html

    def update(self) -> str:
        self._view.update_state({name: getattr(self.state, name) for name in self._changed})
        self._view.set_changed_keys(list(self._changed))
        self._html, patches, _version = self._view.render_with_diff()
        return str(patches)

    def shown(self, sent: bytes | str) -> vdom.Node:
        """Return the region of its HTML: only its own client can apply its patches."""
        page = vdom.parse(self._html)
        assert isinstance(page, vdom.Element)
        return next(child for child in page.children if isinstance(child, vdom.Element))


Step = Callable[[Case, Side, int], float]


def shape(node: vdom.Node) -> str:
    """Return what a reader sees of a node: elements, attributes, texts; one line for each.

    Comments, space around texts and classes, and a framework's own attributes do not count.
    """
    if isinstance(node, vdom.Text):
        return node.data.strip()
    if not isinstance(node, vdom.Element):
        return ""
    attributes = {
        name: " ".join(value.split())
        for name, value in node.attrs.items()
        if not name.startswith(OWN)
    }
    shown = sorted((name, value) for name, value in attributes.items() if name != "class" or value)
    return "\n".join([f"<{node.tag} {shown}>", *filter(None, map(shape, node.children)), "</>"])


def verify(case: Case, sides: dict[str, Side]) -> dict[str, int]:
    """Change all sides in step; return how many bytes each would send, for one change.

    Raises:
        SystemExit: if they do not show the same.
    """
    lengths: dict[str, int] = {}
    for side in sides.values():
        side.first()
    for n in range(1, 4):
        for change in filter(None, (case.change, case.undo)):
            shapes = set()
            for name, side in sides.items():
                change(side.state, n)
                sent = side.update()
                shapes.add(shape(side.shown(sent)))
                if change is case.change:
                    lengths[name] = len(sent)
            if len(shapes) > 1:
                raise SystemExit(f"{case.name}: not all sides show the same")
    return lengths


def step(case: Case, side: Side, n: int) -> float:
    """Change the state once; return the seconds from there to the bytes."""
    start = time.perf_counter()
    case.change(side.state, n)
    side.update()
    spent = time.perf_counter() - start
    if case.undo is not None:
        case.undo(side.state, n)
        side.update()
    return spent


def first_step(case: Case, side: Side, n: int) -> float:
    """Return the seconds that a first picture takes."""
    start = time.perf_counter()
    side.first()
    return time.perf_counter() - start


def alternate(case: Case, sides: dict[str, Side], rounds: int, one: Step) -> dict[str, list[float]]:
    """Let blocks of the sides alternate; return the seconds of one change in each block."""
    numbers = count(10)
    lengths = {}
    for name, side in sides.items():
        spent = median(one(case, side, next(numbers)) for _ in range(3))
        lengths[name] = min(LONGEST, int(BLOCK / spent) + 1) if rounds > 1 else 1
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            gc.collect()
            block = [one(case, side, next(numbers)) for _ in range(lengths[name])]
            times[name].append(sum(block) / len(block))
    return times


def compare(table: Table, case: Case, rounds: int, one: Step) -> None:
    """Add the row of a case to the table."""
    sides: dict[str, Side] = {"ours": Ours(case)}
    if find_spec("djust"):
        sides["djust"] = Djust(case)
    lengths = verify(case, sides)
    times = alternate(case, sides, rounds, one)
    cells = [duration(median(times[name])) if name in times else "-" for name in NAMES]
    compared, target = "-", ""
    if "djust" in times:
        found = median(a / b for a, b in zip(times["ours"], times["djust"], strict=True))
        compared = ratio(found)
        target = "" if case.target is None else Target("<=", case.target).judge(found)
    sent = [size(lengths[name]) if name in lengths and one is step else "-" for name in NAMES]
    table.add(case.name, *cells, compared, target, *sent)


def main() -> None:
    """Print the table."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--only", default="", help="the cases whose names contain this")
    options = parse(arguments, ["djust"])
    rounds, rows = (1, 20) if options.quick else (options.rounds, 1000)
    settings.configure(
        INSTALLED_APPS=["pykka_live"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    )
    django.setup()
    table = Table(
        "From a change to the bytes of its patches",
        ("", *NAMES, "ratio", "target", "ours sends", "djust sends"),
    )
    work = [(case, step) for case in cases(rows)] + [(first_render(rows), first_step)]
    for case, one in work:
        if options.only in case.name:
            compare(table, case, rounds, one)
    table.print()
    publish("pipeline", __doc__, [table], options)


if __name__ == "__main__":
    main()
