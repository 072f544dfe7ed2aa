"""What the parts of an event cost: the table of docs/performance.md, beside Django's own rendering.

Each row is the difference between a region with many of something and one without, divided by their
number, for one event of which the picture, the difference, the bytes and the checkpoint are made.
Django's is the difference for rendering the same template to a string, without parsing it. Both
take turns; the table shows medians of the processor's time, and the median of the ratios of each
round.

python -m benchmarks.costs [--rounds N] [--quick] [--write]
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings
from django.template import Context
from django.test import RequestFactory

from benchmarks.cases import rows
from benchmarks.report import Table, duration, parse, parser, publish, ratio
from pykka_live import vdom
from pykka_live.rendering import LiveTemplate
from pykka_live.state.snapshot import Keeper

COUNT = 1000  # of whatever it is
LEAST = 2e-8  # seconds; what takes less is not part of Django's rendering
FILTERED = "{{ text|upper }} "
CALLED = "{{ view.method }} "
CELLS = "<td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.price }}</td>"
LOOP = "<table><tbody>{% for row in rows %}<tr>" + CELLS + "</tr>{% endfor %}</tbody></table>"
CALLING = LOOP.replace("{{ row.price }}", "{{ view.method }}")


class View:
    """Something with a method."""

    def method(self) -> str:
        """Return a text."""
        return "a text"


@dataclass
class Part:
    """Something that an event may consist of.

    Attributes:
        name: in the table.
        body: the template with many of it.
        change: what an event does.
        rows: makes the rows that the state has.
        first: whether each event is the first one after a join: nothing was drawn before, and the
            browser shows what Django has rendered.
    """

    name: str
    body: str
    change: Callable[[SimpleNamespace, int], None]
    rows: Callable[[], list[Any]] = list
    first: bool = False


class Fields:
    """Takes the fields of a row."""

    __slots__ = ()

    def __init__(self, **fields: Any) -> None:
        for name in ("id", "name", "price"):
            setattr(self, name, fields[name])


class Plain(Fields):
    """A row with attributes."""


class Slotted(Fields):
    """A row with slots for them."""

    __slots__ = ("id", "name", "price")


def dictionaries() -> list[dict[str, Any]]:
    """Return rows as a handler makes them."""
    return rows(COUNT)


def objects() -> list[Plain]:
    """Return the same rows as plain objects."""
    return [Plain(**row) for row in rows(COUNT)]


def slotted() -> list[Slotted]:
    """Return the same rows as objects with slots."""
    return [Slotted(**row) for row in rows(COUNT)]


def models() -> list[Any]:
    """Return the same rows as model instances."""
    from django.db import models

    class Row(models.Model):  # noqa: DJ008
        """A row of a database."""

        id = models.IntegerField(primary_key=True)
        name = models.CharField(max_length=100)
        price = models.IntegerField()

        class Meta:
            app_label = "benchmarks"

    return [Row(id=row["id"], name=row["name"], price=row["price"]) for row in rows(COUNT)]


def nothing(state: SimpleNamespace, n: int) -> None:
    """Change only the counter that every region has."""
    state.count = n


def all_rows(state: SimpleNamespace, n: int) -> None:
    """Change a cell of each row."""
    state.count = n
    for row in state.rows:
        row["price"] = row["price"] + 1


PARTS = [
    Part("a variable", "{{ text }} " * COUNT, nothing),
    Part("a variable with a filter", FILTERED * COUNT, nothing),
    Part("a method", CALLED * COUNT, nothing),
    Part("an element without slots", "<p class='a'>b</p>" * COUNT, nothing),
    Part("a dictionary in the state, not shown", "", nothing, dictionaries),
    Part("a plain object in the state, not shown", "", nothing, objects),
    Part("an object with slots in the state, not shown", "", nothing, slotted),
    Part("a model instance in the state, not shown", "", nothing, models),
    Part("a row that is taken over", LOOP, nothing, dictionaries),
    Part("a row that calls a method", CALLING, nothing, dictionaries),
    Part("a row that has changed, with its patch", LOOP, all_rows, dictionaries),
    Part("a row, in the first event after a join", LOOP, nothing, dictionaries, first=True),
]


def event(part: Part | None) -> tuple[Callable[[], object], Callable[[], object]]:
    """Return a function that does an event of ours, and one that has Django render its template."""
    body = "" if part is None else part.body
    source = f"<main data-liveview-root><b>{{{{ count }}}}</b>{body}</main>"
    state = SimpleNamespace(count=0, text="a text", rows=part.rows() if part else [])
    change = nothing if part is None else part.change
    request, processed = RequestFactory().get("/"), {"view": View()}
    keeper, template = Keeper(state), LiveTemplate.from_string(source)
    renderer = template.renderer(keeper.freezer)
    page = template.render_region(request, vars(state), processed)
    picture = renderer.render(request, vars(state), processed)
    numbers = iter(range(1, 1 << 60))

    def ours() -> None:
        nonlocal keeper, renderer, picture
        change(state, next(numbers))
        if part is not None and part.first:
            keeper = Keeper(state)
            renderer, picture = template.renderer(keeper.freezer), page
        old, picture = picture, renderer.render(request, vars(state), processed)
        keeper.take(begin=not renderer.has_compared)
        vdom.encode(vdom.diff(old, picture))

    def theirs() -> None:
        change(state, next(numbers))
        template.django_template.render(Context({**processed, **vars(state)}))

    return ours, theirs


def seconds(function: Callable[[], object], number: int) -> float:
    """Return what one call takes of the processor, whatever else the machine does."""
    return timeit.timeit(function, timer=time.process_time, number=number) / number


def main() -> None:
    """Print the medians."""
    arguments = parser(__doc__)
    arguments.add_argument("--rounds", type=int, default=15)
    options = parse(arguments)
    settings.configure(
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        SECRET_KEY="benchmark",
    )
    django.setup()
    rounds, number = (1, 1) if options.quick else (options.rounds, 20)
    table = Table("What a part of an event costs", ("", "ours", "Django", "ratio"))
    base = event(None)
    for part in PARTS:
        many = event(part)
        found: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for side in (0, 1):
                spent = seconds(many[side], number) - seconds(base[side], number)
                found[side].append(max(spent, 0.0) / COUNT)
        ours, theirs = median(found[0]), median(found[1])
        shown, compared = "-", "-"
        if theirs > LEAST:
            pairs = zip(*found, strict=True)
            compared = ratio(median(mine / their for mine, their in pairs if their > LEAST))
            shown = duration(theirs)
        table.add(part.name, duration(ours), shown, compared)
    table.print()
    publish("costs", __doc__, [table], options)


if __name__ == "__main__":
    main()
