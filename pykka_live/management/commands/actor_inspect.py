"""`manage.py actor_inspect`: one actor in depth."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from pykka_live.management.operating import ActorCommand
from pykka_live.observability.report import report


class Command(ActorCommand):
    """Prints what there is to know of one actor, without asking it."""

    help = (
        "Print one actor in depth: its state at the last checkpoint (without secrets), what it is "
        "at and where, the mail that waits, its children, supervision and last error. It is not "
        "asked, so it may be busy or stuck."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find it, and print what its process tells of it."""
        process, path = self.locate(options)
        found = self.ask(process, "inspect", options["timeout"], path=path)
        if options["json"]:
            self.stdout.write(json.dumps({"pid": process.pid, **found}))
        else:
            terminal = self.terminal(options)
            terminal.draw(report(found, process.pid, self.pen(terminal)))
