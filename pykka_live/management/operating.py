"""What the commands have in common that look into server processes, or reach into them."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console, ConsoleOptions
from rich.segment import Segment

from pykka_live.observability.directory import ControlError, SocketDirectory, project_digest
from pykka_live.observability.outline import BRANCHES, Line, Pen
from pykka_live.observability.processes import (
    TIMEOUT,
    NoAnswer,
    NotInTime,
    ServerProcess,
    ask_all,
    server_processes,
)
from pykka_live.observability.wording import age, printable

__all__ = ["ActorCommand", "InterventionCommand", "OperatorCommand", "Terminal", "seconds"]

LISTED = 20

INTERRUPTED = 130
"""The exit code after ^C, as shells have it."""


class Terminal(Console):
    """A console that draws lines as they are: it takes no part of them for markup, and does not
    wrap them."""

    def draw(self, lines: Iterable[Line]) -> None:
        """Print lines."""
        self.print(_Drawn(lines), end="", soft_wrap=True)

    def on_broken_pipe(self) -> None:
        """Leave: nobody reads any more, as in `actor_tree | head`."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0)


class _Drawn:
    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = lines

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> Iterator[Segment]:
        for line in self._lines:
            yield from line
            yield Segment.line()


class OperatorCommand(BaseCommand):
    """A command that asks the server processes of this project, of this user, on this machine.

    Ends with code 1 when there is none, or none that answers.
    """

    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run it for a shell, which does without a traceback when its user presses ^C."""
        try:
            super().run_from_argv(argv)
        except KeyboardInterrupt:
            raise SystemExit(INTERRUPTED) from None

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options that all of them have."""
        parser.add_argument(
            "--timeout",
            type=seconds,
            default=TIMEOUT,
            metavar="SECONDS",
            help="How long to wait for an answer (default: %(default)g).",
        )
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--pid", type=int, help="Only of the server process with this id.")
        which.add_argument(
            "--worker",
            type=int,
            metavar="N",
            help="Only of the worker with this number, as metrics have it.",
        )

    def processes(self, options: dict[str, Any]) -> list[ServerProcess]:
        """Return the server processes, or the one that is meant. Raises CommandError."""
        pid, worker = options["pid"], options["worker"]
        try:
            found = server_processes()
        except ControlError as error:
            raise CommandError(str(error)) from error
        if not found:
            raise CommandError(_nobody())
        chosen = [process for process in found if pid in (None, process.pid)]
        if not chosen:
            known = ", ".join(str(process.pid) for process in found)
            raise CommandError(f"There is no server process {pid} of this project, but {known}.")
        return chosen if worker is None else [self._worker(chosen, worker, options["timeout"])]

    def _worker(self, processes: list[ServerProcess], number: int, timeout: float) -> ServerProcess:
        known, silent = [], []
        for process, answer in zip(processes, ask_all(processes, "who", timeout), strict=True):
            if isinstance(answer, NoAnswer):
                silent.append(str(answer))
            elif answer["worker"] == number:
                return process
            else:
                known.append(answer["worker"])
        self.tell_silent(silent)
        others = f", but {', '.join(map(str, sorted(known)))}" if known else ""
        raise CommandError(f"There is no worker {number} of this project{others}.")

    def ask_each(
        self, command: str, options: dict[str, Any], **arguments: Any
    ) -> tuple[list[tuple[ServerProcess, dict[str, Any]]], list[str]]:
        """Ask all processes that are meant.

        Returns:
            those that answer, with their answers; and what is to be said of the others
        """
        processes = self.processes(options)
        answers = ask_all(processes, command, options["timeout"], **arguments)
        pairs = list(zip(processes, answers, strict=True))
        answered = [(each, answer) for each, answer in pairs if not isinstance(answer, NoAnswer)]
        return answered, [str(answer) for _, answer in pairs if isinstance(answer, NoAnswer)]

    def tell_silent(self, silent: list[str]) -> None:
        """Say which processes did not answer."""
        for problem in silent:
            self.stderr.write(self.style.ERROR(f"No answer: {printable(problem)}"))

    def terminal(self, options: dict[str, Any]) -> Terminal:
        """Return what to draw with."""
        self.stdout.ending = ""  # lines end where they end
        forced = options.get("force_color", False)
        plain = options.get("no_color", False)
        return Terminal(
            file=self.stdout,  # type: ignore[arg-type]
            force_terminal=True if forced else None,
            color_system=None if plain else "standard" if forced else "auto",
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )

    def pen(self, terminal: Terminal, sort: str = "") -> Pen:
        """Return how to draw: as wide as the terminal is; without one, as wide as it needs."""
        width = terminal.width if self.stdout.isatty() else None
        return Pen(width, not self._can_print("".join((*BRANCHES, "…"))), sort)

    def _can_print(self, text: str) -> bool:
        try:
            text.encode(getattr(self.stdout, "encoding", None) or "utf-8")
        except (UnicodeEncodeError, LookupError):
            return False
        return True


