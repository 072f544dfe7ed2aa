"""What listens, from when to when."""

from __future__ import annotations

import logging
import os
import socket
import urllib.request
from typing import Any

import pytest
from django.urls import reverse
from prometheus_client import REGISTRY, CollectorRegistry

from pykka_live.actors import ActorSystem, Ping
from pykka_live.live import hooks
from pykka_live.observability import METRICS, Observer, SocketDirectory, install, server_processes
from pykka_live.observability.processes import ask_all
from tests.server import free_port

from .clerk import start_clerk
from .samples import scrape, value
from .test_tally import handled


def test_the_socket_is_open_while_the_system_runs(
    observer: Observer, system: ActorSystem, directory: SocketDirectory
) -> None:
    assert not directory.path.exists()
    start_clerk(system, "one")
    system.root.request(Ping(), 10)
    [process] = server_processes(lambda: [directory])
    assert process.pid == os.getpid()
    tree = process.ask("tree")
    assert [actor["path"] for actor in tree["actors"]] == ["/", "/one"]
    system.shutdown(10)
    assert server_processes(lambda: [directory]) == []
    assert [path.name for path in directory.path.iterdir()] == ["worker-0.lock"]


def test_the_socket_answers_while_actors_are_busy(
    observer: Observer, system: ActorSystem, office: object, directory: SocketDirectory
) -> None:
    office.occupy(start_clerk(system, "one"))  # type: ignore[attr-defined]
    [answer] = ask_all(server_processes(lambda: [directory]), "tree")
    assert answer["actors"][1]["state"] == "busy"  # type: ignore[index]


def test_without_a_socket_all_else_goes_on(
    observer: Observer,
    system: ActorSystem,
    directory: SocketDirectory,
    registry: CollectorRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    directory.path.mkdir(mode=0o777)
    directory.path.chmod(0o777)
    with caplog.at_level(logging.ERROR, "pykka_live.observability"):
        for id in ("one", "two"):
            assert start_clerk(system, id).ask(1, 10) == 1
    [record] = caplog.records
    assert "actor_tree will not see this process" in record.message
    assert "has mode 0777 instead of 0700" in record.message
    assert observer.control.path is None
    assert value(registry, "pykka_live_actor_starts_total", kind="view") == 2


def test_installed_twice_it_counts_once(
    observer: Observer, system: ActorSystem, registry: CollectorRegistry
) -> None:
    observer.install()
    hooks.emit(handled())
    start_clerk(system, "one")
    assert sum(scrape(registry)["pykka_live_events_total"].values()) == 1
    assert value(registry, "pykka_live_actor_starts_total", kind="view") == 1


def test_uninstalled_it_counts_nothing(registry: CollectorRegistry, system: ActorSystem) -> None:
    observer = Observer(registry, lambda: system, list)
    observer.install()
    observer.uninstall()
    observer.uninstall()
    hooks.emit(handled())
    start_clerk(system, "one")
    assert scrape(registry) == {}
    assert observer.tally.series() == []
    assert observer.incidents.counts() == Observer(registry).incidents.counts()


def test_it_follows_a_new_system(
    registry: CollectorRegistry, directory: SocketDirectory, system: ActorSystem
) -> None:
    systems = [ActorSystem(), system]
    observer = Observer(registry, lambda: systems[0], lambda: [directory])
    observer.install()
    start_clerk(systems[0], "one")
    old = systems.pop(0)
    observer.install()
    start_clerk(old, "two")
    start_clerk(system, "three")
    assert value(registry, "pykka_live_actor_starts_total", kind="view") == 2
    assert value(registry, "pykka_live_actors", kind="view", state="running") == 1
    observer.uninstall()
    assert old.shutdown(10) == []


def test_the_app_installs_itself() -> None:
    """`AppConfig.ready` has done so before any test began."""
    observer = install()
    assert install() is observer
    assert "pykka_live_actors" in {family.name for family in REGISTRY.collect()}
    assert observer.tally in hooks._listeners


def test_the_page_of_the_project(client: Any) -> None:
    """Whoever includes our URLs has our metrics."""
    response = client.get(reverse("pykka_live:metrics"))
    assert response.status_code == 200
    text = response.content.decode()
    assert all(f"# TYPE {metric.name} {metric.type}\n" in text for metric in METRICS)


def test_a_question_for_metrics_opens_the_socket_but_starts_nothing(
    observer: Observer, system: ActorSystem, directory: SocketDirectory
) -> None:
    assert b'worker="0"' in observer.workers.expose()[0]
    assert [process.pid for process in server_processes(lambda: [directory])] == [os.getpid()]
    assert system.state == "new"


def test_the_port_is_open_while_the_system_runs(
    observer: Observer, system: ActorSystem, settings: Any
) -> None:
    port = free_port()
    settings.PYKKA_LIVE = {"METRICS": {"PORT": port, "TOKEN": "open-sesame"}}
    start_clerk(system, "one")
    system.root.request(Ping(), 10)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Authorization": "Bearer open-sesame"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert b"pykka_live_workers 1.0\n" in answer.read()
    system.shutdown(10)
    assert not observer.port.is_open


def test_a_port_that_another_program_has_is_an_error_in_the_log_and_all_else_goes_on(
    observer: Observer, system: ActorSystem, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings.PYKKA_LIVE = {"METRICS": {"PORT": port}}
        with caplog.at_level(logging.ERROR, "pykka_live.observability"):
            for id in ("one", "two"):
                assert start_clerk(system, id).ask(1, 10) == 1
            system.root.request(Ping(), 10)
    [record] = caplog.records
    assert f"Metrics are not served at port {port} of 127.0.0.1. " in record.message
    assert observer.control.path is not None


def test_a_fork_counts_from_zero_and_has_its_own_socket(
    observer: Observer,
    system: ActorSystem,
    registry: CollectorRegistry,
    directory: SocketDirectory,
) -> None:
    start_clerk(system, "one")
    hooks.emit(handled())
    system.root.request(Ping(), 10)
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            observer._after_fork()  # only that of the process is told by itself
            start_clerk(system, "two")
            hooks.emit(handled())
            hooks.emit(handled())
            counted = sum(scrape(registry)["pykka_live_events_total"].values())
            started = value(registry, "pykka_live_actor_starts_total", kind="view")
            path, number = observer.control.path, observer.slot.number
            os.write(into, f"{counted:g} {started:g} {path and path.name} {number}".encode())
            system.shutdown(10)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(out, 100).decode() == f"2 1 {child}.sock 1"
    assert [process.pid for process in server_processes(lambda: [directory])] == [os.getpid()]
    assert sum(scrape(registry)["pykka_live_events_total"].values()) == 1
    os.close(out)
    os.close(into)
