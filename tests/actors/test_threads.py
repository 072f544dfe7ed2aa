"""Where a thread is can be seen without holding on to what it does."""

from __future__ import annotations

import gc
import threading
import weakref

from pykka_live.actors._threads import stack_of
from tests.actors.actors import TIMEOUT


class Thing:
    """What a thread works with."""


def test_a_thread_that_was_looked_at_lets_go_of_what_it_had() -> None:
    entered, left = threading.Event(), threading.Event()
    seen: list[weakref.ref[Thing]] = []

    def work() -> None:
        thing = Thing()
        seen.append(weakref.ref(thing))
        entered.set()
        left.wait(TIMEOUT)

    thread = threading.Thread(target=work)
    thread.start()
    assert entered.wait(TIMEOUT)
    gc.disable()
    try:
        assert "in work" in stack_of(thread)
        assert stack_of(None) == ""
        left.set()
        thread.join(TIMEOUT)
        assert seen[0]() is None
    finally:
        gc.enable()
