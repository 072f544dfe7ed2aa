"""What the log tells of actors: which message, where it hangs, how bad that is, and of a flood how
long it was."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Backoff, Cell, DeadLetter, Event, MailboxFull
from pykka_live.actors._messages import message_name
from pykka_live.actors._quota import FIRST, PERIOD
from tests.actors.actors import TIMEOUT, Clock, Events, Gate, crash, ended, number, stop, worker

NO_DELAY = Backoff(0, 0)
STUCK = 10.0
FURTHER = "further ones are left out for 5 minutes"


class Named(Gate):
    """A message with a name of its own."""

    log_name: Any = "tidy up"


class Nameless(Gate):
    @property
    def log_name(self) -> str:
        raise SystemExit


@pytest.fixture(autouse=True)
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG, logger="pykka_live.actors")
    return caplog


def records(log: pytest.LogCaptureFixture, kind: str, path: str) -> list[logging.LogRecord]:
    told = [record for record in log.records if record.name == "pykka_live.actors"]
    return [each for each in told if (each.event, each.path) == (kind, path)]  # type: ignore[attr-defined]


def test_a_message_has_the_name_it_wants_or_that_of_its_class() -> None:
    assert message_name(Named()) == "tidy up"
    assert message_name(Nameless()) == "Nameless"
    assert message_name("text") == "str"
    for name in (None, 5, "x" * 101):
        message = Named()
        message.log_name = name
        assert message_name(message) == "Named"


def test_a_busy_actor_is_reported_with_its_message(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    cell = worker(system)
    gate = Named().hold(cell)
    assert cell.info().current == "tidy up"
    cell.busy_since -= 7 * 10**9
    system.report_busy(5.0)
    (record,) = records(log, "busy", cell.path)
    assert "tidy up takes 7." in record.getMessage()
    gate.opened.set()


def test_a_stuck_actor_is_reported_with_its_message_and_where_it_hangs(
    timed: ActorSystem, clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    cell = worker(timed, stuck_timeout=STUCK, backoff=NO_DELAY)
    gate = Named().hold(cell)
    cell.busy_since -= int(STUCK * 10**9)
    clock.advance(STUCK, timed.root)
    assert cell.ask(number, TIMEOUT) == 2
    (record,) = records(log, "stuck", cell.path)
    first, *stack = record.getMessage().splitlines()
    assert first.endswith("stuck (tidy up)")
    assert "assert self.opened.wait(TIMEOUT)" in "\n".join(stack)  # `Gate`'s
    gate.opened.set()


def test_an_end_for_good_is_an_error_after_a_failure_only(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    good = worker(system, "good")
    stop(good)
    bad = worker(system, "bad", strategy="stop")
    bad.tell(crash)
    assert ended(bad) == "failed"
    hopeless = worker(system, "hopeless", max_restarts=0)
    hopeless.tell(crash)
    assert ended(hopeless) == "restarts exceeded"
    system.shutdown(TIMEOUT)  # so all is told
    levels = {
        path: [r.levelname for r in records(log, "stopped", path)]
        for path in ("/good", "/bad", "/hopeless", "/")
    }
    assert levels == {"/good": ["DEBUG"], "/bad": ["ERROR"], "/hopeless": ["ERROR"], "/": ["DEBUG"]}


# Floods


def overload(cell: Cell, messages: int) -> None:
    """Send more than the mailbox of an actor that is at its gate has room for."""
    for n in range(messages):
        try:
            cell.tell(n)
        except MailboxFull:
            assert cell.mailbox.overflow == "reject"


def events(log: pytest.LogCaptureFixture, path: str) -> list[tuple[str, str, int | None]]:
    """Return level, event and how many were left out, of the records about mail."""
    return [
        (record.levelname, record.event, getattr(record, "left_out", None))  # type: ignore[attr-defined]
        for record in log.records
        if getattr(record, "path", None) == path
        and getattr(record, "event", "") in ("overflow", "dead_letter")
    ]


def test_of_a_flood_the_log_has_the_beginning_and_then_how_long_it_was(
    timed: ActorSystem, clock: Clock, log: pytest.LogCaptureFixture
) -> None:
    told = Events()
    timed.add_listener(told)
    cell = worker(timed, capacity=1, overflow="drop_oldest")
    gate = Gate().hold(cell)
    overload(cell, 10_001)
    each = [("INFO", "overflow", None), ("INFO", "dead_letter", None)]
    assert events(log, cell.path) == each * FIRST
    last = records(log, "dead_letter", cell.path)[-1].getMessage()
    assert last == f"/worker: dead_letter (dropped): int; {FURTHER}"
    assert records(log, "overflow", cell.path)[-1].getMessage().endswith(f"; {FURTHER}")
    assert (cell.overflows, timed.dead_letters.counts()) == (10_000, {"dropped": 10_000})
    assert len(told.of("dead_letter")) == len(told.of("overflow")) == 10_000

    log.clear()
    clock.now += PERIOD
    overload(cell, 1)
    left_out = 10_000 - FIRST
    assert events(log, cell.path) == [
        ("INFO", "overflow", left_out),
        ("INFO", "dead_letter", left_out),
        *each,
    ]
    assert f"/worker: overflow: {left_out} more were left out of the log" in log.messages
    gate.opened.set()


def test_what_an_actor_loses_hides_nothing_of_another(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    cells = [worker(system, id, capacity=1, overflow="reject") for id in ("a", "b")]
    gates = [Gate().hold(cell) for cell in cells]
    overload(cells[0], 100)
    overload(cells[1], 3)
    assert events(log, "/a") == [("INFO", "overflow", None)] * FIRST
    assert events(log, "/b") == [("INFO", "overflow", None)] * 2
    for gate in gates:
        gate.opened.set()


def test_the_end_of_the_system_tells_what_was_left_out_until_then(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    cell = worker(system)
    stop(cell)
    for _ in range(FIRST + 5):
        cell.tell("too late")
    assert events(log, cell.path) == [("INFO", "dead_letter", None)] * FIRST
    log.set_level(logging.INFO, logger="pykka_live.actors")  # the root's end is DEBUG
    system.shutdown(TIMEOUT)
    assert events(log, cell.path)[FIRST:] == [("INFO", "dead_letter", 5)]


def test_a_dead_letter_is_named_and_a_loss_of_an_actor_that_lives_is_a_warning(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    cell = worker(system)
    letter = DeadLetter("/worker/nobody", Named(), "no such child")
    system.listeners.emit(Event("dead_letter", cell, letter.reason, letter=letter))
    stop(cell)
    cell.tell(Named())
    alive, ended = records(log, "dead_letter", "/worker")
    assert alive.getMessage() == "/worker/nobody: dead_letter (no such child): tidy up"
    assert ended.getMessage() == "/worker: dead_letter (shutdown): tidy up"
    assert (alive.levelname, ended.levelname) == ("WARNING", "INFO")
    assert alive.message_name == ended.message_name == "tidy up"  # type: ignore[attr-defined]


def test_what_the_log_does_not_want_uses_up_nothing(
    system: ActorSystem, log: pytest.LogCaptureFixture
) -> None:
    cell = worker(system, capacity=1, overflow="reject")
    gate = Gate().hold(cell)
    log.set_level(logging.WARNING, logger="pykka_live.actors")
    overload(cell, 100)
    log.set_level(logging.INFO, logger="pykka_live.actors")
    overload(cell, 1)
    assert events(log, cell.path) == [("INFO", "overflow", None)]
    gate.opened.set()
