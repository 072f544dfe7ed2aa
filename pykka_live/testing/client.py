"""`LiveClient`: the pages of a site in a test, without a browser and without a socket."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import SimpleCookie
from django.test import Client

from pykka_live.live.request import Handshake
from pykka_live.testing.line import Line
from pykka_live.testing.options import check_client_options, check_flags, check_request_options
from pykka_live.testing.page import Page
from pykka_live.testing.places import Place, open_place

Receive = Callable[[dict[str, Any]], None]


class LiveClient:
    """A browser for tests: it loads pages with Django's test client, and joins their live views.

        page = LiveClient().get("/counter/")
        page.find("button", text="+").click()
        assert page.find("h1").text == "Counter: 1"

    The clients of one test see each other's messages. `close` ends what they have opened; as a
    context manager, or as the pytest fixture `live`, a client does that by itself.

    Args:
        use_actors: whether the views run in threads of their own, as on a server. Without it they
            run in the test's thread, and so share its database transaction.
        verify: compare each picture that a view draws with one that is drawn from nothing, and the
            page with the server's.
        http: the Django test client to use; default: a new one.
        options: for the new one: `headers`, `enforce_csrf_checks`, keys of the WSGI environ, ...

    Attributes:
        http: Django's test client.

    Raises:
        TypeError: an option is none that Django's client has, or of the wrong kind.
        RuntimeError: in the thread of a running event loop, or if another client of the test runs
            its views in the other way.
    """

    def __init__(
        self,
        *,
        use_actors: bool = False,
        verify: bool = True,
        http: Client | None = None,
        **options: Any,
    ) -> None:
        _refuse_event_loop()
        check_flags(use_actors=use_actors, verify=verify)
        check_client_options(http, options, ("use_actors", "verify", "http"))
        self.http = http if http is not None else Client(**options)
        self.verify = verify
        self._place: Place | None = open_place(use_actors)

    @property
    def place(self) -> Place:
        """Where the views run."""
        if self._place is None:
            raise RuntimeError("this LiveClient was closed")
        return self._place

    def __enter__(self) -> LiveClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def another(self, **options: Any) -> LiveClient:
        """Return the client of another person on the same site, with cookies of its own."""
        return LiveClient(use_actors=self.place.uses_actors, verify=self.verify, **options)

    def close(self) -> list[str]:
        """Leave all pages; with the last client of a test, all actors end.

        Returns:
            the names of threads that could not be ended
        """
        place = self._place
        if place is None:
            return []
        for page in [page for page in place.pages if page.client is self]:
            page.leave()
        self._place = None
        return place.release()

    # Django's client

    def get(self, path: str, data: Any = None, *, follow: bool = False, **extra: Any) -> Page:
        """Load a page in a new tab.

        Args:
            path, data, extra: as for Django's test client.
            follow: go on where a redirect leads.

        Raises:
            TypeError: as Django's client takes no such thing.
            HandlerFailed, TemplateFailed, MountFailed: what the user's code has raised is chained.
        """
        _refuse_event_loop()
        check_flags(follow=follow)
        check_request_options(path, data, extra)
        page = Page(self)
        self.go(page, path, data, **extra)
        for _ in range(20):
            if not follow or page.redirected_to is None:
                return page
            page.follow()
        raise RecursionError(f"{path} is redirected again and again")

    def login(self, **credentials: Any) -> bool:
        """Log in as Django's test client does; pages that are open stay what they were."""
        return self.http.login(**credentials)

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Log in as a user, without a password."""
        self.http.force_login(user, backend)

    def logout(self) -> None:
        """Log out."""
        self.http.logout()

    @property
    def session(self) -> SessionBase:
        """The Django session, as in Django's test client."""
        return self.http.session

    @property
    def cookies(self) -> SimpleCookie:
        """The cookies."""
        return self.http.cookies

    def settle(self) -> None:
        """Have everything done that was begun: by this client, by others, by `publish`.

        There is no need to call this before a look at a page, which does it.

        Raises:
            HandlerFailed, TemplateFailed, MountFailed: what the user's code has raised is chained.
            PageBroken: a page differs from what the server renders.
        """
        _refuse_event_loop()
        self.place.settle_pages()

    # For pages

    @property
    def hosts(self) -> set[str]:
        """The names of the site, as links may have them."""
        return {self._host, "testserver"}

    @property
    def _host(self) -> str:
        defaults = self.http.defaults
        return str(defaults.get("HTTP_HOST") or defaults.get("SERVER_NAME") or "testserver")

    def go(
        self, page: Page, path: str, data: Any = None, method: str = "get", **extra: Any
    ) -> Page:
        """Load another page in a tab."""
        if "secure" not in extra:
            extra["secure"] = page.is_secure
        response = getattr(self.http, method)(path, data or {}, **extra)
        page.load(response)
        return page

    def connect(self, page: Page) -> Line:
        """Open a connection for a page, with what a browser would say."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        request = page.response.request
        headers = {
            name[len("HTTP_") :].lower().replace("_", "-"): str(value)
            for name, value in {**self.http.defaults, **request}.items()
            if name.startswith("HTTP_") and name != "HTTP_COOKIE"
        }
        given = {"host": self._host, **headers, **({"cookie": cookies} if cookies else {})}
        handshake = Handshake(
            headers=tuple((name.encode(), value.encode()) for name, value in given.items()),
            secure=page.is_secure,
            server=("testserver", 443 if page.is_secure else 80),
            client=("127.0.0.1", 0),
        )
        return Line(self.place, handshake, page.receive)


def _refuse_event_loop() -> None:
    """Say how to use this in an `async` test, where the views' code could not use the ORM."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    if not os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE"):  # as Django's ORM
        raise RuntimeError(
            "LiveClient runs the views' code in the thread that uses it, which must not be that of "
            "a running event loop. Put what uses it into a plain function, and in an async test "
            "call that with `await sync_to_async(function)()`."
        )
