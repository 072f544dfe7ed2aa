"""The test client on whole pages: loading, updates, failures, logins, links and plain forms."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from pykka_live import publish
from pykka_live.exceptions import BadParameters, HandlerFailed, HandlerNotFound
from pykka_live.testing import ActionRefused, LookupFailed


@pytest.fixture(
    autouse=True,
    params=[
        pytest.param("in place"),
        pytest.param(
            "actors",
            marks=[pytest.mark.live(use_actors=True), pytest.mark.django_db(transaction=True)],
        ),
    ],
)
def _both_modes(request):
    return request.param


def test_a_click_is_handled_and_shown_when_it_returns(live):
    page = live.get("/counter/")

    page.find("button", text="+").click()
    page.find("button", text="+10").click()

    assert page.find("h1").text == "Counter: 11"
    assert "Counter: 11" in page.text
    assert page.title == "A counter"
    assert page.status_code == 200
    assert page.is_live


def test_what_is_not_there_is_named_with_what_is(live):
    page = live.get("/counter/")

    with pytest.raises(LookupFailed, match=r"'button' with the text 'plus'(.|\n)*\+10"):
        page.find("button", text="plus")
    with pytest.raises(LookupFailed, match="6 elements match 'button'"):
        page.find("button")


def test_what_a_handler_raises_comes_out_of_the_click(live):
    page = live.get("/counter/")
    page.find("button", text="+").click()

    with pytest.raises(HandlerFailed, match="on purpose") as caught:
        page.find("button", text="fail").click()

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    page.find("button", text="+").click()
    assert page.find("h1").text == "Counter: 2"


def test_a_view_that_has_ended_takes_no_events_until_it_is_loaded_again(live):
    page = live.get("/mortal/")

    with pytest.raises(HandlerFailed):
        page.find("button", text="fail").click()

    assert page.stopped == "crashed"
    assert not page.is_live
    with pytest.raises(ActionRefused, match="stopped"):
        page.find("button", text="+").click()
    page.reload().find("button", text="+").click()
    assert page.find("h1").text == "Counter: 1"


def test_restarts_that_are_to_wait_are_over_when_the_click_returns(live, live_system):
    page = live.get("/counter/")

    for _ in range(3):
        with pytest.raises(HandlerFailed):
            page.find("button", text="fail").click()
        assert {cell.state for cell in live_system.cells()} == {"running"}
    page.find("button", text="+").click()

    assert page.find("h1").text == "Counter: 1"


@pytest.mark.parametrize(
    ("button", "error"), [("missing", HandlerNotFound), ("wrong", BadParameters)]
)
def test_what_the_framework_refuses_comes_out_of_the_click(live, button, error):
    page = live.get("/counter/")

    with pytest.raises(error):
        page.find("button", text=button).click()


def test_a_disabled_button_is_not_clicked(live):
    page = live.get("/counter/")

    with pytest.raises(ActionRefused, match="it is disabled"):
        page.find("button", text="off").click()


def test_the_view_works_in_the_transaction_of_the_test(live):
    Group.objects.create(name="before")
    page = live.get("/names/")

    page.form("#new").fill(name="milk").submit()

    assert [item.text for item in page.find_all("li span")] == ["before", "milk"]
    assert Group.objects.filter(name="milk").exists()
    assert page.find("input").value == ""  # live-reset


def test_every_tab_of_the_test_hears_of_what_is_published(live):
    one, other = live.get("/names/"), live.another().get("/names/")

    one.form("#new").fill(name="tea").submit()

    assert "tea" in other.text
    Group.objects.create(name="rum")
    publish("names", "changed")
    assert "rum" in one.text
    assert "rum" in other.text


def test_what_is_raised_without_anybody_asking_comes_out_too(live):
    page = live.get("/names/")

    publish("names", "bad")

    with pytest.raises(HandlerFailed, match="ZeroDivisionError") as caught:
        live.settle()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert page.is_live


def test_a_redirect_is_followed_when_asked(live):
    page = live.get("/private/")

    assert page.redirected_to == "/accounts/login/?next=/private/"
    with pytest.raises(LookupFailed, match="follow"):
        page.find("h1")


def test_a_login_holds_for_the_page_and_its_view(live):
    live.force_login(User.objects.create(username="ada"))

    page = live.get("/private/")
    page.find("button", text="+").click()

    assert page.redirected_to is None
    assert page.find("h1").text == "Counter: 1"


def test_a_page_whose_user_has_gone_is_redirected_when_it_joins_again(live):
    live.force_login(User.objects.create(username="ada"))
    page = live.get("/private/")
    page.disconnect()
    live.logout()

    page.reconnect()

    assert page.redirected_to == "/accounts/login/?next=/private/"


def test_a_page_comes_back_to_its_state(live):
    page = live.get("/counter/")
    page.find("button", text="+").click()
    page.disconnect()

    with pytest.raises(ActionRefused, match="not connected"):
        page.find("button", text="+").click()
    page.reconnect().find("button", text="+").click()

    assert page.find("h1").text == "Counter: 2"


def test_a_link_leads_to_the_next_page(live):
    page = live.get("/counter/")

    assert page.find("a", text="Form").click() is page
    assert page.url == "/form/"
    page.find("a", text="Counter").click()

    assert page.find("h1").text == "Counter: 0"
    with pytest.raises(ActionRefused, match="no page of this site"):
        live.get("/form/").find("a", text="Elsewhere").click()


def test_plain_forms_are_sent_as_a_browser_does(live):
    page = live.get("/form/")

    page.form("#find").fill(q="a b").submit()
    assert page.find("h1").text == "q=a b"
    assert page.url == "/form/?q=a+b"

    page.form("#new").fill(name="x").submit()
    assert page.find("p").text == "[('do', ['1']), ('name', ['x'])]"

    page = live.get("/form/")
    page.form("#new").fill(name="away")
    page.find("button", text="Send").click()
    assert page.redirected_to == "/counter/"
    page.follow().find("button", text="+").click()
    assert page.find("h1").text == "Counter: 1"


def test_the_tree_of_actors_is_that_of_a_server(live, live_system):
    live.get("/counter/")

    kinds = [cell.kind for cell in live_system.cells()]

    assert kinds == ["root", "caretaker", "session", "view"]


def test_two_views_of_a_page_share_a_session_and_nothing_else(live, live_system):
    page = live.get("/pair/")

    page.find("#one button", text="+").click()
    page.find("#one button", text="+").click()
    page.find("#two button", text="+").click()

    assert page.find("#one h1").text == "Counter: 2"
    assert page.find("#two h1").text == "Counter: 1"
    assert [cell.kind for cell in live_system.cells()].count("session") == 1
    assert [cell.kind for cell in live_system.cells()].count("view") == 2
