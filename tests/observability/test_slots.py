"""Numbers for processes."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pykka_live.observability import slots
from pykka_live.observability.slots import Slot


@pytest.fixture
def several() -> Iterator[list[Slot]]:
    several = [Slot() for _ in range(4)]
    yield several
    for slot in several:
        slot.release()


def test_the_lowest_free_number(several: list[Slot], tmp_path: Path) -> None:
    assert [slot.number for slot in several] == [0, 0, 0, 0]
    assert [slot.take(tmp_path) for slot in several] == [0, 1, 2, 3]
    assert [slot.take(tmp_path) for slot in several] == [0, 1, 2, 3]
    several[1].release()
    several[1].release()
    several[2].release()
    assert several[2].take(tmp_path) == 1
    assert several[1].take(tmp_path) == 2
    assert [slot.number for slot in several] == [0, 2, 1, 3]


def test_others_may_not_read_the_locks(several: list[Slot], tmp_path: Path) -> None:
    several[0].take(tmp_path)
    [path] = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_process_that_is_killed_holds_no_number(several: list[Slot], tmp_path: Path) -> None:
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(into, b"%d" % several[0].take(tmp_path))
        signal.pause()
    assert os.read(out, 10) == b"0"
    assert several[1].take(tmp_path) == 1
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert several[2].take(tmp_path) == 0
    os.close(out)
    os.close(into)


def test_the_child_of_a_fork_takes_its_own(several: list[Slot], tmp_path: Path) -> None:
    slot = several[0]
    slot.take(tmp_path)
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            slot._after_fork()
            os.write(into, b"%d %d" % (slot.number, slot.take(tmp_path)))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(out, 10) == b"0 1"
    assert several[1].take(tmp_path) == 1  # the child took it along, and ours is still held
    os.close(out)
    os.close(into)


def test_where_nothing_can_be_locked(
    several: list[Slot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError):
        several[0].take(tmp_path / "nowhere")
    assert several[0].take(tmp_path) == 0
    monkeypatch.setattr(slots, "fcntl", None)
    assert several[1].take(tmp_path) == several[2].take(tmp_path) == 0
