"""A server that is this very process, for the commands that look into servers."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from prometheus_client import CollectorRegistry

from pykka_live.actors import ActorSystem
from pykka_live.observability import Observer


@contextmanager
def served(system: ActorSystem, patch: pytest.MonkeyPatch) -> Iterator[Observer]:
    """Serve an actor system's control socket where commands of this process look for it."""
    place = tempfile.mkdtemp(prefix="pykka_live-")
    patch.setenv("XDG_RUNTIME_DIR", place)
    patch.setattr(tempfile, "tempdir", place)
    observer = Observer(CollectorRegistry(), lambda: system)
    observer.install()
    system.start()
    observer.control.open()
    try:
        yield observer
    finally:
        observer.uninstall()
        shutil.rmtree(Path(place))


def run(command: str, *arguments: str, **options: Any) -> str:
    """Run a command in this process; return what it prints."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out, no_color=True, **options)
    return out.getvalue()
