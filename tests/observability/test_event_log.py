"""The log of events: a line per message, for those who ask for it."""

from __future__ import annotations

import logging

import pytest

from pykka_live.live import hooks
from pykka_live.live.hooks import Handled
from pykka_live.observability.event_log import log_event

NAME = "pykka_live.events"
SORTED = Handled(
    view="shop.views.Cart",
    kind="event",
    event="sort",
    outcome="ok",
    path="/sessions/3f/views/1b",
    waited=0.0001,
    handler=0.002,
    render=0.0104,
    checkpoint=0.0008,
    diff=0.0005,
    encode=0.0002,
    total=0.0142,
    rendered=3,
    reused=997,
    from_page=False,
    patches=12,
    size=345,
)


def test_a_line_tells_all_of_a_message(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, NAME):
        log_event(SORTED)
    assert caplog.messages == [
        "shop.views.Cart event sort: ok in 14.200 ms "
        "(waited 0.100, handler 2.000, render 10.400, checkpoint 0.800, diff 0.500, encode 0.200), "
        "12 patches, 345 bytes, 3 rows rendered, 997 reused"
    ]


def test_what_the_line_says_can_be_logged_as_data(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, NAME):
        log_event(SORTED)
    [record] = caplog.records
    assert {name: getattr(record, name) for name in Handled._fields} == SORTED._asdict()


def test_a_picture_from_the_whole_page_is_named(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, NAME):
        log_event(SORTED._replace(from_page=True, event="", outcome="unknown"))
    assert "event -: unknown" in caplog.text
    assert caplog.messages[0].endswith(", from the whole page")


def test_the_app_logs_each_message_only_at_debug_level(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, NAME):
        hooks.emit(SORTED)
    assert caplog.records == []
    with caplog.at_level(logging.DEBUG, NAME):
        hooks.emit(SORTED)
    assert [record.name for record in caplog.records] == [NAME]
