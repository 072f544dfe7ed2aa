"""Who is on the other side of a message: the request's Django session, its user and its flash
messages, which hold for one message as they hold for one request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

from pykka_live.live.rebinding import Rebinding

_NO_COOKIE = (
    "{} needs a new cookie, and none can be sent over a socket. Do it in an ordinary view, and let "
    "the page go there."
)


class Visitor:
    """The session and the user of a request that lives longer than one message.

    `refresh` makes them new, unloaded, in place: who kept a reference to `request.session` or
    `request.user` has the current ones too. What is not Django's (a user that some middleware has
    put there, a session that is a plain dictionary) stays as it is.

    Args:
        request: the request; what its middleware gave it is taken over.

    Attributes:
        session_key: the session's key, which stays the same.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        session = getattr(request, "session", None)
        user = getattr(request, "user", None)
        self._session: Any = session if isinstance(session, SessionBase) else None
        self._user = user if type(user) is SimpleLazyObject else None
        # The dictionary stays the same; each way to it leads through the lazy object's own eyes.
        self._user_vars = vars(user) if self._user is not None else {"_wrapped": empty}
        self.session_key = self._session.session_key if self._session is not None else None
        self._pinned: Any = None  # what was the request's session when it was last looked after

    def refresh(self) -> None:
        """Forget what was loaded; the next who asks gets what is so now. Asks no database."""
        request, session, user = self._request, self._session, self._user
        if (current := getattr(request, "session", None)) is not self._pinned:
            pin_session(request)
            self._pinned = current
        touched = self._user_vars["_wrapped"] is not empty
        if session is not None and (touched or session.accessed or session.modified):
            vars(session).clear()
            type(session).__init__(session, self.session_key)
        if user is not None:
            given = vars(request)
            if touched:
                user._wrapped = empty
            given["user"] = user
            given.pop("_cached_user", None)
            given.pop("_acached_user", None)

    @property
    def name(self) -> str:
        """The name of the user, if somebody has asked who that is; else empty."""
        user = getattr(self._request, "user", None)
        if user is None or (user is self._user and self._user_vars["_wrapped"] is empty):
            user = vars(self._request).get("_acached_user")  # what `auser` has found
        get_username = getattr(user, "get_username", None)
        return str(get_username()) if callable(get_username) else ""

    def save(self) -> None:
        """Save the session, if it was changed.

        Raises:
            RuntimeError: if it needs another cookie than the browser has.
            Exception: what the session's engine raises.
        """
        session = self._session
        if session is None or not session.modified or session.is_empty():
            return
        if session.session_key is None:
            raise RuntimeError(_NO_COOKIE.format("A new session"))
        session.save()
        if session.session_key != self.session_key:
            raise RuntimeError(_NO_COOKIE.format("A session's new key"))
        session.modified = False


def own_request(request: HttpRequest, session_key: str | None) -> HttpRequest:
    """Return a copy of a request for another thread: its session, user and flash messages are that
    thread's own, unloaded, and so is what is lazy and has not been looked at; all else is shared.
    `session_key` is the session's, which the request's own thread may be making new meanwhile."""
    made: HttpRequest = object.__new__(type(request))
    given = vars(made)
    given.update(vars(request))
    given.pop("_cached_user", None)
    given.pop("_acached_user", None)
    session = given.get("session")
    if isinstance(session, SessionBase):
        made.session = type(session).__new__(type(session))
        type(session).__init__(made.session, session_key)
    # What looks up the user must not do so in the request of another thread.
    own = Rebinding((request, made), (session, given.get("session")))
    for name, value in given.items():
        is_lazy = type(value) is SimpleLazyObject
        if name in ("user", "auser") or (is_lazy and vars(value)["_wrapped"] is empty):
            given[name] = own.of(value)
    if "_messages" in given:
        given["_messages"] = type(given["_messages"])(made)
    return made


def pin_session(request: HttpRequest) -> None:
    """From now on, let the request's session keep its key. Django may still do to it what looking
    up a user needs."""
    session = getattr(request, "session", None)
    if isinstance(session, _Pinned) or not isinstance(session, SessionBase):
        return
    session.__class__ = _pinned(type(session))
    user, auser = vars(request).get("user"), vars(request).get("auser")
    if type(user) is SimpleLazyObject:
        find = vars(user)["_setupfunc"]

        def look_up() -> Any:
            with _lenient(session):
                return find()

        vars(user)["_setupfunc"] = look_up
    if auser is not None:

        async def alook_up() -> Any:
            with _lenient(session):
                return await auser()

        vars(request)["auser"] = alook_up


def messages_shown(request: HttpRequest) -> None:
    """Drop the flash messages that a render has shown."""
    storage = vars(request).get("_messages")
    if storage is not None and storage.used:
        drop_messages(request)


def drop_messages(request: HttpRequest) -> None:
    """Drop all flash messages that no response will carry."""
    storage = vars(request).get("_messages")
    if storage is not None:
        storage._queued_messages, storage._loaded_data = [], []
        storage.used = storage.added_new = False


class _Pinned:
    """A session that refuses to change its key, before the old one is lost."""

    _looking_up = False

    def cycle_key(self) -> None:
        if not self._looking_up:
            raise RuntimeError(_NO_COOKIE.format("A login, or another new session key,"))

    async def acycle_key(self) -> None:
        self.cycle_key()

    def flush(self) -> None:
        self._check_flush()
        super().flush()  # type: ignore[misc]

    async def aflush(self) -> None:
        self._check_flush()
        await super().aflush()  # type: ignore[misc]

    def _check_flush(self) -> None:
        if not self._looking_up:
            raise RuntimeError(_NO_COOKIE.format("A logout, or another end of the session,"))


@cache
def _pinned(cls: type[SessionBase]) -> Any:
    return type(cls.__name__, (_Pinned, cls), {"__module__": cls.__module__})


@contextmanager
def _lenient(session: Any) -> Iterator[None]:
    """Let Django do what it does when it looks up a user: a session whose password was changed ends
    for good; one that was signed with an old secret key is signed with the new one, and keeps its
    own key."""
    if session is None:
        yield
        return
    session._looking_up = True
    try:
        yield
    finally:
        session._looking_up = False
