"""What a benchmark says: its table on the terminal, and its part of docs/benchmarks.md."""

from __future__ import annotations

import argparse
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

What `make bench` measured. Each script writes its part; run one of them alone with
`python -m benchmarks.<name> --write`. Absolute times belong to the machine that is named with each
part; compare the columns, which were measured in turns in one run.
"""


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


def publish(
    name: str, about: str | None, tables: Sequence[Table], peers: Sequence[str], write: bool
) -> None:
    """Put what was measured between the markers of `name` in the docs, if so wanted.

    Args:
        name: of the part, and its title.
        about: the script's docstring, of which the last paragraph is its usage.
        tables: what was measured.
        peers: the distributions whose versions matter.
        write: whether to write the docs.
    """
    if write:
        what = (about or "").rpartition("\n\n")[0].strip()
        parts = [f"## {name.capitalize()}", what, circumstances(peers)]
        write_part(PAGE, name, "\n\n".join([*parts, *(table.to_markdown() for table in tables)]))


def write_part(page: Path, name: str, text: str) -> None:
    """Put `text` between the markers of `name`; a new part goes to the end of the page."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    part = f"{begin}\n{text}\n{end}\n"
    old = page.read_text() if page.exists() else HEAD
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}\n", re.DOTALL)
    page.write_text(pattern.sub(lambda _: part, old) if begin in old else f"{old}\n{part}")


def circumstances(peers: Sequence[str]) -> str:
    """Say when, on what machine and with which versions."""
    software = [f"Python {platform.python_version()}"]
    for name in ("pykka_live", "Django", *peers):
        try:
            software.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            software.append(f"no {name}")
    machine = f"{processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    return f"{date.today()}; {machine}; {', '.join(software)}."


def processor() -> str:
    """Return the processor's name."""
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.machine()


def duration(seconds: float) -> str:
    """Return a duration with three digits."""
    return _scaled(seconds * 1e6, "us", ("ms", "s"))


def size(count: float) -> str:
    """Return a number of bytes with three digits."""
    return _scaled(count, "B", ("kB", "MB"))


def _scaled(value: float, unit: str, larger: Sequence[str]) -> str:
    for each in larger:
        if value < 999.5:
            break
        value, unit = value / 1000, each
    return f"{value:.3g} {unit}" if value < 999.5 else f"{value:.0f} {unit}"
