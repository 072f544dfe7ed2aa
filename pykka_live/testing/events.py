"""What happens to an element, and whether it is what a binding asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pykka_live.bindings import KEY_ALIASES, Binding, is_mouse


@dataclass(frozen=True)
class Event:
    """What happens to an element.

    Attributes:
        type: such as `click`.
        key, code: of a key, as in a browser's `KeyboardEvent`.
        system: the system keys that are held down.
        button: the number of the mouse's.
        bubbles: whether the elements around hear of it.
        detail: of a click, how often the mouse was pressed; 0 if it was a key.
    """

    type: str
    key: str | None = None
    code: str = ""
    system: frozenset[str] = frozenset()
    button: int = 0
    bubbles: bool = True
    detail: int = 0

    @property
    def is_mouse(self) -> bool:
        """Whether a browser would make a `MouseEvent` of it."""
        return is_mouse(self.type) or self.type == "wheel"


def answers_to(binding: Binding, event: Event) -> bool:
    """Whether an event is one that the keys and buttons of a binding ask for."""
    if any(name not in event.system for name in binding.system):
        return False
    if binding.buttons and event.button not in binding.buttons:
        return False
    if not binding.keys:
        return True
    return event.key is not None and any(_is_pressed(binding, event, key) for key in binding.keys)


def _is_pressed(binding: Binding, event: Event, key: str) -> bool:
    assert event.key is not None
    name = re.sub(r"([a-z])([A-Z])", r"\1-\2", event.key).lower()
    if name in KEY_ALIASES.get(key, (key,)):
        return True
    return bool(binding.system) and event.code in (f"Key{key.upper()}", f"Digit{key}")
