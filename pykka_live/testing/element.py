"""The elements of a page, as a test has them in its hands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pykka_live import vdom
from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.events import Event
from pykka_live.testing.failures import LookupFailed
from pykka_live.testing.options import written
from pykka_live.testing.selection import Wanted, describe, matching, only, select
from pykka_live.testing.sight import text_of, why_hidden

if TYPE_CHECKING:
    from pykka_live.testing.page import Page


class Scope:
    """What elements are looked for in: a page, or an element."""

    _page: Page
    _node: DomElement

    def find(self, selector: str, *, text: Wanted = None) -> Element:
        """Return the one element inside that a CSS selector picks.

        Args:
            selector: CSS.
            text: all of the text that the element shows; or a pattern that is to be found in it.

        Raises:
            LookupFailed: there is none, or more than one. The message lists what there is.
        """
        self._page.settle()
        self._look_here()
        found = matching(select(self._node, selector), text)
        return self._made(only(self._node, selector, text, found))

    def find_all(self, selector: str, *, text: Wanted = None) -> list[Element]:
        """Return all elements inside that a CSS selector picks, in the page's order."""
        self._page.settle()
        self._look_here()
        return [self._made(node) for node in matching(select(self._node, selector), text)]

    def has(self, selector: str, *, text: Wanted = None) -> bool:
        """Whether there is such an element inside, or several."""
        return bool(self.find_all(selector, text=text))

    def form(self, selector: str = "form") -> Form:
        """Return a form.

        Raises:
            LookupFailed: as `find`; or it is no form.
        """
        found = self.find(selector)
        if not isinstance(found, Form):
            raise LookupFailed(f"{found!r} is no form")
        return found

    def _look_here(self) -> None:
        """Refuse to look at what is not there."""

    def _made(self, node: DomElement) -> Element:
        return (Form if node.tag == "form" else Element)(self._page, node)


