"""Pages that look at other processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User

from pykka_live.actors import ActorSystem, Reply
from pykka_live.observability import Observer
from pykka_live.observability.observer import watch as watching
from pykka_live.observability.observer.watch import watch
from pykka_live.observability.processes import ServerProcess
from pykka_live.testing import LiveClient
from pykka_live.testing.dom import DomElement
from pykka_live.testing.page import Page
from tests.observability.clerk import Mishap, start_clerk

Tick = Callable[[], None]

OTHER = 2_000_000_000  # no process has such an id


@pytest.fixture
def other(observer: Observer, system: ActorSystem, monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Another server process, as far as anybody can tell."""
    start_clerk(system, "far-away")
    process = ServerProcess(OTHER, observer.control.path)  # type: ignore[arg-type]
    found = [process]
    monkeypatch.setattr(watching, "server_processes", lambda: list(found))
    return found


@pytest.fixture
def page(live: LiveClient, tick: Tick, admin: User, other: list) -> Page:
    live.force_login(admin)
    page = live.get("/observer/")
    ask(live)
    tick()
    link(page, OTHER).click()
    return page


def link(page: Page, pid: int) -> DomElement:
    """Return what chooses a process."""
    return page.find(f".processes a[data-process='{pid}']")


def ask(live: LiveClient) -> None:
    """Let the other processes answer."""
    watch._call_roll()
    watch._ask_others()
    live.settle()


def test_another_process_is_shown_when_it_has_answered(live: LiveClient, page: Page) -> None:
    assert f"Asking process {OTHER}" in page.find("main").text
    ask(live)
    assert "far-away" in page.find("#tree").text
    page.find("#tree input").fill("nothing")
    assert "far-away" in page.find("#tree").text  # until it has answered
    ask(live)
    assert "far-away" not in page.find("#tree").text


def test_an_actor_of_another_process_is_restarted(
    live: LiveClient,
    page: Page,
    system: ActorSystem,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cell = system.find("/far-away")
    assert cell is not None
    ask(live)
    page.find("#tree a").click()
    ask(live)
    page.find("#actor button", text="Restart…").click()
    told = Reply()
    tell = watch.tell
    monkeypatch.setattr(watch, "tell", lambda page, done: told.set((page, done)))
    page.form(".confirm form").fill(reason="why not").submit()
    tell(*told.get(10))
    live.settle()
    assert page.find("#actor .said").text == "/far-away has been restarted."
    assert cell.incarnation == 2
    [record] = [each for each in caplog.records if each.name == "pykka_live.interventions"]
    message = record.getMessage()
    assert message.startswith("/far-away: restart by ada, through ")
    assert f"process {os.getpid()}" in message
    assert message.endswith(": why not")


def test_a_process_that_goes_is_said_to_be_gone(
    live: LiveClient, page: Page, tick: Tick, other: list
) -> None:
    ask(live)
    other.clear()
    ask(live)
    assert f"The process {OTHER} is no longer there." in page.find("[role=alert]").text
    tick()
    assert [each["data-process"] for each in page.find_all(".processes a")] == [str(os.getpid())]
    assert not page.has(".processes .chosen")
    link(page, os.getpid()).click()
    assert page.has("#actors")
    assert page.has(".processes .chosen")


def test_all_processes_are_told_apart_at_a_glance(
    live: LiveClient,
    page: Page,
    tick: Tick,
    system: ActorSystem,
    observer: Observer,
) -> None:
    cell = system.find("/far-away")
    assert cell is not None
    with pytest.raises(Mishap):
        cell.ask(Mishap("x"))
    cell.suspend()
    cell.tell(1)
    ask(live)
    told = next(each for each in page.find_all(".processes li") if str(OTHER) in each.text)
    assert told.find("a").text == f"Worker {observer.slot.number}"
    assert "2 actors, 0 busy, 1 message waiting" in told.text
    assert "1 failure, 0 troubles now" in told.text
    cell.resume()
    observer.control.close()
    ask(live)
    told = next(each for each in page.find_all(".processes li") if str(OTHER) in each.text)
    assert told.find("a").text == f"Process {OTHER}"
    assert "does not answer" in told.text


def test_processes_come_in_the_order_of_their_numbers(
    live: LiveClient, page: Page, other: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [ServerProcess(OTHER - n, other[0].path) for n in range(3)]
    numbers = {OTHER: 0, OTHER - 1: 3, OTHER - 2: 2}
    monkeypatch.setattr(
        watching,
        "ask_all",
        lambda asked, *_: [{"worker": numbers[process.pid]} for process in asked],
    )
    for order in (others, others[::-1]):
        other[:] = order
        watch._call_roll()
        found = [each["pid"] for each in watch.overview()]
        found.remove(os.getpid())
        assert found == [OTHER, OTHER - 2, OTHER - 1]


def test_a_process_that_does_not_answer_is_named(
    live: LiveClient, page: Page, observer: Observer
) -> None:
    observer.control.close()
    ask(live)
    assert f"No answer: process {OTHER}" in page.find("[role=alert]").text


def test_another_version_is_not_misread(
    live: LiveClient, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FORMAT", 99)
    ask(live)
    assert "another version" in page.find("[role=alert]").text


def test_pages_that_have_gone_are_forgotten(live: LiveClient, page: Page) -> None:
    assert watch._pages
    for cell in live.place.system.cells():
        if cell.kind == "session":
            cell.stop()
    live.settle()
    assert not watch._ask_others()
    assert not watch._pages
    assert not watch._answers


def test_a_page_that_is_busy_is_told_once(live: LiveClient, page: Page) -> None:
    [path] = watch._pages
    cell = live.place.system.find(path)
    assert cell is not None
    cell.suspend()
    watch._ask_others()
    watch._ask_others()
    assert len(cell.mailbox) == 1
    cell.resume()
    live.settle()
