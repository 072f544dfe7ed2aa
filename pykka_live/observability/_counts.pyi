from pykka_live.live.hooks import Handled

OUTCOMES: tuple[str, ...]
"""How a message can end."""

PHASES: tuple[str, ...]
"""The times of a `Handled`, in their order there."""

class Counts:
    """Counts records. Any thread may, and needs no lock: nothing runs in between while the numbers
    of one record are added, or copied."""

    def add(self, handled: Handled) -> None:
        """Count one record."""

    def copy(
        self,
    ) -> tuple[
        dict[str, int],
        tuple[tuple[int, ...], ...],
        tuple[float, ...],
        int,
        int,
        int,
        tuple[int, ...],
        int,
    ]:
        """Return the numbers: by outcome; by phase and bucket; the seconds of each phase; of rows
        that were rendered and reused, and of pictures from the page; of patches by operation; of
        checkpoints."""
