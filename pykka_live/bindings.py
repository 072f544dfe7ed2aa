"""The grammar of event bindings: `@<event>[.modifier...]` in a template, which is
`live-on:<event>[.modifier...]` in a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

from pykka_live.logs import own_logger

__all__ = ["BINDING", "BUTTONS", "KEY_ALIASES", "SYSTEM", "Binding", "BindingError"]
__all__ += ["is_mouse", "look_at", "parse_binding", "seen", "warn", "written"]

BINDING = "live-on:"
SYSTEM = ("ctrl", "alt", "shift", "meta")
BUTTONS = ("left", "middle", "right")
"""In the order of `MouseEvent.button`."""

KEY_ALIASES = {
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
"""Words for keys, with what `KeyboardEvent.key` is then."""

_FLAGS = ("prevent", "stop", "self", "once")
_PLACES = ("window", "document", "outside")
_TIMED = ("debounce", "throttle")
_TIME = re.compile(r"([0-9]+)(ms|s)?")
_LONGEST = 2**31 - 1  # milliseconds; a browser's timer of more is over at once
_KEYBOARD = ("keydown", "keyup", "keypress")
_MOUSE = re.compile(r"(?:mouse|pointer)|(?:click|dblclick|auxclick|contextmenu)\Z")
_TELLS_SYSTEM = re.compile(r"key|touch|drag|(?:drop|wheel)\Z")

_COMMON_KEYS = (
    "enter escape tab backspace insert home end page-up page-down "
    "arrow-up arrow-down arrow-left arrow-right".split()
)
# Those of the W3C's list of `KeyboardEvent.key` that keyboards have.
_RARE_KEYS = (
    "control alt-graph caps-lock fn fn-lock num-lock scroll-lock clear copy cut paste redo undo "
    "again cancel context-menu execute find help pause play select zoom-in zoom-out eject power "
    "print-screen wake-up brightness-up brightness-down convert non-convert compose dead process "
    "kana-mode kanji-mode hangul-mode hanja-mode zenkaku hankaku zenkaku-hankaku hiragana katakana "
    "audio-volume-up audio-volume-down audio-volume-mute media-play media-pause media-play-pause "
    "media-stop media-track-next media-track-previous media-fast-forward media-rewind "
    "browser-back browser-forward browser-refresh browser-stop browser-search browser-home "
    "browser-favorites unidentified".split()
)
_KEYS = frozenset((*_COMMON_KEYS, *_RARE_KEYS, *KEY_ALIASES))
_KEY = re.compile(r"f(?:[1-9]|1[0-9]|2[0-4])|\S")

logger = own_logger(__name__)


class BindingError(ValueError):
    """A binding that says what no browser understands; the text names what is wrong in it, and what
    is allowed."""


@dataclass
class Binding:
    """What the name of an attribute asks for.

    Attributes:
        attribute: its name in a page.
        type: of the event.
        place: `window`, `document` or `outside`, or None: the element itself.
        keys, buttons, system: with which keys, which numbers of the mouse's buttons, and which
            system keys held down.
    """

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


def is_mouse(type: str) -> bool:
    """Whether an event is one of the mouse, or of another pointer."""
    return _MOUSE.match(type) is not None


@lru_cache(maxsize=1024)
def parse_binding(attribute: str) -> Binding:
    """Return what a binding says.

    Args:
        attribute: its name in a page, such as `live-on:click.once`.

    Raises:
        BindingError: it says what no browser understands, or contradicts itself.
    """
    type, *words = attribute[len(BINDING) :].split(".")
    if not type:
        raise BindingError("it names no event; write it as in @click or @keydown.enter")
    binding = Binding(attribute, type)
    before = ""
    while words:
        word = words.pop(0)
        _take(binding, word, before)
        before = word
        if word in _TIMED and words and (time := _TIME.fullmatch(words[0])):
            before = words.pop(0)
            _check(time, word)
    if binding.debounce and binding.throttle:
        raise BindingError("'debounce' and 'throttle' exclude each other")
    if binding.self and binding.place == "outside":
        raise BindingError("'self' and 'outside' exclude each other")
    return binding


def _take(binding: Binding, word: str, before: str) -> None:
    if word in _FLAGS or word in _TIMED:
        setattr(binding, word, True)
    elif word in _PLACES:
        if binding.place not in (None, word):
            raise BindingError(f"{binding.place!r} and {word!r} exclude each other")
        binding.place = word
    elif word in SYSTEM and _tells_system(binding.type):
        binding.system.append(word)
    elif binding.type in _KEYBOARD and (word in _KEYS or _KEY.fullmatch(word)):
        binding.keys.append(word)
    elif is_mouse(binding.type) and word in BUTTONS:
        binding.buttons.append(BUTTONS.index(word))
    else:
        raise BindingError(_complaint(binding.type, word, before))


def _check(time: re.Match[str], word: str) -> None:
    """Refuse what no browser can wait for."""
    digits, unit = time[1].lstrip("0") or "0", time[2]
    # So many are too much in any unit, and may be more than Python reads.
    if len(digits) > 10 or int(digits) * (1000 if unit == "s" else 1) > _LONGEST:
        raise BindingError(
            f"{time[0][:40]!r} is too long for {word!r}: browsers wait {_LONGEST} ms at most, "
            "which is 24 days"
        )


def _tells_system(type: str) -> bool:
    return is_mouse(type) or _TELLS_SYSTEM.match(type) is not None


def _complaint(type: str, word: str, before: str) -> str:
    word = word[:40]
    if before in _TIMED:
        said = f"{word!r} is no time for {before!r}, such as 300ms or 1s, and no modifier either"
    elif _TIME.fullmatch(word):
        said = f"{word!r} is a time, which stands behind 'debounce' or 'throttle' only"
    else:
        said = f"{word!r} is no modifier of {type[:40]!r}"
    allowed = [*_FLAGS, *_PLACES, *_TIMED, *(SYSTEM if _tells_system(type) else ())]
    keys: list[str] = []
    if type in _KEYBOARD:
        keys = [*_COMMON_KEYS, *KEY_ALIASES]
        allowed.append("a key: a character, f1 to f24, " + ", ".join(keys))
    elif is_mouse(type):
        allowed += BUTTONS
    near = get_close_matches(word, [*allowed, *keys], n=1)
    hint = f" (perhaps {near[0]!r} is meant)" if near else ""
    return f"{said}{hint}; allowed are {', '.join(allowed)}"


_MOST = 1000
"""So many are looked at in a process: no site has as many, unless it makes them up."""

seen: set[str] = set()
"""The bindings that were looked at."""


def look_at(attribute: str) -> None:
    """Look at a binding of some markup, and warn at the first sight of one that is wrong.

    Args:
        attribute: its name in a page.
    """
    if attribute in seen or len(seen) >= _MOST:
        return
    seen.add(attribute)
    try:
        parse_binding(attribute)
    except BindingError as error:
        logger.warning("%.100s: %s", written(attribute), error)


def warn(attribute: str, where: str, why: str) -> None:
    """Warn, once, of a binding in a template.

    Args:
        attribute: its name in a page.
        where: the template, and the line.
        why: what is wrong.
    """
    told = f"{attribute} {where}"
    if told not in seen and len(seen) < _MOST:
        seen.update((attribute, told))
        logger.warning("%.100s in %s: %s", written(attribute), where, why)


def written(attribute: str) -> str:
    """Return a binding as a template has it."""
    return f"@{attribute[len(BINDING) :]}"
