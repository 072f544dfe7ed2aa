"""Who may look at the page, who may press its buttons, and what is logged of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User

from pykka_live.actors import Cell, ChildSpec, SupervisedActor
from pykka_live.exceptions import HandlerDenied, JoinRefused
from pykka_live.observability import install
from pykka_live.observability.observer.look import OWN_VIEWS
from pykka_live.testing import LiveClient
from pykka_live.testing.page import Page

Tick = Callable[[], None]


@pytest.fixture
def victim(live: LiveClient) -> Cell:
    return live.place.system.start_child(ChildSpec("victim", SupervisedActor))


def open_at(live: LiveClient, user: User) -> Page:
    live.force_login(user)
    return live.get("/observer/?actor=/victim")


def test_anonymous_visitors_are_sent_to_the_login(live: LiveClient, tick: Tick) -> None:
    page = live.get("/observer/")
    assert page.redirected_to == "/accounts/login/?next=/observer/"


@pytest.mark.parametrize("options", [{}, {"is_staff": True, "is_active": False}])
def test_others_get_nothing(live: LiveClient, tick: Tick, db: None, options: dict) -> None:
    user = User.objects.create_user("eve", **options)
    live.http.force_login(user)
    assert live.http.get("/observer/").status_code == (302 if options else 403)


def test_the_socket_is_refused_as_the_page_is(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    page = live.get("/observer/")
    page.disconnect()
    User.objects.filter(pk=admin.pk).update(is_staff=False)
    with pytest.raises(JoinRefused, match="Forbidden"):
        page.reconnect()


def test_no_other_site_can_frame_it(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    assert live.http.get("/observer/")["X-Frame-Options"] == "DENY"


def test_without_users_it_says_what_is_missing(rf) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from pykka_live.observability.observer.page import ObserverPage

    with pytest.raises(ImproperlyConfigured, match="AuthenticationMiddleware"):
        ObserverPage.as_view()(rf.get("/observer/"))
    request = rf.get("/observer/")
    request.user = AnonymousUser()
    assert ObserverPage.as_view()(request).status_code == 302


@pytest.mark.parametrize(
    ("path", "offered", "reason"),
    [
        ("/victim", ["Restart…", "Stop…"], ""),
        ("/once", ["Stop…"], "/once has the strategy `stop`"),
        ("/caretaker", ["Restart…"], "/caretaker cannot be stopped. Without it no session"),
        ("/", [], "The root cannot be restarted"),
    ],
)
def test_only_what_is_possible_is_offered(
    live: LiveClient, tick: Tick, admin: User, victim: Cell, path: str, offered: list, reason: str
) -> None:
    live.place.system.start_child(ChildSpec("once", SupervisedActor, strategy="stop"))
    live.force_login(admin)
    page = live.get(f"/observer/?actor={path}")
    tick()
    buttons = [each.text for each in page.find_all("#actor .buttons button")]
    assert buttons == offered
    assert page.has("#actor .refusal") == bool(reason)
    if reason:
        assert page.find_all("#actor .refusal")[0].text.startswith(reason)


@pytest.mark.live(verify=False)
def test_who_asks_for_what_is_impossible_all_the_same_is_told_why(
    live: LiveClient, tick: Tick, admin: User
) -> None:
    live.force_login(admin)
    page = live.get("/observer/?actor=/caretaker")
    tick()
    button = page.find("#actor button", text="Restart…")
    button._node.attrs["data-what"] = "stop"
    button.click()
    assert not page.has(".confirm")
    assert "/caretaker cannot be stopped" in page.find("#actor .said.alarm").text


def test_a_restart_is_confirmed_done_and_logged(
    live: LiveClient,
    tick: Tick,
    admin: User,
    victim: Cell,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = open_at(live, admin)
    page.find("#actor button", text="Restart…").click()
    assert "Restart /victim?" in page.find(".confirm").text
    assert victim.incarnation == 1
    page.form(".confirm form").fill(reason="it looks odd").submit()
    live.settle()
    assert victim.incarnation == 2
    assert victim.failures == 0
    assert page.find("#actor .said").text == "/victim has been restarted."
    [record] = [each for each in caplog.records if each.name == "pykka_live.interventions"]
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "/victim: restart by ada: it looks odd"
    assert not page.has(".confirm")


def test_a_stop_ends_it(live: LiveClient, tick: Tick, admin: User, victim: Cell) -> None:
    page = open_at(live, admin)
    page.find("#actor button", text="Stop…").click()
    page.find("#actor button", text="Leave it alone").click()
    assert victim.alive
    page.find("#actor button", text="Stop…").click()
    page.find(".confirm button", text="Stop it").click()
    live.settle()
    assert not victim.alive
    assert "/victim has been stopped." in page.find("#actor").text
    assert "not there any more" in page.find("#actor").text
    tick()
    assert "stopped" in page.find("#incidents li").text


def test_what_cannot_be_done_any_more_is_said(
    live: LiveClient, tick: Tick, admin: User, victim: Cell
) -> None:
    page = open_at(live, admin)
    page.find("#actor button", text="Restart…").click()
    victim.spec = replace(victim.spec, strategy="stop")
    page.form(".confirm form").submit()
    assert "it is never restarted" in page.find("#actor .said.alarm").text


def test_a_page_can_restart_itself(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    page = live.get("/observer/")
    tick()
    [own] = [row for row in page.find_all("#actors tbody tr") if row.has(".tag")]
    own.find("a").click()
    page.find("#actor button", text="Restart…").click()
    assert "perhaps this one" in page.find(".confirm").text
    page.form(".confirm form").submit()
    live.settle()
    assert "has been restarted" in page.find("#actor .said").text
    page.find("#actors thead button", text="Handled").click()


def test_who_may_not_act_has_no_buttons_and_is_refused(
    live: LiveClient,
    tick: Tick,
    clerk: User,
    victim: Cell,
    caplog: pytest.LogCaptureFixture,
) -> None:
    page = open_at(live, clerk)
    assert "may look only" in page.find("header").text
    assert not page.has("#actor .danger")
    denied = outcomes()["denied"]
    # Somebody edits the page, as anybody can.
    for name, data in [("ask", {"what": "stop"}), ("act", {"what": "stop", "path": "/victim"})]:
        with pytest.raises(HandlerDenied):
            forge(page, name, data)
    assert victim.alive
    assert outcomes()["denied"] == denied + 2
    [own] = [cell for cell in live.place.system.cells() if cell.kind == "view"]
    assert (own.incarnation, own.restarts, own.failures) == (1, 0, 0)
    assert "/victim: stop refused to bob, who lacks pykka_live.control_actors" in caplog.messages


def outcomes() -> Counter[str]:
    """Count how the events of observers' pages have ended."""
    found: Counter[str] = Counter()
    for series in install().tally.series():
        if series.labels[0] in OWN_VIEWS:
            found.update(series.outcomes)
    return found


