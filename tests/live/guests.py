"""Somebody who can log in where there is no database."""

from __future__ import annotations

from typing import Any

from django.contrib import auth
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import path

BACKEND = f"{__name__}.Guests"


class Guests(BaseBackend):
    """Knows one person."""

    def get_user(self, user_id: Any) -> User:
        return User(pk=1, username="ann", password="fixed")


def log_in(request: HttpRequest) -> HttpResponse:
    """What `login` does, but for the date, which is for the database."""
    user = Guests().get_user(1)
    request.session[auth.SESSION_KEY] = "1"
    request.session[auth.BACKEND_SESSION_KEY] = BACKEND
    request.session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    return HttpResponse("in")


def log_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    return HttpResponse("out")


urlpatterns = [
    path("in/", log_in),
    path("out/", log_out),
    path("accounts/login/", lambda request: HttpResponse("<h1>Who are you?</h1>")),
]
