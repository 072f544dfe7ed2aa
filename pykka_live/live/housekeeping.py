"""What Django does around a request, done around each message of an actor."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches
from django.db import connections, transaction

from pykka_live.actors import check_fence
from pykka_live.live.stage import Stage
from pykka_live.live.visitor import drop_messages

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Functions rather than context managers, which would cost each message more than their work does.


def in_message(stage: Stage | None, handle: Callable[..., T], *args: Any) -> T:
    """Handle one message as Django handles a request, by calling `handle(*args)`.

    The stage is active, and its session and user are new; no database connection and no transaction
    outlives the message (a pool gets its connection back), and neither do the logged queries.
    """
    try:
        if stage is None:
            return handle(*args)
        stage.visitor.refresh()
        stage.activate()
        with stage.message_context(stage.request):
            return handle(*args)
    finally:
        _close_connections()
        caches.close_all()


def in_handler(stage: Stage, handler: Callable[[], T]) -> T:
    """Call a handler in a transaction for each database with `ATOMIC_REQUESTS`, as Django does with
    a view. What a handler that went well has changed in its Django session is saved as a part of
    it; what a failed one has changed, and its flash messages, are dropped.

    Raises:
        BaseException: what the handler raises, or the session's engine; `Fenced`, if another
            incarnation has taken over, whose handler this is no more.
    """
    atomic = [name for name, options in connections.settings.items() if options["ATOMIC_REQUESTS"]]
    try:
        return _in_transactions(atomic, stage, handler)
    except BaseException:
        drop_messages(stage.request)
        raise


def _in_transactions(aliases: list[str], stage: Stage, handler: Callable[[], T]) -> T:
    if aliases:
        with transaction.atomic(using=aliases[0]):
            return _in_transactions(aliases[1:], stage, handler)
    result = handler()
    check_fence()
    stage.visitor.save()
    return result


def _close_connections() -> None:
    for connection in connections.all(initialized_only=True):
        connection.queries_log.clear()
        try:
            connection.close()
        except Exception:
            logger.exception("Closing the database connection %r failed", connection.alias)
        if connection.in_atomic_block:
            # The database has rolled back, but this wrapper would refuse to connect again.
            del connections[connection.alias]
