"""What Django does around a request, done around each message of an actor."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.core.cache import caches
from django.db import connections, reset_queries, transaction

from pykka_live.actors import check_fence
from pykka_live.live.stage import Stage
from pykka_live.live.visitor import drop_messages

logger = logging.getLogger(__name__)


@contextmanager
def message_scope(stage: Stage | None) -> Iterator[None]:
    """Handle one message as Django handles a request.

    The stage is active, and its session and user are new; no database connection and no transaction
    outlives the message (a pool gets its connection back).
    """
    reset_queries()
    try:
        if stage is None:
            yield
        else:
            stage.visitor.refresh()
            with stage.active():
                yield
    finally:
        _close_connections()
        caches.close_all()


@contextmanager
def handler_scope(stage: Stage) -> Iterator[None]:
    """Wrap a handler in a transaction for each database with `ATOMIC_REQUESTS`, as Django does with
    a view. What a handler that went well has changed in its Django session is saved as a part of
    it; what a failed one has changed, and its flash messages, are dropped.

    Raises:
        BaseException: what the handler raises, or the session's engine; `Fenced`, if another
            incarnation has taken over, whose handler this is no more.
    """
    try:
        with ExitStack() as stack:
            for alias, options in connections.settings.items():
                if options["ATOMIC_REQUESTS"]:
                    stack.enter_context(transaction.atomic(using=alias))
            yield
            check_fence()
            stage.visitor.save()
    except BaseException:
        drop_messages(stage.request)
        raise


def _close_connections() -> None:
    for connection in connections.all(initialized_only=True):
        try:
            connection.close()
        except Exception:
            logger.exception("Closing the database connection %r failed", connection.alias)
        if connection.in_atomic_block:
            # The database has rolled back, but this wrapper would refuse to connect again.
            del connections[connection.alias]
