"""How a message ends that raises, or is refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import resolve_url

from pykka_live.exceptions import JoinRefused, TemplateFailed
from pykka_live.live.hooks import Outcome


def outcome_of(error: BaseException) -> Outcome:
    """Return how a message ends that raises this."""
    if isinstance(error, TemplateFailed):
        return "template_error"
    return "denied" if isinstance(error, PermissionDenied) else "handler_error"


def outcome_of_refusal(refused: Exception) -> Outcome:
    """Return how a join ends that is refused: `denied`, if it is because of who the visitor is."""
    if not isinstance(refused, JoinRefused):
        return "rejected"
    if refused.code == "redirect":
        return "denied" if _is_login(refused.location) else "rejected"
    is_denied = refused.status in (401, 403) or 300 <= refused.status < 400
    return "denied" if refused.code == "denied" and is_denied else "rejected"


def _is_login(location: str) -> bool:
    """Whether a redirect leads to where visitors log in and are sent back from."""
    target = urlsplit(location)
    login = urlsplit(resolve_url(settings.LOGIN_URL))
    return REDIRECT_FIELD_NAME in QueryDict(target.query) or target.path == login.path
