"""The root: it starts, or says why not; it neither fails nor holds the shutdown up."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from pykka_live.actors import (
    ActorStopped,
    ActorTimeout,
    ChildSpec,
    Ping,
    Root,
    StartFailed,
)
from tests.actors.actors import (
    TIMEOUT,
    Crash,
    Events,
    Gate,
    Worker,
    crash,
    ended,
    no_thread_left,
    number,
    until,
    worker,
)
from tests.actors.otp.family import BadStart, Fragile, Slow, bad_init


class Calling(Root):
    """Calls its messages."""

    def on_receive(self, message: Any) -> Any:
        return message(self)


def bad_hook() -> Root:
    """A root whose own `on_start` raises."""

    class Bad(Root):
        def on_start(self) -> None:
            raise Crash("on_start")

    return Bad()


@pytest.mark.parametrize(
    ("root", "cause", "match"),
    [
        (lambda: Root([ChildSpec("bad", BadStart)]), StartFailed, "/bad .*on_start"),
        (bad_hook, Crash, "on_start"),
        (bad_init, Crash, "constructor"),
    ],
)
def test_a_root_that_cannot_start_says_why_each_time(
    make_system: Any, root: Any, cause: type[Exception], match: str
) -> None:
    system = make_system(root=root)
    for _ in range(2):
        with pytest.raises(
            StartFailed, match=f"the root could not be started: .*{match}"
        ) as failed:
            system.start()
        assert isinstance(failed.value.__cause__, cause)
        assert system.state == "new"
        assert system.cells() == []
    with pytest.raises(StartFailed):
        worker(system)


def test_a_root_that_could_not_start_is_tried_again(make_system: Any) -> None:
    fault = threading.Event()
    fault.set()
    system = make_system(root=lambda: Root([ChildSpec("child", lambda: Fragile(fault))]))
    with pytest.raises(StartFailed):
        system.start()
    fault.clear()
    assert system.start() is system.root
    assert system.find("/child").ask(number, TIMEOUT) == 1
    assert worker(system).ask(number, TIMEOUT) == 1


def test_all_who_wait_for_a_root_that_cannot_start_are_told_why(make_system: Any) -> None:
    gate = Gate()

    def slow_and_bad() -> Root:
        gate()
        raise Crash("slow and bad")

    system = make_system(root=slow_and_bad)
    errors: list[Exception] = []

    def use() -> None:
        try:
            system.start()
        except StartFailed as error:
            errors.append(error)

    threads = [threading.Thread(target=use) for _ in range(3)]
    threads[0].start()
    assert gate.entered.wait(TIMEOUT)
    for thread in threads[1:]:
        thread.start()
    gate.opened.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert len(errors) == 3
    assert all("slow and bad" in str(error) for error in errors)


def test_a_root_without_a_thread_is_a_failed_start(make_system: Any) -> None:
    system = make_system()
    with no_thread_left(), pytest.raises(StartFailed, match="can't start new thread"):
        system.start()
    assert worker(system).ask(number, TIMEOUT) == 1


def test_a_system_that_is_shut_down_while_its_root_starts_is_stopped(make_system: Any) -> None:
    gate = Gate()
    system = make_system(root=lambda: Root([ChildSpec("slow", lambda: Slow(gate))]))
    outcomes: list[type] = []

    def start() -> None:
        try:
            system.start()
        except ActorStopped as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=start), threading.Thread(target=system.shutdown)]
    threads[0].start()
    assert gate.entered.wait(TIMEOUT)
    threads[1].start()
    until(lambda: system.find("/slow").state == "stopping")
    gate.opened.set()
    for thread in threads:
        thread.join(TIMEOUT)
    assert (outcomes, system.state) == ([ActorStopped], "stopped")


async def test_a_coroutine_does_not_hold_its_loop_up_while_the_root_starts(
    make_system: Any,
) -> None:
    gate = Gate()
    system = make_system(root=lambda: Root([ChildSpec("slow", lambda: Slow(gate))]))
    first = asyncio.create_task(system.start_child_async(ChildSpec("a", Worker), TIMEOUT))
    assert await asyncio.to_thread(gate.entered.wait, TIMEOUT)
    # The system has begun to run now, and is not up.
    second = asyncio.create_task(system.start_child_async(ChildSpec("b", Worker), TIMEOUT))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not first.done()
    assert not second.done()
    gate.opened.set()
    cells = await asyncio.wait_for(asyncio.gather(first, second), TIMEOUT)
    assert [cell.path for cell in cells] == ["/a", "/b"]


def test_a_root_goes_on_after_a_message_of_its_own_that_fails(make_system: Any) -> None:
    system = make_system(root=Calling)
    events = Events()
    system.add_listener(events)
    bystander = worker(system)
    for bad in (crash, lambda _root: (_ for _ in ()).throw(SystemExit)):
        system.root.tell(bad)
    assert system.root.request(Ping(), TIMEOUT)
    events.wait("resumed", 2)
    assert system.state == "running"
    assert bystander.ask(number, TIMEOUT) == 1
    assert worker(system, "new").ask(number, TIMEOUT) == 1


def test_a_shutdown_does_without_a_root_that_hangs(
    make_system: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = make_system(root=Calling)
    children = [worker(system, id) for id in "ab"]
    gate = Gate().hold(system.root)
    monkeypatch.setattr(system._ended, "wait", lambda _seconds: False)  # time is up
    assert "/#1" in system.shutdown(0)
    assert system.state == "stopped"
    assert [ended(child) for child in children] == ["abandoned"] * 2
    with pytest.raises(ActorStopped):
        children[0].ask("a", TIMEOUT)
    with pytest.raises(ActorStopped):
        system.root.request(Ping(), TIMEOUT)
    gate.opened.set()


def test_an_asker_of_a_root_that_hangs_is_answered_by_the_shutdown(
    make_system: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = make_system(root=Calling)
    root = system.root
    gate = Gate().hold(root)
    with pytest.raises(ActorTimeout):
        root.ask("late", 0)
    monkeypatch.setattr(system._ended, "wait", lambda _seconds: False)  # time is up
    system.shutdown(0)
    assert [letter.message for letter in system.dead_letters] == ["late"]
    assert not root.alive
    gate.opened.set()
