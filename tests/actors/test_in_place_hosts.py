"""Systems in place and those who drive them: when a host is called, and what it is told."""

from __future__ import annotations

from pykka_live.actors import Cell, ChildSpec
from tests.actors.actors import Clock, Port, Worker


def worker(system, id: str) -> Cell:
    return system.start_child(ChildSpec(id, Worker))


class Host:
    """Notes when it is to come."""

    def __init__(self) -> None:
        self.calls: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.calls.append(seconds)


def test_the_host_is_called_once_for_each_need(place):
    host = Host()
    system = place(on_ready=host)
    cell = worker(system, "a")
    host.calls.clear()
    cell.tell("one")
    cell.tell("two")
    assert host.calls == [0.0]
    system.drive()
    cell.tell("three")
    assert host.calls == [0.0, 0.0]


def test_the_host_is_called_for_an_alarm_and_again_for_an_earlier_one(place):
    host, clock = Host(), Clock()
    system = place(clock, on_ready=host)
    cell = worker(system, "a")
    cell.ask(lambda actor: actor.send_after(5.0, "late"))
    assert host.calls[-1] == 5.0
    host.calls.clear()
    cell.ask("nothing new")
    assert [seconds for seconds in host.calls if seconds] == []
    cell.ask(lambda actor: actor.send_after(2.0, "early"))
    assert host.calls[-1] == 2.0
    clock.now += 2.0
    system.drive()
    assert cell.data["got"] == ["nothing new", "early"]
    clock.now += 3.0
    system.drive()
    assert cell.data["got"] == ["nothing new", "early", "late"]
    clock.real = True


def test_drive_tells_when_there_will_be_something_to_do(place):
    clock = Clock()
    system = place(clock)
    cell = worker(system, "a")
    assert system.drive() is None
    cell.ask(lambda actor: actor.send_after(5.0, "late"))
    clock.now += 1.0
    assert system.drive() == 4.0
    clock.real = True


def test_what_is_left_when_a_driver_leaves_is_told_to_the_host(place):
    host = Host()
    system = place(on_ready=host)
    a, b = worker(system, "a"), worker(system, "b")
    system.drive()
    host.calls.clear()
    port = Port()
    a.ask(lambda _: b.offer("mail", port))
    assert (port.answers, host.calls) == ([], [0.0, 0.0]), "one for `a`, one for `b`"
    system.drive()
    assert port.answers == ["mail"]
