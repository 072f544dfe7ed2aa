"""One live view of a page: joins, sends events, takes what comes back. What the browser client's
view.js does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pykka_live import vdom
from pykka_live.exceptions import (
    BadParameters,
    HandlerNotFound,
    JoinRefused,
    ViewNotFound,
    ViewStopped,
)
from pykka_live.testing.bindings import Call
from pykka_live.testing.dom import COMPONENT, DomElement
from pykka_live.testing.failures import ActionRefused, PageBroken
from pykka_live.testing.keeping import recovery_of
from pykka_live.testing.line import Line
from pykka_live.testing.mirror import (
    TOKEN,
    Mirror,
    composed,
    first_difference,
    shown_tree,
)

ROOT = "data-liveview-root"
_TARGET = "live-target"
_RAISED = {
    "unknown_event": HandlerNotFound,
    "bad_params": BadParameters,
    "unknown_view": ViewNotFound,
    "crashed": ViewStopped,
}
Guard = Callable[[DomElement, Call | None], Callable[[], None]]
Reset = Callable[[DomElement], None]
_REFUSED = ("denied", "bad_token", "expired_token")


@dataclass(frozen=True)
class _Asked:
    """A request that waits for its answer."""

    kind: str  # join, event, check
    call: Call | None = None

    def end(self) -> None:
        """The elements do not wait for the answer any more."""
        for each in self.call.waiting() if self.call is not None else ():
            each.waiting -= 1


class Region:
    """A view's place on the page.

    Args:
        root: its element.

    Attributes:
        stopped: why it has ended for good, or None.
    """

    def __init__(self, root: DomElement) -> None:
        self.root = root
        self.stopped: str | None = None
        self._mirror = Mirror(root)
        self._line: Line | None = None
        self._number: int | None = None
        self._ended: dict[str, str] = {}  # components that have ended for good, and why
        self._asked: dict[int, _Asked] = {}
        self._failures: list[BaseException] = []
        self._is_updated = False
        self._parts: list[dict[str, Any]] | None = None  # the server's trees, to compare with

    @property
    def is_joined(self) -> bool:
        """Whether the view is there, and connected."""
        return self._number is not None and self.stopped is None

    def join(self, line: Line, tab: str) -> None:
        """Join the view, or join it again."""
        if self.stopped:
            return
        self._line = line
        mirror = self._mirror
        known: dict[str, Any] = {"v": mirror.version}
        if not mirror.version:
            known["fingerprint"] = vdom.fingerprint(shown_tree(self.root))
        elif mirror.components:
            known["c"] = mirror.components
        token = self.root.attrs[TOKEN]
        self._ask(_Asked("join"), t="join", protocol=1, token=token, tab=tab, **known)

    def disconnected(self) -> None:
        """The connection is gone."""
        self._line = self._number = None
        for asked in self._asked.values():
            asked.end()
        self._asked.clear()

    def concerns(self, frame: dict[str, Any]) -> bool:
        """Whether a frame of the server is for this view."""
        ref = frame.get("ref")
        if ref is not None:
            return ref in self._asked
        return frame.get("view") == self._number

    def call(self, call: Call) -> None:
        """Send an event to the view, or to the component that it belongs to."""
        if self.stopped:
            raise ActionRefused(f"the view has stopped ({self.stopped}); load the page again")
        if self._number is None:
            raise ActionRefused("the page is not connected; page.reconnect() connects it again")
        if call.form is not None and self._is_submitting(call.form):
            return  # a second time
        id = self._addressee(call.element)
        if id is not None:
            self._refuse_ended(id)
        to = {"c": id} if id is not None else {}
        self._ask(
            _Asked("event", call),
            t="event",
            view=self._number,
            **to,
            name=call.name,
            params=call.params,
        )
        for each in call.waiting():
            each.waiting += 1

    def _addressee(self, element: DomElement) -> str | None:
        """Return the component that an event of this element goes to; None: the view."""
        line = []
        target = None
        for each in element.line():
            line.append(each)
            target = target or each.attrs.get(_TARGET)
            if COMPONENT in each.attrs or each is self.root:
                break
        own = line[-1]
        if target == "view" or (own is self.root and target in (None, "parent")):
            return None
        if target is not None and target.startswith("#"):
            return target[1:]
        if target == "parent":
            outer = own.parent
            while outer is not None and outer is not self.root:
                if COMPONENT in outer.attrs:
                    return outer.attrs[COMPONENT]
                outer = outer.parent
            return None
        if target is not None:
            raise PageBroken(f"live-target={target!r} is none of #id, parent and view")
        return own.attrs[COMPONENT]

    def _refuse_ended(self, id: str) -> None:
        """Refuse an event for a component that has ended, or that stands in one which has."""
        element = self._mirror.find(id)
        for each in element.line() if element is not None else ():
            code = self._ended.get(each.attrs.get(COMPONENT, ""))
            if code is not None:
                ended = each.attrs[COMPONENT]
                raise ActionRefused(
                    f"the component {ended!r} has stopped ({code}), and takes no events"
                )
            if each is self.root:
                break

    def _ask(self, asked: _Asked, **frame: Any) -> None:
        assert self._line is not None
        self._asked[self._line.send(**frame)] = asked

    def _is_submitting(self, form: DomElement) -> bool:
        calls = [asked.call for asked in self._asked.values() if asked.call is not None]
        return any(call.form is form for call in calls)

    # What comes back

    def receive(self, frame: dict[str, Any], guard: Guard, reset: Reset) -> list[DomElement]:
        """Do what a frame says.

        Args:
            guard: called before an update, with the root and with the call that it answers; what it
                returns is called after.
            reset: called with a form that is to be as the markup has it.

        Returns:
            the fields that the server is to be told of once more, for it has forgotten them
        """
        ref = frame.get("ref")
        asked = self._asked.pop(ref, None) if ref is not None else None
        if asked is not None:
            asked.end()
        kind = frame["t"]
        if kind == "error":
            self._failed(frame, asked)
        elif kind == "stopped":
            if "c" in frame:
                self._ended[frame["c"]] = frame["code"]
            else:
                self.stopped = frame["code"]
        elif kind == "redirect":
            self.stopped = "redirect"
        elif asked is not None and asked.kind == "check":
            self._parts = frame.get("parts") or [frame]
        elif kind != "pong":
            fields = self._show(frame, asked.call if asked is not None else None, guard)
            form = asked.call.form if asked is not None and asked.call is not None else None
            if form is not None and "live-reset" in form.attrs:
                reset(form)
            return fields
        return []

    def _show(self, frame: dict[str, Any], call: Call | None, guard: Guard) -> list[DomElement]:
        """Show an update, which answers `call` if that is one; return as `receive`."""
        kind = frame["t"]
        is_forgotten = kind == "joined" and self._mirror.version and "resumed" not in frame
        if kind != "ok":
            keep, recover = guard(self.root, call), recovery_of(self.root)
            self._update(frame)
            keep()
        if kind == "joined":
            self._number = frame["view"]
        return recover() if is_forgotten else []

    def _update(self, frame: dict[str, Any]) -> None:
        kind = frame["t"]
        for part in (frame, *frame.get("parts", ())):
            self._ended.pop(part.get("c"), None)  # it is there again
        if kind == "joined":
            # What it leads from is what this tab has named.
            self._mirror.version = frame["v"] - 1
            self._mirror.take(frame)
        elif kind != "batch":
            self._mirror.take(frame)
        for part in frame.get("parts", ()):
            self._mirror.take(part)
        self._is_updated = True

    def _failed(self, frame: dict[str, Any], asked: _Asked | None) -> None:
        code, message = frame["code"], frame["message"]
        if code == "unknown_component":
            return  # it was there when the event was sent
        error = self._line.failures.pop(frame["ref"], None) if self._line else None
        if error is None and code in _REFUSED:
            error = JoinRefused(code, message, frame.get("status", 403))
        if error is None:
            kind = _RAISED.get(code)
            error = kind(message) if kind else PageBroken(f"{code}: {message}")
        self._failures.append(error)
        if asked is not None and asked.kind == "join":
            self.stopped = code

    def take_failures(self) -> list[BaseException]:
        """Return what has gone wrong since the last time."""
        failures, self._failures = self._failures, []
        return failures

    # Comparing

    def ask_for_tree(self) -> bool:
        """Ask for the server's tree, if there was an update. Returns whether it was asked."""
        if not self._is_updated or not self.is_joined:
            return False
        self._is_updated = False
        self._parts = None
        self._ask(_Asked("check"), t="refresh", view=self._number)
        return True

    def compare(self) -> None:
        """Compare the page with the server's tree.

        :raises PageBroken: if they differ
        """
        if self._parts is None:
            return  # the view has ended meanwhile
        difference = first_difference(shown_tree(self.root), composed(self._parts))
        if difference is not None:
            raise PageBroken(
                "the updates have not led to what the server shows (an error in pykka_live): "
                f"{difference}"
            )


def regions_of(document: DomElement) -> list[Region]:
    """Return the live regions of a page."""
    return [
        Region(element)
        for element in document.members()
        if ROOT in element.attrs and TOKEN in element.attrs
    ]
