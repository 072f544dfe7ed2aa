"""Debian's Prometheus: its `promtool`, and a server of its own for a test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.server import Process

__all__ = ["PrometheusServer", "program", "promtool"]

PATIENCE = 60.0


def program(name: str) -> str:
    """Return the path of a program of Prometheus: from `PATH`, or from beside Python, which is
    where `make test` puts it.

    Raises:
        RuntimeError: if there is none.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    found = shutil.which(name, path=path)
    if found is None:
        raise RuntimeError(f"this test needs Prometheus' {name}: apt-get install prometheus")
    return found


def promtool(*arguments: str | Path, cwd: Path) -> str:
    """Run `promtool`, and return what it prints.

    Raises:
        AssertionError: if it finds a mistake; with what it says.
    """
    done = subprocess.run(
        [program("promtool"), *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


class PrometheusServer(Process):
    """A Prometheus with data of its own, and its HTTP API.

    Args:
        config: its configuration file.
        data: a directory for its data.

    Attributes:
        moment: what queries are about, in seconds of the epoch.
    """

    moment = 0.0

    def __init__(self, config: Path, data: Path) -> None:
        super().__init__(
            [
                program("prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={data}",
                "--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ],
            cwd=data,
            env={"TZ": "UTC"},
        )

    def get(self, path: str, **params: str) -> Any:
        """Ask the API, and return the data of its answer."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(params)}"
        try:
            with urllib.request.urlopen(url, timeout=20) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{params}: {error.read().decode()}") from None
        assert answer["status"] == "success", answer
        assert not answer.get("warnings"), answer["warnings"]
        return answer["data"]

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Evaluate an expression; return the labels and the value of each series."""
        data = self.get("query", query=expression, time=str(self.moment))
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    def value(self, expression: str) -> float:
        """Evaluate an expression that has exactly one value; 0 where there is no series."""
        answer = self.query(expression)
        assert len(answer) <= 1, (expression, answer)
        return answer[0][1] if answer else 0.0

    def _accepts(self) -> bool:
        """Tell whether it answers queries; it listens before it does."""
        if not super()._accepts():
            return False
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/-/ready", timeout=20):
                return True
        except urllib.error.HTTPError:
            return False

    def wait_for_news(self) -> None:
        """Wait until all targets have been scraped from now on, and then all rules evaluated.
        Queries are about this moment until it is called again.

        Raises:
            AssertionError: if that takes too long.
        """
        self._until(time.time(), self._scrapes)
        self._until(time.time(), self._evaluations)
        self.moment = time.time()

    def _until(self, moment: float, last: Callable[[], Iterable[float]]) -> None:
        deadline = time.monotonic() + PATIENCE
        while min(last(), default=0.0) <= moment:
            assert time.monotonic() < deadline, self.get("targets", state="active")
            time.sleep(0.05)

    def _scrapes(self) -> list[float]:
        """Return when the last scrape of each target began; 0 for one that has failed."""
        targets = self.get("targets", state="active")["activeTargets"]
        return [0.0 if each["lastError"] else _seconds(each["lastScrape"]) for each in targets]

    def _evaluations(self) -> list[float]:
        """Return when the last evaluation of each group of rules began."""
        return [_seconds(group["lastEvaluation"]) for group in self.get("rules")["groups"]]


def _seconds(moment: str) -> float:
    """Read the API's `2026-11-22T01:17:52.123456789Z`."""
    whole = datetime.fromisoformat(f"{moment[:19]}+00:00").timestamp()
    return whole + float(f"0{moment[19:-1]}")
