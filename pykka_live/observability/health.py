"""The pages that say whether this process is well, for who restarts it and who sends it visitors:
`/live/health` and `/live/ready`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views.generic import View

from pykka_live.actors import ActorError, ActorSystem, ActorTimeout, Ping
from pykka_live.live.system import actor_system
from pykka_live.transport import heartbeat

__all__ = ["Health", "HealthView", "ReadyView", "examine"]

TIMEOUT = 0.8
"""Seconds that all of it may take: less than the one for which Kubernetes waits."""

OK = "ok"


@dataclass(frozen=True)
class Health:
    """How a process is.

    Attributes:
        event_loop: `ok`, or for how long an event loop that serves sockets has hung.
        root: of the actors: `ok`; `new` before the first page, which starts it; `stopping`; or
            what is wrong with it.
    """

    event_loop: str
    root: str

    @property
    def is_alive(self) -> bool:
        """Whether it can go on. A process that stops is alive until its actors have stopped."""
        return self.event_loop == OK and self.root in (OK, "new", "stopping")

    @property
    def is_ready(self) -> bool:
        """Whether new visitors may come."""
        return self.is_alive and self.root != "stopping"


async def examine(system: ActorSystem, timeout: float = TIMEOUT) -> Health:
    """Find out how this process is. An actor system that has not begun is left alone.

    Args:
        system: whose root is asked.
        timeout: seconds for which the root may be silent, and an event loop late.
    """
    root = await _root(system, timeout)
    await asyncio.sleep(0)  # if this loop was late, its beat is due now
    overdue = heartbeat.overdue()
    return Health(OK if overdue < timeout else f"hangs for {overdue:.1f} s", root)


async def _root(system: ActorSystem, timeout: float) -> str:
    cell = system.find("/")
    if cell is not None and system.state == "running":
        try:
            await cell.request_async(Ping(), timeout)
            return OK
        except ActorTimeout:
            return f"no answer for {timeout:g} s"
        except ActorError:
            pass  # it has ended meanwhile
    state = system.state
    return "stopped" if state == "running" else state


@method_decorator(login_not_required, name="dispatch")
class HealthView(View):
    """Answers 200 if this process can go on, else 503, and says in JSON what is well and what not.

    For a liveness probe: who gets no answer, or 503 again and again, restarts the process.
    Whatever hangs, it answers within a second, unless it is the event loop that would answer.
    """

    http_method_names = ["get", "head", "options"]

    system: Callable[[], ActorSystem] = staticmethod(actor_system)

    async def get(self, request: HttpRequest) -> JsonResponse:
        """Answer how this process is."""
        health = await examine(self.system())
        is_well = self.judge(health)
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        told = {"status": OK if is_well else "unavailable", **asdict(health)}
        response = JsonResponse(told, status=status)
        patch_cache_control(response, no_store=True)
        return response

    def judge(self, health: Health) -> bool:
        """Return whether the answer is 200."""
        return health.is_alive


class ReadyView(HealthView):
    """Answers 200 if new visitors may come to this process, else 503: also while it stops.

    For a readiness probe: who gets 503 sends visitors elsewhere.
    """

    def judge(self, health: Health) -> bool:
        return health.is_ready
