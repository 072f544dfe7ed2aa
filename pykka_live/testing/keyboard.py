"""What keys do by themselves: write, move, choose, send, and click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.failures import ActionRefused
from pykka_live.testing.keys import Chord
from pykka_live.testing.pen import MOVES, Edit
from pykka_live.testing.selection import describe
from pykka_live.testing.sight import summary_of, why_hidden
from pykka_live.testing.stops import stop_after
from pykka_live.testing.values import EXAMPLES, number_so_far, stepped

if TYPE_CHECKING:
    from pykka_live.testing.hands import Hands
    from pykka_live.testing.page import Page

_SHORTCUTS = {"ctrl", "alt", "meta"}
_NEXT, _PREVIOUS = ("ArrowDown", "ArrowRight"), ("ArrowUp", "ArrowLeft")
_ERASERS = ("Backspace", "Delete")


class Keyboard:
    """The keyboard of a person at a page, whose keys go where the focus is."""

    def __init__(self, page: Page, hands: Hands) -> None:
        self._page = page
        self._hands = hands

    def type(self, field: DomElement, text: str) -> None:
        """Type into a field, key by key, and fire `change` at the end."""
        self._hands.ready(field, "type into")
        if _is_composed(field):
            raise ActionRefused(f"cannot type into {describe(field)}: use fill()")
        self._hands.focus(field)
        for number, character in enumerate(text):
            if self._page.focused is None:
                raise ActionRefused(
                    f"cannot type {text[number:]!r} into {describe(field)}: it has lost the focus"
                )
            self._strike(Chord.of_character(character))
            self._page.settle()
        self._hands.tell_change()

    def press(self, element: DomElement | None, keys: str) -> None:
        """Press a key, perhaps with others held down: `Enter`, `Ctrl+K`.

        Args:
            element: where; None: where the focus is.
        """
        chord = Chord.parse(keys)
        if element is not None and element is not self._page.body:
            self._hands.go_to(element, f"press {keys} in")
        page, held = self._page.document, chord.held()
        for each in held:
            self._key("keydown", each)
        self._strike(chord)
        for each in reversed(held):
            if self._page.document is page:
                self._key("keyup", each.let_go())

    def _key(self, type: str, chord: Chord) -> bool:
        target = self._page.focused or self._page.body
        return self._hands.fire(target, type, key=chord.key, code=chord.code, system=chord.system)

    def _strike(self, chord: Chord) -> None:
        """Press a key and let it go."""
        page, target = self._page.document, self._page.focused
        is_plain = not chord.system & _SHORTCUTS
        pressed = self._key("keydown", chord)
        goes_on = pressed
        if goes_on and is_plain and (chord.key == "Enter" or len(chord.key) == 1):
            goes_on = self._key("keypress", chord)
        if goes_on and is_plain:
            self._do(target, chord)
        elif goes_on and target is not None and "ctrl" in chord.system:
            self._do_with_control(target, chord.key)
        if self._page.document is not page:
            return  # it is another page's now
        if self._key("keyup", chord) and pressed and is_plain and chord.key == " ":
            self._press_with_blank(target)

    def _do(self, target: DomElement | None, chord: Chord) -> None:
        key, shift = chord.key, "shift" in chord.system
        if key == "Tab":
            self._hands.focus(stop_after(target, self._page.document, back=shift), by_tab=True)
        elif target is None:
            return
        elif key == "Enter":
            self._enter(target)
        elif target.tag == "select":
            self._choose(target, key)
        elif target.tag == "input" and fields.type_of(target) == "radio":
            self._tick_next(target, key)
        elif not fields.why_unwritable(target) and not fields.is_read_only(target):
            self._edit(target, key, shift)

    def _enter(self, element: DomElement) -> None:
        kind = fields.type_of(element)
        if _is_clicked(element) or (element.tag == "input" and kind in ("color", "file")):
            self._hands.activate(element)
        elif element.tag == "input":
            self._hands.tell_change()
            form = fields.form_of(element, self._page.document)
            if form is not None:
                self._hands.send_by_key(form, by_text=fields.is_line(element))
        elif element.tag == "textarea" and not fields.is_read_only(element):
            self._write(element, "\n")
        elif fields.is_editable(element):
            raise ActionRefused(
                f"only a browser can tell what Enter does in {describe(element)}; use fill()"
            )

    def _press_with_blank(self, target: DomElement | None) -> None:
        if target is None or target is not self._page.focused or fields.is_disabled(target):
            return
        if fields.is_checkable(target):
            if fields.type_of(target) == "checkbox" or not fields.is_checked(target):
                self._hands.activate(target)
        elif _is_clicked(target) and target.tag != "a":
            self._hands.activate(target)

    # Choosing

    def _choose(self, select: DomElement, key: str) -> None:
        """Choose another option of a closed list."""
        if key not in MOVES and (len(key) > 1 or key == " "):
            return
        one_line = "multiple" not in select.attrs and not fields.is_long(select)
        if not one_line or len(key) == 1 or key.startswith("Page"):
            raise ActionRefused(f"cannot press {key} in {describe(select)}: use select()")
        now = fields.chosen(select)
        options = [o for o in fields.options_of(select) if o in now or not fields.is_disabled(o)]
        place = options.index(now[0]) if now else -1
        if key in _PREVIOUS or key in _NEXT:
            place = max(place + (1 if key in _NEXT else -1), 0)
        else:
            place = 0 if key == "Home" else len(options) - 1
        picked = options[place : place + 1]
        if picked and picked != now:
            fields.do(select, picked)
            self._hands.changed(select)

    def _tick_next(self, radio: DomElement, key: str) -> None:
        if key not in _NEXT and key not in _PREVIOUS:
            return
        form = fields.form_of(radio, self._page.document)
        group = [
            each
            for each in self._page.document.members()
            if each.tag == "input"
            and fields.type_of(each) == "radio"
            and each.attrs.get("name", "") == radio.attrs.get("name", "")
            and fields.form_of(each, self._page.document) is form
            and (each is radio or not (fields.is_disabled(each) or why_hidden(each)))
        ]
        place = group.index(radio) + (1 if key in _NEXT else -1)
        other = group[place % len(group)]
        if other is not radio:
            self._hands.focus(other, by_tab=True)
            self._hands.activate(other)

    # Writing

    def _edit(self, field: DomElement, key: str, shift: bool) -> None:
        """Do what a key does in a field that is written in."""
        kind = fields.type_of(field) if field.tag == "input" else ""
        pen = self._hands.pen
        if kind in ("number", "range") and self._step(field, kind, key):
            return
        if _is_composed(field):
            writes = len(key) == 1 or key in _ERASERS or key in ("ArrowUp", "ArrowDown")
            if writes and kind not in ("range", "color"):
                raise ActionRefused(f"cannot press {key} in {describe(field)}: use fill()")
        elif key in MOVES:
            pen.move(key, extends=shift)
        elif key in _ERASERS:
            self._put(field, pen.erased(key))
        elif key == "Escape" and kind == "search" and fields.state_of(field):
            self._put(field, Edit("", 0))
        elif len(key) == 1:
            self._write(field, key)

    def _write(self, field: DomElement, character: str) -> None:
        """Write a character, if the field takes it."""
        edit = self._hands.pen.written(character)
        limit = fields.most_characters(field)
        if limit is not None and len(edit.text) > max(limit, len(fields.state_of(field)) - 1):
            return
        if fields.type_of(field) != "number" or number_so_far(edit.text):
            self._put(field, edit)

    def _put(self, field: DomElement, edit: Edit) -> None:
        if edit.text != fields.state_of(field):
            self._hands.pen.put(edit)
            self._hands.fire(field, "input")

    def _step(self, field: DomElement, kind: str, key: str) -> bool:
        """Make a number more or less. Returns whether it is a key for that."""
        value = fields.value_of(field)
        after = stepped(kind, field.attrs, value, key)
        if after is not None and after != value:
            self._hands.pen.put(Edit(after, len(after)))
            self._hands.pen.catch_up()
            self._hands.changed(field)
        return after is not None

    def _do_with_control(self, target: DomElement, key: str) -> None:
        """Do what a key does by itself while Ctrl is held down."""
        if fields.why_unwritable(target) or fields.is_read_only(target) or _is_composed(target):
            return
        if key == "a":
            self._hands.pen.select_all()
        elif key in MOVES:
            self._hands.pen.lose(f"Ctrl+{key}")
        elif key in (*_ERASERS, "v", "x", "y", "z"):
            raise ActionRefused(
                f"only a browser can tell what Ctrl+{key} does in {describe(target)}; use fill()"
            )


def _is_composed(field: DomElement) -> bool:
    """Whether a browser puts the value of a field together of what is pressed, in its own way."""
    return field.tag == "input" and fields.type_of(field) in EXAMPLES.keys() - {"number"}


def _is_clicked(element: DomElement) -> bool:
    """Whether Enter clicks an element."""
    if element.tag in ("a", "area"):
        return "href" in element.attrs
    if element.tag == "summary":
        around = element.parent
        return around is not None and around.tag == "details" and summary_of(around) is element
    return element.tag == "button" or (
        element.tag == "input" and fields.type_of(element) in fields.BUTTONS
    )
