"""What an actor has handled last."""

from __future__ import annotations

import gc
import sys
import time
import weakref
from typing import Any, ClassVar, NamedTuple

import pytest

from pykka_live.actors import ActorSystem
from pykka_live.actors._recent import Recent
from pykka_live.live.actor import CallEvent
from pykka_live.live.events import CALLED
from tests.observability.clerk import Mishap, start_clerk


class Called:
    log_name: ClassVar[str] = "its own name"


class Secret(NamedTuple):
    password: str


class Chatty:
    @property
    def log_name(self) -> str:
        raise AssertionError("no code of a message runs for it")


def test_the_last_ten_are_kept_the_oldest_first() -> None:
    recent = Recent()
    assert recent.copy() == []
    moments = [recent.begin(each) for each in (b"", *[""] * 9)]
    assert recent.copy() == [(bytes, moments[0]), *[(str, moment) for moment in moments[1:]]]
    assert moments == sorted(moments)
    last = recent.begin(1)
    assert recent.copy() == [*[(str, moment) for moment in moments[1:]], (int, last)]


def test_the_moment_is_that_of_the_clock() -> None:
    before = time.monotonic_ns()
    moment = Recent().begin("")
    assert before <= moment <= time.monotonic_ns()


def test_a_message_is_not_kept_alive() -> None:
    class Message:
        pass

    recent, message = Recent(), Message()
    gone = weakref.ref(message)
    recent.begin(message)
    del message
    gc.collect()
    assert gone() is None
    assert recent.copy()[0][0] is Message


def test_classes_are_let_go_of() -> None:
    recent = Recent()
    count = sys.getrefcount(Secret)
    for _ in range(25):
        recent.begin(Secret("hunter2"))
    assert sys.getrefcount(Secret) == count + 10
    del recent
    assert sys.getrefcount(Secret) == count


def test_it_is_small() -> None:
    recent = Recent()
    assert sys.getsizeof(recent) <= 200
    assert not gc.is_tracked(recent)


def test_an_event_is_called_by_its_name_if_a_class_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CALLED, "save", "event save")
    recent = Recent()
    for name in ("save", "nobody has it", "x" * 100_000):
        recent.begin(CallEvent(name, {"password": "hunter2"}))
    assert [what for what, _ in recent.copy()] == ["event save", CallEvent, CallEvent]


def test_the_messages_of_a_cell(system: ActorSystem) -> None:
    cell = start_clerk(system, "one")
    messages: list[Any] = ["hunter2", Called(), Secret("hunter2"), Chatty(), Mishap("oh")]
    before = time.time()
    for message in messages[:-1]:
        cell.ask(message, 10)
    with pytest.raises(Mishap):
        cell.ask(messages[-1], 10)
    cell.ask(1, 10)
    names, moments = zip(*cell.last_messages(), strict=True)
    assert names == ("str", "its own name", "Secret", "Chatty", "Mishap", "int")
    assert list(moments) == sorted(moments)
    assert before - 1 < moments[0] < time.time() + 1
