"""The way of an event through the page, and the handlers that its bindings name: what the browser
client's bindings.js, forms.js and timing.js do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pykka_live.testing.dom import DomElement
from pykka_live.testing.fields import (
    field_params,
    form_of,
    form_params,
    is_disabled,
    is_field,
)
from pykka_live.testing.modifiers import BINDING, Binding, Event, parse_binding
from pykka_live.testing.sight import why_hidden

DELEGATED = frozenset(
    """
    click dblclick auxclick contextmenu mousedown mouseup mousemove mouseover mouseout wheel
    pointerdown pointerup pointermove pointerover pointerout pointercancel
    touchstart touchend touchmove touchcancel keydown keyup keypress
    input beforeinput change submit reset focusin focusout copy cut paste
    compositionstart compositionupdate compositionend
    dragstart drag dragenter dragleave dragover drop dragend
    """.split()
)
_NOT_PARAMS = ("data-liveview-root", "data-live-token")


class Call(NamedTuple):
    """An event that has a handler."""

    name: str
    params: dict[str, Any]
    element: DomElement
    form: DomElement | None


@dataclass
class _Way:
    """An event on its way."""

    event: Event
    target: DomElement
    submitter: DomElement | None
    prevented: bool = False
    stopped: bool = False
    walked: bool = False


@dataclass
class _Waiting:
    """A binding that lets its handler wait; `job` is what it would do."""

    type: str
    job: Callable[[], None] | None


class Bindings:
    """Finds the handlers of events.

    Args:
        page: all of it.
        roots: returns the live regions.
        send: takes each event that has a handler.
    """

    def __init__(
        self,
        page: DomElement,
        roots: Callable[[], Iterable[DomElement]],
        send: Callable[[Call], None],
    ) -> None:
        self._page = page
        self._roots = roots
        self._send = send
        self._done: dict[DomElement, set[str]] = {}
        self._waiting: dict[tuple[DomElement, str], _Waiting] = {}

    def dispatch(
        self, target: DomElement, event: Event, submitter: DomElement | None = None
    ) -> bool:
        """Let an event go its way from `target` on; return whether the browser does what it does by
        itself."""
        way = _Way(event, target, submitter)
        roots = list(self._roots())
        self._flush_for(way)
        root = next((element for element in target.line() if element in roots), None)
        inside = root is not None  # what stands around live regions has no bindings
        for element in target.line():
            if inside:
                self._at(element, way)
            if element is root:
                self._walk(way, element)
                inside = False
            if way.stopped or not event.bubbles:
                return not way.prevented
        for places in (("document", "outside"), ("window",)):
            for element, binding in list(self._placed(roots, event.type)):
                if binding.place in places and self._accepts(element, binding, way):
                    self._fire(element, binding, way)
        return not way.prevented

    def pass_time(self) -> None:
        """Let all that waits (`.debounce`, `.throttle`) have its turn."""
        self._flush(lambda _element, _type: True)
        self._waiting.clear()

    def _at(self, element: DomElement, way: _Way) -> None:
        """What listens on the element itself."""
        for binding in _bindings(element, way.event.type):
            delegated = binding.type in DELEGATED and not binding.stop
            if binding.place or delegated or not self._accepts(element, binding, way):
                continue
            if binding.stop:
                self._walk(way, element)  # the root will not see it
            self._fire(element, binding, way)

    def _walk(self, way: _Way, last: DomElement) -> None:
        """The delegated bindings on the event's way, up to `last`."""
        if way.event.type not in DELEGATED or way.walked:
            return
        way.walked = True
        for element in way.target.line():
            for binding in _bindings(element, way.event.type):
                if binding.place or binding.stop:
                    continue
                if self._accepts(element, binding, way):
                    self._fire(element, binding, way)
            if element is last:
                return

    def _placed(self, roots: list[DomElement], type: str) -> Iterator[tuple[DomElement, Binding]]:
        for root in roots:
            for element in root.members():
                for binding in _bindings(element, type):
                    if binding.place:
                        yield element, binding

    def _accepts(self, element: DomElement, binding: Binding, way: _Way) -> bool:
        if binding.once and binding.attribute in self._done.get(element, ()):
            return False
        if binding.self and way.target is not element:
            return False
        if binding.place == "outside" and (
            element.holds(way.target) or why_hidden(element) is not None
        ):
            return False
        if way.event.is_mouse and is_disabled(element):
            return False
        return binding.answers_to(way.event)

    def _fire(self, element: DomElement, binding: Binding, way: _Way) -> None:
        if binding.once:
            self._done.setdefault(element, set()).add(binding.attribute)
        if binding.prevent or way.event.type == "submit":
            way.prevented = True  # a live form never leaves the page
        way.stopped = way.stopped or binding.stop
        name = element.attrs[binding.attribute]
        if not name:
            return
        form = way.target if way.event.type == "submit" else None
        call = Call(name, self._params(element, way), element, form)

        def job() -> None:
            if element.is_in(self._page):
                self._send(call)

        key = (element, binding.attribute)
        if binding.debounce:
            self._waiting[key] = _Waiting(binding.type, job)
        elif not binding.throttle:
            job()
        elif key in self._waiting:
            self._waiting[key].job = job
        else:
            self._waiting[key] = _Waiting(binding.type, None)
            job()

    def _params(self, element: DomElement, way: _Way) -> dict[str, Any]:
        event = way.event
        key = {"key": event.key} if event.key is not None else {}
        data = {
            name[len("data-") :].replace("-", "_"): value
            for name, value in element.attrs.items()
            if name.startswith("data-") and name not in _NOT_PARAMS
        }
        return {**self._field_params(element, way), **key, **data}

    def _field_params(self, element: DomElement, way: _Way) -> dict[str, Any]:
        target = way.target
        if way.event.type == "submit":
            if target.tag != "form":
                return {}
            return form_params(target, self._page, way.submitter)
        if way.event.type in ("input", "change"):
            if element.tag == "form":
                return form_params(element, self._page)
            return field_params(target) if is_field(target) else {}
        return field_params(element) if element is target and is_field(element) else {}

    # What waits is due when the field is left, has changed, or its form is sent.

    def _flush_for(self, way: _Way) -> None:
        target = way.target
        if way.event.type == "focusout":
            self._flush(lambda element, _type: element.holds(target))
        elif way.event.type == "change":
            self._flush(lambda element, type: type != "change" and element.holds(target))
        elif way.event.type == "submit":
            self._flush(lambda element, _type: self._belongs(element, target))

    def _belongs(self, element: DomElement, form: DomElement) -> bool:
        return form.holds(element) or form_of(element, self._page) is form

    def _flush(self, wanted: Callable[[DomElement, str], bool]) -> None:
        for key, waiting in list(self._waiting.items()):
            if waiting.job is not None and wanted(key[0], waiting.type):
                self._waiting.pop(key, None)
                waiting.job()


def _bindings(element: DomElement, type: str) -> list[Binding]:
    """Return an element's bindings of one event."""
    return [
        parse_binding(name)
        for name in element.attrs
        if name.startswith(BINDING) and name[len(BINDING) :].partition(".")[0] == type
    ]
