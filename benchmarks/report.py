"""What a benchmark says: its table on the terminal, and its part of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import operator
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.machine import Meanwhile, is_installed, processor, software

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

What `make bench` measured. Each script writes its part; run one of them alone with
`python -m benchmarks.<name> --write`. Absolute times belong to the machine that is named with each
part, and to what else it did; compare the columns, which were measured in turns in one run. Where
there is a target for ours, it stands with whether this run has met it.
"""

SIGNS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Target:
    """What a figure of ours is to keep to.

    Attributes:
        sign: one of `SIGNS`.
        limit: what it is compared with.
        to_text: writes the limit.
    """

    sign: str
    limit: float
    to_text: Callable[[float], str] = "{:g}".format

    def judge(self, figure: float) -> str:
        """Return the target and whether the figure meets it."""
        verdict = "met" if SIGNS[self.sign](figure, self.limit) else "missed"
        return f"{self.sign} {self.to_text(self.limit)}: {verdict}"


@dataclass
class Table:
    """One table: a head, and rows of text."""

    title: str
    head: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def add(self, *row: str) -> None:
        """Add a row."""
        self.rows.append(row)

    def print(self) -> None:
        """Print the table."""
        print(self.to_text(), end="\n\n", flush=True)

    def to_text(self) -> str:
        """Return the table for a terminal."""
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = []
        for row in (self.head, *self.rows):
            first, *others = zip(row, widths, strict=True)
            cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
            lines.append("  ".join(cells).rstrip())
        return "\n".join([self.title, *lines])

    def to_markdown(self) -> str:
        """Return the table for the docs."""
        rule = ["---", *["---:"] * (len(self.head) - 1)]
        lines = [f"| {' | '.join(row)} |" for row in (self.head, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines])


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser for what all the benchmarks take."""
    arguments = argparse.ArgumentParser(description=description)
    arguments.add_argument("--quick", action="store_true", help="prove that it runs; no figures")
    arguments.add_argument("--write", action="store_true", help="write docs/benchmarks.md, too")
    return arguments


def parse(
    arguments: argparse.ArgumentParser, peers: Sequence[str] = (), others: Sequence[str] = ()
) -> argparse.Namespace:
    """Return what the command line says, for `publish` too; tell which peers are not there.

    Args:
        arguments: as `parser` returns it, with what else the benchmark takes.
        peers: the distributions that it measures.
        others: the distributions whose versions matter as well.

    Raises:
        SystemExit: if the docs were to say less than all that the benchmark measures.
    """
    options = arguments.parse_args()
    missing = [name for name in peers if not is_installed(name)]
    if options.write and (options.quick or getattr(options, "only", "")):
        arguments.error("--write takes all figures of a whole run: not with --quick or --only")
    if options.write and missing:
        arguments.error(f"--write takes all peers: install {' and '.join(missing)}")
    for name in missing:
        print(f"{name} is not installed: what follows is without it\n", flush=True)
    options.versions = (*peers, *others)
    options.load, options.meanwhile = os.getloadavg()[0], Meanwhile()
    return options


def publish(
    name: str, about: str | None, tables: Sequence[Table], options: argparse.Namespace
) -> None:
    """Put what was measured between the markers of `name` in the docs, if so wanted.

    Args:
        name: of the part, and its title.
        about: the script's docstring, of which the last paragraph is its usage.
        tables: what was measured.
        options: what `parse` has returned.
    """
    if options.write:
        what = (about or "").rpartition("\n\n")[0].strip()
        parts = [f"## {name.capitalize()}", what, circumstances(options)]
        write_part(PAGE, name, "\n\n".join([*parts, *(table.to_markdown() for table in tables)]))


def write_part(page: Path, name: str, text: str) -> None:
    """Put `text` between the markers of `name`; a new part goes to the end of the page."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    part = f"{begin}\n{text}\n{end}\n"
    old = page.read_text() if page.exists() else HEAD
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    page.write_text(pattern.sub(lambda _: part, old) if begin in old else f"{old}\n{part}")


def circumstances(options: argparse.Namespace) -> str:
    """Say when, on what machine, how busy that was, and with which versions."""
    machine = f"{processor()}, {os.cpu_count()} cores"
    others = f"{100 * options.meanwhile.share():.0f} % of their time went to other programs"
    load = f"load {options.load:.1f} at the start; {others}"
    return f"{date.today()}; {machine}, {load}; {software(options.versions)}."


def duration(seconds: float) -> str:
    """Return a duration with three digits."""
    return _scaled(seconds * 1e6, "us", ("ms", "s"))


def ratio(value: float) -> str:
    """Return how many times with three digits."""
    return f"{value:.3g}" if value < 999.5 else f"{value:.0f}"


def size(count: float) -> str:
    """Return a number of bytes with three digits."""
    return _scaled(count, "B", ("kB", "MB"))


def memory(count: float) -> str:
    """Return a number of bytes as memory is counted."""
    return f"{count / 1024:.1f} KiB"


def _scaled(value: float, unit: str, larger: Sequence[str]) -> str:
    for each in larger:
        if value < 999.5:
            break
        value, unit = value / 1000, each
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"
