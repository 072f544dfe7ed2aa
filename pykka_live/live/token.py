"""The signed token that a page carries, and that its socket shows when it joins."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import signed_cookies
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from pykka_live.exceptions import JoinRefused

_SALT = "pykka_live.page"


@dataclass(frozen=True)
class PageToken:
    """What a socket must know of its page, and must not be able to choose.

    Attributes:
        session_id: the live session that the page opened.
        view_id: the view in that session.
        view: the dotted name of the view's class.
        path: the page's path below the script prefix, decoded.
        query: the page's query, as it stood in the URL.
        owner: by what the visitor who got the page is known again, as `owner_of` says.
        arguments: what a view in the midst of the page was given; None if the page is the view's.
        use_actors: whether the session has threads of its own; False: it runs in place.
    """

    session_id: str
    view_id: str
    view: str
    path: str
    query: str
    owner: str
    arguments: dict[str, Any] | None = None
    use_actors: bool = True

    def sign(self) -> str:
        """Return the token as text that cannot be changed without being noticed."""
        fields = {name: value for name, value in asdict(self).items() if value is not None}
        return signing.dumps(fields, salt=_SALT)

    @classmethod
    def read(cls, text: str) -> PageToken:
        """Return the token that `sign` made `text` of.

        Raises:
            JoinRefused: `bad_token` if it was tampered with, `expired_token` if it is older than
            `SESSION_COOKIE_AGE`.
        """
        try:
            return cls(**signing.loads(text, salt=_SALT, max_age=settings.SESSION_COOKIE_AGE))
        except signing.SignatureExpired:
            raise JoinRefused("expired_token", "the page is too old; load it again") from None
        except (signing.BadSignature, TypeError, ValueError):
            raise JoinRefused("bad_token", "the page's token is not one that was given") from None

    def check_owner(self, request: HttpRequest) -> None:
        """Refuse a socket that belongs to another visitor than the page. To be asked before
        anything makes a CSRF token for `request`.

        Raises:
            JoinRefused: `bad_token`.
        """
        kind = self.owner.partition(":")[0]
        mark = _mark(request, kind)
        if mark is None or not constant_time_compare(self.owner, _digest(kind, mark)):
            raise JoinRefused("bad_token", "the page was given to another user or browser")


def owner_of(request: HttpRequest) -> str:
    """Return by what the visitor who gets a page is known again when the socket comes, in a form
    that reveals nothing. To be asked after a CSRF token was made for `request`.

    It has to be something that the socket will bring, and that stays for as long as the page is
    open, whatever other tabs and other middleware do meanwhile; and it has to end with a login or a
    logout:

    * A user is known by the primary key and the session's hash of the password. Not by the
      session's key: that may change under a user who stays. After a logout the socket is nobody's,
      after a change of the password the hash is another.
    * Another browser is known by its CSRF secret, wherever that is kept (`CSRF_USE_SESSIONS`): each
      page makes one, its response brings it to a browser that has none yet, and a login changes it.
      The key of a session is no good here. A first-time visitor has none; the response, another
      tab, or an expiry can bring another at any time; the engine for signed cookies has a new one
      with each response.
    * Without Django's CSRF middleware there is no secret that comes back, so a session that the
      browser has shown has to do.
    * Where there is none either, nothing tells two anonymous browsers apart. But whoever has logged
      in is somebody else.
    """
    for kind in ("user", "browser", "session"):
        mark = _mark(request, kind)
        if mark is not None:
            return _digest(kind, mark)
    return _digest("nobody", ())


def _mark(request: HttpRequest, kind: str) -> Any:
    """Return what a visitor of this kind is known by, or None if the request's is not of it."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        auth_hash = getattr(user, "get_session_auth_hash", None)
        return (user.pk, auth_hash and auth_hash()) if kind == "user" else None
    if kind == "browser":
        is_kept = getattr(request, "csrf_processing_done", False)
        return request.META.get("CSRF_COOKIE") if is_kept else None
    if kind == "session":
        return _session_key(getattr(request, "session", None))
    return () if kind == "nobody" else None


def _session_key(session: Any) -> str | None:
    if session is None or isinstance(session, signed_cookies.SessionStore):
        return None
    session.keys()  # a key that does not exist is dropped when the session is loaded
    return session.session_key


def _digest(kind: str, mark: Any) -> str:
    digest = salted_hmac("pykka_live.owner", repr((kind, mark)), algorithm="sha256").hexdigest()
    return f"{kind}:{digest[:32]}"
