"""A request over the control socket, and who sends it. What it holds is checked, not trusted."""

from __future__ import annotations

import math
import os
import socket
import struct
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Peer", "Refused", "Request", "peer_of"]

UNSET = 2**32 - 1  # a login user id, where nobody has logged in


class Refused(Exception):
    """The request cannot be answered. The message goes to the client, and to no log."""


class Peer(NamedTuple):
    """The process at the other end, as the operating system knows it.

    Attributes:
        pid: its id
        user: the name of the user that it runs as, with the user id; and of the one who logged in,
            where that is another one, as with `sudo`
    """

    pid: int
    user: str

    def __str__(self) -> str:
        return f"{self.user} (process {self.pid})"


def peer_of(connection: socket.socket) -> Peer | None:
    """Return who is at the other end of a Unix socket; None where the system does not tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    pid, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, option, 12))
    login = _login(pid)
    via = "" if login in (None, uid) else f", logged in as {_name(login)}"
    return Peer(pid, f"{_name(uid)}{via}")


def _login(pid: int) -> int | None:
    """Return the id of the user who logged in, whoever the process runs as now."""
    try:
        login = int(Path(f"/proc/{pid}/loginuid").read_text())
    except (OSError, ValueError):
        return None
    return None if login == UNSET else login


def _name(uid: int | None) -> str:
    import pwd

    try:
        return f"{pwd.getpwuid(uid or 0).pw_name} (uid {uid})"
    except KeyError:
        return f"uid {uid}"


class Request(dict[str, Any]):
    """What a client has sent, with the means to check it.

    Attributes:
        peer: who has sent it
    """

    peer: Peer | None = None

    @property
    def sender(self) -> str:
        """Who has sent it, for a log."""
        return f"user id {os.geteuid()}" if self.peer is None else str(self.peer)

    def text(self, name: str, default: str | None = None, limit: int = 500) -> str:
        """Return a text of at most so many characters. Raises Refused."""
        value = self.get(name, default)
        if not isinstance(value, str) or len(value) > limit:
            raise Refused(f"{name} must be a text of at most {limit} characters")
        return value

    def texts(self, name: str, allowed: tuple[str, ...]) -> list[str]:
        """Return a list of texts out of those that are allowed; empty, if not sent. Raises
        Refused."""
        value = self.get(name) or []
        if not isinstance(value, list) or not all(each in allowed for each in value):
            raise Refused(f"{name} must be a list out of: {', '.join(allowed)}")
        return value

    def count(self, name: str) -> int:
        """Return a number >= 0; 0, if not sent. Raises Refused."""
        value = self.get(name, 0)
        if type(value) is not int or not 0 <= value <= 10**9:
            raise Refused(f"{name} must be an integer >= 0")
        return value

    def seconds(self, name: str) -> float | None:
        """Return seconds >= 0; None, if not sent. Raises Refused."""
        value = self.get(name)
        if value is None:
            return None
        if type(value) not in (int, float) or not (math.isfinite(value) and 0 <= value <= 10**6):
            raise Refused(f"{name} must be seconds >= 0")
        return float(value)
