"""Live, server-rendered Django pages in Python alone, run by supervised Pykka actors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pykka_live.live.component import LiveComponent
    from pykka_live.live.events import event
    from pykka_live.live.handle import SessionHandle, create_session_actor
    from pykka_live.live.pubsub import publish
    from pykka_live.live.sync_handle import SyncHandle
    from pykka_live.live.system import shutdown as shutdown_actor_system
    from pykka_live.live.talking import send_update
    from pykka_live.live.view import LiveView
    from pykka_live.observability.stats import get_actor_stats
    from pykka_live.rendering.functions import function_component
    from pykka_live.rendering.purity import pure

__all__ = [
    "LiveComponent",
    "LiveView",
    "SessionHandle",
    "SyncHandle",
    "create_session_actor",
    "event",
    "function_component",
    "get_actor_stats",
    "publish",
    "pure",
    "send_update",
    "shutdown_actor_system",
]

_HOMES = {
    "LiveComponent": ("pykka_live.live.component", "LiveComponent"),
    "LiveView": ("pykka_live.live.view", "LiveView"),
    "SessionHandle": ("pykka_live.live.handle", "SessionHandle"),
    "SyncHandle": ("pykka_live.live.sync_handle", "SyncHandle"),
    "create_session_actor": ("pykka_live.live.handle", "create_session_actor"),
    "event": ("pykka_live.live.events", "event"),
    "function_component": ("pykka_live.rendering.functions", "function_component"),
    "get_actor_stats": ("pykka_live.observability.stats", "get_actor_stats"),
    "publish": ("pykka_live.live.pubsub", "publish"),
    "pure": ("pykka_live.rendering.purity", "pure"),
    "send_update": ("pykka_live.live.talking", "send_update"),
    "shutdown_actor_system": ("pykka_live.live.system", "shutdown"),
}


def __getattr__(name: str) -> Any:
    # Looked up when asked for: pykka_live.actors is usable without Django, and Django imports this
    # package before it is set up.
    from importlib import import_module

    try:
        module, attribute = _HOMES[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return getattr(import_module(module), attribute)
