"""The test project's ASGI application, for a server that forks: the process that loads it uses its
actor system before that."""

from __future__ import annotations

from pykka_live import publish
from pykka_live.actors import ChildSpec, Ping, SupervisedActor
from pykka_live.live import system
from tests.asgi import application

__all__ = ["application"]

system.start()
publish("room-lobby", "nobody is here yet")
early = system.actor_system().start_child(ChildSpec("early", SupervisedActor))
assert early.request(Ping())
