"""What the log tells of actors: which message, where it hangs, and how bad that is."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from pykka_live.actors import ActorSystem, Backoff
from pykka_live.actors._messages import message_name
from tests.actors.actors import TIMEOUT, Clock, Gate, crash, ended, number, stop, worker

NO_DELAY = Backoff(0, 0)
STUCK = 10.0


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
