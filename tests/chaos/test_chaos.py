"""Chaos: a real server with 200 live sessions under load, in which actors crash at random."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chaos.visitor import Visitor
from tests.server import ROOT, Server, environment, running

SESSIONS = 200
DURATION = 60.0
"""Seconds of chaos: what this test is about, so it is not to be shortened."""

MAX_OTHER_THREADS = 300
"""The server's own threads, and the idle ones that the actor system keeps: their number must not
follow that of the crashes, which are thousands."""

PATIENCE = 240.0
"""Seconds after which what has not come will not come."""


class Site:
    """The server, and what its operator sees."""

    def __init__(self, place: str) -> None:
        self._env = {"DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "XDG_RUNTIME_DIR": place}
        self.server = Server("tests.asgi:application", env=self._env)

    def get(self, path: str) -> str:
        """Get a page."""
        with urllib.request.urlopen(self.server.url + path, timeout=PATIENCE) as response:
            text: str = response.read().decode()
            return text

    async def ask(self, path: str) -> dict[str, Any]:
        """Ask the site for something while the visitors go on."""
        answer: dict[str, Any] = json.loads(await asyncio.to_thread(self.get, path))
        return answer

    def total(self, metric: str, **labels: str) -> int:
        """Return the sum of a counter over all labels but those given."""
        wanted = [f'{name}="{value}"' for name, value in labels.items()]
        samples = re.findall(rf"^{metric}(\{{.*\}})? (\S+)$", self.get("/metrics"), re.MULTILINE)
        return int(sum(float(n) for found, n in samples if all(pair in found for pair in wanted)))

    def tree(self) -> list[dict[str, Any]]:
        """Return what `manage.py actor_tree` shows of the server."""
        printed = subprocess.check_output(
            [sys.executable, "-m", "django", "actor_tree", "--json"],
            cwd=ROOT,
            env=environment(self._env) | self._env,
        )
        (process,) = json.loads(printed)["processes"]
        actors: list[dict[str, Any]] = process["actors"]
        return actors


@pytest.fixture
def site() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as place:
        site = Site(place)
        with running(site.server):
            yield site


async def test_two_hundred_sessions_survive_a_minute_of_crashes(site):
    visitors = [Visitor(site.server, number) for number in range(SESSIONS)]
    ended = await asyncio.wait_for(visit(site, visitors), DURATION + PATIENCE)
    assert ended["silent"] == []
    report = account(site, visitors, ended["thrown"])
    print(json.dumps(report))

    inventory = await asyncio.wait_for(settled(site), PATIENCE)
    assert len(inventory["sessions"]) == len(inventory["views"]) == SESSIONS
    # Busy: with the news that a visitor's former socket has closed.
    assert {*inventory["sessions"], *inventory["views"]} <= {"running", "busy"}
    assert inventory["mounts"] == SESSIONS  # nobody was mounted anew
    assert inventory["abandoned"] == []
    assert len(inventory["others"]) < MAX_OTHER_THREADS, Counter(inventory["others"])

    tree = site.tree()
    for kind in ("session", "view"):
        restarts = [actor["restarts"] for actor in tree if actor["kind"] == kind]
        assert len(restarts) == SESSIONS
        # A session that restarts has new views, whose restarts are counted anew.
        assert 0 < sum(restarts) <= report["restarts"][kind]

    await asyncio.gather(*(visitor.leave() for visitor in visitors))
    assert (await site.ask("/emptiness/"))["left"] == []
    assert site.server.stop() in (0, -15)
    assert "Traceback" not in site.server.log, site.server.log[-10_000:]

    # Else it would not have been chaos.
    assert report["events"]["acked"] > 5_000
    assert min(report["events"].values()) > 0
    assert min(report["failures"].values()) > 100
    assert min(report["restarts"].values()) > 500
    assert min(report["drops"].values()) > 50
    assert min(report["thrown"].values()) > 500


async def visit(site: Site, visitors: list[Visitor]) -> dict[str, Any]:
    """Have the visitors live through the chaos, and check that they are well afterwards."""
    await asyncio.gather(*(visitor.arrive() for visitor in visitors))
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(DURATION, over.set)
    await site.ask("/begin/")
    await asyncio.gather(*(visitor.live(over) for visitor in visitors))
    ended = await site.ask("/end/")
    await asyncio.gather(*(visitor.check() for visitor in visitors))
    return ended


async def settled(site: Site) -> dict[str, Any]:
    """Return the inventory as soon as no thread is left of actors that were replaced."""
    while (inventory := await site.ask("/inventory/"))["leaked"]:
        pass
    return inventory


def account(site: Site, visitors: list[Visitor], thrown: dict[str, int]) -> dict[str, Any]:
    """Count what has happened."""
    return {
        "events": {
            fate: sum(len(getattr(visitor, fate)) for visitor in visitors)
            for fate in ("acked", "refused", "arrived", "lost")
        },
        "errors": sum((visitor.codes for visitor in visitors), Counter()),
        "drops": sum((visitor.drops for visitor in visitors), Counter()),
        "thrown": thrown,
        "failures": {
            kind: site.total("pykka_live_failures_total", kind=kind) for kind in ("session", "view")
        },
        "restarts": {
            kind: site.total("pykka_live_restarts_total", kind=kind) for kind in ("session", "view")
        },
    }
