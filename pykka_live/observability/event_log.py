"""Logs what views do, one line per message, for those who set `pykka_live.events` to DEBUG."""

from __future__ import annotations

import logging

from pykka_live.live.hooks import Handled
from pykka_live.logs import own_logger

__all__ = ["log_event"]

logger = own_logger("pykka_live.events")


def log_event(handled: Handled) -> None:
    """Log one record. A listener for the hooks.

    All that the line says, and the path of the view's actor, are attributes of the log's record.
    """
    if logger.isEnabledFor(logging.DEBUG):
        extra = {**handled._asdict(), "duration": handled.total}
        logger.debug("%s", _line(handled), extra=extra)


def _line(handled: Handled) -> str:
    stages = ("waited", "handler", "render", "checkpoint", "diff", "encode")
    times = ", ".join(f"{stage} {getattr(handled, stage) * 1e3:.3f}" for stage in stages)
    return (
        f"{handled.view} {handled.kind} {handled.event or '-'}: {handled.outcome} "
        f"in {handled.total * 1e3:.3f} ms ({times}), "
        f"{handled.patches} patches, {handled.size} bytes, "
        f"{handled.rendered} rows rendered, {handled.reused} reused"
        f"{', from the whole page' if handled.from_page else ''}"
    )
