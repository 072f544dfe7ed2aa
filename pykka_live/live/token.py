"""The signed token that a page carries, and that its socket shows when it joins."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.conf import settings
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
        owner: a digest of the user and the Django session that got the page.
    """

    session_id: str
    view_id: str
    view: str
    path: str
    query: str
    owner: str

    def sign(self) -> str:
        """Return the token as text that cannot be changed without being noticed."""
        return signing.dumps(asdict(self), salt=_SALT)

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
        """Refuse a socket that belongs to another user or another Django session than the page.

        Raises:
            JoinRefused: `bad_token`.
        """
        if not constant_time_compare(self.owner, owner_of(request)):
            raise JoinRefused("bad_token", "the page was given to another user or session")


def owner_of(request: HttpRequest) -> str:
    """Return a digest of the request's user and Django session; it tells them apart and reveals
    neither."""
    session = getattr(request, "session", None)
    user = getattr(request, "user", None)
    parts = (
        session.session_key if session is not None else None,
        user.pk if user is not None and user.is_authenticated else None,
    )
    return salted_hmac("pykka_live.owner", repr(parts), algorithm="sha256").hexdigest()[:32]
