"""`manage.py actor_tree`: the living actors of all server processes of this project."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError

from pykka_live.management.operating import OperatorCommand, seconds
from pykka_live.observability.columns import SORTS
from pykka_live.observability.outline import Line, Pen, draw
from pykka_live.observability.terms import FORMAT, SELECTED
from pykka_live.observability.wording import age, printable

WRONG = 2
"""The exit code of `--check` where something is wrong."""

SELECTION = ("path", "state", "min_depth", "sort")
"""The options that say what of the tree is shown."""


class Command(OperatorCommand):
    """Prints the tree of each server process of this project, of this user, on this machine.

    Exit codes: 0; 1 when there is no server process, or none that answers (with `--check`: one that
    does not); 2 when `--check` finds something wrong.
    """

    help = (
        "Print the living actors of all server processes of this project on this machine: path, "
        "class, state, mailbox, messages handled, restarts, age, idle time, current message and "
        "last error. It asks no actor and no event loop, so it answers when they do not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Print JSON instead of a drawing.")
        parser.add_argument(
            "--path",
            default="",
            metavar="PREFIX",
            help="Only actors whose path begins so, or matches a pattern such as '*/views/*', with "
            "those above them.",
        )
        parser.add_argument(
            "--state",
            nargs="+",
            choices=SELECTED,
            default=[],
            help="Only actors in these states; stuck: a thread of it was given up, and hangs.",
        )
        parser.add_argument(
            "--min-depth",
            type=depth,
            default=0,
            metavar="N",
            help="Only actors with at least so many messages in the mailbox.",
        )
        parser.add_argument(
            "--sort", choices=sorted(SORTS), help="A list sorted by this, instead of a tree."
        )
        parser.add_argument(
            "--watch",
            nargs="?",
            type=seconds,
            const=2.0,
            metavar="SECONDS",
            help="Show it live, as top does (default: every %(const)g seconds); keys sort, q ends "
            "it. Without a terminal it is printed again and again.",
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--dead-letters", action="store_true", help="List the last dead letters instead."
        )
        what.add_argument(
            "--check",
            action="store_true",
            help="Say what is wrong (an event loop that hangs, a process that stops, actors that "
            "fail or are busy for long, full mailboxes, abandoned threads), with exit code 2 if "
            "something is, for a health check.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask the processes, and print what they answer."""
        if options["watch"] is not None and (options["dead_letters"] or options["check"]):
            raise CommandError("--watch shows the tree; it goes with neither of the others.")
        if options["dead_letters"] or options["check"]:
            self._refuse_selection(options)
        if options["dead_letters"]:
            self._dead_letters(options)
        elif options["check"]:
            self._check(options)
        elif options["watch"] is None:
            with _without_collections():
                self._print(*self._trees(options), options)
        elif self.stdout.isatty() and sys.stdin.isatty():
            self._monitor(options)
        else:
            self._again_and_again(options)

    def _refuse_selection(self, options: dict[str, Any]) -> None:
        """Say which options choose actors of the tree, where there is none."""
        chosen = [name for name in SELECTION if options[name]]
        if chosen:
            what = "--check" if options["check"] else "--dead-letters"
            names = ", ".join(f"--{name.replace('_', '-')}" for name in chosen)
            raise CommandError(
                f"{what} tells of all actors; it does not go with {names}. --pid and --worker do."
            )

    # The tree

    def _trees(self, options: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
        selection = {name: options[name] for name in ("path", "min_depth")}
        answered, silent = self.ask_each("tree", options, **selection, states=options["state"])
        trees = []
        for process, answer in answered:
            if answer.get("format") == FORMAT:
                trees.append(answer)
            else:
                silent.append(f"process {process.pid} runs another version of pykka_live")
        if not trees:
            self.tell_silent(silent)
            count = len(silent)
            raise CommandError(f"None of {count} server processes answers.")
        return trees, silent

    def _print(
        self, trees: list[dict[str, Any]], silent: list[str], options: dict[str, Any]
    ) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({"processes": trees, "silent": silent}))
            self.stdout.flush()
            return
        terminal = self.terminal(options)
        self.tell_silent(silent)
        if options["watch"] is None and options["path"] and not any(t["actors"] for t in trees):
            path = printable(options["path"])
            raise CommandError(f"No actor is at {path}, or in such a state.")
        terminal.draw(_drawn(trees, self.pen(terminal, options["sort"] or "")))

    def _again_and_again(self, options: dict[str, Any]) -> None:
        never = threading.Event()
        try:
            while True:
                self._print(*self._trees(options), options)
                if not options["json"]:
                    self.stdout.write("\n")
                    self.stdout.flush()
                never.wait(options["watch"])
        except KeyboardInterrupt:
            return

    def _monitor(self, options: dict[str, Any]) -> None:
        from pykka_live.observability.monitor import Monitor

        terminal = self.terminal(options)

        def fetch() -> Any:
            return self._trees(options)

        def drawn(fetched: Any, sort: str) -> list[Line]:
            trees, silent = fetched
            pen = self.pen(terminal, sort)
            lines = _drawn(trees, pen)
            return [*lines, *([pen.segment(f"No answer: {each}", "red")] for each in silent)]

        try:
            Monitor(terminal, fetch, drawn, options["watch"], options["sort"] or "").run()
        except KeyboardInterrupt:
            return

    # Others

    def _dead_letters(self, options: dict[str, Any]) -> None:
        answered, silent = self.ask_each("dead_letters", options)
        self.tell_silent(silent)
        if not answered:
            raise CommandError("No server process answers.")
        if options["json"]:
            processes = [{"pid": process.pid, **answer} for process, answer in answered]
            self.stdout.write(json.dumps({"processes": processes, "silent": silent}))
            return
        terminal = self.terminal(options)
        pen = self.pen(terminal)
        for process, answer in answered:
            terminal.draw(_letters(process.pid, answer, pen))

    def _check(self, options: dict[str, Any]) -> None:
        answered, silent = self.ask_each("troubles", options)
        self.tell_silent(silent)
        if options["json"]:
            found = {"processes": [answer for _, answer in answered], "silent": silent}
            self.stdout.write(json.dumps(found))
        else:
            for process, answer in answered:
                for each in answer["troubles"]:
                    actor = f"{each['path']} in " if each["path"] else ""
                    where = f"{actor}process {process.pid} (worker {answer['worker']})"
                    text = f"{each['kind']}: {where}: {each['text']}"
                    self.stdout.write(printable(text))
        count = sum(answer["count"] for _, answer in answered)
        if count:
            raise CommandError(f"{count} troubles were found.", returncode=WRONG)
        if silent:
            raise CommandError(f"{len(silent)} server processes do not answer.")
        if not options["json"]:
            actors = sum(answer["actors"] for _, answer in answered)
            self.stdout.write(f"All is well: {len(answered)} processes, {actors} actors.")


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Look for no garbage meanwhile: there is none among the thousands of dicts of a large tree,
    and to find that out again and again takes a third of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _drawn(trees: list[dict[str, Any]], pen: Pen) -> list[Line]:
    lines: list[Line] = []
    for tree in trees:
        if lines:
            lines.append([])
        lines += draw(tree, pen)
    return lines


def _letters(pid: int, answer: dict[str, Any], pen: Pen) -> list[Line]:
    now = time.time()
    kept, count = len(answer["letters"]), sum(answer["counts"].values())
    who = f"Server process {pid}, worker {answer['worker']}"
    lines = [[pen.segment(f"{who}: {count} dead letters, {kept} kept", "bold")]]
    for letter in answer["letters"]:
        sender = f" from {letter['sender']}" if letter["sender"] else ""
        ago = age(now - letter["time"])
        text = f"{ago:>6} ago  {letter['path']}  {letter['message']}{sender}: {letter['reason']}"
        lines.append([pen.segment(text)])
    return lines


def depth(text: str) -> int:
    """Read a number of messages."""
    value = int(text)
    if value < 0:
        raise ValueError
    return value
