"""What the pipeline is measured with: states, changes of them, and the templates that show them.

A state is a plain object whose attributes are the template's context.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

State = SimpleNamespace
Change = Callable[[State, int], None]

COUNTER = "<div ROOT><h1>Counter: {{ count }}</h1><button>+</button></div>"
CELLS = "<td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.price }}</td>"
ROW = f'<tr KEY="{{{{ row.id }}}}">{CELLS}</tr>'
ROWS = "<table><tbody>{% for row in rows %}" + ROW + "{% endfor %}</tbody></table>"
TABLE = f"<div ROOT>{ROWS}</div>"
BESIDE = f"<div ROOT><h1>{{{{ count }}}}</h1>{ROWS}</div>"
CHOICE = TABLE.replace("<tr ", '<tr class="{% if row.chosen %}danger{% endif %}" ')
SECTION = '<section class="part"><h2>Part %d</h2><p>Its text never changes.</p></section>'
LARGE = f"<div ROOT>{''.join(SECTION % n for n in range(1500))}<p>{{{{ text }}}}</p>{ROWS}</div>"


@dataclass(frozen=True)
class Case:
    """A change of a state, to be done again and again.

    Attributes:
        name: in the table.
        template: with ROOT and KEY where each framework has its own attribute.
        make: returns the state.
        change: changes it; the number is another one each time.
        changed: the names of the attributes that it changes.
        undo: takes the change back, unmeasured; None where one change can follow the other.
        target: what ours may take of djust's time.
    """

    name: str
    template: str
    make: Callable[[], State]
    change: Change
    changed: tuple[str, ...] = ("rows",)
    undo: Change | None = None
    target: float | None = None


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    """Return rows as a handler makes them."""
    return [
        {"id": n, "name": f"name of row {n}", "price": n * 3, "chosen": False}
        for n in range(start, start + count)
    ]


def cases(size: int) -> list[Case]:
    """Return all cases for tables of `size` rows."""

    def table() -> State:
        return State(rows=rows(size))

    def beside() -> State:
        return State(count=0, rows=rows(size))

    def count(state: State, n: int) -> None:
        state.count = n

    def cell(state: State, n: int) -> None:
        state.rows[len(state.rows) // 2]["name"] = f"changed {n}"

    def shuffle(state: State, n: int) -> None:
        random.Random(n).shuffle(state.rows)

    def swap(state: State, n: int) -> None:
        state.rows[1], state.rows[-2] = state.rows[-2], state.rows[1]

    def append(state: State, n: int) -> None:
        state.rows += rows(size, size)

    def cut(state: State, n: int) -> None:
        del state.rows[size:]

    def pop(state: State, n: int) -> None:
        state.rows.append(state.rows.pop(0))

    def remove(state: State, n: int) -> None:
        del state.rows[0]

    def put_back(state: State, n: int) -> None:
        state.rows[:0] = rows(1)

    def clear(state: State, n: int) -> None:
        state.rows = []

    def fill(state: State, n: int) -> None:
        state.rows = rows(size)

    def choose(state: State, n: int) -> None:
        for row in state.rows[:: max(size // 100, 1)]:
            row["chosen"] = not row["chosen"]

    def write(state: State, n: int) -> None:
        state.text = f"text {n}"

    def huge() -> State:
        return State(rows=rows(size * 10))

    def large() -> State:
        return State(text="", rows=rows(2 * size))

    return [
        Case("counter", COUNTER, lambda: State(count=0), count, ("count",), target=1.0),
        Case(f"1 cell of {size} rows", TABLE, table, cell, target=0.02),
        Case(f"1 cell of {size * 10} rows", TABLE, huge, cell, target=0.02),
        Case(f"counter beside {size} rows", BESIDE, beside, count, ("count",), target=0.02),
        Case(f"shuffle {size} rows", TABLE, table, shuffle, target=0.25),
        Case(f"swap 2 of {size} rows", TABLE, table, swap),
        Case(f"append {size} to {size} rows", TABLE, table, append, undo=cut),
        Case(f"remove the first of {size}", TABLE, table, remove, undo=put_back),
        Case(f"move the first of {size} to the end", TABLE, table, pop),
        Case(f"clear {size} rows", TABLE, table, clear, undo=fill),
        Case(f"a class on 100 of {size}", CHOICE, table, choose),
        Case("a text in a 300 KB page", LARGE, large, write, ("text",)),
    ]


def first_render(size: int) -> Case:
    """Return the case whose first picture is measured; it changes nothing."""
    return Case(
        f"first render of {size} rows",
        TABLE,
        lambda: State(rows=rows(size)),
        lambda state, n: None,
        target=2.0,
    )
