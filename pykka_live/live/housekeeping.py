"""What Django does around a request, done around each message of an actor."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.core.cache import caches
from django.db import connections, reset_queries, transaction

from pykka_live.live.stage import Stage

logger = logging.getLogger(__name__)


@contextmanager
def message_scope(stage: Stage | None) -> Iterator[None]:
    """Handle one message as Django handles a request.

    The stage's language and time zone are active; a changed Django session is saved if all went
    well; no database connection and no transaction outlives the message (a pool gets its connection
    back).
    """
    reset_queries()
    try:
        if stage is not None:
            stage.activate()
        yield
        if stage is not None:
            _save_session(stage.request)
    finally:
        _close_connections()
        caches.close_all()


@contextmanager
def handler_scope() -> Iterator[None]:
    """Wrap a handler in a transaction for each database with `ATOMIC_REQUESTS`, as Django does with
    a view."""
    with ExitStack() as stack:
        for alias, options in connections.settings.items():
            if options["ATOMIC_REQUESTS"]:
                stack.enter_context(transaction.atomic(using=alias))
        yield


def _save_session(request: Any) -> None:
    session = getattr(request, "session", None)
    # Without a key there is no cookie that would lead back to it.
    if session is not None and session.modified and session.session_key:
        session.save()
        session.modified = False


def _close_connections() -> None:
    for connection in connections.all(initialized_only=True):
        try:
            connection.close()
        except Exception:
            logger.exception("Closing the database connection %r failed", connection.alias)
        if connection.in_atomic_block:
            # The database has rolled back, but this wrapper would refuse to connect again.
            del connections[connection.alias]
