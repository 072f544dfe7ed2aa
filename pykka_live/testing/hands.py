"""What a person does to a page, and what a browser makes of it: the events that it fires, and what
it does by itself afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.events import Event
from pykka_live.testing.failures import ActionRefused
from pykka_live.testing.keyboard import Keyboard
from pykka_live.testing.pen import Edit, Pen
from pykka_live.testing.selection import describe
from pykka_live.testing.sight import summary_of, why_hidden, why_inert, why_untouched
from pykka_live.testing.stops import takes_focus
from pykka_live.testing.validity import complaint
from pykka_live.testing.values import EXAMPLES, sanitized

if TYPE_CHECKING:
    from pykka_live.testing.page import Page

_BEFORE_CLICK = ("pointerdown", "mousedown")
_WITH_CLICK = ("pointerup", "mouseup")


class Hands:
    """A person at a page. Every method refuses, with `ActionRefused`, what no person could do.

    Attributes:
        keyboard: what is pressed and typed with.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._pen = Pen(None)
        self.keyboard = Keyboard(page, self)

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

    @property
    def pen(self) -> Pen:
        """What is written with where the focus is."""
        if self._pen.field is not self._page.focused:  # an update has taken the focus away
            self._pen = Pen(self._page.focused)
        return self._pen

    def go_on(self, heir: DomElement) -> None:
        """Go on in a field that was made anew as in the one that has the focus."""
        self.pen.field = self._page.focused = heir

    def focus(self, element: DomElement | None, *, by_tab: bool = False) -> None:
        """Move the focus; None takes it away."""
        before = self._page.focused
        if before is element:
            return
        if before is not None:
            self.tell_change()
            self._page.focused = None
            self.fire(before, "blur", bubbles=False)
            self.fire(before, "focusout")
        self._page.focused = element
        self._pen = Pen(element, all=by_tab)
        if element is not None:
            self.fire(element, "focus", bubbles=False)
            self.fire(element, "focusin")

    def go_to(self, element: DomElement, what: str) -> None:
        """Move the focus to an element to do something there."""
        self.reach(element, what)
        if not takes_focus(element):
            raise ActionRefused(f"cannot {what} {describe(element)}: it takes no focus")
        self.focus(element)

    def tell_change(self) -> None:
        """Fire `change`, if what was written has made one that was not told yet."""
        pen, is_ahead = self.pen, self.pen.is_ahead
        pen.catch_up()
        if is_ahead and pen.field is not None:
            self.fire(pen.field, "change")

    def _focus_near(self, element: DomElement) -> None:
        self.focus(next(filter(takes_focus, element.line()), None))

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
            self.changed(element) if goes_on else undo()
        if ticked or not goes_on:
            return
        for each in element.line():
            if self._does_something(each, element):
                return

    def _does_something(self, element: DomElement, target: DomElement) -> bool:
        """Do what a click does by itself on this element, which the target stands in."""
        tag = element.tag
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

    def changed(self, field: DomElement) -> None:
        """Fire what a field fires that was changed at once."""
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
        self.ready(field, "fill")
        text = self._allowed(field, text)
        self.focus(field)
        if fields.state_of(field) != text:
            self.pen.put(Edit(text, len(text)))
            self.fire(field, "input")
            self.tell_change()

    def ready(self, field: DomElement, what: str) -> None:
        """Refuse to write where nobody can."""
        reason = fields.why_unwritable(field)
        if reason:
            raise ActionRefused(f"cannot {what} {describe(field)}: {reason}")
        self.reach(field, what)
        if fields.is_read_only(field):
            raise ActionRefused(f"cannot {what} {describe(field)}: it is read-only")

    def _allowed(self, field: DomElement, text: str) -> str:
        """Return what of a text a field takes."""
        kind = fields.type_of(field)
        if field.tag == "input":
            text = text.replace("\n", "").replace("\r", "")
        if field.tag == "input" and kind in EXAMPLES:
            text = text.lower() if kind == "color" else text
            value = sanitized(kind, field.attrs, text)
            if value != text and not (value and kind == "datetime-local"):
                raise ActionRefused(
                    f"{describe(field)} takes no {text!r}: no {kind} such as {EXAMPLES[kind]}"
                    + (f"; it becomes {value}" if value else "")
                )
        limit = fields.most_characters(field)
        if limit is not None and len(text) > limit:
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
            self.changed(field)

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
        self.changed(field)

    # Forms

    def submit(self, form: DomElement) -> None:
        """Send a form as Enter in one of its fields does."""
        self.reach(form, "submit", enabled=False)
        if not self.send_by_key(form):
            raise ActionRefused(
                f"Enter does not send {describe(form)}: its first button is disabled, or it has "
                "none, and more than one field for a text"
            )

    def send_by_key(self, form: DomElement, *, by_text: bool = True) -> bool:
        """Send a form as Enter does in a field for a text, or in another one: by its first button.
        Without one, a field for a text sends its form if there is no other. Returns whether it was
        tried."""
        members = fields.fields_of(form, self._page.document)
        buttons = [each for each in members if fields.is_submitter(each)]
        if not by_text:
            buttons = [each for each in buttons if not fields.is_disabled(each)]
        if buttons:
            if fields.is_disabled(buttons[0]):
                return False
            self.activate(buttons[0])
            return True
        if not by_text or sum(map(fields.is_line, members)) > 1:
            return False
        self.send(form, None)
        return True

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
