"""The tree-construction cases of html5lib-tests, which `make test` puts into the venv."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DIRECTORY = Path(sys.prefix) / "tree-construction"


class Case(NamedTuple):
    """Some markup, and the element that it is to stand in, or None where it is a whole page."""

    html: str
    context: str | None
    has_errors: bool
    with_scripts: bool


def cases() -> Iterator[Case]:
    """All cases, in the order of the files; none where there are no files."""
    for path in sorted(DIRECTORY.glob("*.dat")):
        # Not as text: a carriage return is part of a case.
        content = path.read_bytes().decode()
        for case in re.split("^#data\n", content, flags=re.MULTILINE)[1:]:
            yield _read(case)


def _read(case: str) -> Case:
    html, _, rest = f"\n{case}".partition("\n#errors\n")
    head, _, _ = f"errors\n{rest}".partition("\n#document\n")
    sections = dict(section.partition("\n")[::2] for section in head.split("\n#"))
    has_errors = any(map(sections.get, ("errors", "new-errors")))
    context = sections.get("document-fragment")
    return Case(html[1:], context, has_errors, "script-off" not in sections)
