"""Where a process listens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pykka_live.observability import listening
from pykka_live.observability.listening import Addresses, listening_addresses


def test_sockets_that_listen_are_found_and_left_alone(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with (
        socket.create_server(("127.0.0.1", 0)) as four,
        socket.create_server(("::1", 0), family=socket.AF_INET6) as six,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket() as bound,
        socket.create_connection(four.getsockname()[:2]) as connected,
    ):
        local.bind(path)
        local.listen()
        bound.bind(("127.0.0.1", 0))
        found = listening_addresses()
        assert {str(four.getsockname()), str(six.getsockname()[:2]), path} <= found
        assert str(bound.getsockname()) not in found
        assert str(connected.getsockname()) not in found
        four.accept()[0].close()  # it is still open
    assert not {str(name) for name in (path,)} & listening_addresses()


def test_what_was_found_is_remembered_and_what_is_missed_is_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, there, looks = 1000.0, {"a"}, []

    def look() -> frozenset[str]:
        looks.append(now)
        return frozenset(there)

    monkeypatch.setattr(listening, "listening_addresses", look)
    monkeypatch.setattr(listening.time, "monotonic", lambda: now)
    addresses = Addresses()
    assert addresses.share({"a", "x"})
    assert not addresses.share({"b"})
    there.add("b")
    assert not addresses.share({"b"})
    assert len(looks) == 1
    now += listening.AGAIN + 0.1
    assert addresses.share({"b"})
    now += listening.AGAIN + 0.1
    assert addresses.share({"a"})
    assert addresses.current() == {"a", "b"}
    assert len(looks) == 2
    now += listening.LASTS
    there.clear()
    assert addresses.current() == frozenset()


@pytest.mark.parametrize(("name", "value"), [("DESCRIPTORS", "/nowhere"), ("LISTENS", None)])
def test_where_nobody_tells(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    monkeypatch.setattr(listening, name, value)
    with socket.create_server(("127.0.0.1", 0)):
        assert listening_addresses() == frozenset()
