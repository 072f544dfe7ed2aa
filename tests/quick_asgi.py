"""The test project, for servers that have little time for stopping their actors."""

from __future__ import annotations

from functools import partial

from pykka_live import routing
from tests.asgi import application

__all__ = ["application"]

routing.shutdown = partial(routing.shutdown, 2.0)
