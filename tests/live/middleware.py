"""Middleware as projects have it."""

from __future__ import annotations

import threading
import zoneinfo
from collections.abc import Callable
from functools import partial

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

GetResponse = Callable[[HttpRequest], HttpResponseBase]

local = threading.local()


def visitor(get_response: GetResponse) -> GetResponse:
    """Counts the visits of each visitor, in the session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 200:
            request.session["visits"] = request.session.get("visits", 0) + 1
        return response

    return middleware


def tenant(get_response: GetResponse) -> GetResponse:
    """Leaves the tenant in the thread."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.tenant = local.tenant = "acme"  # type: ignore[attr-defined]
        try:
            return get_response(request)
        finally:
            local.tenant = None

    return middleware


def special_urlconf(get_response: GetResponse) -> GetResponse:
    """Gives the request a URLconf of its own."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = "tests.live.special_urls"  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def tokyo(get_response: GetResponse) -> GetResponse:
    """Makes the time zone that of Tokyo, for the request only."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(zoneinfo.ZoneInfo("Asia/Tokyo")):
            return get_response(request)

    return middleware


class Named:
    """A project's own user."""

    is_authenticated = False

    def __init__(self, name: str) -> None:
        self.name = name

    def get_username(self) -> str:
        return f"{self.name}!"


def _by_session(request: HttpRequest) -> Named:
    user = User.objects.filter(pk=request.session.get("_auth_user_id")).first()
    return Named(user.username if user else "nobody")


def by_session(get_response: GetResponse) -> GetResponse:
    """Has a user of its own, whom it looks up in the request's session."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.user = SimpleLazyObject(lambda: _by_session(request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def by_session_and_partial(get_response: GetResponse) -> GetResponse:
    """The same, written otherwise."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.user = SimpleLazyObject(partial(_by_session, request))  # type: ignore[assignment]
        return get_response(request)

    return middleware


def behind_djangos(get_response: GetResponse) -> GetResponse:
    """Takes the user of Django's middleware, as one does who lets an admin be somebody else."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        real = request.user

        def find() -> Named:
            return Named(real.get_username())

        request.user = SimpleLazyObject(find)  # type: ignore[assignment]
        return get_response(request)

    return middleware
