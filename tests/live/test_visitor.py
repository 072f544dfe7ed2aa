"""The visitor of a component: the same as that of its view, in a thread of its own."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from pykka_live.live.visitor import Visitor, own_request


def test_a_request_is_copied_while_its_own_thread_makes_the_session_new():
    request = RequestFactory().get("/")
    request.session = SessionStore("k" * 32)
    visitor = Visitor(request)
    vars(request.session).clear()  # as `refresh` does, right before it makes it new

    own = own_request(request, visitor.session_key)
    assert own.session.session_key == "k" * 32
    assert own.session is not request.session
