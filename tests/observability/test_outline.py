"""The tree as text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management.color import make_style, no_style

from pykka_live.observability.outline import Pen, age, draw, printable

NOW = 1_000_000.0


def actor(path: str, parent: str | None = "/", **values: Any) -> dict[str, Any]:
    return {
        "path": path,
        "parent": parent,
        "kind": "view",
        "class": "",
        "state": "running",
        "busy": 0.0,
        "mailbox": 0,
        "capacity": 50,
        "handled": 0,
        "restarts": 0,
        "started_at": NOW - 60,
        "last_error": None,
        **values,
    }


ROOT = actor("/", None, kind="root", capacity=None, started_at=None)
ERROR = {"type": "Oops", "text": "bad", "time": NOW - 5, "message": "Event"}


def tree(*actors: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "pid": 4711,
        "command": ["uvicorn", "shop.asgi:application"],
        "time": NOW,
        "started_at": NOW - 7500,
        "state": "running",
        "actors": list(actors),
        "dead_letters": {},
        "abandoned": [],
        **values,
    }


def text(snapshot: dict[str, Any], **pen: Any) -> str:
    return "\n".join(draw(snapshot, Pen(no_style(), **pen)))


def test_the_whole_picture() -> None:
    snapshot = tree(
        ROOT,
        actor("/sessions/3f", kind="session", capacity=100, handled=4),
        actor("/sessions/3f/views/1b", "/sessions/3f", state="busy", busy=3.21, mailbox=12),
        actor("/sessions/3f/views/2c", "/sessions/3f", restarts=2, last_error=ERROR),
        actor("/sessions/77", kind="session", started_at=NOW - 86_500, state="stopping"),
        dead_letters={"dropped": 2, "left": 1},
        abandoned=["/sessions/3f/views/0a#1"],
    )
    assert text(snapshot) == (
        """\
Server process 4711  uvicorn shop.asgi:application
running, up 2 h 05 min, 5 actors

ACTOR             KIND     STATE       MAILBOX  HANDLED  RESTARTS         AGE  LAST ERROR
/                 root     running         0/-        0         0
├── sessions/3f   session  running       0/100        4         0  1 min 00 s
│   ├── views/1b  view     busy 3.2 s    12/50        0         0  1 min 00 s
│   └── views/2c  view     running        0/50        0         2  1 min 00 s  Oops: bad (5.0 s ago)
└── sessions/77   session  stopping       0/50        0         0    1 d 00 h

Dead letters: 3 (dropped: 2, left: 1)
Abandoned thread: /sessions/3f/views/0a#1"""
    )


def test_in_ascii() -> None:
    snapshot = tree(ROOT, actor("/a"), actor("/a/b", "/a"), actor("/c"))
    lines = text(snapshot, ascii=True).splitlines()[4:8]
    assert [line.split("  view")[0].split("  root")[0].rstrip() for line in lines] == [
        "/",
        "|-- a",
        "|   `-- b",
        "`-- c",
    ]


def test_nothing_yet() -> None:
    assert "0 actors" in text(tree())
    assert "Dead letters: none" in text(tree())


def test_the_class_is_shown_where_it_is_known() -> None:
    lines = text(tree(ROOT, actor("/a", **{"class": "shop.views.Cart"}))).splitlines()
    assert lines[3].split()[:3] == ["ACTOR", "KIND", "CLASS"]
    assert "shop.views.Cart" in lines[5]


def test_one_whose_supervisor_is_not_there() -> None:
    assert "\n/gone/a  " in text(tree(ROOT, actor("/gone/a", "/gone")))


def test_a_long_error_is_cut_to_the_terminal() -> None:
    error = {**ERROR, "text": "x" * 300}
    snapshot = tree(ROOT, actor("/a", last_error=error))
    lines = text(snapshot, width=120).splitlines()
    assert len(lines[5]) == 120
    assert lines[5].endswith("xxx...")
    assert "x" * 300 in text(snapshot)
    assert "Oops: x" in text(snapshot, width=10)


def test_deep_trees_do_not_recurse() -> None:
    paths = ["/" + "/".join("a" * depth) for depth in range(2000)]
    actors = [actor(path, paths[i - 1] if i else None) for i, path in enumerate(paths)]
    assert len(text(tree(*actors)).splitlines()) == 2000 + 6


def test_what_a_browser_sent_cannot_command_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\r\u202e"
    snapshot = tree(
        ROOT,
        actor("/" + evil, kind=evil, last_error={**ERROR, "type": evil, "text": evil}),
        command=[evil],
        dead_letters={evil: 1},
        abandoned=[evil],
    )
    assert all(char.isprintable() or char == "\n" for char in text(snapshot))
    assert printable("a\nb\tc\x1b[31m é 名") == r"a b c\x1b[31m é 名"


@pytest.mark.parametrize(
    ("values", "painted"),
    [
        ({"state": "failed"}, "failed"),
        ({"state": "busy", "busy": 1.0}, "busy 1.0 s"),
        ({"state": "restarting"}, "restarting"),
        ({"restarts": 3}, "3"),
        ({"mailbox": 40}, "40/50"),
        ({"mailbox": 50}, "50/50"),
        ({"last_error": ERROR}, "Oops: bad (5.0 s ago)"),
    ],
)
def test_colours(values: dict[str, Any], painted: str) -> None:
    snapshot = tree(ROOT, actor("/a", **values))
    style = make_style("dark")
    coloured = "\n".join(draw(snapshot, Pen(style)))
    line = coloured.splitlines()[5]
    assert re.findall(r"\x1b\[[\d;]+m(.*?)\x1b\[0m", line) == [painted]
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text(snapshot)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (86_400 * 3 + 3600 * 4, "3 d 04 h"),
    ],
)
def test_age(seconds: float, words: str) -> None:
    assert age(seconds) == words
