"""Lets metrics, the log of events and the control socket listen to this process."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable

from prometheus_client import REGISTRY
from prometheus_client.registry import CollectorRegistry

from pykka_live.actors import ActorSystem, Event
from pykka_live.live import hooks
from pykka_live.observability.collector import KINDS, LiveCollector
from pykka_live.observability.control import ControlServer
from pykka_live.observability.directory import ControlError, SocketDirectory
from pykka_live.observability.event_log import log_event
from pykka_live.observability.incidents import Incidents
from pykka_live.observability.tally import Tally
from pykka_live.observability.tree import snapshot

__all__ = ["Observer", "install"]

logger = logging.getLogger(__name__)


class Observer:
    """Watches the views and the actor system of a process: counts, collector and control socket.

    The socket is open while the actor system runs: from the first actor that starts until the
    root has stopped, or the interpreter ends. Where it cannot be opened, an error is logged, and
    all else goes on. In the child of a fork counting begins at zero, and the first actor that
    starts there opens a socket of the child's own.

    `_lock` guards the registration; the parts guard themselves.

    Args:
        registry: where the collector is registered
        system: returns the actor system that is watched
        directories: where the control socket may be made
    """

    def __init__(
        self,
        registry: CollectorRegistry = REGISTRY,
        system: Callable[[], ActorSystem] = ActorSystem.default,
        directories: Callable[[], list[SocketDirectory]] = SocketDirectory.candidates,
    ) -> None:
        self.tally = Tally()
        self.incidents = Incidents(kinds=KINDS)
        self.collector = LiveCollector(self.tally, self.incidents, system)
        self.control = ControlServer({"tree": lambda _request: snapshot(system())}, directories)
        self._registry = registry
        self._system = system
        self._lock = threading.Lock()
        self._watched: ActorSystem | None = None
        self._refused = False  # whether the socket could not be opened; not tried for each actor

    def install(self) -> None:
        """Begin to listen. Called again, it does nothing but follow a new actor system."""
        with self._lock:
            system = self._system()
            if self._watched is None:
                self._registry.register(self.collector)
                hooks.add_listener(self.tally)
            elif self._watched is not system:
                self._watched.remove_listener(self._on_event)
            if self._watched is not system:
                self._watched = system
                system.add_listener(self._on_event)

    def uninstall(self) -> None:
        """Undo `install`, and close the control socket. What was counted stays."""
        with self._lock:
            system, self._watched = self._watched, None
            if system is not None:
                system.remove_listener(self._on_event)
                hooks.remove_listener(self.tally)
                self._registry.unregister(self.collector)
        self.control.close()

    def _on_event(self, event: Event) -> None:
        self.incidents(event)
        if event.kind == "started" and self.control.path is None and not self._refused:
            self._open_control()
        elif event.kind == "stopped" and event.cell.parent is None:
            self._refused = False
            self.control.close()

    def _open_control(self) -> None:
        try:
            self.control.open()
        except (ControlError, OSError) as error:
            self._refused = True
            logger.error("manage.py actor_tree will not see this process. %s", error)

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self.tally._reset()
        self.incidents._reset()


_observer: Observer | None = None
_observer_lock = threading.Lock()


def install() -> Observer:
    """Let metrics, the log of events and the control socket listen to this process; the app does so
    when it is ready.

    Calling it again does no harm. After `ActorSystem.reset_default()` it has to be called again,
    since the new system has no listeners.

    Returns:
        the observer of this process, which is always the same
    """
    global _observer
    with _observer_lock:
        if _observer is None:
            _observer = Observer()
        observer = _observer
    observer.install()
    hooks.add_listener(log_event)
    return observer


def _after_fork_in_child() -> None:
    global _observer_lock
    _observer_lock = threading.Lock()
    if _observer is not None:
        _observer._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
