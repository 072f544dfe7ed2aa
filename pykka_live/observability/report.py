"""Writes what `inspect` tells of an actor for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pykka_live.observability.outline import Line, Pen
from pykka_live.observability.wording import age

__all__ = ["report"]

SHOWN = 20  # messages, and children


def report(found: Mapping[str, Any], pid: int, pen: Pen) -> Iterator[Line]:
    """Yield the lines that show the answer of the control command `inspect`."""
    yield [pen.segment(f"{found['path']}  (process {pid})", "bold")]
    for name, text in _facts(found):
        yield [pen.segment(f"  {name:<12} {text}")]
    yield from _state(found, pen)
    yield from _mail(found, pen)
    yield from _recent(found, pen)
    yield from _children(found, pen)
    yield from _text("Where it is now", found["stack"], pen)
    for thread in found.get("abandoned", ()):
        head = f"Where the thread {thread['name']} hangs, which was given up"
        yield from _text(head, thread["stack"] or "It is not to be seen.", pen)
    error = found["last_error"]
    if error is not None:
        ago = age(found["time"] - error["time"])
        on = f", on {error['message']}" if error["message"] else ""
        yield from _text(f"Last error, {ago} ago{on}", error.get("traceback", ""), pen)


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "kind", found["kind"]
    if found["class"]:
        yield "class", found["class"]
    if found["name"]:
        yield "name", found["name"]
    busy = f" for {age(found['busy'])}: {found['current']}" if found["state"] == "busy" else ""
    yield "state", f"{found['state']}{busy}"
    if found["started_at"] is not None:
        up = age(found["time"] - found["started_at"])
        yield "instance", f"{found['incarnation']}, up {up}"
    yield (
        "messages",
        (
            f"{found['handled']} handled, {found['failures']} failed; "
            f"waited {found['waited_mean'] * 1e3:.3f} ms on the average"
        ),
    )
    yield "restarts", str(found["restarts"])
    capacity = found["capacity"]
    room = "without limit" if capacity is None else f"of {capacity}"
    yield "mailbox", f"{found['mail_count']} {room}; {found['overflows']} times too full"
    yield (
        "supervision",
        ", ".join(
            f"{name} {value}" for name, value in found["supervision"].items() if value is not None
        ),
    )


def _state(found: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    if found["attributes"] is None:
        return
    now = ", as it was before the current message" if found["state"] == "busy" else ""
    yield from _head(f"State, at the last checkpoint{now}", pen)
    for each in found["attributes"]:
        yield [pen.segment(f"  {each['name']} = {each['value']}")]
    if found["left_out"]:
        yield [pen.segment(f"  cannot be kept: {', '.join(found['left_out'])}", "dim")]


def _mail(found: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    if not found["mail"]:
        return
    yield from _head(f"Mail that waits: {found['mail_count']}, the next first", pen)
    for each in found["mail"][:SHOWN]:
        sender = f", from {each['sender']}" if each["sender"] else ""
        yield [pen.segment(f"  {each['message']}, for {age(each['waited'])}{sender}")]
    yield from _more(found["mail_count"], pen)


def _recent(found: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    if not found["recent"]:
        yield from _last(found, pen)
        return
    yield from _head("Last messages, since somebody traces it", pen)
    for each in found["recent"][-SHOWN:]:
        ago = age(found["time"] - each["time"])
        failed = f": {each['error']}" if each["error"] else ""
        text = f"  {each['message']} {each['outcome']} in {each['took'] * 1e3:.3f} ms, {ago} ago"
        yield [pen.segment(text + failed, "red" if failed else "")]


def _last(found: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    messages = found.get("last_messages")  # a server of an older version does not tell them
    if not messages:
        return
    yield from _head("Last messages, the oldest first", pen)
    for each in messages:
        yield [pen.segment(f"  {each['message']}, {age(found['time'] - each['time'])} ago")]


def _children(found: Mapping[str, Any], pen: Pen) -> Iterator[Line]:
    if not found["children"]:
        return
    yield from _head(f"Children: {found['children_count']}", pen)
    for each in found["children"][:SHOWN]:
        what = each["class"] or each["kind"]
        yield [pen.segment(f"  {each['path']}  {what}, {each['state']}")]
    yield from _more(found["children_count"], pen)


def _more(count: int, pen: Pen) -> Iterator[Line]:
    if count > SHOWN:
        yield [pen.segment(f"  ... {count - SHOWN} more", "dim")]


def _text(head: str, text: str, pen: Pen) -> Iterator[Line]:
    if not text:
        return
    yield from _head(head, pen)
    whole = replace(pen, width=None)  # the end of such a line matters
    for line in text.rstrip().split("\n"):
        yield [whole.segment(f"  {line}")]


def _head(text: str, pen: Pen) -> Iterator[Line]:
    yield []
    yield [pen.segment(text, "bold")]
