"""Lets metrics, the log of events and the control socket listen to this process, and opens the
socket and the port at which it is asked for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from prometheus_client import REGISTRY
from prometheus_client.registry import CollectorRegistry

from pykka_live.actors import ActorSystem, Event
from pykka_live.conf import live_settings
from pykka_live.live import hooks
from pykka_live.logs import own_logger
from pykka_live.observability.chronicle import Chronicle
from pykka_live.observability.collector import KINDS, LiveCollector
from pykka_live.observability.commands import commands
from pykka_live.observability.control import ControlServer
from pykka_live.observability.directory import ControlError, SocketDirectory
from pykka_live.observability.event_log import log_event
from pykka_live.observability.incidents import Incidents
from pykka_live.observability.observer.sampler import Sampler
from pykka_live.observability.port import MetricsPort
from pykka_live.observability.slots import Slot
from pykka_live.observability.tally import Tally
from pykka_live.observability.workers import COMMAND, Workers

__all__ = ["Observer", "install"]

logger = own_logger(__name__)


class Observer:
    """Watches the views and the actor system of a process: counts, collector, and where these are
    told, the control socket and, if it is set, the port for metrics.

    Socket and port are open while the actor system runs: from the first actor that starts (the
    socket also from the first question for metrics) until the root has stopped, or the interpreter
    ends. What cannot be opened is logged as an error, and all else goes on. In the child of a fork
    counting begins at zero, and the first actor that starts there opens the child's own.

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
        self.chronicle = Chronicle()
        self.slot = Slot()
        self.sampler = Sampler(
            self.tally, self.incidents, self.chronicle, system, worker=self._number
        )
        self.workers = Workers(registry, self._number, directories)
        self.port = MetricsPort(self.workers.expose)
        known = {
            **commands(system, self._number),
            "observe": self.sampler.observe,
            "overview": lambda _request: self.sampler.overview(),
            COMMAND: self.workers.answer,
        }
        self.control = ControlServer(known, directories, slow=(COMMAND,))
        self._registry = registry
        self._system = system
        self._lock = threading.Lock()
        self._watched: ActorSystem | None = None
        # Whether one could not be opened; it is not tried again for each actor.
        self._no_control = self._no_port = False

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
        self._close()

    def _on_event(self, event: Event) -> None:
        self.incidents(event)
        self.chronicle(event)
        if event.kind == "started":
            self._open_control()
            self._open_port()
            self.sampler.record()
        elif event.kind == "stopped" and event.cell.parent is None:
            self._no_control = self._no_port = False
            self._close()

    def _open_control(self) -> None:
        if self.control.path is not None or self._no_control:
            return
        try:
            self.slot.take(self.control.open().parent)
        except (ControlError, OSError) as error:
            self._no_control = True
            logger.error(
                "manage.py actor_tree will not see this process, and other workers not its "
                "metrics. %s",
                error,
            )

    def _open_port(self) -> None:
        if self.port.is_open or self._no_port:
            return
        metrics = live_settings().metrics
        if metrics.port is None:
            self._no_port = True
            return
        try:
            self.port.open(metrics.address, metrics.port, metrics.token)
        except OSError as error:
            self._no_port = True
            logger.error(
                "Metrics are not served at port %d of %s. %s", metrics.port, metrics.address, error
            )

    def _number(self) -> int:
        """Return the number of this process. Who asks for metrics asks a server, so the others
        may ask it as well."""
        self._open_control()
        return self.slot.number

    def _close(self) -> None:
        self.port.close()
        self.control.close()
        self.slot.release()

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._no_control = self._no_port = False
        self.tally._reset()
        self.incidents._reset()
        self.slot._after_fork()
        self.port._after_fork()
        self.workers._reset()
        self.chronicle._reset()
        self.sampler.reset()


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
