"""Debian's Prometheus: its `promtool`, and a server of its own for a test."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.server import Process

__all__ = ["PrometheusServer", "program", "promtool"]


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
    """

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
        """Evaluate an expression now; return the labels and the value of each series."""
        data = self.get("query", query=expression)
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

    def scrapes(self) -> list[float]:
        """Return when the last scrape of each target began, in seconds of the epoch.

        Raises:
            AssertionError: if one has failed.
        """
        targets = self.get("targets", state="active")["activeTargets"]
        assert not any(target["lastError"] for target in targets), targets
        return [_seconds(target["lastScrape"]) for target in targets]

    def evaluations(self) -> list[float]:
        """Return when the last evaluation of each group of rules began.

        Raises:
            AssertionError: if one has failed.
        """
        groups = self.get("rules")["groups"]
        for rule in (rule for group in groups for rule in group["rules"]):
            assert rule["health"] != "err", rule
        return [_seconds(group["lastEvaluation"]) for group in groups]


def _seconds(moment: str) -> float:
    """Read the API's `2026-11-22T01:17:52.123456789Z`."""
    whole = datetime.fromisoformat(f"{moment[:19]}+00:00").timestamp()
    return whole + float(f"0{moment[19:-1]}")
