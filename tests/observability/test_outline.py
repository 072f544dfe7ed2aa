"""The tree as text."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style

from pykka_live.management.operating import Terminal
from pykka_live.observability.columns import SORTS
from pykka_live.observability.outline import Pen, draw, text_of
from pykka_live.observability.wording import age, printable

NOW = 1_000_000.0


def actor(path: str, parent: str | None = "/", **values: Any) -> dict[str, Any]:
    return {
        "path": path,
        "parent": parent,
        "kind": "view",
        "class": "",
        "state": "running",
        "busy": 0.0,
        "idle": 3.0,
        "current": None,
        "mailbox": 0,
        "capacity": 50,
        "handled": 0,
        "restarts": 0,
        "started_at": NOW - 60,
        "last_error": None,
        "matches": True,
        **values,
    }


ROOT = actor("/", None, kind="root", capacity=None, started_at=None)
ERROR = {"type": "Oops", "text": "bad", "time": NOW - 5, "message": "Event"}
CART = {"class": "shop.views.Cart"}
NEWS = {"class": "shop.views.News"}


def tree(*actors: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {
        "pid": 4711,
        "worker": 0,
        "command": ["uvicorn", "shop.asgi:application"],
        "time": NOW,
        "started_at": NOW - 7500,
        "state": "running",
        "actors": list(actors),
        "dead_letters": {},
        "abandoned": [],
        **values,
    }


SHOP = tree(
    ROOT,
    actor("/caretaker", kind="caretaker", capacity=1000, handled=375, started_at=NOW - 7500),
    actor("/sessions/3f", kind="session", capacity=100, handled=4, idle=12.0),
    actor(
        "/sessions/3f/views/21b10b85-322d-446d-b607-01982c5e166a",
        "/sessions/3f",
        state="busy",
        busy=3.21,
        current="event save",
        mailbox=12,
        handled=40,
        **CART,
    ),
    actor("/sessions/3f/views/2c", "/sessions/3f", restarts=2, last_error=ERROR, **NEWS),
    actor("/sessions/77", kind="session", started_at=NOW - 86_500, state="stopping"),
    dead_letters={"dropped": 2, "left": 1},
    abandoned=["/sessions/3f/views/0a#1"],
)


def text(snapshot: dict[str, Any], **pen: Any) -> str:
    return text_of(draw(snapshot, Pen(**pen)))


def test_with_all_the_room_there_is() -> None:
    assert (
        text(SHOP)
        == """\
Server process 4711, worker 0  uvicorn shop.asgi:application
running, up 2h05m, 6 actors

ACTOR                                               KIND       CLASS            STATE      MAILBOX  HANDLED  RESTARTS    AGE  IDLE  NOW, AND LAST ERROR
/                                                   root                        running        0/-        0         0
├── caretaker                                       caretaker                   running     0/1000      375         0  2h05m  3.0s
├── sessions/3f                                     session                     running      0/100        4         0  1m00s   12s
│   ├── views/21b10b85-322d-446d-b607-01982c5e166a  view       shop.views.Cart  busy 3.2s    12/50       40         0  1m00s        event save for 3.2s
│   └── views/2c                                    view       shop.views.News  running       0/50        0         2  1m00s        Oops: bad (5.0s ago)
└── sessions/77                                     session                     stopping      0/50        0         0  1d00h

Dead letters: 3 (dropped: 2, left: 1)
Abandoned thread: /sessions/3f/views/0a#1
"""  # noqa: E501
    )


def test_at_80_columns() -> None:
    assert (
        text(SHOP, width=80)
        == """\
Server process 4711, worker 0  uvicorn shop.asgi:application
running, up 2h05m, 6 actors

ACTOR                             CLASS      STATE        MAIL  DONE  RST    AGE
/                                 root       running       0/-     0    0
├── caretaker                     caretaker  running    0/1000   375    0  2h05m
├── sessions/3f                   session    running     0/100     4    0  1m00s
│   ├── views/21b10b85-322d-446…  Cart       busy 3.2s   12/50    40    0  1m00s
│   │     event save for 3.2s
│   └── views/2c                  News       running      0/50     0    2  1m00s
│         Oops: bad (5.0s ago)
└── sessions/77                   session    stopping     0/50     0    0  1d00h

