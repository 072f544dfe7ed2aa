"""A server that loads the application, uses its actor system, and then forks its workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.server import ROOT, Server, running
from tests.test_server import SETTINGS, Client


class Gunicorn(Server):
    """Two workers of a preloading gunicorn."""

    def __init__(self, place: Path) -> None:
        super().__init__(env={**SETTINGS, "XDG_RUNTIME_DIR": str(place), "HOME": str(place)})
        self._command = [sys.executable, "-m", "gunicorn", "--preload", "-w", "2"]
        self._command += ["-k", "uvicorn_worker.UvicornWorker", "-b", f"127.0.0.1:{self.port}"]
        self._command += ["tests.forked:application"]

    def trees(self) -> dict[int, list[str]]:
        """Return the paths of the actors of each process."""
        tree = [sys.executable, "-m", "django", "actor_tree", "--json"]
        printed = subprocess.run(tree, cwd=ROOT, env=self._env, capture_output=True, check=True)
        processes = json.loads(printed.stdout)["processes"]
        return {each["pid"]: [actor["path"] for actor in each["actors"]] for each in processes}


def test_workers_of_a_preloading_server_begin_anew_and_stop_in_order(tmp_path):
    with running(Gunicorn(tmp_path)) as server:
        tabs: list[Client] = []
        workers: set[int] = set()
        while len(workers) < 2:
            assert len(tabs) < 200
            tabs += [Client(server, "/sleeper/") for _ in range(10)]
            trees = {pid: paths for pid, paths in server.trees().items() if pid != server.pid}
            workers = {
                pid
                for pid, paths in trees.items()
                if any(path.startswith("/sessions/") for path in paths)
            }
        assert all("/early" not in paths for paths in trees.values())
        answers = [tab.event("up") for tab in tabs]
        assert [answer.get("p") for answer in answers] == [[0, "t", "1"]] * len(tabs)
        assert server.stop() == 0
        assert {tab.close_code() for tab in tabs} <= {1012, 4012}
        assert server.log.count("terminated at 1: system shutdown") == len(tabs)
        assert "Traceback" not in server.log
        assert all(_is_gone(pid) for pid in workers)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False
