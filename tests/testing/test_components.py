"""Components in the test client: their events, their updates, and what comes and goes."""

from __future__ import annotations

import pytest

from pykka_live.exceptions import HandlerFailed
from pykka_live.live import delivery
from pykka_live.testing import ActionRefused, MessageLost, PageBroken
from pykka_live.testing.line import Line
from pykka_live.testing.region import _Asked
from tests.live.talkers import heard


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


def counts(page):
    return [each.text for each in page.find_all("section > h2")]


@pytest.fixture
def sent(monkeypatch):
    """The frames that were sent."""
    frames, send = [], Line.send

    def record(self, **frame):
        frames.append(frame)
        return send(self, **frame)

    monkeypatch.setattr(Line, "send", record)
    return frames


def test_an_event_goes_to_the_component_that_it_happens_in(live, sent):
    page = live.get("/board/")

    page.find("[live-component=b] button").click()
    page.find("[live-component=b] button").click()
    page.find("[live-component=a] button").click()

    assert counts(page) == ["tally: 1", "tally: 2"]
    assert [frame.get("c") for frame in sent if frame["t"] == "event"] == ["b", "b", "a"]


def test_what_the_parent_has_put_into_a_component_is_the_parents(live, sent):
    page = live.get("/board/")
    call(page, "show_card")

    page.find("[live-component=card] i").click()

    assert page.find("h1").text == "Retitled"
    assert page.find("[live-component=card] i").text == "Retitled"
    assert "c" not in [frame for frame in sent if frame["t"] == "event"][-1]


def test_components_come_and_go_and_keep_their_state(live):
    page = live.get("/board/")
    page.find("[live-component=b] button").click()

    call(page, "show", ids="c,b")

    assert counts(page) == ["tally: 0", "tally: 1"]
    page.find("[live-component=c] button").click()
    assert counts(page) == ["tally: 1", "tally: 1"]


def test_components_stand_in_each_other(live):
    page = live.get("/board/")
    call(page, "nest", component="a", id="deep")

    page.find("[live-component=deep] button").click()

    assert page.find("[live-component=a] [live-component=deep] h2").text == "inner: 1"


def test_a_component_that_fails_goes_on_alone(live):
    page = live.get("/board/")
    page.find("[live-component=a] button").click()
    page.find("[live-component=b] button").click()

    with pytest.raises(HandlerFailed, match="on purpose") as caught:
        call(page, "fail", component="a")

    assert isinstance(caught.value.__cause__, ValueError)
    page.find("[live-component=a] button").click()
    assert counts(page) == ["tally: 2", "tally: 1"]


def test_components_come_back_with_their_page(live):
    page = live.get("/board/")
    page.find("[live-component=a] button").click()
    page.disconnect()

    page.reconnect().find("[live-component=a] button").click()

    assert counts(page) == ["tally: 2", "tally: 0"]


def test_a_component_that_is_shown_wrongly_fails(live, monkeypatch):
    page = live.get("/board/")
    monkeypatch.setattr("pykka_live.live.record.diff", lambda *_: [((), "a", "class", "wrong")])

    with pytest.raises(PageBroken, match="class is 'wrong' on the page, and 'tally' on the server"):
        page.find("[live-component=a] button").click()


def call(page, name, component=None, **params):
    """Call an event that nothing on the page is bound to."""
    region = page._regions[0]
    which = {"c": component} if component else {}
    asked = _Asked("event")
    region._ask(asked, t="event", view=region._number, name=name, params=params, **which)
    page.settle()


def test_a_component_goes_to_another_place_of_its_parent_as_it_is(live):
    page = live.get("/desk/?trays=a:&own=x")
    page.find("[live-component=x] button").click()

    for last in ("", "x", "", "x"):
        call(page, "arrange", own="" if last else "x", last=last)
        assert page.find("[live-component=x] h2").text.endswith(": 1")


def test_a_component_moves_to_another_parent(live):
    page = live.get("/desk/?trays=b:,a:x")
    page.find("[live-component=x] button").click()

    for trays in ("b:x,a:", "b:,a:x", "b:x"):
        call(page, "arrange", trays=trays)
        assert counts(page) == ["in: 0"]
        page.find("[live-component=x] button").click()
        assert counts(page) == ["in: 1"]


def test_two_places_of_one_component_are_an_error(live):
    page = live.get("/desk/?trays=a:x,b:")

    with pytest.raises(HandlerFailed, match="two components of one view have the id 'x'"):
        call(page, "arrange", trays="a:x,b:x")
    assert counts(page) == ["in: 0"]


def test_a_message_that_nobody_will_get_is_a_warning(live):
    page = live.get("/court/")
    with pytest.warns(MessageLost, match="components/nobody misses a message .*such") as told:
        call(page, "play", component="a", to="nobody", rounds=1)
    assert len(told) == 1


def test_messages_that_find_too_many_waiting_are_one_warning(live, monkeypatch, settings):
    monkeypatch.setattr(delivery, "MESSAGES", 0)
    settings.PYKKA_LIVE = {"MAILBOX": {"view": 1, "component": 1, "OVERFLOW": "block"}}
    page = live.get("/court/")
    with pytest.warns(MessageLost, match=r"mailbox full \(\d+ times\)") as told:
        call(page, "tell", component="a", number=2000)
    assert len(told) == 1


@pytest.mark.filterwarnings("error")
def test_a_burst_arrives_whole(live):
    page = live.get("/court/")
    heard.clear()
    call(page, "tell", component="a", number=1000)
    assert [data for _, data in heard["view"]] == [[number] for number in range(1000)]


def test_a_component_that_has_ended_takes_no_events_until_it_is_there_again(live):
    page = live.get("/ward/", {"shown": "stopping:a,tally:b"})
    call(page, "nest", component="a", id="inner")
    with pytest.raises(HandlerFailed):
        call(page, "fail", component="a")

    for ended in ("a", "inner"):
        with pytest.raises(ActionRefused, match=r"component 'a' has stopped \(crashed\)"):
            page.find(f"[live-component={ended}] > button").click()
    page.find("[live-component=b] button").click()
    assert page.find("[live-component=b] h2").text == ": 1"

    call(page, "show", shown="tally:b")
    call(page, "show", shown="tally:b,stopping:a")
    page.find("[live-component=a] button").click()
    assert page.find("[live-component=a] h2").text == ": 1"
    assert page.find("[live-component=b] h2").text == ": 1"


def test_one_that_has_ended_is_known_as_such_after_a_lost_connection(live):
    page = live.get("/ward/", {"shown": "stopping:a"})
    with pytest.raises(HandlerFailed):
        call(page, "fail", component="a")

    page.disconnect()
    page.reconnect()

    with pytest.raises(ActionRefused, match="has stopped"):
        page.find("[live-component=a] button").click()