class ActorCommand(OperatorCommand):
    """A command about one actor."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the path."""
        parser.add_argument(
            "path",
            help="The actor's path. It may be abbreviated: the beginning of each segment, and "
            "without a slash in front the last segments alone, as long as one actor is meant.",
        )
        super().add_arguments(parser)

    def locate(self, options: dict[str, Any]) -> tuple[ServerProcess, str]:
        """Find the one actor that is meant, in whichever process. Raises CommandError."""
        answered, silent = self.ask_each("find", options, path=options["path"])
        self.tell_silent(silent)
        found = [
            (process, {**each, "worker": answer["worker"]})
            for process, answer in answered
            for each in answer["found"]
        ]
        count = sum(answer["count"] for _, answer in answered)
        name = printable(options["path"])
        if not answered:
            raise CommandError("No server process answers.")
        if not found:
            raise CommandError(f"There is no actor {name}.")
        if count > 1:
            lines = [
                f"  {printable(each['path'])}  ({each['kind']}, {each['state']}, process "
                f"{process.pid}, worker {each['worker']})"
                for process, each in found[:LISTED]
            ]
            more = [f"  ... {count - LISTED} more"] if count > LISTED else []
            hint = "Say more of the path, or --worker." if len(answered) > 1 else "Say more of it."
            raise CommandError("\n".join([f"{name} may be any of", *lines, *more, hint]))
        process, each = found[0]
        return process, each["path"]

    def ask(self, process: ServerProcess, command: str, timeout: float, **arguments: Any) -> Any:
        """Ask one process. Raises CommandError."""
        try:
            return process.ask(command, timeout, **arguments)
        except NoAnswer as error:
            raise CommandError(printable(str(error))) from error


class InterventionCommand(ActorCommand):
    """A command that does something to an actor, after it has asked."""

    intervention: str
    consequence: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument(
            *("--yes", "--noinput", "--no-input"),
            action="store_true",
            help="Do not ask.",
        )
        parser.add_argument("--reason", default="", help="Why, for the log of the server.")
        parser.add_argument(
            "--within",
            type=patience,
            metavar="SECONDS",
            help="Give it up as if it were stuck, if it has not ended in so many seconds; 0: at "
            "once. By default it has the time that it has in a shutdown, which for a view is "
            "STUCK_TIMEOUT.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the actor, ask, and do it."""
        process, path = self.locate(options)
        if not options["yes"]:
            self._confirm(process, path, options)
        asked = {"path": path, "reason": options["reason"], "within": options["within"]}
        patience = options["timeout"] + (options["within"] or 0.0)
        try:
            answer = process.ask(self.intervention, patience, **asked)
        except NotInTime as error:
            raise CommandError(
                f"{printable(path)} was told to {self.intervention}, but is not done after "
                f"{patience:g} s: it does so after its current message. With --within SECONDS it "
                "is given up then."
            ) from error
        except NoAnswer as error:
            raise CommandError(printable(str(error))) from error
        self.stdout.write(self.told(answer))

    def told(self, answer: dict[str, Any]) -> str:
        """Return what to say when it is done."""
        raise NotImplementedError

    def _confirm(self, process: ServerProcess, path: str, options: dict[str, Any]) -> None:
        if not sys.stdin.isatty():
            raise CommandError("Nobody can be asked: there is no terminal. Use --yes.")
        found = self.ask(process, "inspect", options["timeout"], path=path)
        what = found["class"] or found["kind"]
        busy = f" for {age(found['busy'])}" if found["state"] == "busy" else ""
        self.stdout.write(
            printable(
                f"{path} in process {process.pid}: {what}, {found['state']}{busy}, "
                f"{found['mail_count']} messages wait, {found['children_count']} children."
            )
        )
        self.stdout.write(self.consequence)
        try:
            answer = input(f"{self.intervention.capitalize()} it? [y/N] ")
        except EOFError:  # ^D
            answer = ""
        if answer.strip().lower() not in ("y", "yes"):
            raise CommandError("Nothing was done.")


def seconds(text: str) -> float:
    """Read a time that is longer than nothing."""
    value = float(text)
    if not 0 < value < 1e6:
        raise ValueError
    return value


def patience(text: str) -> float:
    """Read a time that may be nothing."""
    value = float(text)
    if not 0 <= value < 1e6:
        raise ArgumentTypeError(f"{text!r} are no seconds >= 0")
    return value


def _nobody() -> str:
    from django.conf import settings

    places = " or ".join(str(directory.path) for directory in SocketDirectory.candidates())
    return (
        f"No server process of this project is found (user id {os.geteuid()}, settings "
        f"{settings.SETTINGS_MODULE}, project {project_digest()}). There is no socket in {places}. "
        "A server is seen from its first actor on, by the same user with the same settings and "
        "the same temporary directory."
    )