class Element(Scope):
    """An element of the page. It stays the same one through updates, as long as it is there.

    What a person could not do raises `ActionRefused`: with what is hidden, disabled, or gone.
    Everything that an action causes is done when the method returns.
    """

    def __init__(self, page: Page, node: DomElement) -> None:
        self._page = page
        self._node = node

    def __repr__(self) -> str:
        return f"<Element {describe(self._node)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Element) and other._node is self._node

    def __hash__(self) -> int:
        return hash(self._node)

    def __getitem__(self, name: str) -> str:
        """Return the value of an attribute; KeyError if there is none."""
        return self.attrs[name]

    # Looking

    @property
    def tag(self) -> str:
        """Such as `button`."""
        return self._node.tag

    @property
    def attrs(self) -> dict[str, str]:
        """The attributes, as the server has them."""
        self._page.settle()
        return dict(self._node.attrs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return the value of an attribute, or the default."""
        return self.attrs.get(name, default)

    @property
    def text(self) -> str:
        """What a person reads in it: without what is hidden, blanks collapsed, a line for each
        block."""
        self._page.settle()
        return text_of(self._node)

    @property
    def html(self) -> str:
        """Its markup."""
        self._page.settle()
        return vdom.to_html(self._node.tree())

    @property
    def value(self) -> Any:
        """What a field holds: a text, or a list for a `<select multiple>`."""
        self._page.settle()
        if self._node.tag == "select" and "multiple" in self._node.attrs:
            return [fields.option_value(option) for option in fields.chosen(self._node)]
        if self._node.tag in ("button", "option"):
            return self._node.attrs.get("value", text_of(self._node))
        return fields.value_of(self._node)

    @property
    def checked(self) -> bool:
        """Whether a checkbox or a radio button is ticked. Raises LookupFailed: it is neither."""
        self._page.settle()
        if not fields.is_checkable(self._node):
            raise LookupFailed(f"{self!r} is no checkbox and no radio button")
        return fields.is_checked(self._node)

    @property
    def disabled(self) -> bool:
        """Whether it is disabled, by itself or by a fieldset around it."""
        self._page.settle()
        return fields.is_disabled(self._node)

    @property
    def visible(self) -> bool:
        """Whether the page shows it, as far as the markup tells; style sheets are not read."""
        return self.exists and why_hidden(self._node) is None

    @property
    def exists(self) -> bool:
        """Whether it still is on the page."""
        self._page.settle()
        return self._node.is_in(self._page.document)

    @property
    def focused(self) -> bool:
        """Whether it has the focus."""
        self._page.settle()
        return self._page.focused is self._node

    def _look_here(self) -> None:
        if not self._node.is_in(self._page.document):
            raise LookupFailed(f"cannot look in {self!r}: it has gone from the page")

    # Acting

    def click(self) -> Page:
        """Click it. On a link, a submit button, a box or a label, what a browser does then is done,
        too: a plain link or form loads the next page.

        Returns:
            the page
        """
        return self._page.act(lambda hands: hands.click(self._node))

    def fill(self, text: Any) -> Element:
        """Put another text into a field: fires `input` and `change`."""
        self._page.act(lambda hands: hands.fill(self._node, written(text)))
        return self

    def type(self, text: Any) -> Element:
        """Type into a field, key by key: fires `input` for each, and `change` at the end.

        It is typed behind what is there, unless keys have moved the caret or selected something.
        """
        self._page.act(lambda hands: hands.keyboard.type(self._node, written(text)))
        return self

    def press(self, keys: str) -> Page:
        """Press a key here: `Enter`, `a`, `Ctrl+K`. It does what it does in a browser: Enter in a
        field sends its form, Tab moves the focus, arrows choose among radio buttons."""
        return self._page.act(lambda hands: hands.keyboard.press(self._node, keys))

    def select(self, *values: Any) -> Element:
        """Choose an option by its value or by what it is called; in a `<select multiple>`,
        several."""
        self._page.act(lambda hands: hands.select(self._node, [str(value) for value in values]))
        return self

    def check(self) -> Element:
        """Tick a checkbox or a radio button, if it is not."""
        self._page.act(lambda hands: hands.tick(self._node, True))
        return self

    def uncheck(self) -> Element:
        """Take the tick from a checkbox, if it has one."""
        self._page.act(lambda hands: hands.tick(self._node, False))
        return self

    def attach(self, *files: Any) -> Element:
        """Choose files: open ones, or for a live form their names."""
        self._page.act(lambda hands: hands.attach(self._node, list(files)))
        return self

    def focus(self) -> Element:
        """Move the focus here; the one that had it hears of it."""

        self._page.act(lambda hands: hands.go_to(self._node, "focus"))
        return self

    def blur(self) -> Element:
        """Take the focus away, if it is here."""
        self._page.act(lambda hands: hands.focus(None) if self.focused else None)
        return self

    def trigger(self, type: str, **detail: Any) -> Page:
        """Fire any event here, whether or not a person could.

        Args:
            type: such as `mouseenter`.
            detail: `key`, `code`, `button`, `system` (the keys held down), `bubbles`, and of clicks
                `detail` (0, as by a key, or 1, as by the mouse).
        """
        event = Event(type, **{**detail, "system": frozenset(detail.get("system", ()))})
        return self._page.act(lambda hands: self._page.bindings.dispatch(self._node, event))


class Form(Element):
    """A form."""

    def __repr__(self) -> str:
        return f"<Form {describe(self._node)}>"

    @property
    def values(self) -> dict[str, Any]:
        """What it would send; a name that occurs more than once has a list."""
        self._page.settle()
        return fields.form_params(self._node, self._page.document)

    def fill(self, fields: dict[str, Any] | None = None, /, **named: Any) -> Form:
        """Fill fields by their names, in the order given.

        A text for what takes one; True or False for a single checkbox; the value of the option or
        the radio button; a list of values for checkboxes of one name and a `<select multiple>`;
        files.

        Args:
            fields: for names that are none in Python.
        """
        for name, value in {**(fields or {}), **named}.items():
            self._fill_one(name, value)
        return self

    def _fill_one(self, name: str, value: Any) -> None:
        members = self._members(name)
        first = Element(self._page, members[0])
        kind = fields.type_of(members[0])
        if first.tag == "select":
            first.select(*(value if isinstance(value, (list, tuple)) else [value]))
        elif kind == "file":
            first.attach(*(value if isinstance(value, (list, tuple)) else [value]))
        elif kind == "radio":
            self._with_value(members, value).check()
        elif kind == "checkbox":
            self._tick(members, value)
        else:
            first.fill(value)

    def _members(self, name: str) -> list[DomElement]:
        self._page.settle()
        members = [
            each
            for each in fields.fields_of(self._node, self._page.document)
            if each.attrs.get("name") == name and each.tag != "button"
        ]
        if not members:
            there = fields.fields_of(self._node, self._page.document)
            names = dict.fromkeys(e.attrs["name"] for e in there if e.attrs.get("name"))
            raise LookupFailed(
                f"{self!r} has no field {name!r}; it has: {', '.join(names) or 'none'}"
            )
        return members

    def _with_value(self, members: Iterable[DomElement], value: Any) -> Element:
        values = [fields.value_of(each) for each in members]
        for member, each in zip(members, values, strict=True):
            if each == str(value):
                return Element(self._page, member)
        raise LookupFailed(f"{self!r} has no choice {value!r}; there is: {', '.join(values)}")

    def _tick(self, members: list[DomElement], value: Any) -> None:
        if isinstance(value, bool):
            if len(members) > 1:
                raise LookupFailed(f"{self!r} has {len(members)} boxes of this name: give a list")
            wanted = members if value else []
        else:
            given = value if isinstance(value, (list, tuple)) else [value]
            wanted = [self._with_value(members, each)._node for each in given]
        for member in members:
            box = Element(self._page, member)
            if member in wanted:
                box.check()
            else:
                box.uncheck()

    def submit(self) -> Page:
        """Send it, as Enter in a field does: by its first button, if it has one. To use another
        button, click that."""

        return self._page.act(lambda hands: hands.submit(self._node))
