"""`manage.py actor_tree`: the living actors of all server processes of this project."""

from __future__ import annotations

import json
import os
import shutil
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pykka_live.observability.directory import ControlError, SocketDirectory, project_digest
from pykka_live.observability.outline import BRANCHES, Pen, draw
from pykka_live.observability.processes import TIMEOUT, NoAnswer, ask_all, server_processes
from pykka_live.observability.tree import FORMAT


class Command(BaseCommand):
    """Prints the tree of each server process of this project, of this user, on this machine.

    Ends with code 1 when there is none, or none that answers.
    """

    help = (
        "Print the living actors of all server processes of this project on this machine: path, "
        "kind, class, state, mailbox, messages handled, restarts, age and last error."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a drawing.")
        parser.add_argument(
            "--timeout",
            type=seconds,
            default=TIMEOUT,
            metavar="SECONDS",
            help="How long to wait for an answer (default: %(default)g).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask the processes, and print what they answer."""
        try:
            processes = server_processes()
        except ControlError as error:
            raise CommandError(str(error)) from error
        if not processes:
            raise CommandError(_nobody())
        trees: list[dict[str, Any]] = []
        silent: list[str] = []
        answers = ask_all(processes, "tree", options["timeout"])
        for process, answer in zip(processes, answers, strict=True):
            if isinstance(answer, NoAnswer):
                silent.append(str(answer))
            elif answer.get("format") != FORMAT:
                silent.append(f"process {process.pid} runs another version of pykka_live")
            else:
                trees.append(answer)
        if options["json"]:
            self._print([json.dumps({"processes": trees, "silent": silent})])
        else:
            pen = self._pen()
            for i, tree in enumerate(trees):
                self._print([*([""] if i else []), *draw(tree, pen)])
            for problem in silent:
                self.stderr.write(self.style.ERROR(f"No answer: {problem}"))
        if not trees:
            raise CommandError(f"None of {len(processes)} server processes answers.")

    def _pen(self) -> Pen:
        width = shutil.get_terminal_size().columns if self.stdout.isatty() else None
        return Pen(self.style, width, not self._can_print("".join(BRANCHES)))

    def _print(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        if not self._can_print(text):
            text = text.encode("ascii", "backslashreplace").decode()
        try:
            self.stdout.write(text)
            self.stdout.flush()
        except BrokenPipeError:  # as in `actor_tree | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0) from None

    def _can_print(self, text: str) -> bool:
        try:
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return False
        return True


def seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e6:
        raise ValueError
    return seconds


def _nobody() -> str:
    from django.conf import settings

    places = " or ".join(str(directory.path) for directory in SocketDirectory.candidates())
    return (
        f"No server process of this project is found (user id {os.geteuid()}, settings "
        f"{settings.SETTINGS_MODULE}, project {project_digest()}). There is no socket in {places}. "
        "A server is seen from its first actor on, by the same user with the same settings and "
        "the same temporary directory."
    )
