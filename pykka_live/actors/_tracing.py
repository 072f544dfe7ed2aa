"""Watching the messages of one actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pykka_live.actors._current import is_given_up
from pykka_live.actors._reports import report
from pykka_live.logs import own_logger

if TYPE_CHECKING:
    from pykka_live.actors._cell import Cell

__all__ = ["Trace", "Tracer", "log_trace"]

logger = own_logger("pykka_live.actors.trace")


@dataclass(frozen=True)
class Trace:
    """What a traced actor does with one message.

    Attributes:
        kind: `received` (it is about to be handled), `handled` or `failed`
        cell: the actor's
        message: the message
        waited: seconds that it was in the mailbox
        took: seconds that it was handled for; 0 when `received`
        result: what the handler returned; None unless `handled`
        error: what the handler raised; None unless `failed`
    """

    kind: Literal["received", "handled", "failed"]
    cell: Cell
    message: Any
    waited: float
    took: float = 0.0
    result: Any = None
    error: BaseException | None = None


Tracer = Callable[[Trace], object]
"""Called in the actor's thread; must be quick. What it raises is logged."""


def log_trace(trace: Trace) -> None:
    """Write a record to the logger `pykka_live.actors.trace`, at the level INFO."""
    outcome = {"received": "", "handled": f" -> {trace.result!r}", "failed": f" -> {trace.error!r}"}
    logger.info(
        "%s#%d: %s %r%s",
        trace.cell.path,
        trace.cell.incarnation,
        trace.kind,
        trace.message,
        outcome[trace.kind],
        extra={"path": trace.cell.path, "waited": trace.waited, "took": trace.took},
    )


def tell_tracers(tracers: tuple[Tracer, ...], trace: Trace) -> None:
    """Hand `trace` to each tracer."""
    for tracer in tracers:
        try:
            tracer(trace)
        except BaseException:
            if is_given_up():
                raise
            report("A tracer of %s failed", trace.cell.path, path=trace.cell.path)
