"""One tab: the page that it shows, and its live regions."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from pykka_live import vdom
from pykka_live.testing import fields
from pykka_live.testing.bindings import Bindings, Call
from pykka_live.testing.dom import DomElement
from pykka_live.testing.element import Scope
from pykka_live.testing.events import Event
from pykka_live.testing.failures import ActionRefused, LookupFailed, PageBroken
from pykka_live.testing.hands import Hands
from pykka_live.testing.keeping import heirs_of
from pykka_live.testing.line import Line
from pykka_live.testing.region import Region, regions_of
from pykka_live.testing.sight import text_of

if TYPE_CHECKING:
    from pykka_live.testing.client import LiveClient


class Page(Scope):
    """A tab: it shows a page, joins the live views on it, and goes where links and forms lead.

    Attributes:
        client: whose tab it is.
        response: Django's answer, from which the page was made.
        url: where the tab is: path and query.
        redirected_to: where the last answer, or a join, leads; None if nowhere. The tab goes there
            with `follow()`.
        focused: the element that has the focus.
    """

    def __init__(self, client: LiveClient) -> None:
        self.client = client
        self._page = self
        self._hands = Hands(self)
        self._tab = uuid.uuid4().hex
        self._line: Line | None = None
        self._regions: list[Region] = []
        self.response: Any = None
        self.url = ""
        self.redirected_to: str | None = None
        self.focused: DomElement | None = None
        self._untold: list[Call] = []
        self._show(b"")

    def __repr__(self) -> str:
        return f"<Page {self.url}>"

    @property
    def document(self) -> DomElement:
        """The page's elements."""
        return self._node

    @property
    def body(self) -> DomElement:
        """The page's body, or all of it."""
        return next((e for e in self._node.elements() if e.tag == "body"), self._node)

    # Loading

    def load(self, response: Any) -> None:
        """Show the page of an answer, and join its live views."""
        self.leave()
        self.client.settle()
        request = response.request
        query = request.get("QUERY_STRING", "")
        self.url = request["PATH_INFO"] + (f"?{query}" if query else "")
        self.response = response
        self.redirected_to = None
        if 300 <= response.status_code < 400 and response.has_header("Location"):
            self.redirected_to = urljoin(self.url, response["Location"])
        is_html = response.get("Content-Type", "").startswith("text/html")
        content = response.getvalue() if is_html and not self.redirected_to else b""
        self._show(content)
        self._join()

    def _show(self, content: bytes) -> None:
        charset = getattr(self.response, "charset", "utf-8")
        self._node = DomElement.of(vdom.parse(content.decode(charset), "html"))
        self.focused = None
        self._regions = regions_of(self._node)
        self.bindings = Bindings(
            self._node,
            lambda: [region.root for region in self._regions],
            lambda: self.focused,
            self._call,
        )

    def _join(self) -> None:
        if not self._regions:
            return
        self._line = line = self.client.connect(self)
        self.client.place.pages.append(self)
        for region in self._regions:
            region.join(line, self._tab)
        self.settle()

    def leave(self) -> None:
        """End the page's live sessions, as a browser does that goes elsewhere."""
        self._hang_up(clean=True)
        self._regions = []

    def follow(self) -> Page:
        """Go where the last answer leads.

        Raises:
            ActionRefused: it leads nowhere.
        """
        if self.redirected_to is None:
            raise ActionRefused(f"{self!r} was not redirected")
        return self.client.go(self, self.redirected_to)

    def reload(self) -> Page:
        """Load the page again, in the same tab."""
        return self.client.go(self, self.url)

    # Looking

    @property
    def status_code(self) -> int:
        """The HTTP status of the page."""
        return int(self.response.status_code)

    @property
    def is_secure(self) -> bool:
        """Whether the page came over https."""
        return self.response is not None and self.response.request["wsgi.url_scheme"] == "https"

    @property
    def title(self) -> str:
        """The page's title."""
        found = next((e for e in self._node.members() if e.tag == "title"), None)
        return " ".join(found.content().split()) if found is not None else ""

    @property
    def text(self) -> str:
        """What a person reads on the page."""
        self.settle()
        return text_of(self.body)

    @property
    def html(self) -> str:
        """The page's markup, as it is now."""
        self.settle()
        return vdom.to_html(self._node.tree())

    @property
    def is_live(self) -> bool:
        """Whether the page has a view, and all of them are joined."""
        self.settle()
        return bool(self._regions) and all(region.is_joined for region in self._regions)

    @property
    def stopped(self) -> str | None:
        """Why a view of the page has ended for good (an error code of the protocol), or None."""
        self.settle()
        return next((region.stopped for region in self._regions if region.stopped), None)

    def _look_here(self) -> None:
        if self.redirected_to is not None:
            raise LookupFailed(
                f"{self!r} was redirected to {self.redirected_to}; page.follow() goes there"
            )

    # Acting

    def press(self, keys: str) -> Page:
        """Press a key where the focus is, or on the page."""
        return self.act(lambda hands: hands.keyboard.press(None, keys))

    def act(self, action: Callable[[Hands], object]) -> Page:
        """Do something by hand, and all that it causes."""
        self.settle()
        try:
            action(self._hands)
        finally:
            self.settle_events()
        return self

    def settle_events(self) -> None:
        """Let no handler wait any more, and have all done."""
        self.bindings.pass_time()
        self.settle()

    def settle(self) -> None:
        """Have everything done that was begun, by this tab or by others, and show it.

        There is no need to call this: whatever looks at the page does.

        Raises:
            HandlerFailed, TemplateFailed, MountFailed: what the user's code has raised is chained.
            PageBroken: the page differs from what the server renders.
        """
        self.client.settle()

    def disconnect(self) -> None:
        """Lose the connection, as by a broken line. `reconnect` comes back to the same state."""
        self._hang_up(clean=False)
        self.client.settle()

    def _hang_up(self, *, clean: bool) -> None:
        if self._line is None:
            return
        line, self._line = self._line, None
        self.client.place.pages.remove(self)
        for region in self._regions:
            region.disconnected()
        line.close(clean=clean)

    def reconnect(self) -> Page:
        """Connect again, and join again."""
        if self._line is None:
            self._join()
        return self

    # For the client

    def take(self) -> bool:
        """Take what the server has sent. Returns whether there was anything."""
        return self._line is not None and self._line.take()

    def failures(self) -> list[BaseException]:
        """Return what has gone wrong since the last time."""
        return [error for region in self._regions for error in region.take_failures()]

    def verify(self) -> None:
        """Compare the regions that were updated with what the server has.

        Raises:
            PageBroken: they differ.
        """
        asked = [region for region in self._regions if region.ask_for_tree()]
        if asked and self._line is not None:
            self.client.place.settle()
            self._line.take()
            for region in asked:
                region.compare()

    def receive(self, frame: dict[str, Any]) -> None:
        kind = frame["t"]
        if kind == "redirect":
            self.redirected_to = frame["to"]
        region = next((each for each in self._regions if each.concerns(frame)), None)
        if region is None:
            raise PageBroken(f"the server sent a frame that concerns no view: {frame}")
        for field in region.receive(frame, self._guard, self._hands.reset):
            for type in ("input", "change"):
                self.bindings.dispatch(field, Event(type))
        while self._untold:
            self._call(self._untold.pop(0))

    def _guard(self, root: DomElement, call: Call | None) -> Callable[[], None]:
        """Return what, after an update of a region, leaves a field alone that someone is writing
        in, and lets fields that were made anew go on."""
        hand, field = heirs_of(root), self.focused
        is_ahead = field is not None and self._hands.pen.is_ahead
        untold = self.bindings.foresee(field, Event("change")) if field and is_ahead else []
        restore = self._protection(field, call) if field is not None else None

        def keep() -> None:
            heirs = hand()
            if field in heirs:
                self._hands.go_on(heirs[field])
            elif field is not None and not field.is_in(self.document):
                self.focused = None
                self._untold += untold  # a browser fires it when what has the focus goes
            elif restore is not None:
                restore()

        return keep

    def _protection(self, field: DomElement, call: Call | None) -> Callable[[], None] | None:
        """Return what gives a field back what is in it now, if someone is writing in it. The answer
        to the submission of its form may change it."""
        form = fields.form_of(field, self.document)
        is_sent = call is not None and call.form is not None and call.form is form
        if is_sent or not _is_protected(field, self.document):
            return None
        value = fields.state_of(field)

        def restore() -> None:
            if field.is_in(self.document):
                fields.do(field, value)

        return restore

    def _call(self, call: Call) -> None:
        region = next(each for each in self._regions if each.root.holds(call.element))
        region.call(call)

    def go_by(self, link: DomElement) -> None:
        """Follow a plain link. One that leads to a place on this page loads nothing."""
        address = self._address(link.attrs["href"], link)
        here = urlsplit(self.url)._replace(fragment="").geturl()
        if "#" not in link.attrs["href"] or address != here:
            self.client.go(self, address)

    def send_plainly(self, form: DomElement, submitter: DomElement | None) -> None:
        """Send a form that has no binding, and show the answer."""
        given = submitter.attrs if submitter is not None else {}
        method = (given.get("formmethod") or form.attrs.get("method") or "get").lower()
        action = given.get("formaction") or form.attrs.get("action") or self.url
        data: dict[str, Any] = {}
        for name, value in fields.entries(form, self.document, submitter):
            data.setdefault(name, []).append(value)
        address = self._address(action, form)
        if method == "post":
            self.client.go(self, address, data, method="post")
        elif method == "get":
            self.client.go(self, address.partition("?")[0], data)

    def _address(self, href: str, element: DomElement) -> str:
        there = urlsplit(urljoin(self.url, href.strip()))
        known = ("", *self.client.hosts)
        if there.scheme not in ("", "http", "https") or there.netloc not in known:
            raise ActionRefused(f"{element!r} leads to {href!r}, which is no page of this site")
        return there._replace(scheme="", netloc="", fragment="").geturl()


def _is_protected(field: DomElement, page: DomElement) -> bool:
    if fields.is_editable(field):
        return True
    written = field.tag in ("textarea", "select") or (
        field.tag == "input"
        and fields.type_of(field)
        not in ("button", "submit", "reset", "image", "checkbox", "radio", "file", "hidden")
    )
    return written and not fields.is_disabled(field) and not fields.is_read_only(field)
