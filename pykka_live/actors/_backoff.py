"""How long to wait before a restart."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["Backoff"]


@dataclass(frozen=True)
class Backoff:
    """Delays between the restarts of one child.

    The first restart after a quiet time is immediate. The second waits `min` seconds, and each
    further one `factor` times as long as the one before, up to `max`. From each delay a random part
    of up to `jitter` is taken away, so that children which failed together do not come back
    together.

    Args:
        min: the first delay that is not zero, in seconds; 0 switches waiting off together with
            `max=0`
        max: the longest delay, in seconds
        factor: growth from one delay to the next, at least 1
        jitter: the part of a delay that is left to chance, from 0 to 1
        reset_after: seconds without a failure, counted while the child is up, after which counting
            begins anew; default: `max`, at least 1 second
        random: returns floats in [0, 1); for tests

    Raises:
        ValueError: at once, naming the option
    """

    min: float = 0.1
    max: float = 5.0
    factor: float = 2.0
    jitter: float = 0.2
    reset_after: float | None = None
    random: Callable[[], float] = field(default=random.random, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("min", "max", "factor", "jitter", "reset_after"):
            value = getattr(self, name)
            if value is None and name == "reset_after":
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ValueError(f"Backoff: {name} must be a number >= 0, not {value!r}")
        if self.max < self.min:
            raise ValueError(
                f"Backoff: max ({self.max!r}) must not be less than min ({self.min!r})"
            )
        if self.max and not self.min:
            raise ValueError(f"Backoff: min must be > 0, or max 0 as well, not {self.max!r}")
        if self.factor < 1:
            raise ValueError(f"Backoff: factor must be >= 1, not {self.factor!r}")
        if self.jitter > 1:
            raise ValueError(f"Backoff: jitter must be between 0 and 1, not {self.jitter!r}")

    @property
    def quiet(self) -> float:
        """Seconds without a failure after which a failure counts as the first again."""
        return max(self.max, 1.0) if self.reset_after is None else self.reset_after

    def delay(self, attempt: int) -> float:
        """Return the seconds to wait before restart number `attempt` (0 is the first)."""
        if attempt <= 0 or not self.min:
            return 0.0
        try:
            delay = min(self.max, self.min * self.factor ** (attempt - 1))
        except OverflowError:
            delay = self.max
        return delay * (1.0 - self.jitter * self.random())
