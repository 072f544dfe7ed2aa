"""A table, and what its rows may be made of."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User

TABLE = (
    "<h1>Rows</h1><table>{% for row in rows %}<tr KEY><td>{{ row.name }}</td>"
    "<td class='n'>{{ row.size }}</td></tr>{% endfor %}</table><p>{{ note }}</p>"
)
KEYED = TABLE.replace("KEY", 'live-key="{{ row.size }}"')
PLAIN = TABLE.replace("KEY", "")
TABLES = {"keyed": KEYED, "not keyed": PLAIN}


@dataclasses.dataclass
class Record:
    name: str
    size: int


@dataclasses.dataclass(slots=True)
class SlottedRecord:
    name: str
    size: int


class Slots:
    __slots__ = ("name", "size")

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size


class Attributes:
    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size


def user(name: str, size: int) -> User:
    made = User(pk=size, username=name, date_joined=None)  # else it is that of this moment
    made.name, made.size = name, size
    return made


KINDS: dict[str, Callable[[str, int], Any]] = {
    "dict": lambda name, size: {"name": name, "size": size},
    "dataclass": Record,
    "dataclass with slots": SlottedRecord,
    "object": Attributes,
    "slots": Slots,
    "model": user,
}
"""What a row is made of that can be changed, by what it is called."""