Dead letters: 3 (dropped: 2, left: 1)
Abandoned thread: /sessions/3f/views/0a#1
"""
    )


def test_the_documentation_shows_it_so() -> None:
    docs = Path(__file__).parents[2] / "docs" / "operations.md"
    assert f"$ python manage.py actor_tree\n{text(SHOP, width=80)}```" in docs.read_text("utf-8")


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 140, 160, 200, 300])
@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("sort", ["", "state"])
def test_no_line_is_wider_than_the_terminal(width: int, ascii: bool, sort: str) -> None:
    evil = {**ERROR, "text": "名前\x1b[31m[bold]が長い " * 30}
    wide = actor("/名前" + "x" * 300, last_error=evil, current="名" * 200, busy=1.0, state="busy")
    drawn = text({**SHOP, "actors": [*SHOP["actors"], wide]}, width=width, ascii=ascii, sort=sort)
    assert max(map(cell_len, drawn.splitlines())) <= width
    assert drawn.isascii() is ascii


def test_in_ascii() -> None:
    snapshot = tree(ROOT, actor("/a"), actor("/a/é", "/a"), actor("/c"))
    lines = text(snapshot, ascii=True).splitlines()[4:8]
    assert [line.split("  view")[0].split("  root")[0].rstrip() for line in lines] == [
        "/",
        "|-- a",
        r"|   `-- \xe9",
        "`-- c",
    ]


def test_nothing_yet() -> None:
    for width in (None, 80):
        assert "0 actors" in text(tree(), width=width)
        assert "Dead letters: none" in text(tree(), width=width)


def test_one_whose_supervisor_is_not_there() -> None:
    assert "\n/gone/a  " in text(tree(ROOT, actor("/gone/a", "/gone")))


def test_those_above_what_was_asked_for_are_faint_and_not_counted() -> None:
    snapshot = tree({**ROOT, "matches": False}, actor("/a"), count=7)
    lines = list(draw(snapshot, Pen()))
    assert text_of(lines).splitlines()[1] == "running, up 2h05m, 7 actors, 1 shown"
    assert [segment.style for segment in lines[4]] == [Style.parse("dim")]
    assert [segment.style for segment in lines[5]] == [None]


def test_deep_trees_do_not_recurse() -> None:
    paths = ["/" + "/".join("a" * depth) for depth in range(2000)]
    actors = [actor(path, paths[i - 1] if i else None) for i, path in enumerate(paths)]
    assert len(text(tree(*actors), width=80).splitlines()) == 2000 + 6


def test_what_a_browser_sent_cannot_command_the_terminal() -> None:
    evil = "\x1b]0;owned\x07\x9b2J\r\u202e\u0301[red]x[/]\n"
    snapshot = tree(
        ROOT,
        actor(
            "/" + evil,
            **{"kind": evil, "class": evil, "current": evil, "state": evil},
            last_error={**ERROR, "type": evil, "text": evil},
        ),
        command=[evil],
        state=evil,
        dead_letters={evil: 1},
        abandoned=[evil],
    )
    for width in (None, 80, 200):
        file = io.StringIO()
        terminal = Terminal(file=file, width=width or 1000, highlight=False, markup=False)
        terminal.draw(draw(snapshot, Pen(width)))
        assert all(char.isprintable() or char == "\n" for char in file.getvalue())
        assert "\u0301" not in file.getvalue()
        assert file.getvalue().count("\n") == len(list(draw(snapshot, Pen(width))))
    assert printable("a\nb\tc\x1b[31m é 名") == r"a b c\x1b[31m é 名"


@pytest.mark.parametrize(
    ("values", "painted", "style"),
    [
        ({"state": "failed"}, "failed", "bold red"),
        ({"state": "busy", "busy": 1.0}, "busy 1.0s", "cyan"),
        ({"state": "restarting"}, "restarting", "yellow"),
        ({"restarts": 3}, "3", "yellow"),
        ({"mailbox": 40}, "40/50", "yellow"),
        ({"mailbox": 50}, "50/50", "bold red"),
        ({"last_error": ERROR}, "Oops: bad (5.0s ago)", "red"),
        ({"current": "event save", "busy": 1.0}, "event save for 1.0s", "cyan"),
    ],
)
def test_what_deserves_attention_has_a_colour(
    values: dict[str, Any], painted: str, style: str
) -> None:
    line = list(draw(tree(ROOT, actor("/a", **values)), Pen()))[5]
    coloured = [(part.text.strip(), part.style) for part in line if part.style is not None]
    assert coloured == [(painted, Style.parse(style))]


def test_a_terminal_prints_the_colours_and_a_file_none() -> None:
    coloured, plain = io.StringIO(), io.StringIO()
    for file, options in (
        (coloured, {"force_terminal": True, "color_system": "standard"}),
        (plain, {}),
    ):
        Terminal(file=file, width=200, **options).draw(draw(SHOP, Pen(200)))  # type: ignore[arg-type]
    assert "\x1b[33m12/50" not in coloured.getvalue()
    assert "\x1b[31mOops: bad" in coloured.getvalue()
    assert plain.getvalue() == text(SHOP, width=200)
    assert Console(file=io.StringIO()).is_terminal is False


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("path", "/a"),
        ("state", "/worst"),
        ("mailbox", "/full"),
        ("handled", "/diligent"),
        ("restarts", "/again"),
        ("age", "/old"),
        ("idle", "/idle"),
        ("error", "/bad"),
    ],
)
def test_sorted(sort: str, first: str) -> None:
    snapshot = tree(
        {**ROOT, "matches": False},
        actor("/full", mailbox=9),
        actor("/worst", state="failed"),
        actor("/diligent", handled=9),
        actor("/again", restarts=1),
        actor("/old", started_at=NOW - 900),
        actor("/idle", idle=99.0),
        actor("/bad", last_error=ERROR),
        actor("/worse", last_error={**ERROR, "time": NOW - 50}),
        actor("/a"),
    )
    names = [line.split()[0] for line in text(snapshot, sort=sort).splitlines()[4:13]]
    assert names[0] == first
    assert len(names) == 9
    assert set(SORTS) == {"path", "state", "mailbox", "handled", "restarts", "age", "idle", "error"}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0s"),
        (0.04, "0.0s"),
        (9.94, "9.9s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (3599, "59m59s"),
        (3600, "1h00m"),
        (86_399, "23h59m"),
        (86_400 * 3 + 3600 * 4, "3d04h"),
    ],
)
def test_age(seconds: float, words: str) -> None:
    assert age(seconds) == words


@pytest.mark.parametrize("ascii", [False, True])
def test_a_sorted_list_tells_a_view_from_its_components(ascii: bool) -> None:
    view = "/sessions/3f2a85f7-322d-446d-b607-01982c5e166a/views/21b10b85-322d"
    snapshot = tree(ROOT, actor(view), actor(f"{view}/components/cart"))
    lines = text(snapshot, width=80, sort="path", ascii=ascii).splitlines()[5:7]
    names = [line.split()[0] for line in lines]
    assert all(name.startswith("/session") for name in names)
    assert names[0].endswith("322d")
    assert names[1].endswith("/components/cart")
    assert [len(name) for name in names] == [len(names[0])] * 2
