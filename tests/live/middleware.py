"""Middleware as projects have it."""

from __future__ import annotations

import threading
import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

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
