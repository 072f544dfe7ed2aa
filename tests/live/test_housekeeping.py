"""Housekeeping: what holds around each message, however the one before has left things."""

from __future__ import annotations

import contextlib
import threading
import zoneinfo
from collections.abc import Callable
from contextvars import Context, ContextVar
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from asgiref import local
from asgiref.local import Local
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf
from django.utils import timezone, translation
from django.utils.translation import trans_real

from pykka_live.actors._locals import forget_locals, has_locals
from pykka_live.live.housekeeping import ContextMark, Housekeeping
from pykka_live.live.stage import Stage
from pykka_live.live.visitor import Visitor

TOKYO = zoneinfo.ZoneInfo("Asia/Tokyo")


def a_stage() -> Stage:
    request = RequestFactory().get("/")
    return Stage(
        request=request,
        processed={},
        csrf_token="x",
        language="de",
        time_zone=TOKYO,
        script_prefix="/shop/",
        urlconf="tests.live.special_urls",
        visitor=Visitor(request),
        message_context=lambda request: contextlib.nullcontext(),
    )


def surroundings() -> tuple[Any, ...]:
    zone = timezone.get_current_timezone()
    return translation.get_language(), zone, get_script_prefix(), get_urlconf()


DE = ("de", TOKYO, "/shop/", "tests.live.special_urls")


def nothing() -> None:
    pass


def forget_translations() -> None:
    trans_real._active = Local()  # as Django does when a catalogue is edited


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        lambda: translation.activate("en"),
        translation.deactivate,
        lambda: timezone.activate("Europe/Paris"),
        lambda: set_script_prefix("/other/"),
        lambda: set_urlconf(None),
        forget_translations,
    ],
)
def test_what_a_handler_leaves_active_is_put_right_for_the_next_message(change, monkeypatch):
    monkeypatch.setattr(trans_real, "_active", trans_real._active)

    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        for _ in range(3):
            assert housekeeping.around(stage, surroundings) == DE
            housekeeping.around(stage, change)

    Context().run(messages)


@pytest.mark.parametrize("knows_asgiref", [True, False])
def test_the_stage_is_active_in_each_thread_that_runs_the_actor(monkeypatch, knows_asgiref):
    if not knows_asgiref:
        monkeypatch.setattr("pykka_live.live.housekeeping._Storage", None)
    housekeeping, stage, context = Housekeeping(), a_stage(), Context()

    def message() -> None:
        assert context.run(housekeeping.around, stage, surroundings) == DE

    for _ in range(2):
        message()
        in_a_thread(message)


@pytest.mark.skipif(not hasattr(local, "_Storage"), reason="an asgiref that tags no threads")
def test_a_context_is_the_same_in_another_thread():
    housekeeping, stage, context, mark = Housekeeping(), a_stage(), Context(), ContextMark()
    context.run(housekeeping.around, stage, mark.set)
    in_a_thread(lambda: context.run(housekeeping.around, stage, nothing))
    assert context.run(mark.is_unchanged)


def test_another_stage_is_another_language():
    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        other = replace(stage, language="en", urlconf=None)
        for _ in range(2):
            assert housekeeping.around(stage, surroundings) == DE
            assert housekeeping.around(other, surroundings) == ("en", TOKYO, "/shop/", None)

    Context().run(messages)


def test_each_message_that_has_used_a_cache_closes_it(settings, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    closed = []
    monkeypatch.setattr(
        "django.core.cache.backends.locmem.LocMemCache.close",
        lambda cache, **_: closed.append(cache),
        raising=False,
    )

    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        housekeeping.around(stage, nothing)
        assert not closed
        for count in (1, 2, 3):
            housekeeping.around(stage, lambda: caches["default"].get("x"))
            assert len(closed) == count

    Context().run(messages)


def in_a_thread(work: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
def test_each_message_that_has_used_the_database_closes_it_and_forgets_its_queries():
    def ask() -> None:
        connection.force_debug_cursor = True
        assert not connection.queries
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert connection.queries

    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        housekeeping.around(stage, nothing)
        assert not connections.all(initialized_only=True)
        for _ in range(3):
            housekeeping.around(stage, ask)
            assert connection.connection is None

    in_a_thread(messages)


class Incomparable:
    def __eq__(self, other: object) -> NoReturn:
        raise AssertionError("compared")

    __hash__ = object.__hash__


def test_a_context_is_unchanged_until_a_variable_is_set():
    first: ContextVar[Any] = ContextVar("first")
    second: ContextVar[Any] = ContextVar("second")

    def work() -> None:
        mark = ContextMark()
        assert not mark.is_unchanged()
        token = first.set(Incomparable())
        mark.set()
        assert mark.is_unchanged()
        inner = second.set(1)
        assert not mark.is_unchanged()
        second.reset(inner)
        assert mark.is_unchanged()
        first.set(Incomparable())
        assert not mark.is_unchanged()
        mark.set()
        first.reset(token)
        second.set(1)
        assert not mark.is_unchanged()

    Context().run(work)


def test_a_variable_that_is_put_back_is_no_change_in_the_long_run():
    variable: ContextVar[Any] = ContextVar("variable")

    def work() -> None:
        mark = ContextMark()
        variable.set(old := object())
        mark.set()
        for _ in range(3):
            variable.set(object())
            assert not mark.is_unchanged()
            variable.set(old)
            assert mark.is_unchanged()
            assert mark.is_unchanged()

    Context().run(work)


@pytest.mark.django_db(transaction=True)
def test_a_message_without_the_database_leaves_its_thread_nothing_to_forget():
    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        for _ in range(2):
            forget_locals()
            housekeeping.around(stage, nothing)
            assert not has_locals()
        housekeeping.around(stage, lambda: connection.ensure_connection())
        assert has_locals()
        assert connection.connection is None

    in_a_thread(messages)


def test_what_was_begun_around_a_message_goes_on():
    def messages() -> None:
        housekeeping, stage = Housekeeping(), a_stage()
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            housekeeping.around(stage, lambda: User.objects.count())
            assert connection.in_atomic_block
            assert connection.is_usable()
        assert [query["sql"][:6] for query in captured] == ["SELECT"]
        housekeeping.around(stage, lambda: User.objects.count())
        assert connection.connection is None

    in_a_thread(messages)
