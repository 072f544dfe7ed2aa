"""`actor_tree --watch` on a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from pykka_live.actors import ActorSystem
from tests.observability.clerk import Office, start_clerk

ROWS, COLUMNS = 20, 80
PATIENCE = 60.0


class Screen:
    """A terminal of a certain size, with the command in it.

    What it prints is kept, without the colours.
    """

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", ROWS, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(slave)
        self._slave = slave
        self.process = subprocess.Popen(
            [sys.executable, "-m", "django", "actor_tree", "--watch", "1000"],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "TERM": "xterm-256color",
                "PYTHONIOENCODING": "utf-8",
            },
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        self.raw = b""

    def shows(self, pattern: str) -> str:
        """Wait until what has been printed since the last time matches."""
        deadline = time.monotonic() + PATIENCE
        while True:
            text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", self.raw.decode("utf-8", "replace"))
            if re.search(pattern, text, re.DOTALL):
                self.raw = b""
                return text
            assert time.monotonic() < deadline, text
            ready, _, _ = select.select([self.master], [], [], PATIENCE)
            assert ready, text
            self.raw += os.read(self.master, 1 << 16)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self.master, keys.encode())

    def modes(self) -> list[object]:
        """Return how the terminal is set."""
        return termios.tcgetattr(self._slave)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self._slave)


@pytest.fixture
def screen(system: ActorSystem, office: Office, observer: object) -> Iterator[Screen]:
    """The command, on a server with more actors than there are lines."""
    for i in range(30):
        start_clerk(system, f"view{i:02}")
    start_clerk(system, "zealous").ask("hello", 10)
    screen = Screen()
    yield screen
    screen.close()


def test_keys_sort_scroll_and_quit(screen: Screen) -> None:
    shown = screen.shows(r"ACTOR.*view00.*e\)rror  \+\d")
    assert "zealous" not in shown
    assert max(len(line) for line in shown.replace("\r", "").split("\n")) <= COLUMNS
    assert screen.modes() != screen.before
    screen.press("h")
    assert screen.shows(r"ACTOR.*e\)rror  \+\d").index("/zealous") > 0
    screen.press("t")
    screen.shows(r"view00.*e\)rror  \+\d")
    screen.press("G")
    assert "e)rror  +" not in screen.shows(r"zealous.*Dead letters: none.*e\)rror")
    screen.press("g")
    screen.shows(r"Server process.*e\)rror  \+\d")
    screen.press("\x1b[B")
    assert "Server process" not in screen.shows(r"ACTOR.*e\)rror  \+\d")
    screen.press("q")
    while screen.process.poll() is None:
        ready, _, _ = select.select([screen.master], [], [], 0.05)
        if ready:
            screen.raw += os.read(screen.master, 1 << 16)
    assert screen.process.returncode == 0
    assert screen.modes() == screen.before
