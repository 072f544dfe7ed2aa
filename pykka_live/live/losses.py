"""What the log says of published messages that other processes do not get."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from pykka_live.actors._quota import FIRST, PERIOD, Quota
from pykka_live.logs import own_logger

logger = own_logger(__name__)


class Losses:
    """Logs lost messages: of a flood as many as their `Quota` allows, and then how many were left
    out. Safe to use from any thread.

    Args:
        clock: seconds, never going back
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._quota = Quota(clock)

    def log(self, why: str, error: BaseException | None = None) -> None:
        """Log that one was lost.

        Args:
            why: the same for all that are lost in this way.
            error: what has caused it.
        """
        self.tell_left_out()
        number = self._quota.count("", why, logging.ERROR)
        if number <= FIRST:
            more = f"; further ones are left out for {PERIOD / 60:g} minutes"
            logger.error(
                "%s: a published message is lost%s",
                *(why, more if number == FIRST else ""),
                exc_info=error,
            )

    def tell_left_out(self, *, everything: bool = False) -> None:
        """Log how many were left out in the periods that are over, or until now."""
        for left in self._quota.over(everything=everything):
            logger.error("%s: %s more published messages were lost", left.kind, left.count)
