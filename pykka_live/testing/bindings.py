"""The way of an event through the page, and the handlers that its bindings name: what the browser
client's bindings.js, forms.js and timing.js do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pykka_live.bindings import BINDING, Binding, BindingError, parse_binding, written
from pykka_live.testing.dom import DomElement
from pykka_live.testing.events import Event, answers_to
from pykka_live.testing.failures import PageBroken
from pykka_live.testing.fields import (
    field_params,
    fields_of,
    form_of,
    form_params,
    is_disabled,
    is_field,
    is_half_typed,
    name_of,
    unused,
    use,
)
from pykka_live.testing.sight import why_hidden

_CHANGES = ("input", "change")
_ROOT = "data-liveview-root"
_NOT_PARAMS = (_ROOT, "data-live-token")


class Call(NamedTuple):
    """An event that has a handler."""

    name: str
    params: dict[str, Any]
    element: DomElement
    form: DomElement | None
    submitter: DomElement | None = None

    def waiting(self) -> list[DomElement]:
        """Return the elements that wait for the answer."""
        all = dict.fromkeys((self.element, self.form, self.submitter))
        return [each for each in all if each is not None]


@dataclass
class _Way:
    """An event on its way."""

    event: Event
    target: DomElement
    submitter: DomElement | None
    prevented: bool = False
    stopped: bool = False
    walked: bool = False

    def keep_page(self) -> None:
        """A live form never leaves the page."""
        self.prevented = self.prevented or self.event.type == "submit"


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
        focused: returns the element that has the focus, if one has.
        send: takes each event that has a handler.
    """

    def __init__(
        self,
        page: DomElement,
        roots: Callable[[], Iterable[DomElement]],
        focused: Callable[[], DomElement | None],
        send: Callable[[Call], None],
    ) -> None:
        self._page = page
        self._roots = roots
        self._focused = focused
        self._send = send
        self._done: dict[DomElement, set[str]] = {}
        self._waiting: dict[tuple[DomElement, str, str | None], _Waiting] = {}

    def dispatch(
        self, target: DomElement, event: Event, submitter: DomElement | None = None
    ) -> bool:
        """Let an event go its way from `target` on; return whether the browser does what it does by
        itself."""
        way = _Way(event, target, submitter)
        roots = list(self._roots())
        root = next((element for element in target.line() if element in roots), None)
        inside = root is not None  # what stands around live regions has no bindings
        if inside:
            self._flush_for(way)
            if event.type in (*_CHANGES, "focusout"):
                use(target, self._page)
            if not event.bubbles:
                self._walk(way, target, root)
        for element in target.line():
            if inside:
                self._at(element, way, root)
            if element is root:
                self._walk(way, element, root)
                inside = False
            if way.stopped or not event.bubbles:
                return not way.prevented
        for places in (("document", "outside"), ("window",)):
            if way.stopped:
                break
            for element, binding in list(self._placed(roots, event.type)):
                if binding.place in places and self._accepts(element, binding, way):
                    self._fire(element, binding, way)
        return not way.prevented

    def foresee(self, target: DomElement, event: Event) -> list[Call]:
        """Return what an event would send, without letting it happen."""
        way, roots = _Way(event, target, None), list(self._roots())
        found = [
            (element, binding)
            for element in self._path(way)
            for binding in _bindings(element, event.type)
            if not binding.place and any(root.holds(element) for root in roots)
        ]
        found += [each for each in self._placed(roots, event.type) if each[1].place != "outside"]
        return [
            self._called(element, binding, way)
            for element, binding in found
            if element.attrs[binding.attribute] and self._accepts(element, binding, way)
        ]

    def pass_time(self) -> None:
        """Let all that waits (`.debounce`, `.throttle`) have its turn."""
        for waiting in list(self._waiting.values()):
            if waiting.job is not None:
                waiting.job()
        self._waiting.clear()

    def _at(self, element: DomElement, way: _Way, root: DomElement | None) -> None:
        """What listens on the element itself."""
        for binding in _bindings(element, way.event.type):
            if binding.place or not binding.stop or not self._accepts(element, binding, way):
                continue
            self._walk(way, element, root)  # the root will not see it
            self._fire(element, binding, way)

    def _walk(self, way: _Way, last: DomElement, root: DomElement | None) -> None:
        """The delegated bindings on the event's way, up to `last`."""
        if way.walked:
            return
        way.walked = True
        for element in self._path(way):
            if root is not None and root.holds(element):
                for binding in _bindings(element, way.event.type):
                    if binding.place or binding.stop:
                        continue
                    if self._accepts(element, binding, way):
                        self._fire(element, binding, way)
            if element is last:
                return

    def _path(self, way: _Way) -> list[DomElement]:
        """Return what an event passes. A form hears of its fields wherever they stand."""
        path = list(way.target.line())
        form = form_of(way.target, self._page) if way.event.type in _CHANGES else None
        if form is not None and form not in path:
            path.insert(1, form)
        return path

    def _placed(self, roots: list[DomElement], type: str) -> Iterator[tuple[DomElement, Binding]]:
        for root in roots:
            for element in root.members():
                for binding in _bindings(element, type):
                    if binding.place:
                        yield element, binding

    def _accepts(self, element: DomElement, binding: Binding, way: _Way) -> bool:
        if binding.self and way.target is not element:
            return False
        if binding.place == "outside" and not self._is_outside(element, way):
            return False
        way.keep_page()
        if binding.once and binding.attribute in self._done.get(element, ()):
            return False
        # What is half typed (`1e`) has no value yet.
        if way.event.type in _CHANGES and way.target is element and is_half_typed(element):
            return False
        if way.event.is_mouse and (is_disabled(element) or _opens_elsewhere(way, binding)):
            return False
        return answers_to(binding, way.event)

    def _is_outside(self, element: DomElement, way: _Way) -> bool:
        if element.holds(way.target) or why_hidden(element) is not None:
            return False
        # Enter in a field clicks the button of its form, wherever that is.
        by_key = way.event.type == "click" and not way.event.detail
        focused = self._focused()
        return not (by_key and focused is not None and element.holds(focused))

    def _fire(self, element: DomElement, binding: Binding, way: _Way) -> None:
        way.prevented = way.prevented or binding.prevent
        way.stopped = way.stopped or binding.stop
        if not element.attrs[binding.attribute]:
            return
        call = self._called(element, binding, way)

        def job() -> None:
            if element.is_in(self._page) and binding.attribute in element.attrs:
                if binding.once:
                    self._done.setdefault(element, set()).add(binding.attribute)
                self._send(call)

        # What was typed before a key or a click comes before it.
        if binding.keys or binding.type == "click":
            self._flush_beside(element, binding.type)
        key = (element, binding.attribute, None if binding.debounce else way.event.key)
        if binding.debounce:
            self._waiting[key] = _Waiting(binding.type, job)
        elif not binding.throttle:
            job()
        elif key in self._waiting:
            self._waiting[key].job = job
        else:
            self._waiting[key] = _Waiting(binding.type, None)
            job()

    def _called(self, element: DomElement, binding: Binding, way: _Way) -> Call:
        form = way.target if way.event.type == "submit" else None
        name, params = element.attrs[binding.attribute], self._params(element, way)
        return Call(name, params, element, form, way.submitter)

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
            for field in fields_of(target, self._page):
                use(field, self._page)
            return form_params(target, self._page, way.submitter)
        if way.event.type in _CHANGES:
            if element.tag == "form":
                about = {"_unused": unused(element, self._page), "_target": name_of(target)}
                return form_params(element, self._page) | about
            return field_params(target) if is_field(target) else {}
        return field_params(element) if element is target and is_field(element) else {}

    def _flush_for(self, way: _Way) -> None:
        """What waits comes before what ends the typing."""
        if way.event.type in ("focusout", "change", "submit"):
            self._flush_beside(way.target, way.event.type)

    def _flush_beside(self, element: DomElement, but: str) -> None:
        """Send what waits in an element's view, except for the events of a type."""
        root = _root_of(element)
        for key, waiting in list(self._waiting.items()):
            if waiting.job is not None and waiting.type != but and _root_of(key[0]) is root:
                self._waiting.pop(key, None)
                waiting.job()


def _root_of(element: DomElement) -> DomElement | None:
    return next((each for each in element.line() if _ROOT in each.attrs), None)


def _opens_elsewhere(way: _Way, binding: Binding) -> bool:
    """Whether a click is one that the browser answers with another tab or window."""
    if way.event.type != "click" or binding.system:
        return False
    link = next((each for each in way.target.line() if each.tag in ("a", "area")), None)
    is_link = link is not None and "href" in link.attrs
    return is_link and not way.event.system.isdisjoint(("ctrl", "meta", "shift"))


def _bindings(element: DomElement, type: str) -> list[Binding]:
    """Return an element's bindings of one event.

    :raises PageBroken: if one says what no browser understands
    """
    found = []
    for name in element.attrs:
        if name.startswith(BINDING) and name[len(BINDING) :].partition(".")[0] == type:
            try:
                found.append(parse_binding(name))
            except BindingError as error:
                raise PageBroken(f"{written(name)}: {error}") from None
    return found
