"""The chat: tabs, people and processes hear each other."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from tests.server import Process, Server, running

from .conftest import DEMO


class Chat:
    """One tab's chat."""

    def __init__(self, page):
        self.page = page
        self.field = page.get_by_label("Message", exact=True)
        self.name = page.get_by_label("Your name")
        self.messages = page.locator(".log li:not(.empty)")

    def rename(self, name):
        self.name.fill(name)
        self.name.press("Tab")

    def say(self, text):
        self.field.fill(text)
        self.page.keyboard.press("Enter")
        expect(self.field).to_have_value("")

    def expect(self, *messages):
        """Expect these messages, as (name, text), and no others."""
        expect(self.messages.locator("b")).to_have_text([name for name, _ in messages])
        expect(self.messages.locator("span")).to_have_text([text for _, text in messages])


def test_two_people_talk(open_demo, open_as_other):
    ada = Chat(open_demo("/chat/"))
    alan = Chat(open_as_other("/chat/"))
    ada.rename("Ada")
    alan.rename("Alan")

    ada.say("Good morning")
    alan.expect(("Ada", "Good morning"))
    alan.say("Good morning, Ada")
    ada.say("Lovely weather")

    talk = [("Ada", "Good morning"), ("Alan", "Good morning, Ada"), ("Ada", "Lovely weather")]
    ada.expect(*talk)
    alan.expect(*talk)
    expect(ada.page.locator(".own")).to_have_count(2)
    expect(alan.page.locator(".own")).to_have_count(1)


def test_two_tabs_of_one_browser_talk(open_demo, open_tab):
    one, other = Chat(open_demo("/chat/")), Chat(open_tab("/chat/"))
    one.rename("One")
    other.rename("Other")

    one.say("hello, me")

    one.expect(("One", "hello, me"))
    other.expect(("One", "hello, me"))
    expect(other.page.locator(".own")).to_have_count(0)


def test_what_is_being_typed_survives_what_others_say(open_demo, open_as_other):
    ada, alan = Chat(open_demo("/chat/")), Chat(open_as_other("/chat/"))
    alan.rename("Alan")
    ada.field.press_sequentially("I was about to s")

    for text in ("one", "two", "three"):
        alan.say(text)
    ada.expect(("Alan", "one"), ("Alan", "two"), ("Alan", "three"))

    expect(ada.field).to_be_focused()
    ada.page.keyboard.type("ay")
    expect(ada.field).to_have_value("I was about to say")


def test_the_log_stays_at_its_end(open_demo):
    chat = Chat(open_demo("/chat/"))

    for number in range(15):
        chat.say(f"line {number}")

    expect(chat.messages.last).to_be_in_viewport()
    expect(chat.messages.first).not_to_be_in_viewport()


@pytest.fixture
def redis_url():
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("this test needs redis-server: apt-get install redis-server")
    arguments = ["--port", "{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with running(Process([program, *arguments])) as redis:
        yield f"redis://127.0.0.1:{redis.port}/0"


@pytest.fixture
def two_servers(demo_env, redis_url):
    env = {**demo_env, "REDIS_URL": redis_url}
    with (
        running(Server("demo.asgi:application", cwd=DEMO, env=env)) as one,
        running(Server("demo.asgi:application", cwd=DEMO, env=env)) as other,
    ):
        yield one, other


def test_messages_cross_from_process_to_process(two_servers, open_demo, open_as_other):
    one, other = two_servers
    ada = Chat(open_demo(f"{one.url}/chat/"))
    alan = Chat(open_as_other(f"{other.url}/chat/"))
    ada.rename("Ada")
    alan.rename("Alan")

    ada.say("Is this the other side?")
    alan.expect(("Ada", "Is this the other side?"))
    alan.say("It is.")

    ada.expect(("Ada", "Is this the other side?"), ("Alan", "It is."))
