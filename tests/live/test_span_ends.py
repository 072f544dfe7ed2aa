"""A span ends once, wherever that is done, and a fork takes along none but its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator

import pytest

from pykka_live.live import spans
from pykka_live.observability import Span, attach, detach


@pytest.fixture
def told() -> Iterator[list[str]]:
    told: list[str] = []

    def listen(span: Span) -> None:
        told.append(f"{span.phase} {span.view}")

    attach(listen)
    yield told
    detach(listen)
    assert not spans._open


def in_child(work: Callable[[], bool]) -> bool:
    """Do something in the child of a fork; return whether it returned True."""
    child = os.fork()
    if child == 0:  # nothing here may raise into pytest
        code = 1
        try:
            code = 0 if work() else 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def in_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_one_that_has_ended_with_another_does_not_end_again(told: list[str]) -> None:
    outer, inner = Span("event", "", "outer"), Span("render", "", "inner")
    outer.end()
    inner.end("handler_error", LookupError())
    assert (inner.phase, inner.outcome) == ("stop", "ok")
    outer.end()
    assert told == ["start outer", "start inner", "stop inner", "stop outer"]


def test_one_that_another_thread_ends(told: list[str]) -> None:
    span = Span("event", "", "one")
    in_thread(span.end)
    assert told == ["start one", "stop one"]


def test_the_child_of_a_fork_ends_what_has_forked(told: list[str]) -> None:
    span = Span("event", "", "one")

    def work() -> bool:
        span.end()
        return told == ["start one", "stop one"] and not spans._open

    assert in_child(work)
    span.end()
    assert told == ["start one", "stop one"]


def test_the_child_of_a_fork_knows_nothing_of_other_threads(told: list[str]) -> None:
    other = Span("event", "", "other")
    found = []

    def work() -> bool:
        other.end()
        own = Span("event", "", "own")
        own.end()
        return told == ["start other", "start own", "stop own"] and not spans._open

    in_thread(lambda: found.append(in_child(work)))
    assert found == [True]
    other.end()
    assert told == ["start other", "stop other"]


def test_the_child_of_a_fork_can_attach_though_a_thread_was_about_to(told: list[str]) -> None:
    def listen(_span: Span) -> None:
        pass

    def work() -> bool:
        attach(listen)
        detach(listen)
        return True

    with spans._lock:
        assert in_child(work)
