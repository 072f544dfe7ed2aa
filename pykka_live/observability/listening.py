"""Where this process listens. Who listens at the same address is a worker of the same server."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Set

__all__ = ["Addresses", "listening_addresses"]

DESCRIPTORS = "/dev/fd"
LISTENS = getattr(socket, "SO_ACCEPTCONN", None)

LASTS = 60.0
"""Seconds for which an address is taken to be listened at. A server rarely lets go of one."""

AGAIN = 1.0
"""Seconds after which it is looked again for an address that was not there."""


def listening_addresses() -> frozenset[str]:
    """Return the addresses at which sockets of this process listen, whoever has opened them; none
    where the operating system does not tell."""
    if LISTENS is None:
        return frozenset()
    try:
        descriptors = [int(name) for name in os.listdir(DESCRIPTORS)]
    except OSError:
        return frozenset()
    found = (_listening_address(descriptor, LISTENS) for descriptor in descriptors)
    return frozenset(address for address in found if address is not None)


def _listening_address(descriptor: int, listens: int) -> str | None:
    """Return the address of a descriptor, if it is a socket that listens."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        found = socket.socket(fileno=descriptor)
    except OSError:  # it is closed by now
        return None
    try:
        if not found.getsockopt(socket.SOL_SOCKET, listens):
            return None
        name = found.getsockname()
        return str(name[:2] if isinstance(name, tuple) else name)
    except OSError:
        return None
    finally:
        found.detach()  # it is another's, and stays open


class Addresses:
    """The addresses of this process. They are looked for now and then: with thousands of open
    sockets that takes a while."""

    _seen: tuple[float, frozenset[str]]

    def __init__(self) -> None:
        self._reset()

    def current(self, age: float = LASTS) -> frozenset[str]:
        """Return them as they were `age` seconds ago, or later."""
        seen, addresses = self._seen
        now = time.monotonic()
        if now - seen > age:
            addresses = listening_addresses()
            self._seen = now, addresses
        return addresses

    def share(self, others: Set[str]) -> bool:
        """Tell whether this process listens at one of these addresses. One that has just begun to
        is found."""
        return not (others.isdisjoint(self.current()) and others.isdisjoint(self.current(AGAIN)))

    def _reset(self) -> None:
        """Know nothing, as the child of a fork does."""
        self._seen = float("-inf"), frozenset()
