"""Keys of a keyboard, as `KeyboardEvent` names them."""

from __future__ import annotations

import re
from typing import NamedTuple

from pykka_live.testing.failures import ActionRefused

_SYSTEM = {
    "ctrl": "ctrl",
    "control": "ctrl",
    "alt": "alt",
    "shift": "shift",
    "meta": "meta",
    "cmd": "meta",
}
_NAMED = {
    name.lower(): name
    for name in (
        "Enter Escape Tab Backspace Delete Insert Home End PageUp PageDown ArrowUp ArrowDown "
        "ArrowLeft ArrowRight " + " ".join(f"F{number}" for number in range(1, 25))
    ).split()
} | {
    "esc": "Escape",
    "space": " ",
    "up": "ArrowUp",
    "down": "ArrowDown",
    "left": "ArrowLeft",
    "right": "ArrowRight",
}


class Chord(NamedTuple):
    """A key, and those that are held down with it."""

    key: str
    code: str
    system: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, keys: str) -> Chord:
        """Read `Enter`, `a`, `Ctrl+K`, `Shift+Tab`, `+`.

        :raises ActionRefused: if there is no such key
        :raises TypeError: if that is no text
        """
        if not isinstance(keys, str):
            raise TypeError(f"keys are a text, such as 'Enter' or 'Ctrl+K', not {keys!r}")
        *held, name = re.split(r"(?<=[^+])\+", keys)
        system = {_SYSTEM.get(word.lower(), "") for word in held}
        key = name if len(name) == 1 else _NAMED.get(name.lower(), "")
        if not key or "" in system:
            raise ActionRefused(f"there is no key {keys!r}")
        if held and len(key) == 1:
            key = key.upper() if "shift" in system else key.lower()
        return cls(key, _code(key), frozenset(system))

    def held(self) -> list[Chord]:
        """Return what is pressed before the key: the system keys, one after the other."""
        names = [name for name in _HELD if name in self.system]
        return [
            Chord(_HELD[name], f"{_HELD[name]}Left", frozenset(names[: number + 1]))
            for number, name in enumerate(names)
        ]

    def let_go(self) -> Chord:
        """Return the same for when a system key goes up."""
        down = {name for name in self.system if _HELD[name] != self.key}
        return self._replace(system=frozenset(down))

    @classmethod
    def of_character(cls, character: str) -> Chord:
        """Return what is pressed for a character."""
        key = "Enter" if character == "\n" else character
        return cls(key, _code(key))


_HELD = {"ctrl": "Control", "alt": "Alt", "shift": "Shift", "meta": "Meta"}


def _code(key: str) -> str:
    if len(key) == 1 and key.isascii():
        if key.isalpha():
            return f"Key{key.upper()}"
        if key.isdigit():
            return f"Digit{key}"
    return "Space" if key == " " else key
