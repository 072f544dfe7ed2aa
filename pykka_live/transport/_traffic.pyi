from typing import Literal

BAD: str
"""The type of what is no frame of the protocol."""

JOINS: tuple[str, ...]
"""How a join can end."""

REBUILDS: tuple[str, ...]
"""Why a browser gets a whole tree: what it has joined with, or joined again, was not what the view
shows; or it has asked for it."""

ABNORMAL: int
"""The code of a socket that broke."""

CLOSE_CODES: tuple[int, ...]
"""The codes that are counted one by one."""

class Request:
    """What a browser has asked, and waits for. `new_request` makes it.

    Attributes:
        kind: the type of the frame.
        view: the dotted name of the view's class; empty while it is not known.
        received: when the frame came, as `time.monotonic` tells it.
        due: when the answer is too late.
    """

    kind: str
    view: str
    received: float
    due: float

def new_request(kind: str, view: str, received: float, due: float) -> Request:
    """Return a request, in half the time that calling the class would take."""

class Traffic:
    """Counts what goes over the sockets of a process. Any thread may, and needs no lock: nothing
    runs in between while something is counted.

    Args:
        limit: how many views may have series of their own; the others are counted as None.

    Attributes:
        sockets: how many are open.
        folded: how much was counted for None instead of a view.
    """

    sockets: int
    folded: int

    def __init__(self, limit: int = 1000) -> None: ...
    def reset(self) -> None:
        """Start from zero."""

    def received(self, kind: str, frame: str | bytes) -> None:
        """Count a frame, text or bytes, that has come."""

    def sent(self, frame: str, request: Request | None) -> None:
        """Count a frame that has been sent, and how long whoever has asked for it has waited."""

    def opened(self) -> None:
        """Count a socket that has been accepted."""

    def closed(self, code: int) -> None:
        """Count the end of a socket; a code that nobody knows is counted under None."""

    def error(self, code: str) -> None:
        """Count an error frame."""

    def joined(self, view: str, outcome: str) -> None:
        """Count a join by how it ended."""

    def rebuilt(self, view: str, reason: str) -> None:
        """Count a whole tree that was sent to a browser which should have had it."""

    def frames(self) -> dict[tuple[Literal["in", "out"], str], tuple[int, int]]:
        """Return how many frames, and of how many bytes, by direction and type."""

    def replies(self) -> dict[tuple[str | None, str], tuple[tuple[int, ...], float]]:
        """Return the numbers of the histograms, by view and kind; see `Histogram.copy`."""

    def closes(self) -> dict[int | None, int]:
        """Return how many sockets ended, by code."""

    def errors(self) -> dict[str, int]:
        """Return how many error frames, by code."""

    def joins(self) -> dict[tuple[str | None, str], int]:
        """Return how many joins, by view and outcome."""

    def rebuilds(self) -> dict[tuple[str | None, str], int]:
        """Return how many whole trees, by view and reason."""

traffic: Traffic
"""What this process has counted."""
