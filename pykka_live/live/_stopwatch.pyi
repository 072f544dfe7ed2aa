from typing import Any, Literal

from pykka_live.live.hooks import Handled, Kind, Outcome
from pykka_live.live.messages import Update
from pykka_live.live.stepping import Stepper
from pykka_live.rendering import Renderer

class Stopwatch:
    """Made when the handler of a message is called; `begin` names each further stage, `finish`
    reports them all, once, and ends the spans.

    Args:
        view, kind, event: as in `hooks.Handled`.
        actor: the actor that handles the message.

    Attributes:
        renderer: what has drawn a picture for the message, which knows what that took; None if
            nothing has.
        kept: whether the state has become another, and the checkpoint with it.
    """

    renderer: Renderer | None
    kept: bool

    def __init__(self, view: str, kind: Kind, event: str, actor: Stepper[Any]) -> None: ...
    def begin(self, stage: Literal["render", "checkpoint", "diff", "encode"]) -> None:
        """From here on the time goes to `stage`; they come in this order."""

    def encode(self, patches: list[Any]) -> bytes:
        """Encode the patches, which are counted; the time goes to that stage."""

    def fail_attempt(self, error: BaseException) -> None:
        """The first attempt has failed; there will be another one."""

    def finish(
        self, outcome: Outcome, update: Update | None = None, error: BaseException | None = None
    ) -> Handled:
        """Report the message, and what it is answered with; return the report.

        Args:
            error: what the user's code has raised.
        """

    def give_up(self) -> None:
        """Report, from any thread, that the message is given up, unless it has ended just now."""
