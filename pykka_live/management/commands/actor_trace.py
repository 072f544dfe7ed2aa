"""`manage.py actor_trace`: the messages of one actor, as they are handled."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError
from rich.segment import Segment
from rich.style import Style

from pykka_live.management.operating import ActorCommand
from pykka_live.observability.outline import Line, Pen
from pykka_live.observability.processes import NoAnswer
from pykka_live.observability.wording import printable


class Command(ActorCommand):
    """Follows an actor until it ends, or until it is interrupted."""

    help = (
        "Follow the messages of one actor until it ends or ^C: when each was begun, its name, how "
        "it ended, how long it waited and took. What messages hold is not shown."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print a JSON object per line.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what comes."""
        process, path = self.locate(options)
        terminal = self.terminal(options)
        pen = self.pen(terminal)
        try:
            for told in process.follow("trace", options["timeout"], path=path):
                if options["json"]:
                    self.stdout.write(json.dumps(told) + "\n")
                    self.stdout.flush()
                else:
                    terminal.draw(_lines(told, pen))
        except NoAnswer as error:
            raise CommandError(printable(str(error))) from error
        except KeyboardInterrupt:
            return


def _lines(told: dict[str, Any], pen: Pen) -> Iterator[Line]:
    if "path" in told:
        yield [pen.segment(f"{told['path']}: ^C ends it", "bold")]
    for entry in told.get("entries", ()):
        yield _line(entry, pen)
    if told.get("lost"):
        yield [pen.segment(f"{told['lost']} lines were lost: it is too fast", "yellow")]
    if "ended" in told:
        yield [pen.segment(f"It has ended ({told['ended']}).", "bold")]


def _line(entry: dict[str, Any], pen: Pen) -> Line:
    moment = time.strftime("%H:%M:%S", time.localtime(entry["time"]))
    begun = entry["outcome"] == "begun"
    times = f"waited {milliseconds(entry['waited'])}"
    if not begun:
        times += f", took {milliseconds(entry['took'])}"
    head = f"{moment}.{int(entry['time'] % 1 * 1000):03}  #{entry['incarnation']}"
    text = f"{head}  {entry['outcome']:<7}  {entry['message']}  ({times})"
    style = {"failed": "red", "begun": "dim"}.get(entry["outcome"], "")
    text += f"  {entry['error']}" if entry["error"] else ""
    return [Segment(pen.fit(pen.clean(text), pen.width), Style.parse(style) if style else None)]


def milliseconds(seconds: float) -> str:
    """Return a short time."""
    return f"{seconds * 1e3:.3f} ms"
