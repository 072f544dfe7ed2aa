"""The `PYKKA_LIVE` setting: defaults, values, and errors that name what is wrong."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from pykka_live.conf import SupervisionPolicy, find_problems, live_settings


def test_without_a_setting_the_defaults_hold(settings):
    del settings.PYKKA_LIVE
    current = live_settings()
    assert current.event_timeout == 30
    assert current.mailbox == {"session": 100, "view": 50, "component": 20}
    assert current.supervision == {
        "session": SupervisionPolicy("restart", "one_for_one", 3, 5.0, (0.0, 0.0)),
        "view": SupervisionPolicy("restart", "one_for_one", 3, 5.0, (0.1, 5.0)),
        "component": SupervisionPolicy("restart", "one_for_one", 3, 5.0, (0.1, 5.0)),
    }
    assert (current.session_ttl, current.cleanup_interval) == (3600, 60)
    assert (current.health_interval, current.health_timeout) == (30, 5)
    assert current.stuck_timeout == 300


def test_what_is_set_is_what_is_read_again_after_a_change(settings):
    settings.PYKKA_LIVE = {
        "EVENT_TIMEOUT": 1.5,
        "MAILBOX": {"view": 5, "OVERFLOW": "reject"},
        "STUCK_TIMEOUT": None,
        "SUPERVISION": {
            "session": {"strategy": {MemoryError: "stop"}},
            "view": {"strategy": {KeyError: "resume"}, "scope": "one_for_all", "backoff": [0.5, 1]},
        },
    }
    current = live_settings()
    assert current.event_timeout == 1.5
    assert current.mailbox == {"session": 100, "view": 5, "component": 20}
    assert current.overflow == "reject"
    assert current.stuck_timeout is None
    assert current.supervision["session"].strategy == {MemoryError: "stop"}
    assert current.supervision["view"] == SupervisionPolicy(
        {KeyError: "resume"}, "one_for_all", backoff=(0.5, 1)
    )
    settings.PYKKA_LIVE = {}
    assert live_settings().event_timeout == 30


def test_the_token_for_metrics_is_told_to_nobody(settings):
    for token in ("a secret\n", "secret"):
        (problem,) = find_problems({"METRICS": {"TOKEN": token}})
        assert "secret" not in problem
    settings.PYKKA_LIVE = {"METRICS": {"TOKEN": "secret-secret"}}
    assert live_settings().metrics.token == "secret-secret"
    assert "secret" not in repr(live_settings())


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([], ["PYKKA_LIVE", "dictionary"]),
        ({"EVENT_TIMEOT": 1}, ["'EVENT_TIMEOT'", "EVENT_TIMEOUT"]),
        ({"EVENT_TIMEOUT": 0}, ["EVENT_TIMEOUT", "above 0"]),
        ({"EVENT_TIMEOUT": True}, ["EVENT_TIMEOUT", "seconds"]),
        ({"EVENT_TIMEOUT": float("nan")}, ["EVENT_TIMEOUT", "above 0"]),
        ({"SESSION_TTL": None}, ["SESSION_TTL", "above 0"]),
        ({"CLEANUP_INTERVAL": "1"}, ["CLEANUP_INTERVAL", "above 0"]),
        ({"HEALTH_INTERVAL": 0}, ["HEALTH_INTERVAL", "above 0"]),
        ({"HEALTH_TIMEOUT": -1}, ["HEALTH_TIMEOUT", "above 0"]),
        ({"STUCK_TIMEOUT": 0}, ["STUCK_TIMEOUT", "above 0", "or None"]),
        ({"EVENTS": "all"}, ["EVENTS", "'decorated'", "'public'"]),
        ({"MAILBOX": 5}, ["MAILBOX", "dictionary"]),
        ({"MAILBOX": {"view": 0}}, ["'view'", "at least 1"]),
        ({"MAILBOX": {"view": True}}, ["'view'", "whole number"]),
        ({"MAILBOX": {"views": 1}}, ["'views'", "session, view, component, OVERFLOW"]),
        ({"MAILBOX": {"OVERFLOW": "drop"}}, ["OVERFLOW", "'drop_oldest'"]),
        ({"SUPERVISION": {"tab": {}}}, ["'tab'", "session, view, component"]),
        ({"SUPERVISION": {"view": {"strategy": "retry"}}}, ["'strategy'", "'restart'"]),
        ({"SUPERVISION": {"view": {"strategy": ["restart"]}}}, ["'strategy'", "'restart'"]),
        ({"SUPERVISION": {"view": {"strategy": "always"}}}, ["'strategy'", "'resume', 'escalate'"]),
        ({"SUPERVISION": {"view": {"strategy": {"ValueError": "stop"}}}}, ["exception classes"]),
        ({"SUPERVISION": {"view": {"strategy": {int: "stop"}}}}, ["int", "exception classes"]),
        (
            {"SUPERVISION": {"view": {"strategy": {ValueError: "retry"}}}},
            ["'view'", "['strategy'][ValueError]", "'retry'", "'restart', 'stop', 'resume'"],
        ),
        ({"SUPERVISION": {"view": {"scope": "all"}}}, ["'scope'", "'rest_for_one'"]),
        ({"SUPERVISION": {"view": {"scope": ["one_for_all"]}}}, ["'scope'", "'rest_for_one'"]),
        (
            {"SUPERVISION": {"view": {"strategy": "stop", "scope": "one_for_all"}}},
            ["'scope'", "'stop'", "needs the strategy 'restart' or 'resume'"],
        ),
        (
            {"SUPERVISION": {"view": {"strategy": "escalate", "scope": "rest_for_one"}}},
            ["'scope'", "'escalate'", "needs the strategy"],
        ),
        (
            {"SUPERVISION": {"session": {"scope": "one_for_all"}}},
            ["'session'", "'scope'", "Sessions never affect each other"],
        ),
        (
            {"SUPERVISION": {"session": {"strategy": "escalate"}}},
            ["'session'", "'escalate'", "'restart', 'stop'", "Sessions never affect each other"],
        ),
        (
            {"SUPERVISION": {"session": {"strategy": {ValueError: "resume"}}}},
            ["'session'", "[ValueError]", "'restart', 'stop'"],
        ),
        ({"SUPERVISION": {"view": {"max_restarts": -1}}}, ["'max_restarts'", "at least 0"]),
        ({"SUPERVISION": {"view": {"backoff": [5, 1]}}}, ["'backoff'", "[minimum, maximum]"]),
        ({"SUPERVISION": {"view": {"backoff": "now"}}}, ["'backoff'", "[minimum, maximum]"]),
        ({"SUPERVISION": {"view": {"backoff": [0, 5]}}}, ["'backoff'", "both above 0", "[0, 0]"]),
        (
            {"SUPERVISION": {"view": {"backoff": [1, float("inf")]}}},
            ["'backoff'", "not above 1000000000"],
        ),
        ({"SUPERVISION": {"view": {"max_seconds": 1e10}}}, ["'max_seconds'", "1000000000"]),
        ({"SESSION_TTL": float("inf")}, ["'SESSION_TTL'", "inf", "not above 1000000000"]),
        ({"CLEANUP_INTERVAL": float("nan")}, ["'CLEANUP_INTERVAL'", "nan", "above 0"]),
        ({"STUCK_TIMEOUT": 10**5000}, ["'STUCK_TIMEOUT'", "1000000000, or None"]),
        ({"METRICS": 9464}, ["'METRICS'", "dictionary"]),
        ({"METRICS": {"HOST": "x"}}, ["'METRICS'", "'HOST'", "PORT, ADDRESS, TOKEN"]),
        ({"METRICS": {"PORT": "9464"}}, ["'METRICS'", "'PORT'", "from 1 to 65535, or None"]),
        ({"METRICS": {"PORT": True}}, ["'PORT'", "True", "from 1 to 65535"]),
        ({"METRICS": {"PORT": 0}}, ["'PORT'", "from 1 to 65535"]),
        ({"METRICS": {"PORT": 10**5000}}, ["'PORT'", "from 1 to 65535"]),
        ({"METRICS": {"ADDRESS": "localhost"}}, ["'ADDRESS'", "'localhost'", "'127.0.0.1'"]),
        ({"METRICS": {"ADDRESS": None}}, ["'ADDRESS'", "None", "IP address"]),
        ({"METRICS": {"ADDRESS": 1}}, ["'ADDRESS'", "IP address"]),
        ({"METRICS": {"TOKEN": ""}}, ["'TOKEN'", "at least 8", "or None"]),
        ({"METRICS": {"TOKEN": 12345678}}, ["'TOKEN'", "a text of"]),
    ],
)
def test_a_mistake_is_an_error_that_names_the_key_and_what_is_allowed(settings, raw, words):
    (problem,) = find_problems(raw)
    for word in words:
        assert word in problem
    settings.PYKKA_LIVE = raw
    assert problem in [error.msg for error in run_checks(tags=["pykka_live"])]
    with pytest.raises(ImproperlyConfigured, match="PYKKA_LIVE"):
        live_settings()


def test_a_project_without_asgi_or_djangos_templates_is_told(settings):
    settings.ASGI_APPLICATION = None
    settings.TEMPLATES = []
    ids = {message.id for message in run_checks(tags=["pykka_live"])}
    assert ids == {"pykka_live.E002", "pykka_live.W001"}
