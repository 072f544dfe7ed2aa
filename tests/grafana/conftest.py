"""The demo under load, and the real Prometheus that watches it with the rules of `grafana/`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.grafana.house import PROMETHEUS
from tests.grafana.load import Load
from tests.grafana.prometheus import PrometheusServer
from tests.server import ROOT, Server, running

DEMO = ROOT / "manage_demo"
WORKERS = 2
INTERVAL = "1s"


class Watched(NamedTuple):
    """The visitors that the demo has had, and who has watched."""

    load: Load
    prometheus: PrometheusServer


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Two rounds of load: the first makes the time series, the second lets them rise. None of the
    pages that are visited needs the database."""
    place = tmp_path_factory.mktemp("watched")
    env = {"DEMO_DATABASE": str(place / "db.sqlite3"), "WEB_CONCURRENCY": str(WORKERS)}
    env["DJANGO_SETTINGS_MODULE"] = "tests.grafana.demo_settings"
    demo = Server("demo.asgi:application", cwd=DEMO, env=env)
    with running(demo), running(_prometheus(place, demo)) as prometheus, _loop() as run:
        load = Load(demo)
        run(load.stay())
        for _ in range(2):
            run(load.run())
            prometheus.wait_for_news()
        prometheus.wait_for_news()  # the server hears of the last goodbyes a little later
        yield Watched(load, prometheus)
        run(load.leave())


def _prometheus(place: Path, demo: Server) -> PrometheusServer:
    """Return a Prometheus with the configuration of `grafana/`, but for time and place."""
    config: dict[str, Any] = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text("utf-8"))
    config["global"] = dict.fromkeys(config["global"], INTERVAL)
    config["rule_files"] = [str(PROMETHEUS / name) for name in config["rule_files"]]
    (job,) = config["scrape_configs"]
    job["static_configs"][0]["targets"] = [f"127.0.0.1:{demo.port}"]
    file, data = place / "prometheus.yml", place / "data"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    data.mkdir()
    return PrometheusServer(file, data)


@contextlib.contextmanager
def _loop() -> Iterator[Callable[[Coroutine[Any, Any, None]], None]]:
    """An event loop that goes on, so that open sockets answer pings, while nothing is run on it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
