"""The test client compares what it shows with what the server renders from nothing."""

from __future__ import annotations

import pytest

from pykka_live.live import painter, record
from pykka_live.testing import PageBroken
from pykka_live.testing.mirror import shown_tree


def test_a_picture_that_is_another_each_time_fails(live):
    page = live.get("/hidden/")

    with pytest.raises(PageBroken, match=r"Hidden shows something else .* the text '2'"):
        page.find("b").click()


@pytest.mark.live(verify=False)
def test_it_does_not_when_nothing_is_to_be_compared(live):
    page = live.get("/hidden/")

    page.find("b").click()

    assert page.find("i").text == "2"


def test_flash_messages_are_shown_once(live):
    page = live.get("/flash/")

    page.find("button", text="go").click()
    assert [each.text for each in page.find_all("i")] == ["went"]
    page.find("button", text="stay 0").click()
    assert not page.has("i")


def test_a_renderer_that_forgets_a_change_fails(live, monkeypatch):
    page = live.get("/counter/")
    page.find("button", text="+").click()
    shown = []

    class Forgetful:
        """Draws what was drawn before."""

        notes, rendered, reused, has_fallen_back, has_compared = None, 0, 0, False, False

        def render(self, *_args):
            return shown[0]

    def renderer(self):
        self.renderer = Forgetful()
        return self.renderer

    shown.append(page_tree(page))
    monkeypatch.setattr(painter.Painter, "_renderer", renderer)
    with pytest.raises(PageBroken, match=r"the text 'Counter: 1'.*the text 'Counter: 2'"):
        page.find("button", text="+").click()


def test_an_update_that_leads_elsewhere_fails(live, monkeypatch):
    page = live.get("/counter/")
    monkeypatch.setattr(record, "diff", lambda *_: [((0, 0), "t", "Counter: 7")])

    with pytest.raises(PageBroken, match="have not led to what the server shows"):
        page.find("button", text="+").click()


@pytest.mark.live(verify=False)
def test_the_queries_of_a_click_can_be_counted(live, django_assert_num_queries):
    page = live.get("/names/")

    with django_assert_num_queries(3):  # to create a group, and to list all when told of it
        page.form().fill(name="x").submit()


def page_tree(page):
    """What the server's picture is, as the page shows it."""
    return shown_tree(page.find("main")._node)
