"""What Django does around a request, done around each message of an actor."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any, TypeVar

from asgiref import local
from django.core.cache import caches
from django.db import connections, transaction

from pykka_live.actors import check_fence
from pykka_live.actors._locals import has_locals
from pykka_live.live.stage import NO_CONTEXT, Stage
from pykka_live.live.visitor import drop_messages
from pykka_live.logs import own_logger
from pykka_live.rendering import ContextMark

logger = own_logger(__name__)

_Storage: Any = getattr(local, "_Storage", None)  # other releases of asgiref have none

# Where asgiref has what Django keeps by thread.
_by_thread: Any = getattr(connections._connections, "_storage", None)  # type: ignore[attr-defined]

# Whether the thread may have used a connection. Most messages use none.
_has_used = has_locals if type(_by_thread) is threading.local else lambda: True

T = TypeVar("T")


class Housekeeping:
    """What has to be done around each message of one actor, and of that only what is not so yet.

    Language, time zone and the rest of a stage are context variables, and so are the open caches.
    Where a message has set none, they still are what they were. But asgiref shows what Django puts
    into a context only to the thread that did it, and an actor may be in another thread now.
    """

    def __init__(self) -> None:
        self._active: Stage | None = None
        self._thread = 0  # in which it is
        self._storages: list[Any] = []  # asgiref's, of the context in which it is
        self._context = ContextMark()
        self._has_caches = True

    def around(self, stage: Stage | None, handle: Callable[..., T], *args: Any) -> T:
        """Handle one message as Django handles a request, by calling `handle(*args)`.

        The stage is active, and its session and user are new; no database connection and no
        transaction outlives the message (a pool gets its connection back), and neither do the
        logged queries. A transaction that was open before, as that of a test in whose thread the
        actor runs, goes on, and its queries are still counted.
        """
        kept = [each for each in _connections() if each.in_atomic_block] if _has_used() else ()
        try:
            if stage is None:
                return handle(*args)
            stage.visitor.refresh()
            if (thread := threading.get_ident()) != self._thread:
                self._move(thread)
            if stage is not self._active:
                self._activate(stage)
            context = stage.message_context(stage.request)
            if context is NO_CONTEXT:
                return handle(*args)
            with context:
                return handle(*args)
        finally:
            if _has_used():
                for connection in _connections():
                    if connection not in kept:
                        _close(connection)
            if not self._context.is_unchanged():
                self._active = None
                caches.close_all()
            elif self._has_caches:
                caches.close_all()

    def _move(self, thread: int) -> None:
        """See to it that what is active is so in the current thread."""
        self._thread = thread
        if _Storage is None:
            self._active = None
        for storage in self._storages:  # much cheaper than to activate it all again
            storage.thread_id = thread

    def _activate(self, stage: Stage) -> None:
        stage.activate()
        self._active = stage
        self._storages = [each for each in copy_context().values() if type(each) is _Storage]
        self._context.set()
        self._has_caches = bool(caches.all(initialized_only=True))


def in_handler(stage: Stage, handler: Callable[[], T]) -> T:
    """Call a handler in a transaction for each database with `ATOMIC_REQUESTS`, as Django does with
    a view. What a handler that went well has changed in its Django session is saved as a part of
    it; what a failed one has changed, and its flash messages, are dropped.

    Raises:
        BaseException: what the handler raises, or the session's engine; `Fenced`, if another
            incarnation has taken over, whose handler this is no more.
    """
    try:
        return _in_transactions(stage.atomic, stage, handler)
    except BaseException:
        drop_messages(stage.request)
        raise


def _in_transactions(aliases: tuple[str, ...], stage: Stage, handler: Callable[[], T]) -> T:
    if aliases:
        with transaction.atomic(using=aliases[0]):
            return _in_transactions(aliases[1:], stage, handler)
    result = handler()
    check_fence()
    stage.visitor.save()
    return result


def _connections() -> Iterable[Any]:
    """Return the database connections that this thread has used; there may be some."""
    # To ask for each alias costs several exceptions.
    if type(_by_thread) is threading.local and not vars(_by_thread):
        return ()
    return connections.all(initialized_only=True)


def _close(connection: Any) -> None:
    connection.queries_log.clear()
    try:
        connection.close()
    except Exception:
        logger.exception("Closing the database connection %r failed", connection.alias)
    if connection.in_atomic_block:
        # The database has rolled back, but this wrapper would refuse to connect again.
        del connections[connection.alias]
