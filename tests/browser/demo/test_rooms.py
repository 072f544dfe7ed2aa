"""The page with one view twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


class Room:
    """One of the two."""

    def __init__(self, page, name):
        self.root = page.get_by_role("region", name=name)
        self.field = self.root.get_by_role("textbox")
        self.said = self.root.locator(".log li:not(.empty) span")

    def say(self, text):
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")


@pytest.fixture
def rooms(page, open_demo):
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket))
    open_demo("/rooms/")
    yield Room(page, "Kitchen"), Room(page, "Garden")
    assert len(sockets) == 1


def test_what_is_said_in_one_room_is_not_heard_in_the_other(rooms):
    kitchen, garden = rooms
    kitchen.say("soup")
    garden.say("roses")
    garden.say("beans")
    expect(kitchen.said).to_have_text(["soup"])
    expect(garden.said).to_have_text(["roses", "beans"])


def test_a_room_that_crashes_keeps_what_was_said_and_the_other_goes_on(rooms, page_errors):
    page_errors.expect("handler_failed")
    kitchen, garden = rooms
    kitchen.say("soup")
    expect(kitchen.said).to_have_text(["soup"])
    garden.field.fill("half a word")
    kitchen.root.get_by_role("button", name="Crash the kitchen").click()
    kitchen.say("more soup")
    expect(kitchen.said).to_have_text(["soup", "more soup"])
    expect(garden.field).to_have_value("half a word")
    garden.say("roses")
    expect(garden.said).to_have_text(["roses"])


def test_two_people_meet_in_the_same_room(rooms, open_as_other):
    kitchen, _ = rooms
    theirs = Room(open_as_other("/rooms/"), "Kitchen")
    theirs.say("anyone here?")
    expect(kitchen.said).to_have_text(["anyone here?"])
    kitchen.say("yes")
    expect(theirs.said).to_have_text(["anyone here?", "yes"])
