"""The README and "Getting started" are executed: who follows them gets what they promise."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from pykka_live import vdom
from pykka_live.conf import LiveSettings, find_problems, live_settings
from tests.server import ROOT, Process, Server, environment, manage, open_page, running

README = ROOT / "README.md"
GETTING_STARTED = ROOT / "docs/getting-started.md"
SERVERS = ["runserver", "uvicorn", "daphne"]


def blocks(document: Path) -> list[tuple[str, str, str]]:
    """Return the code blocks that say what they are for, as (purpose, target, text)."""
    fences = re.findall(
        r"^```(?:\w+) (\w+)(?:=\"([^\"]+)\")?\n(.*?)^```$", document.read_text(), re.M | re.S
    )
    assert fences, document
    return fences


def commands(text: str) -> list[str]:
    return [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]


def follow(document: Path, directory: Path) -> Path:
    """Do what a document says, step by step; return the directory in which that ends."""
    # "python" and "django-admin" are those of the virtual environment that the tests run in.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for purpose, target, text in blocks(document):
        if purpose == "setup":
            for command in commands(text):
                if command.startswith("cd "):
                    directory /= command.removeprefix("cd ")
                else:
                    env = environment({"PATH": path})
                    subprocess.run(command.split(), cwd=directory, env=env, check=True)
        elif purpose in ("file", "append"):
            file = directory / target
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("w" if purpose == "file" else "a") as stream:
                stream.write(text)
    return directory


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project that was made as the README says, and its database with it."""
    project = follow(README, tmp_path_factory.mktemp("readme"))
    manage("migrate", "--verbosity", "0", cwd=project)
    return project


def start(project: Path, kind: str) -> Process:
    if kind == "runserver":
        command = [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"]
        return Process(command, cwd=project)
    return Server("mysite.asgi:application", kind, cwd=project)


class Page:
    """A page that was got, and the socket that joined it."""

    def __init__(self, html: str, socket: ClientConnection) -> None:
        match = re.search(r' data-live-token="([^"]+)"', html)
        assert match, html
        self.tree = vdom.parse_region(html.replace(match[0], ""))[1]
        self._socket = socket
        self._send(
            t="join",
            ref=1,
            protocol=1,
            token=match[1],
            tab="a tab of the tests",
            v=0,
            fingerprint=vdom.fingerprint(self.tree),
        )
        self.joined = self.receive()
        assert self.joined["t"] == "joined", self.joined

    @property
    def html(self) -> str:
        """What a browser would show."""
        return vdom.to_html(self.tree)

    def event(self, name: str, **params: object) -> None:
        self._send(t="event", ref=2, view=self.joined["view"], name=name, params=params)

    def receive(self) -> dict:
        """Take the next frame, and do to the tree what it says."""
        frame = json.loads(self._socket.recv(timeout=10))
        if "p" in frame:
            self.tree = vdom.apply(self.tree, vdom.decode(frame["p"]))
        return frame

    def _send(self, **frame: object) -> None:
        self._socket.send(json.dumps(frame))


@contextlib.contextmanager
def opened(server: Process, path: str) -> Iterator[Page]:
    origin = f"http://127.0.0.1:{server.port}"
    socket_url = f"ws://127.0.0.1:{server.port}/live/websocket/"
    html, cookies = open_page(f"{origin}{path}")
    headers = {"Cookie": cookies}
    with connect(socket_url, origin=Origin(origin), additional_headers=headers) as socket:
        yield Page(html, socket)


def get(url: str) -> str:
    return open_page(url)[0]


@pytest.mark.parametrize("kind", SERVERS)
def test_the_quick_start_makes_a_live_counter(project, kind):
    with running(start(project, kind)) as server, opened(server, "/counter/") as page:
        assert "<h1>0</h1>" in page.html
        assert "tree" not in page.joined  # the page is what the server takes it for

        page.event("increment", amount="10")
        answer = page.receive()

        assert (answer["t"], answer["ref"]) == ("patch", 2)
        assert "<h1>10</h1>" in page.html


def test_runserver_serves_the_client_that_the_page_asks_for(project):
    with running(start(project, "runserver")) as server:
        origin = f"http://127.0.0.1:{server.port}"
        panel, client = re.findall(r'<script defer src="([^"]+)"', get(f"{origin}/counter/"))

        assert "live:debug" in get(f"{origin}{panel}")
        assert "PykkaLive" in get(f"{origin}{client}")


def test_one_can_look_inside(project):
    with running(start(project, "uvicorn")) as server, opened(server, "/counter/"):
        assert "pykka_live_event_seconds_bucket" in get(f"http://127.0.0.1:{server.port}/metrics")
        tree = manage("actor_tree", cwd=project)
        assert "sessions/" in tree
        assert "views/" in tree


def test_the_quick_start_passes_the_system_checks(project):
    assert "no issues" in manage("check", cwd=project)


def test_the_commands_of_the_readme_are_those_that_are_tested():
    text = README.read_text()
    [run] = [commands(block) for purpose, _, block in blocks(README) if purpose == "run"]

    assert run == ["python manage.py migrate", "python manage.py runserver"]
    for kind in ("uvicorn", "daphne"):
        assert f"`{kind} mysite.asgi:application`" in text


def test_getting_started_goes_on_from_there(project):
    follow(GETTING_STARTED, project)

    with (
        running(start(project, "uvicorn")) as server,
        opened(server, "/board/") as page,
        opened(server, "/board/") as other,
    ):
        page.event("pin", text="<b>buy milk</b>")
        for tab in (page, other):
            while "p" not in tab.receive():
                pass
            assert "&lt;b&gt;buy milk&lt;/b&gt;" in tab.html

        button = re.search(r'data-note-id="(\d+)"', other.html)
        other.event("remove", note_id=button[1])
        for tab in (page, other):
            while "buy milk" in tab.html:
                tab.receive()


def test_the_settings_of_the_readme_are_the_defaults():
    [text] = [text for purpose, _, text in blocks(README) if purpose == "defaults"]
    values: dict = {}
    exec(text, values)

    assert find_problems(values["PYKKA_LIVE"]) == []
    with override_settings(PYKKA_LIVE={}):
        defaults = live_settings()
    with override_settings(PYKKA_LIVE=values["PYKKA_LIVE"]):
        assert live_settings() == defaults
    missing = [
        name for name in LiveSettings.__dataclass_fields__ if f'"{name.upper()}"' not in text
    ]
    assert missing == []


def test_links_lead_somewhere():
    for document in (README, GETTING_STARTED):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
