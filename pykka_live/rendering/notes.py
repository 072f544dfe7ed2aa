"""What one rendering has done where: for a developer, so with `DEBUG` only."""

from __future__ import annotations

from typing import Any

from django.template import Node

from pykka_live.rendering.findings import Finding
from pykka_live.rendering.passages import Place, place_of


class Notes:
    """Taken while a picture is made."""

    def __init__(self) -> None:
        self._loops: dict[Node, list[int]] = {}  # rows rendered, rows in all
        self._strings: dict[Finding, None] = {}
        self._asked: dict[str, None] = {}

    def loop(self, node: Node, rows: int) -> None:
        """A loop goes over so many items."""
        self._loops.setdefault(node, [0, 0])[1] += rows

    def row(self, node: Node) -> None:
        """A loop renders a row."""
        self._loops.setdefault(node, [0, 0])[0] += 1

    def string(self, finding: Finding) -> None:
        """A part is rendered as a string."""
        self._strings[finding] = None

    def asked(self, path: tuple[str, ...]) -> None:
        """A name stands for something that may be another thing the next time."""
        self._asked[".".join(path)] = None

    def report(self) -> dict[str, Any]:
        """Return what the browser is told: the loops that have rendered rows, each with how many of
        how many; the parts that were rendered as strings; and the names that were asked for what
        may differ."""
        loops: dict[str, list[int]] = {}  # where a template is included twice, a loop is two
        for node, (rendered, rows) in self._loops.items():
            if rendered:
                counts = loops.setdefault(_words(place_of(node)), [0, 0])
                counts[0] += rendered
                counts[1] += rows
        return {
            "loops": [[place, *counts] for place, counts in loops.items()],
            "strings": list(dict.fromkeys(_words(finding.place) for finding in self._strings)),
            "asked": list(self._asked),
        }


def _words(place: Place) -> str:
    return f"{place.template or 'template'}:{place.line}"
