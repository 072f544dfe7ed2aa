"""The grammar of `live-on:<event>[.modifier...]`, as the browser client reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from pykka_live.testing.failures import PageBroken

BINDING = "live-on:"

_FLAGS = ("prevent", "stop", "self", "once")
_PLACES = ("window", "document", "outside")
SYSTEM = ("ctrl", "alt", "shift", "meta")
_TIMED = ("debounce", "throttle")
_KEYBOARD = ("keydown", "keyup", "keypress")
_MOUSE = re.compile(r"mouse|pointer|(?:click|dblclick|auxclick|contextmenu)$")
_BUTTONS = ("left", "middle", "right")  # in the order of MouseEvent.button
_ALIASES = {
    "esc": ("escape",),
    "space": (" ",),
    "delete": ("delete", "backspace"),
    "up": ("arrow-up",),
    "down": ("arrow-down",),
    "left": ("arrow-left",),
    "right": ("arrow-right",),
    "slash": ("/",),
    "period": (".",),
    "comma": (",",),
    "equal": ("=",),
    "plus": ("+",),
    "minus": ("-",),
}
_KEYS = frozenset(
    "enter escape tab backspace insert home end page-up page-down "
    "arrow-up arrow-down arrow-left arrow-right".split()
) | frozenset(_ALIASES)


@dataclass(frozen=True)
class Event:
    """What happens to an element.

    Attributes:
        type: such as `click`.
        key, code: of a key, as in a browser's `KeyboardEvent`.
        system: the system keys that are held down.
        button: the number of the mouse's.
        bubbles: whether the elements around hear of it.
    """

    type: str
    key: str | None = None
    code: str = ""
    system: frozenset[str] = frozenset()
    button: int = 0
    bubbles: bool = True

    @property
    def is_mouse(self) -> bool:
        """Whether a browser would make a `MouseEvent` of it."""
        return bool(_MOUSE.match(self.type)) or self.type == "wheel"


@dataclass
class Binding:
    """What the name of an attribute asks for."""

    attribute: str
    type: str
    prevent: bool = False
    stop: bool = False
    self: bool = False
    once: bool = False
    place: str | None = None
    debounce: bool = False
    throttle: bool = False
    keys: list[str] = field(default_factory=list)
    buttons: list[int] = field(default_factory=list)
    system: list[str] = field(default_factory=list)

    def answers_to(self, event: Event) -> bool:
        """Whether the event is one that the keys and buttons ask for."""
        if any(name not in event.system for name in self.system):
            return False
        if self.buttons and event.button not in self.buttons:
            return False
        if not self.keys:
            return True
        return event.key is not None and any(self._is_pressed(event, key) for key in self.keys)

    def _is_pressed(self, event: Event, key: str) -> bool:
        assert event.key is not None
        name = re.sub(r"([a-z])([A-Z])", r"\1-\2", event.key).lower()
        if name in _ALIASES.get(key, (key,)):
            return True
        return bool(self.system) and event.code in (f"Key{key.upper()}", f"Digit{key}")


@lru_cache(maxsize=1024)
def parse_binding(attribute: str) -> Binding:
    """Return what an attribute's name says.

    :raises PageBroken: if it says what the browser client does not know either
    """
    type, *words = attribute[len(BINDING) :].split(".")
    binding = Binding(attribute, type)
    while words:
        word = words.pop(0)
        if word in _FLAGS:
            setattr(binding, word, True)
        elif word in _PLACES:
            binding.place = word
        elif word in SYSTEM:
            binding.system.append(word)
        elif word in _TIMED:
            setattr(binding, word, True)
            if words and re.fullmatch(r"\d+(?:ms|s)?", words[0]):
                words.pop(0)
        elif type in _KEYBOARD and (word in _KEYS or re.fullmatch(r"f\d{1,2}|\S", word)):
            binding.keys.append(word)
        elif _MOUSE.match(type) and word in _BUTTONS:
            binding.buttons.append(_BUTTONS.index(word))
        else:
            raise PageBroken(f"{word!r} in {attribute} is no modifier; the browser ignores it all")
    return binding
