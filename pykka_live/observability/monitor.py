"""Shows something that changes on a whole terminal, as `top` does."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from rich.console import Console, ConsoleOptions
from rich.live import Live
from rich.segment import Segment
from rich.style import Style

from pykka_live.observability.outline import Line

__all__ = ["Monitor"]

KEYS = {
    "t": "",
    "p": "path",
    "s": "state",
    "m": "mailbox",
    "h": "handled",
    "r": "restarts",
    "a": "age",
    "i": "idle",
    "e": "error",
}
"""What each key sorts by; nothing: it is drawn as a tree."""

HELP = "q)uit t)ree p)ath s)tate m)ailbox h)andled r)estarts a)ge i)dle e)rror"

STEPS = {"\x1b[A": -1, "k": -1, "\x1b[B": 1, "j": 1}
PAGES = {"\x1b[5~": -1, "b": -1, "\x1b[6~": 1, " ": 1}
ENDS = {"\x1b[H": 0.0, "g": 0.0, "\x1b[F": 1.0, "G": 1.0}
QUIT = ("q", "Q", "\x03", "\x04")


class Monitor:
    """Draws on the whole terminal until somebody presses `q`.

    What is to be shown is fetched in a thread of its own, so that keys are heard meanwhile.

    Args:
        console: the terminal
        fetch: gets what is to be shown
        draw: makes lines of it, sorted by a word of `KEYS`
        seconds: how often it is fetched
        sort: what it is sorted by at first
    """

    def __init__(
        self,
        console: Console,
        fetch: Callable[[], object],
        draw: Callable[[object, str], list[Line]],
        seconds: float,
        sort: str = "",
    ) -> None:
        self._console = console
        self._fetch = fetch
        self._draw = draw
        self._seconds = seconds
        self._sort = sort
        self._fetched: object = None
        self._lines: list[Line] = []
        self._top = 0

    def run(self) -> None:
        """Show it. Raises what `fetch` raises."""
        with (
            _keyboard() as keys,
            ThreadPoolExecutor(1) as pool,
            Live(console=self._console, screen=True, auto_refresh=False) as live,
        ):
            pending: Future[object] | None = None
            due = 0.0
            while True:
                now = time.monotonic()
                if pending is None and now >= due:
                    pending = pool.submit(self._fetch)
                    pending.add_done_callback(lambda _done: keys.notice())
                    due = now + self._seconds
                key = keys.read(None if pending is not None else due - now)
                if key in QUIT:
                    return
                if pending is not None and pending.done():
                    self._fetched, pending = pending.result(), None
                    self._redraw()
                elif key:
                    self._press(key)
                if self._fetched is not None:
                    live.update(self, refresh=True)

    def _redraw(self) -> None:
        if self._fetched is not None:
            self._lines = self._draw(self._fetched, self._sort)

    def _press(self, key: str) -> None:
        page = max(1, self._console.height - 2)
        if key in KEYS:
            self._sort, self._top = KEYS[key], 0
            self._redraw()
        self._top += STEPS.get(key, 0) + PAGES.get(key, 0) * page
        if key in ENDS:
            self._top = int(ENDS[key] * len(self._lines))

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        height = max(2, options.height or self._console.height)
        room = height - 1
        self._top = max(0, min(self._top, len(self._lines) - room))
        shown = self._lines[self._top : self._top + room]
        for line in shown + [[] for _ in range(room - len(shown))]:
            yield from line
            yield Segment.line()
        below = len(self._lines) - self._top - len(shown)
        more = f"  +{below}" if below else ""  # lines that arrows and pages lead to
        yield Segment((HELP + more)[: options.max_width], Style.parse("reverse"))


class _Keyboard:
    """Reads keys one by one, and can be told to look up.

    Args:
        source: a file descriptor of a terminal
    """

    def __init__(self, source: int) -> None:
        self._source = source
        self._reader, self._writer = os.pipe()

    def notice(self) -> None:
        """Have `read` return. Called from any thread."""
        os.write(self._writer, b"!")

    def read(self, timeout: float | None) -> str:
        """Wait for a key; return it, or nothing when time is up or there is something to notice."""
        wait = None if timeout is None else max(0.0, timeout)
        ready, _, _ = select.select([self._source, self._reader], [], [], wait)
        if self._reader in ready:
            os.read(self._reader, 100)
        if self._source not in ready:
            return ""
        key = os.read(self._source, 16)
        return key.decode("ascii", "replace") if key else "q"  # the terminal has gone

    def close(self) -> None:
        """Let go of the pipe."""
        os.close(self._reader)
        os.close(self._writer)


@contextlib.contextmanager
def _keyboard() -> Iterator[_Keyboard]:
    """Have the terminal hand over each key at once, and show none."""
    import termios
    import tty

    source = sys.stdin.fileno()
    before = termios.tcgetattr(source)
    keyboard = _Keyboard(source)
    try:
        tty.setcbreak(source)
        yield keyboard
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
        keyboard.close()
