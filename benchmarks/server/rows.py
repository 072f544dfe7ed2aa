"""A page of rows that are changed in all the ways that a browser has to follow."""

from __future__ import annotations

from typing import Any

from benchmarks.cases import ROWS, rows

CHANGES = ("replace", "swap", "cell", "update", "clear", "fill", "append", "cut")

BUTTONS = "".join(f'<button id="{name}" CLICK data-name="{name}">+</button>' for name in CHANGES)
PAGE = f'<div ROOT><b id="step">{{{{ step }}}}</b>{BUTTONS}{ROWS}</div>'.replace(
    "<tr ", '<tr id="row-{{ row.id }}" '
)


class Changes:
    """What the page shows, and its changes.

    Attributes:
        step: how many changes there were.
        rows: as `benchmarks.cases.rows` makes them.
    """

    step: int
    rows: list[dict[str, Any]]

    def begin(self, size: int) -> None:
        """Show so many rows."""
        self.step, self.rows = 0, rows(size)

    def change(self, name: str) -> None:
        """Do one of `CHANGES`."""
        self.step += 1
        after = 1 + max((row["id"] for row in self.rows), default=0)
        if name == "replace":
            self.rows = rows(len(self.rows), after)
        elif name == "swap":
            self.rows[1], self.rows[-2] = self.rows[-2], self.rows[1]
        elif name == "cell":
            self.rows[len(self.rows) // 2]["name"] = f"changed {self.step}"
        elif name == "update":
            for row in self.rows[::10]:
                row["name"] = f"changed {self.step}"
        elif name == "clear":
            self.size, self.rows = len(self.rows), []
        elif name == "fill":
            self.rows = rows(self.size)
        elif name == "append":
            self.rows += rows(len(self.rows), after)
        elif name == "cut":
            del self.rows[len(self.rows) // 2 :]
