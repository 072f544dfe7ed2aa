"""How texts of unknown origin, and times, are written for people."""

from __future__ import annotations

import unicodedata

__all__ = ["age", "printable"]


def printable(text: str) -> str:
    """Return the text in one line, without anything that a terminal would take as a command, that
    turns the direction of writing, or that hangs on to its neighbours without end."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char in "\n\t":
        return " "
    if char.isprintable() and not unicodedata.combining(char):
        return char
    return ascii(char)[1:-1]


def age(seconds: float) -> str:
    """Return a time in the two units that matter, such as `2h05m`."""
    seconds = max(0.0, seconds)
    if seconds < 9.95:
        return f"{seconds:.1f}s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h"
