"""What a person does to a page, and what a browser makes of it: the events that it fires, and what
it does by itself afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.events import Event
from pykka_live.testing.failures import ActionRefused
from pykka_live.testing.keys import Chord
from pykka_live.testing.selection import describe
from pykka_live.testing.sight import summary_of, why_hidden, why_inert, why_untouched
from pykka_live.testing.validity import complaint
from pykka_live.testing.values import EXAMPLES, sanitized

if TYPE_CHECKING:
    from pykka_live.testing.page import Page

_FOCUSABLE = (*fields.FIELDS, "button", "a", "summary")
_BEFORE_CLICK = ("pointerdown", "mousedown")
_WITH_CLICK = ("pointerup", "mouseup")


class Hands:
    """A person at a page. Every method refuses, with `ActionRefused`, what no person could do."""

    def __init__(self, page: Page) -> None:
        self._page = page

    # Seeing to it that it can be done

    def reach(self, element: DomElement, what: str, *, enabled: bool = True) -> None:
        """Refuse to do `what` to an element that is gone, hidden or disabled."""
        if not element.is_in(self._page.document):
            raise ActionRefused(f"cannot {what} {describe(element)}: it has gone from the page")
        reason = why_hidden(element) or why_inert(element)
        if reason:
            raise ActionRefused(f"cannot {what} {describe(element)}: {reason}")
        if enabled and fields.is_disabled(element):
            raise ActionRefused(f"cannot {what} {describe(element)}: it is disabled")

    def fire(self, element: DomElement, type: str, **more: Any) -> bool:
        """Fire an event; return whether the browser goes on."""
        return self._page.bindings.dispatch(element, Event(type, **more))

    # The focus

    def focus(self, element: DomElement | None) -> None:
        """Move the focus; None takes it away."""
        before = self._page.focused
        if before is element:
            return
        self._page.focused = None
        if before is not None:
            self.fire(before, "blur", bubbles=False)
            self.fire(before, "focusout")
        self._page.focused = element
        if element is not None:
            self.fire(element, "focus", bubbles=False)
            self.fire(element, "focusin")

    def _focus_near(self, element: DomElement) -> None:
        near = next(
            (e for e in element.line() if e.tag in _FOCUSABLE or "tabindex" in e.attrs), None
        )
        self.focus(None if near is None or fields.is_disabled(near) else near)

    # Clicking

    def click(self, element: DomElement) -> None:
        """Click, as with the mouse."""
        self.reach(element, "click")
        reason = why_untouched(element)
        if reason:
            raise ActionRefused(f"cannot click {describe(element)}: {reason}")
        if element.tag == "option":
            raise ActionRefused(f"cannot click {describe(element)}: use select() of its field")
        for type in _BEFORE_CLICK:
            self.fire(element, type)
        self._focus_near(element)
        for type in _WITH_CLICK:
            self.fire(element, type)
        self.activate(element, detail=1)

    def activate(self, element: DomElement, *, detail: int = 0) -> None:
        """Fire `click`, and do what the browser does upon it. `detail` is 1 for the mouse."""
        ticked = fields.is_checkable(element)
        undo = self._tick_before(element) if ticked else None
        goes_on = self.fire(element, "click", detail=detail)
        if undo is not None:
            self._changed(element) if goes_on else undo()
        if ticked or not goes_on:
            return
        for each in element.line():
            if self._does_something(each, element):
                return

    def _does_something(self, element: DomElement, target: DomElement) -> bool:
        """Do what a click does by itself on this element, which the target stands in."""
        tag = element.tag
        if fields.is_disabled(element):
            return True  # its own click has done that: `live-disable-with`
        if fields.is_submitter(element):
            form = fields.form_of(element, self._page.document)
            if form is not None:
                self.send(form, element)
                return True
        if tag in ("button", "input") and fields.type_of(element) == "reset":
            form = fields.form_of(element, self._page.document)
            if form is not None:
                self.reset(form)
            return True
        if tag in ("button", "input") and "popovertarget" in element.attrs:
            self._pop(element)
            return True
        if tag == "label":
            return self._click_labelled(element, target)
        if tag == "summary" and self._unfold(element):
            return True
        if tag in ("a", "area") and "href" in element.attrs:
            self._page.go_by(element)
            return True
        return tag in (*fields.FIELDS, "button")

    def _unfold(self, summary: DomElement) -> bool:
        """Open or close what a summary is of, if it is of anything."""
        details = summary.parent
        if details is None or details.tag != "details" or summary_of(details) is not summary:
            return False
        self._open(details, not fields.is_open(details))
        group = details.attrs.get("name")
        if group and fields.is_open(details):
            for each in list(self._page.document.members()):
                is_other = each is not details and each.attrs.get("name") == group
                if is_other and each.tag == "details" and fields.is_open(each):
                    self._open(each, False)
        return True

    def _pop(self, button: DomElement) -> None:
        """Show or hide the popover that a button is for."""
        wanted = button.attrs["popovertarget"]
        members = self._page.document.members()
        popover = next((each for each in members if each.attrs.get("id") == wanted), None)
        if popover is None or "popover" not in popover.attrs:
            return
        action = button.attrs.get("popovertargetaction", "").lower()
        is_open = fields.is_open(popover)
        becomes = {"show": True, "hide": False}.get(action, not is_open)
        if becomes != is_open:
            self._open(popover, becomes)

    def _open(self, element: DomElement, is_open: bool) -> None:
        fields.do(element, is_open)
        self.fire(element, "toggle", bubbles=False)

    def _click_labelled(self, label: DomElement, target: DomElement) -> bool:
        field = labelled(label, self._page.document)
        if field is None or field.holds(target) or fields.is_disabled(field):
            return True
        if not why_hidden(field):
            self.focus(field)
        self.activate(field)
        return True

    def _tick_before(self, field: DomElement) -> Any:
        """Tick a box before anyone hears of the click, as browsers do. Returns what takes it back,
        or None if it changes nothing."""
        before = fields.is_checked(field)
        if fields.type_of(field) == "checkbox":
            fields.do(field, not before)
            return lambda: fields.do(field, before)
        if before:
            return None
        group = fields.radio_group(field, self._page.document)
        last = [each for each in group if fields.is_checked(each)]
        for each in group:
            fields.do(each, each is field)

        def undo() -> None:
            for each in group:
                fields.do(each, each in last)

        return undo

    def _changed(self, field: DomElement) -> None:
        self.fire(field, "input")
        self.fire(field, "change")

    # Fields

    def tick(self, field: DomElement, wanted: bool) -> None:
        """Have a checkbox or a radio button be ticked, or not."""
        what = "check" if wanted else "uncheck"
        if not fields.is_checkable(field):
            raise ActionRefused(f"cannot {what} {describe(field)}: it is no checkbox")
        self.reach(field, what)
        if fields.type_of(field) == "radio" and not wanted:
            raise ActionRefused(f"cannot uncheck {describe(field)}: check another one of its group")
        if fields.is_checked(field) != wanted:
            self.click(field)

    def fill(self, field: DomElement, text: str) -> None:
        """Put another text into a field and leave it at that: fires `input` and `change`."""
        self._ready(field, "fill")
        text = self._allowed(field, text)
        self.focus(field)
        if fields.state_of(field) != text:
            fields.do(field, text)
            self._changed(field)

    def type(self, field: DomElement, text: str) -> None:
        """Type behind what is in a field, key by key, and fire `change` at the end."""
        self._ready(field, "type into")
        self.focus(field)
        for character in text:
            self._strike(field, Chord.of_character(character))
            self._page.settle()
        self.fire(field, "change")

    def _ready(self, field: DomElement, what: str) -> None:
        reason = _unwritable(field)
        if reason:
            raise ActionRefused(f"cannot {what} {describe(field)}: {reason}")
        self.reach(field, what)
        if fields.is_read_only(field):
            raise ActionRefused(f"cannot {what} {describe(field)}: it is read-only")

    def _allowed(self, field: DomElement, text: str, *, typing: bool = False) -> str:
        """Return what of a text a field takes."""
        kind = fields.type_of(field)
        if field.tag == "input":
            text = text.replace("\n", "").replace("\r", "")
        if field.tag == "input" and kind in EXAMPLES and not typing:
            text = text.lower() if kind == "color" else text
            value = sanitized(kind, field.attrs, text)
            if value != text and not (value and kind == "datetime-local"):
                raise ActionRefused(
                    f"{describe(field)} takes no {text!r}: no {kind} such as {EXAMPLES[kind]}"
                    + (f"; it becomes {value}" if value else "")
                )
        limit = field.attrs.get("maxlength", "")
        if limit.isdecimal() and kind not in EXAMPLES and len(text) > int(limit):
            if typing:
                return text[: int(limit)]
            raise ActionRefused(
                f"{describe(field)} takes {limit} characters, and the text has {len(text)}"
            )
        return text

    def select(self, field: DomElement, wanted: list[str]) -> None:
        """Choose options by value or, else, by what they are called."""
        if field.tag != "select":
            raise ActionRefused(f"cannot select in {describe(field)}: it is no select")
        self.reach(field, "select in")
        multiple = "multiple" in field.attrs
        if not multiple and len(wanted) != 1:
            raise ActionRefused(f"{describe(field)} takes one option, not {len(wanted)}")
        picked = [self._option(field, each) for each in wanted]
        self.focus(field)
        if picked != fields.chosen(field):
            fields.do(field, picked)
            self._changed(field)

    def _option(self, field: DomElement, wanted: str) -> DomElement:
        options = fields.options_of(field)
        found = [o for o in options if fields.option_value(o) == wanted]
        found = found or [o for o in options if fields.option_text(o) == wanted]
        if not found:
            there = ", ".join(repr(fields.option_value(option)) for option in options)
            raise ActionRefused(f"{describe(field)} has no option {wanted!r}; there is: {there}")
        if fields.is_disabled(found[0]):
            raise ActionRefused(f"the option {wanted!r} of {describe(field)} is disabled")
        return found[0]

    def attach(self, field: DomElement, files: list[Any]) -> None:
        """Choose files."""
        if field.tag != "input" or fields.type_of(field) != "file":
            raise ActionRefused(f"cannot attach files to {describe(field)}: it is no file field")
        self.reach(field, "attach files to")
        if len(files) > 1 and "multiple" not in field.attrs:
            raise ActionRefused(f"{describe(field)} takes one file, not {len(files)}")
        self.focus(field)
        fields.do(field, [f.rpartition("/")[2] if isinstance(f, str) else f for f in files])
        self._changed(field)

    # Keys

    def press(self, element: DomElement, keys: str) -> None:
        """Press a key, perhaps with others held down: `Enter`, `Ctrl+K`."""
        chord = Chord.parse(keys)
        if element.tag not in ("html", "body"):
            self.reach(element, f"press {keys} in")
            self.focus(element)
        held = chord.held()
        for each in held:
            self._key(element, "keydown", each)
        self._strike(element, chord)
        for each in reversed(held):
            self._key(element, "keyup", each.let_go())

    def _strike(self, element: DomElement, chord: Chord) -> None:
        """Press a key and let it go."""
        goes_on = self._key(element, "keydown", chord)
        if goes_on and not chord.system & {"ctrl", "alt", "meta"}:
            if chord.key == "Enter" or len(chord.key) == 1:
                goes_on = self._key(element, "keypress", chord)
            if goes_on:
                self._typed(element, chord.key)
        self._key(element, "keyup", chord)

    def _key(self, element: DomElement, type: str, chord: Chord) -> bool:
        return self.fire(element, type, key=chord.key, code=chord.code, system=chord.system)

    def _typed(self, element: DomElement, key: str) -> None:
        """Do what a key does by itself."""
        button = element.tag in ("button", "summary") or (
            element.tag == "input" and fields.type_of(element) in fields.BUTTONS
        )
        if key == "Enter" and (button or element.tag == "a"):
            self.activate(element)
        elif key == "Enter" and element.tag == "input":
            form = fields.form_of(element, self._page.document)
            if form is not None:
                self.send_by_key(form)
        elif key == " " and (button or fields.is_checkable(element)):
            self.activate(element)
        elif len(key) == 1 or (key == "Enter" and element.tag == "textarea"):
            self._write(element, "\n" if key == "Enter" else key)

    def _write(self, element: DomElement, character: str) -> None:
        """Put a character behind what is in a field, if it is one that is written in."""
        if _unwritable(element) or fields.is_read_only(element):
            return
        text = self._allowed(element, fields.state_of(element) + character, typing=True)
        fields.do(element, text)
        self.fire(element, "input")

    # Forms

    def send_by_key(self, form: DomElement) -> None:
        """Send a form as Enter in one of its fields does: by its first button, if it has one."""
        members = fields.fields_of(form, self._page.document)
        buttons = [each for each in members if fields.is_submitter(each)]
        if buttons:
            if not fields.is_disabled(buttons[0]):
                self.activate(buttons[0])
            return
        blocking = [each for each in members if each.tag == "input" and _blocks(each)]
        if len(blocking) <= 1:
            self.send(form, None)

    def send(self, form: DomElement, submitter: DomElement | None) -> None:
        """Send a form: check its fields, fire `submit`, and go where it leads."""
        given = submitter.attrs if submitter is not None else {}
        if "novalidate" not in form.attrs and "formnovalidate" not in given:
            for field in fields.fields_of(form, self._page.document):
                reason = complaint(field, self._page.document)
                if reason:
                    raise ActionRefused(
                        f"no browser sends {describe(form)}: {describe(field)} {reason}"
                    )
        if self._page.bindings.dispatch(form, Event("submit"), submitter):
            self._page.send_plainly(form, submitter)

    def reset(self, form: DomElement) -> None:
        """Have the fields of a form be as the markup has them, unless a handler keeps it."""
        if form.is_in(self._page.document) and self.fire(form, "reset"):
            fields.reset(form, self._page.document)


def _unwritable(field: DomElement) -> str | None:
    """Return why an element takes no text, or None."""
    if field.tag == "select":
        return "use select()"
    if field.tag == "textarea" or fields.is_editable(field):
        return None
    if field.tag != "input":
        return "it is no field"
    unwritten = ("checkbox", "radio", "file", "submit", "button", "reset", "image")
    return "it takes no text" if fields.type_of(field) in unwritten else None


def _blocks(field: DomElement) -> bool:
    """Whether a field keeps Enter in another one from sending a form without a button."""
    unwritten = ("checkbox", "radio", "file", "hidden", "button", "reset", "range", "color")
    return fields.type_of(field) not in unwritten


def labelled(label: DomElement, page: DomElement) -> DomElement | None:
    """Return what a label is for."""
    names = ("input", "select", "textarea", "button", "meter", "output", "progress")
    if "for" in label.attrs:
        wanted = label.attrs["for"]
        found = (e for e in page.members() if e.attrs.get("id") == wanted)
        field = next(found, None)
        is_one = field is not None and field.tag in names and fields.type_of(field) != "hidden"
        return field if is_one else None
    inside = (e for e in label.members() if e.tag in names)
    return next((e for e in inside if fields.type_of(e) != "hidden"), None)