def forge(page: Page, name: str, data: dict[str, str]) -> None:
    """Send an event that no element of the page is bound to."""
    attributes = page.find("#actors thead button", text="Handled")._node.attrs
    before = dict(attributes)
    attributes["live-on:click"] = name
    attributes.update({f"data-{key}": value for key, value in data.items()})
    try:
        page.find("#actors thead button", text="Handled").click()
    finally:
        attributes.clear()
        attributes.update(before)


@pytest.mark.live(verify=False)
def test_what_was_not_asked_is_not_done(
    live: LiveClient, tick: Tick, admin: User, victim: Cell
) -> None:
    page = open_at(live, admin)
    page.find("#actor button", text="Restart…").click()
    page.find(".confirm [name=path]")._node.attrs["value"] = "/caretaker"
    page.form(".confirm form").submit()
    assert "Nothing was done" in page.find("#actor .said").text


def test_the_permission_can_be_given(
    live: LiveClient, tick: Tick, clerk: User, victim: Cell
) -> None:
    clerk.user_permissions.add(Permission.objects.get(codename="control_actors"))
    page = open_at(live, clerk)
    page.find("#actor button", text="Stop…").click()
    page.form(".confirm form").submit()
    live.settle()
    assert not victim.alive


def test_a_permission_that_is_taken_away_counts_at_once(
    live: LiveClient, tick: Tick, clerk: User, victim: Cell
) -> None:
    permission = Permission.objects.get(codename="control_actors")
    clerk.user_permissions.add(permission)
    page = open_at(live, clerk)
    page.find("#actor button", text="Stop…").click()
    clerk.user_permissions.remove(permission)
    with pytest.raises(HandlerDenied):
        page.form(".confirm form").submit()
    assert victim.alive
