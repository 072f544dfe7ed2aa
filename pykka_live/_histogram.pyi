BUCKETS: tuple[float, ...]
"""Upper bounds of the buckets in seconds; what takes longer falls into the one behind them."""

class Histogram:
    """Counts times by `BUCKETS`. Any thread may, and needs no lock: nothing runs in between while a
    time is added, or the numbers are copied."""

    def observe(self, seconds: float) -> None:
        """Count a time."""

    def copy(self) -> tuple[tuple[int, ...], float]:
        """Return how many times fell into each bucket, and all times together in seconds."""
