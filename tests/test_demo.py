"""The demo without a browser: what its pages hold, and how it is served."""

from __future__ import annotations

import html
import re
import sys
import urllib.request

import pytest

from tests.server import ROOT, Process, Server, manage, running

DEMO = ROOT / "manage_demo"
PAGES = {
    "/": "Live pages,",
    "/counter/": "+10",
    "/todo/": "Nothing here.",
    "/chat/": "Nobody has said anything",
    "/rooms/": "Say something as",
    "/dashboard/": "Write while the others tick",
    "/shop/": "Holds soup.",
    "/table/": "<b>1000</b> rows",
    "/crash/": "Raise SystemExit",
}


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    env = {"DEMO_DATABASE": str(tmp_path_factory.mktemp("demo") / "db.sqlite3")}
    manage("migrate", "--verbosity", "0", cwd=DEMO, env=env)
    return env


@pytest.fixture(scope="module")
def demo(env):
    with running(Server("demo.asgi:application", cwd=DEMO, env=env)) as server:
        yield server


def get(url):
    with urllib.request.urlopen(url, timeout=20) as response:
        return response.read().decode(), response.headers


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_without_javascript(demo, path):
    page, headers = get(f"{demo.url}{path}")

    assert PAGES[path] in page
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<style" not in page
    assert not re.search(r"<[^>]+\sstyle=", page)


@pytest.mark.parametrize("name", [path.strip("/") for path in PAGES if path != "/"])
@pytest.mark.parametrize("path", ["/", None], ids=["index", "page"])
def test_the_source_is_shown_as_it_is(demo, path, name):
    page, _ = get(f"{demo.url}{path or f'/{name}/'}")

    shown = [
        html.unescape(re.sub(r"<[^>]+>", "", code))
        for code in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    ]

    for file in (DEMO / f"pages/{name}.py", DEMO / f"pages/templates/pages/{name}.html"):
        assert file.read_text() in shown


@pytest.mark.parametrize("kind", ["runserver", "daphne"])
def test_it_runs_under_daphne_too(env, kind):
    if kind == "runserver":
        command = [sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:{port}"]
        server = Process(command, cwd=DEMO, env=env)
    else:
        server = Server("demo.asgi:application", kind, cwd=DEMO, env=env)
    with running(server):
        origin = f"http://127.0.0.1:{server.port}"
        assert PAGES["/counter/"] in get(f"{origin}/counter/")[0]
        assert "PykkaLive" in get(f"{origin}/static/pykka_live/pykka_live.js")[0]
        assert "--paper" in get(f"{origin}/static/pages/demo.css")[0]


def test_the_observer_asks_who_one_is_and_how_to_become_somebody(demo):
    page, _ = get(f"{demo.url}/observer/")  # follows to the login

    assert "createsuperuser" in page
    assert 'name="next" value="/observer/"' in page


def test_its_own_tests_pass(env):
    manage("test", "pages.tests", cwd=DEMO, env=env)


def test_its_settings_and_migrations_are_in_order(env):
    assert "no issues" in manage("check", cwd=DEMO, env=env)
    assert "No changes" in manage("makemigrations", "--check", "--dry-run", cwd=DEMO, env=env)
