"""The demo with its observer, a user of the staff, and pages that are busy."""

from __future__ import annotations

import re

import pytest

from tests.server import ROOT, Server, manage, running

DEMO = ROOT / "manage_demo"
PASSWORD = "correct horse battery"

USERS = f"""
from django.contrib.auth.models import User
from django.test import Client
client = Client()
for user in (
    User.objects.create_superuser("ada", password="{PASSWORD}"),
    User.objects.create_user("bob", is_staff=True),
    User.objects.create_user("eve"),
):
    client.force_login(user)
    print("session", user.username, client.session.session_key)
    client.cookies.clear()
"""


@pytest.fixture(scope="module")
def sessions():
    """The keys of the users' sessions, by their names."""
    return {}


@pytest.fixture(scope="module")
def server(tmp_path_factory, sessions):
    """A demo whose users are ada (may do everything), bob (may look) and eve (may not)."""
    env = {"DEMO_DATABASE": str(tmp_path_factory.mktemp("demo") / "db.sqlite3"), "DEBUG": "1"}
    manage("migrate", "--verbosity", "0", cwd=DEMO, env=env)
    said = manage("shell", "--command", USERS, cwd=DEMO, env=env)
    sessions.update(re.findall(r"^session (\w+) (\w+)$", said, re.MULTILINE))
    with running(Server("demo.asgi:application", cwd=DEMO, env=env)) as server:
        yield server


@pytest.fixture
def context_options(context_options, server):
    return {**context_options, "base_url": server.url}


@pytest.fixture
def look_as(context, page, server, sessions):
    """`look_as("ada")` opens the observer as that user, and returns the page when it is live."""

    def look_as(name, path="/observer/"):
        cookie = {"name": "sessionid", "value": sessions[name], "url": server.url}
        context.add_cookies([cookie])
        page.goto(path)
        if name != "eve":
            page.locator("main.live-connected").wait_for()
        return page

    return look_as


@pytest.fixture
def open_tab(context):
    """`open_tab("/counter/")` opens a page of the demo in another tab."""

    def open_tab(path):
        tab = context.new_page()
        tab.goto(path)
        tab.locator(".live-connected").first.wait_for()
        return tab

    return open_tab
