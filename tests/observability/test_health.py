"""`/live/health` and `/live/ready`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import AsyncClient, Client, RequestFactory
from django.urls import reverse

from pykka_live.actors import ActorSystem, ChildSpec, Root, SupervisedActor
from pykka_live.live import system as live_system
from pykka_live.observability import HealthView, ReadyView, health
from pykka_live.transport import heartbeat

PAGES = {"/live/health", "/live/ready"}
TIMEOUT = 10.0


class Hanging(Root):
    """A root that does not come back from a message before it is let go."""

    over: threading.Event
    began: threading.Event

    def on_receive(self, message: Any) -> None:
        self.began.set()
        self.over.wait(TIMEOUT)


class Lingering(SupervisedActor):
    """Does not end before it is let go."""

    over: threading.Event
    began: threading.Event

    def on_stop(self) -> None:
        self.began.set()
        self.over.wait(TIMEOUT)


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Lets go of all that hangs."""
    over = threading.Event()
    Hanging.over = Lingering.over = over
    Hanging.began, Lingering.began = threading.Event(), threading.Event()
    yield over
    over.set()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for a short while only, as the answer will not come."""
    monkeypatch.setattr(health.examine, "__defaults__", (0.01,))


def answers(client: Client | None = None) -> dict[str, tuple[int, dict[str, str]]]:
    """Return the status and the JSON of both pages."""
    client = client or Client()
    found = {}
    for page in PAGES:
        response = client.get(page)
        found[page] = (response.status_code, response.json())
    return found


@pytest.mark.usefixtures("actors")
def test_before_the_first_page_all_is_well_and_nothing_is_started() -> None:
    well = {"status": "ok", "event_loop": "ok", "root": "new"}
    assert answers() == dict.fromkeys(PAGES, (200, well))
    assert live_system.actor_system().state == "new"


@pytest.mark.usefixtures("actors")
def test_while_actors_run_all_is_well() -> None:
    live_system.start()
    well = {"status": "ok", "event_loop": "ok", "root": "ok"}
    assert answers() == dict.fromkeys(PAGES, (200, well))


@pytest.mark.usefixtures("actors")
async def test_under_asgi_too() -> None:
    await asyncio.to_thread(live_system.start)
    for page in PAGES:
        response = await AsyncClient().get(page)
        assert (response.status_code, response.json()["root"]) == (200, "ok")


@pytest.mark.usefixtures("actors", "quick")
def test_a_root_that_hangs_is_named(over: threading.Event) -> None:
    system = ActorSystem(Hanging)
    ActorSystem.reset_default(system)
    system.start().tell("hang")
    assert Hanging.began.wait(TIMEOUT)
    ill = {"status": "unavailable", "event_loop": "ok", "root": "no answer for 0.01 s"}
    assert answers() == dict.fromkeys(PAGES, (503, ill))
    over.set()
    assert live_system.shutdown(TIMEOUT) == []


@pytest.mark.usefixtures("actors")
def test_an_event_loop_that_hangs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "overdue", lambda: 3.21)
    ill = {"status": "unavailable", "event_loop": "hangs for 3.2 s", "root": "new"}
    assert answers() == dict.fromkeys(PAGES, (503, ill))


@pytest.mark.usefixtures("actors")
def test_who_stops_is_alive_but_not_ready(over: threading.Event) -> None:
    live_system.start()
    live_system.actor_system().start_child(ChildSpec("one", Lingering))
    stopping = threading.Thread(target=live_system.shutdown, args=(TIMEOUT,))
    stopping.start()
    assert Lingering.began.wait(TIMEOUT)
    state = {"event_loop": "ok", "root": "stopping"}
    assert answers() == {
        "/live/health": (200, {"status": "ok", **state}),
        "/live/ready": (503, {"status": "unavailable", **state}),
    }
    over.set()
    stopping.join(TIMEOUT)
    ill = {"status": "unavailable", "event_loop": "ok", "root": "stopped"}
    assert answers() == dict.fromkeys(PAGES, (503, ill))


@pytest.mark.usefixtures("actors")
@pytest.mark.parametrize("page", sorted(PAGES))
def test_nothing_of_the_visitor_is_looked_at(page: str) -> None:
    """No session, no user, no database, which a test may not touch unless it says so."""
    response = Client(enforce_csrf_checks=True).get(page)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/json"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.usefixtures("actors")
@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_probe_needs_no_login_where_all_else_does(page: str, settings: Any) -> None:
    login_required = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, login_required]
    assert Client().get(page).status_code == 200


@pytest.mark.usefixtures("actors")
@pytest.mark.parametrize("page", sorted(PAGES))
def test_only_reading(page: str) -> None:
    response = Client().head(page)
    assert (response.status_code, response.content) == (200, b"")
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)(page).status_code == 405


def test_the_urls() -> None:
    assert {reverse("pykka_live:health"), reverse("pykka_live:ready")} == PAGES


async def test_a_view_for_another_system(system: ActorSystem) -> None:
    for view in (HealthView, ReadyView):
        request = RequestFactory().get("/")
        response = await view.as_view(system=lambda: system)(request)
        assert response.status_code == 200
