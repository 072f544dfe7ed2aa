"""What a supervisor has to know of a child."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from pykka_live.actors._backoff import Backoff
from pykka_live.actors._mailbox import OVERFLOWS, Overflow

if TYPE_CHECKING:
    from pykka_live.actors._actor import SupervisedActor

__all__ = ["ChildSpec", "Scope", "Strategy"]

Strategy = Literal["restart", "always", "stop", "resume", "escalate"]
Scope = Literal["one_for_one", "one_for_all", "rest_for_one"]
STRATEGIES: tuple[str, ...] = get_args(Strategy)
SCOPES: tuple[str, ...] = get_args(Scope)
DEFAULT_BACKOFF = Backoff()
NO_DATA: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class ChildSpec:
    """How one child is started, restarted and stopped.

    Args:
        id: its name, unique among the supervisor's children; it becomes the end of the child's path
            and may itself consist of several segments (`"views/1b"`)
        start: makes a new, unstarted `SupervisedActor`, once for each incarnation. It runs in the
            new actor's thread, and what it raises is a failed start
        strategy: what follows a failure. `"restart"` (the default): a new incarnation takes over
            the mailbox. `"always"`: also after a normal end. `"stop"`: the child ends. `"resume"`:
            the same incarnation goes on with the next message. `"escalate"`: the supervisor fails.
            Or a mapping of exception classes to these words but `"always"`; the most specific class
            counts, `"restart"` where none fits. A failed *start* cannot be resumed, nor can a stuck
            actor; they are restarted instead
        scope: which children a restart concerns. `"one_for_one"` (the default): this one.
            `"one_for_all"`: all. `"rest_for_one"`: this one and those started after it. With
            strategy `"stop"` only the default is possible
        max_restarts: restarts of this child alone within `max_seconds`, instead of the supervisor's
            common limit; an integer >= 0; None (the default): the supervisor's limit
        max_seconds: the window for `max_restarts`, in seconds, > 0; None (the default): the
            supervisor's. Either of the two gives the child a window of its own
        backoff: delays between restarts; default: `Backoff()`, 0.1 to 5 seconds after a first
            restart without delay
        shutdown: seconds, >= 0, that the child has for ending before it is given up; None: without
            limit; `"auto"` (the default): 5 for a worker, None for a supervisor
        capacity: how many messages its mailbox holds, >= 1; default: 1000; None: without limit
        overflow: what a full mailbox does: `"block"` (the default), `"reject"` or `"drop_oldest"`
        block_timeout: with `"block"`, seconds, >= 0, that a sender waits for room; default: 5;
            None: without limit
        stuck_timeout: seconds, > 0, that it may spend on one message, or on its start, before it is
            given up and replaced; None (the default): without limit
        keep: after its end the child stays known to its supervisor, which can restart or delete it;
            otherwise (the default) it is forgotten
        name: a second way to find it, with `ActorSystem.whereis`; unique in the system while the
            child lives; None (the default): it has no name
        kind: a label for statistics and the tree, such as `"view"`; default: `"actor"`
        data: what is in the `data` of its cell before anybody can find that; default: nothing

    Raises:
        ValueError: at once; the message names the option and what is allowed
        TypeError: `start` is not callable, or an option is unknown
    """

    id: str
    start: Callable[[], SupervisedActor]
    _: KW_ONLY
    strategy: Strategy | Mapping[type[BaseException], Strategy] = "restart"
    scope: Scope = "one_for_one"
    max_restarts: int | None = None
    max_seconds: float | None = None
    backoff: Backoff = DEFAULT_BACKOFF
    shutdown: float | Literal["auto"] | None = "auto"
    capacity: int | None = 1000
    overflow: Overflow = "block"
    block_timeout: float | None = 5.0
    stuck_timeout: float | None = None
    keep: bool = False
    name: str | None = None
    kind: str = "actor"
    data: Mapping[str, Any] = field(default_factory=lambda: NO_DATA)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not all(self.id.split("/")):
            raise ValueError(
                "ChildSpec: id must be a non-empty string without '/' at its ends or '//', "
                f"not {self.id!r}"
            )
        if not callable(self.start):
            raise TypeError(self._text(f"start must be callable without arguments: {self.start!r}"))
        self._check_strategy()
        self._choice("scope", SCOPES)
        if self.strategy == "stop" and self.scope != "one_for_one":
            raise ValueError(
                self._text(f"scope {self.scope!r} needs a strategy that restarts, 'stop' does not")
            )
        self._choice("overflow", OVERFLOWS)
        self._integer("max_restarts", 0)
        self._integer("capacity", 1)
        if self.capacity is None and self.overflow != "block":
            raise ValueError(
                self._text(f"overflow {self.overflow!r} needs a capacity, None is never full")
            )
        self._seconds("max_seconds", zero=False)
        self._seconds("block_timeout")
        self._seconds("stuck_timeout", zero=False)
        if self.shutdown != "auto":
            self._seconds("shutdown", also=", 'auto'")
        if not isinstance(self.backoff, Backoff):
            raise ValueError(self._text(f"backoff must be a Backoff, not {self.backoff!r}"))
        if not isinstance(self.keep, bool):
            raise ValueError(self._text(f"keep must be True or False, not {self.keep!r}"))
        if self.name is not None and (not isinstance(self.name, str) or not self.name):
            raise ValueError(
                self._text(f"name must be a non-empty string or None, not {self.name!r}")
            )
        if not isinstance(self.kind, str):
            raise ValueError(self._text(f"kind must be a string, not {self.kind!r}"))
        if not isinstance(self.data, Mapping):
            raise ValueError(self._text(f"data must be a mapping, not {self.data!r}"))

    def strategy_for(self, error: BaseException) -> Strategy:
        """Return the strategy that applies to `error`."""
        if isinstance(self.strategy, str):
            return self.strategy
        for cls in type(error).__mro__:
            if cls in self.strategy:
                return self.strategy[cls]
        return "restart"

    @property
    def restarts_always(self) -> bool:
        """Whether a normal end is followed by a restart."""
        return self.strategy == "always"

    def _text(self, text: str) -> str:
        return f"ChildSpec {self.id!r}: {text}"

    def _check_strategy(self) -> None:
        if isinstance(self.strategy, Mapping):
            for cls, strategy in self.strategy.items():
                if not (isinstance(cls, type) and issubclass(cls, BaseException)):
                    raise ValueError(
                        self._text(f"strategy maps exception classes, {cls!r} is none")
                    )
                if strategy not in STRATEGIES or strategy == "always":
                    allowed = ", ".join(each for each in STRATEGIES if each != "always")
                    raise ValueError(
                        self._text(
                            f"strategy for {cls.__name__} must be one of {allowed}, "
                            f"not {strategy!r}"
                        )
                    )
        elif not isinstance(self.strategy, str) or self.strategy not in STRATEGIES:
            raise ValueError(
                self._text(
                    f"strategy must be one of {', '.join(STRATEGIES)}, or a mapping of exception "
                    f"classes to them, not {self.strategy!r}"
                )
            )

    def _choice(self, name: str, allowed: tuple[str, ...]) -> None:
        value: Any = getattr(self, name)
        if value not in allowed:
            raise ValueError(
                self._text(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
            )

    def _integer(self, name: str, least: int) -> None:
        value: Any = getattr(self, name)
        number = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (number and value >= least):
            raise ValueError(
                self._text(f"{name} must be an integer >= {least} or None, not {value!r}")
            )

    def _seconds(self, name: str, zero: bool = True, also: str = "") -> None:
        value: Any = getattr(self, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and (value >= 0 if zero else value > 0)):
            least = ">= 0" if zero else "> 0"
            raise ValueError(
                self._text(f"{name} must be seconds {least}{also} or None, not {value!r}")
            )
