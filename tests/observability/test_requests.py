"""Requests are checked: they may come from any process of the same user."""

from __future__ import annotations

from typing import Any

import pytest

from pykka_live.actors import ActorSystem
from pykka_live.observability.commands import commands
from pykka_live.observability.requests import Refused, Request

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("tree", {"path": 1}, "path must be a text of at most 500"),
    ("tree", {"path": "x" * 501}, "path must be a text of at most 500"),
    ("tree", {"states": "busy"}, "states must be a list out of: starting, running"),
    ("tree", {"states": ["bored"]}, "states must be a list out of"),
    ("tree", {"states": [[]]}, "states must be a list out of"),
    ("tree", {"min_depth": -1}, "min_depth must be an integer >= 0"),
    ("tree", {"min_depth": True}, "min_depth must be an integer >= 0"),
    ("find", {}, "path must be a text"),
    ("inspect", {"path": None}, "path must be a text"),
    ("inspect", {"path": "/nobody"}, "There is no actor /nobody"),
    ("trace", {"path": "/nobody"}, "There is no actor /nobody"),
    ("restart", {"path": "/"}, "The root cannot be restarted"),
    ("restart", {"path": "/nobody"}, "There is no actor /nobody"),
    ("restart", {"path": "/x", "within": -1}, "within must be seconds >= 0"),
    ("restart", {"path": "/x", "within": float("nan")}, "within must be seconds >= 0"),
    ("restart", {"path": "/x", "within": "1"}, "within must be seconds >= 0"),
    ("stop", {"path": "/x", "reason": ["x"]}, "reason must be a text"),
    ("stop", {"path": "/"}, "The root cannot be stopped"),
]


@pytest.mark.parametrize(("command", "arguments", "error"), BAD)
def test_bad_requests_are_refused(
    system: ActorSystem, command: str, arguments: dict[str, Any], error: str
) -> None:
    system.start()
    with pytest.raises(Refused, match=error):
        commands(lambda: system)[command](Request(arguments))


def test_a_pattern_that_takes_long_to_match_does_not(system: ActorSystem) -> None:
    system.start()
    request = Request(path="*a" * 200 + "b")
    answer: Any = commands(lambda: system)["tree"](request)
    assert b"".join(answer).endswith(b'"actors": []}')


def test_without_a_peer_it_is_this_user() -> None:
    assert Request().sender.startswith("user id ")
