"""Where somebody writes in a text, and what the page has not been told of it yet."""

from __future__ import annotations

from typing import NamedTuple

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.failures import ActionRefused
from pykka_live.testing.selection import describe

MOVES = "ArrowLeft ArrowRight ArrowUp ArrowDown Home End PageUp PageDown".split()
"""The keys that move a caret."""


class Edit(NamedTuple):
    """What a text becomes, and where the caret is then."""

    text: str
    caret: int


class Pen:
    """Writes in the field that has the focus: behind what is in it, unless keys have moved it.

    Args:
        field: that field, or whatever else has the focus.
        all: all of its text is selected, as by Tab.
    """

    def __init__(self, field: DomElement | None, *, all: bool = False) -> None:
        self.field = field
        self._before: str | None = None  # what it held when `change` was told, if it was edited
        self._text = self._shown()
        self._caret = len(self._text)
        self._anchor = 0 if all else self._caret  # what lies between both is selected
        self._lost = ""  # the key after which nobody can tell where the caret is

    def select_all(self) -> None:
        """Select all of the text."""
        self._look()
        self._anchor, self._caret, self._lost = 0, len(self._text), ""

    def move(self, key: str, *, extends: bool = False) -> None:
        """Move by a key, and extend the selection if Shift is held."""
        first, last = self._look()
        if key in ("ArrowLeft", "ArrowRight"):
            if first == last or extends:
                step = -1 if key == "ArrowLeft" else 1
                self._caret = min(max(self._caret + step, 0), len(self._text))
            else:
                self._caret = first if key == "ArrowLeft" else last
        elif key.startswith("Page") or "\n" in self._text:
            self._lost = key
        else:
            self._caret = 0 if key in ("ArrowUp", "Home") else len(self._text)
        if not extends:
            self._anchor = self._caret

    def lose(self, keys: str) -> None:
        """Move to where only a browser can tell."""
        self._look()
        self._lost = keys

    def written(self, character: str) -> Edit:
        """Return what becomes of the text when a character is written."""
        first, last = self._known()
        return Edit(self._text[:first] + character + self._text[last:], first + len(character))

    def erased(self, key: str) -> Edit:
        """Return what Backspace or Delete makes of the text."""
        first, last = self._known()
        if first == last:
            first, last = (max(first - 1, 0), last) if key == "Backspace" else (first, last + 1)
        return Edit(self._text[:first] + self._text[last:], first)

    def put(self, edit: Edit) -> None:
        """Have the field hold another text."""
        assert self.field is not None
        if self._before is None:
            self._before = _value(self.field)
        fields.do(self.field, edit.text)
        self._text, self._lost = edit.text, ""
        self._anchor = self._caret = edit.caret

    @property
    def is_ahead(self) -> bool:
        """Whether the field holds something else than when `change` was told last."""
        before = self._before
        return self.field is not None and before is not None and before != _value(self.field)

    def catch_up(self) -> None:
        """Have `change` be told."""
        self._before = None

    def _shown(self) -> str:
        text = fields.state_of(self.field) if self.field is not None else ""
        return text if isinstance(text, str) else ""

    def _look(self) -> tuple[int, int]:
        """Return what is selected. In another text than it has written, a pen stands behind it."""
        text = self._shown()
        if text != self._text:
            self._text, self._lost = text, ""
            self._anchor = self._caret = len(text)
        return min(self._anchor, self._caret), max(self._anchor, self._caret)

    def _known(self) -> tuple[int, int]:
        selected = self._look()
        if self._lost and self.field is not None:
            raise ActionRefused(
                f"only a browser can tell where {self._lost} leads in {describe(self.field)}; "
                "use fill()"
            )
        return selected


def _value(field: DomElement) -> str | None:
    """Return what decides about `change`, which an editor never tells."""
    return fields.value_of(field) if field.tag in fields.FIELDS else None
