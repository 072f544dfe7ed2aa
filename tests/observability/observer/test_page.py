"""The page: what it shows, to whom, and that it follows."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from pykka_live.actors import ActorSystem, ChildSpec, SupervisedActor
from pykka_live.exceptions import HandlerFailed
from pykka_live.observability import install
from pykka_live.observability.observer.page import CHECKED, TOLD
from pykka_live.testing import LiveClient
from pykka_live.testing.page import Page
from tests.live import views
from tests.observability.clerk import Office, start_clerk

Tick = Callable[[], None]


@pytest.fixture
def page(live: LiveClient, tick: Tick, admin: User) -> Page:
    live.force_login(admin)
    page = live.get("/observer/")
    tick()
    return page


def tree(page: Page) -> list[str]:
    return [node.text for node in page.find_all("#tree li")]


def paths(page: Page) -> list[str]:
    return [link["title"] for link in page.find_all("#actors tbody a")]


def figure(page: Page, name: str) -> str:
    [found] = [each for each in page.find_all(".figures div") if each.find("dt").text == name]
    return found.find("dd").text


def test_the_tree_follows(live: LiveClient, page: Page, tick: Tick) -> None:
    others = live.another()
    assert not any("Counter" in node for node in tree(page))
    tabs = [others.get("/counter/"), others.get("/counter/")]
    tick()
    assert any("2 sessions Counter" in node for node in tree(page))
    assert figure(page, "Sessions") == "3"
    page.find("#tree button[aria-label='2 sessions Counter']").click()
    sessions = [node for node in tree(page) if "sessions/" in node]
    assert len(sessions) == 2
    page.find_all("#tree .session button")[0].click()
    assert any("views/" in node for node in tree(page))
    tabs[0].disconnect()
    session = live_session(live, "Counter")
    session.stop()
    live.settle()
    tick()
    assert any("1 session Counter" in node for node in tree(page))


def live_session(live: LiveClient, name: str):
    [found, *_] = [
        cell.parent
        for cell in live.place.system.cells()
        if cell.kind == "view" and cell.data.get("class", "").endswith(name)
    ]
    return found


def test_a_branch_is_folded_by_the_arrow_keys(live: LiveClient, page: Page, tick: Tick) -> None:
    live.another().get("/counter/")
    tick()
    button = page.find("#tree button[aria-label='1 session Counter']")
    button.focus().press("ArrowRight")
    assert button["aria-expanded"] == "true"
    button.press("ArrowRight")
    assert button["aria-expanded"] == "true"
    button.press("ArrowLeft")
    assert button["aria-expanded"] == "false"


def test_search_goes_for_tree_and_table(live: LiveClient, page: Page, tick: Tick) -> None:
    live.another().get("/counter/")
    tick()
    field = page.find("#tree input")
    field.fill("counter")
    assert len(paths(page)) == 1
    assert "/views/" in paths(page)[0]
    assert len(tree(page)) == 2  # the session, and the view in it
    assert "that match “counter”" in page.find(".pages").text
    field.fill("no such thing")
    assert tree(page) == ["No actor matches."]
    assert paths(page) == []
    field.fill("")
    assert len(paths(page)) == 6


def test_the_table_is_sorted_and_says_so(live: LiveClient, page: Page, tick: Tick) -> None:
    head = page.find("#actors th[aria-sort]:first-child")
    head.find("button").click()
    assert head["aria-sort"] == "ascending"
    assert paths(page) == sorted(paths(page))
    head.find("button").click()
    assert head["aria-sort"] == "descending"
    assert paths(page) == sorted(paths(page), reverse=True)
    page.find("#actors thead button", text="Handled").click()
    assert head["aria-sort"] == "none"
    handled = [int(row.find_all("td")[3].text) for row in page.find_all("#actors tbody tr")]
    assert handled == sorted(handled, reverse=True)


@pytest.mark.parametrize(
    "column", ["Class", "State", "Mailbox", "Restarts", "Age", "Idle", "Last error"]
)
def test_every_column_sorts(page: Page, column: str) -> None:
    before = sorted(paths(page))
    page.find("#actors thead button", text=column).click()
    assert sorted(paths(page)) == before


def test_many_actors_come_in_pages(live: LiveClient, page: Page, tick: Tick) -> None:
    for n in range(120):
        live.place.system.start_child(ChildSpec(f"crowd-{n:03}", SupervisedActor))
    tick()
    assert len(paths(page)) == 50
    following = page.find("#actors [aria-label='Next page']")
    following.click()
    following.click()
    assert page.find(".pages span").text == "101–124 of 124"
    assert following.disabled
    assert len(tree(page)) < 140
    page.find("#actors select").select("running")
    assert page.find(".pages span").text.startswith("1–50 of 12")


def test_what_is_asked_for_is_said_aloud_and_what_changes_by_itself_is_not(
    live: LiveClient, page: Page, tick: Tick
) -> None:
    said = page.find("[role=status].unseen")
    page.find("#tree input").fill("observer")
    assert said.text == "Actors 1 to 1 of 1."
    page.find("#tree input").fill("no such thing")
    assert said.text == "No actor matches."
    page.find("#tree input").fill("")
    assert said.text == "Actors 1 to 4 of 4."
    page.find("#actors select").select("running")
    before = said.text
    assert before.startswith("Actors 1 to ")
    live.another().get("/counter/")
    tick()
    assert said.text == before
    assert {each["aria-live"] for each in page.find_all("[role=log]")} == {"off"}


def test_what_has_failed_is_said_aloud_now_and_then(
    live: LiveClient, page: Page, tick: Tick
) -> None:
    said = page.find("[role=status].unseen")
    tab = live.another().get("/troubled/")
    for _ in range(2):
        with pytest.raises(HandlerFailed):
            tab.find("button", text="fail").click()
    for _ in range(TOLD - 2):  # the fixture has let one pass
        tick()
    assert said.text == ""
    tick()
    assert said.text == f"2 failures, 2 restarts in the last {TOLD} seconds."
    with pytest.raises(HandlerFailed):
        tab.find("button", text="fail").click()
    for _ in range(TOLD):
        tick()
    assert said.text == f"1 failure, 1 restart in the last {TOLD} seconds."


def test_one_actor_in_depth(live: LiveClient, page: Page, tick: Tick) -> None:
    live.another().get("/counter/")
    tick()
    view = next(cell for cell in live.place.system.cells() if cell.path in tab_paths(live))
    page.find(f"#actors a[title='{view.path}']").click()
    depth = page.find("#actor")
    assert view.path in depth.text
    assert views.Counter.__qualname__ in depth.text
    assert "State at the last checkpoint" in depth.text
    assert "count" in depth.find(".values").text
    page.find("#actor button", text="Close").click()
    assert "Choose an actor" in page.find("#actor").text


def tab_paths(live: LiveClient) -> list[str]:
    return [
        cell.path
        for cell in live.place.system.cells()
        if cell.kind == "view" and cell.data["class"].endswith("Counter")
    ]


def test_what_fails_is_told(live: LiveClient, page: Page, tick: Tick) -> None:
    tab = live.another().get("/troubled/")
    with pytest.raises(HandlerFailed):
        tab.find("button", text="fail").click()
    tick()
    log = [each.text for each in page.find_all("#incidents li")]
    assert "restarted" in log[0]
    assert "failed" in log[1]
    assert figure(page, "Failures") != "0"
    assert any("1 restart" in node for node in tree(page))
    page.find_all("#incidents a")[0].click()
    assert "Traceback" in page.find("#actor").text


def test_where_a_thread_that_was_given_up_hangs(
    page: Page, tick: Tick, system: ActorSystem, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page.has("#hanging")
    cell = start_clerk(system, "one", stuck_timeout=0.05)
    failed = threading.Event()
    system.add_listener(lambda event: event.kind == "restarted" and failed.set())
    office.occupy(cell)
    assert failed.wait(10)
    monkeypatch.setattr(install().sampler, "_system", lambda: system)
    tick()
    assert page.find("#hanging h2").text == "Stuck threads: 1"
    assert page.find("#hanging a").text == "/one#1"
    assert "self._over.wait(timeout)" in page.find("#hanging pre").text
    page.find("#hanging a").click()
    assert "on _Began" in page.find("#actor").text  # the message with the last error


def test_the_page_leaves_itself_out_of_the_curves(
    live: LiveClient, page: Page, tick: Tick, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampler = install().sampler
    now = [1000.0]
    monkeypatch.setattr(sampler, "_clock", lambda: now[0])
    tick()
    tab = live.another().get("/counter/")
    buttons = tab.find_all("button")
    for _ in range(4):
        buttons[0].click()
        page.find("#actors thead button", text="Handled").click()
    now[0] += 2
    tick()
    events = page.find_all("figure")[0]
    assert "handled 2.0" in events.text  # four in two seconds, and not eight
    assert "handled 2.0" in events.find("desc").text
    page.find("button", text="As numbers").click()
    assert page.find_all(".charts tbody td")[0].text == "2.0"


def test_the_page_marks_itself(page: Page) -> None:
    [tag] = page.find_all("#actors .tag")
    assert tag.text == "observer"


def test_a_page_that_is_paused_stands_still(live: LiveClient, page: Page, tick: Tick) -> None:
    pause = page.find("button", text="Pause")
    pause.click()
    assert pause["aria-pressed"] == "true"
    live.another().get("/counter/")
    tick()
    assert figure(page, "Sessions") == "1"
    pause.click()
    assert figure(page, "Sessions") == "2"


HOSTILE = "<img src=x onerror=alert(1)>\u202e\x1b[2J&amp;"


class Hostile(SupervisedActor):
    def on_start(self) -> None:
        self.cell.data["class"] = HOSTILE

    def on_receive(self, message: object) -> None:
        raise ValueError(HOSTILE)


@pytest.mark.live(verify=False)
def test_hostile_texts_are_only_texts(live: LiveClient, page: Page, tick: Tick) -> None:
    spec = ChildSpec(f"{HOSTILE}/{'x' * 300}", Hostile, max_restarts=100)
    cell = live.place.system.start_child(spec)
    cell.tell(HOSTILE)
    with pytest.raises(HandlerFailed):
        live.settle()
    cell.stop()
    live.settle()
    cell = live.place.system.start_child(spec)
    cell.tell(HOSTILE)
    with pytest.raises(HandlerFailed):
        live.settle()
    tick()
    page.find("#tree input").fill("<img")
    page.find("#actors tbody a").click()
    assert not page.has("img")
    assert "onerror=alert(1)" in page.find("#actor").text
    assert "&lt;img" in page.html
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


def test_who_is_no_longer_of_the_staff_loses_the_page(
    live: LiveClient, page: Page, tick: Tick, admin: User
) -> None:
    User.objects.filter(pk=admin.pk).update(is_staff=False)
    for _ in range(CHECKED):
        tick()
    assert page.find("main").text == (
        "You may not look at this any more. Load the page again to log in."
    )
    assert "sessions" not in page.html


def test_an_event_of_who_is_no_longer_of_the_staff_shows_nothing(page: Page, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    page.find("#actors thead button", text="Handled").click()
    assert not page.has("#actors")


def test_the_url_may_say_what_is_shown(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    page = live.get("/observer/?actor=/caretaker&search=care")
    tick()
    assert "Actor /caretaker" in page.find("#actor h2").text
    assert paths(page) == ["/caretaker"]


def test_an_actor_that_has_gone_is_no_error(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    page = live.get("/observer/?actor=/sessions/none")
    assert "not there any more" in page.find("#actor").text


def test_a_process_that_has_gone_is_no_error(live: LiveClient, tick: Tick, admin: User) -> None:
    live.force_login(admin)
    page = live.get("/observer/?process=999999999")
    assert "Asking process 999999999" in page.find("main").text
    page.find(".processes a").click()
    assert page.has("#actors")
