"""What the model of supervision says of one actor: its mail, and what its thread does."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.actors.model import Model
    from tests.actors.nodes import Group, Node

Key = tuple[str, int]
ANCESTORS = {
    "Crash": ("Crash", "Exception"),
    "Oops": ("Oops", "Crash", "Exception"),
    "SystemExit": ("SystemExit", "BaseException"),
}


@dataclass(frozen=True, repr=False)
class Spec:
    """A child: a worker or, with `children`, a supervisor. The words are those of `ChildSpec`."""

    id: str
    children: tuple[Spec, ...] | None = None
    strategy: str | tuple[tuple[str, str], ...] = "restart"
    scope: str = "one_for_one"
    limits: tuple[int, float] | None = None  # max_restarts, max_seconds of its own
    backoff: bool = False
    shutdown: float | None = None
    stuck: bool = False  # whether it has a time-out
    keep: bool = False
    intensity: tuple[int, float] = (3, 5.0)  # those of the supervisor
    counts: str = "supervisor"
    max_children: int | None = None
    together: bool = False

    def __repr__(self) -> str:
        given = [f for f in fields(self) if getattr(self, f.name) != f.default]
        return f"Spec({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in given)})"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # in Hypothesis' reports

    def next_plan(self, plans: list[str] | None) -> str:
        """Take out what the next start is to be like."""
        plan = plans.pop(0) if plans else "ok"
        # Behind its gate an order to stop may wait, and another already start when it is handed on.
        nested = self.children and self.children[0].children is not None
        return "ok" if plan == "gate" and nested else plan

    def strategy_for(self, error: str) -> str:
        """Return what an error of this name leads to."""
        if isinstance(self.strategy, str):
            return self.strategy
        words = dict(self.strategy)
        line = ANCESTORS.get(error, (error, "Exception"))
        return next((words[name] for name in line if name in words), "restart")


@dataclass(frozen=True)
class Mail:
    """A message. One that ends or fails an actor does so in one life of it only."""

    number: int
    kind: str = "say"  # fail, end, pill, hold
    error: str = "Crash"
    life: int = 0
    after: str = "say"  # what becomes of a `hold` when its gate is opened: say, fail, end


class Ask:
    """The outcome of a request: None until there is one, then True or the name of an error."""

    def __init__(self, outcome: Any = None) -> None:
        self.outcome = outcome

    def end(self, outcome: Any) -> None:
        if self.outcome is None:
            self.outcome = outcome


class Life:
    """One child, with all of its lives.

    phase: starting, up, stopping, down (to live again), ended
    order: reason, end of draining and deadline, in the lane that overtakes
    exit: reason and error, as soon as its thread is on the way to the end
    """

    def __init__(self, model: Model, spec: Spec, parent: Node | None) -> None:
        self.children: dict[str, Node] = {}
        self.model, self.spec, self.parent = model, spec, parent
        self.owner = parent
        self.path = "/" if parent is None else f"{parent.path.rstrip('/')}/{spec.id}"
        self.phase, self.ended_as, self.reason = "down", "", ""
        self.life = self.restarts = self.attempts = 0
        self.established = False
        self.unquiet = float("-inf")
        self.window: list[float] = []
        self.mail: deque[Mail | tuple[Any, ...]] = deque()
        self.start_asks: list[Ask] = []
        self.end_asks: list[Ask] = []
        self.alive = False
        self.exit: tuple[str, str | None] | None = None

    @property
    def name(self) -> str:
        return f"{self.path}#{self.life}"

    @property
    def held(self) -> bool:
        return self.alive and self.key in self.model.gates

    @property
    def state(self) -> str:
        group = self.parent and self.parent.group_of(self)
        if self.phase == "ended":
            return self.ended_as
        if self.phase == "stopping":
            return "stopping"
        if group and self not in group.launched:
            return "restarting"
        if self.phase == "starting":
            return "starting"
        return "busy" if self.held else "running"

    # The life of a thread

    def launch(self) -> None:
        """Start the next life."""
        self.life += 1
        number = self.model.runs[self.path] = self.model.runs.get(self.path, 0) + 1
        self.key = (self.path, number)
        self.restarts += self.established
        self.phase, self.alive, self.exit = "starting", True, None
        self.within: float | None = None
        self.order: tuple[str, float | None, float | None] | None = None
        self.begun = self.open = self.winding = self.all_told = False
        self.awaited: Node | None = None
        self.drain: float | None = None
        self.deadline: float | None = None
        self.children = {}
        self.groups: list[Group] = []
        self.common: list[float] = []
        self.at = self.spec.next_plan(self.model.plans.get(self.path))
        if self.at == "unmade":
            self.exit = ("failed", "Crash")
            self.model.work.append(lambda: self.gone(quiet=True))
            return
        self.leave_open()
        self.log("start")
        if self.at.startswith("gate"):
            self.model.gates[self.key] = self
        else:
            self.go_on()

    def leave_open(self) -> None:
        """Leave open what becomes of the mail of one that starts while a supervisor of it does. If
        that fails right afterwards, the one is stopped, and may or may not have come to its mail.
        """
        above = self.parent
        while above is not None and above.open:
            above = above.parent
        if above is not None and self.phase == "starting":
            self.model.open_ended.update(m.number for m in self.mail if isinstance(m, Mail))

    def go_on(self) -> None:
        """Go on after a gate, or where there is none, at the start or at a message."""
        if self.begun:
            assert isinstance(self.at, Mail)
            self.do(self.at, self.at.after)
        elif self.at.endswith("fail"):
            return self.end("failed", "Crash")
        else:
            self.begun = True
            if self.spec.children is None:
                self.ready()
            else:
                self.to_start = list(self.spec.children)
                self.next_static()
        return self.serve()

    def ready(self) -> None:
        self.open = True
        self.model.work.append(lambda life=self.life: self.is_up(life))
        self.model.work.append(self.serve)

    def is_up(self, life: int) -> None:
        """The supervisor is told."""
        if self.life == life and self.phase == "starting":
            self.phase = "up"
            self.established = True
            self.answer_start(True)
            if self.parent is not None:
                self.parent.child_up(self)

    def serve(self) -> None:
        """Handle what can be handled: orders first, then mail."""
        while self.alive and self.begun and not self.held:
            if self.winding:
                if self.order is not None:
                    (_, self.drain, self.deadline), self.order = self.order, None
                    for child in self.children.values():
                        if child.phase == "stopping":
                            self.stop_now(child)
                return
            if self.exit is not None:
                return
            if self.order is not None:
                reason, self.drain, self.deadline = self.order
                self.order = None
                self.end(reason)
                return
            if not (self.open and self.mail):
                return
            mail = self.mail.popleft()
            if isinstance(mail, Mail):
                self.take(mail)
            elif mail[0] == self.life:  # an order behind the mail
                self.order = mail[1]

    def take(self, mail: Mail) -> None:
        if mail.kind != "pill":
            self.model.handled.append((self.path, mail.number))
        if mail.kind == "hold":
            self.at = mail
            self.model.gates[self.key] = self
        else:
            self.do(mail, mail.kind)

    def do(self, mail: Mail, kind: str) -> None:
        concerned = mail.life == self.life
        failed = kind == "fail" and concerned
        self.model.answers[mail.number] = mail.error if failed else mail.number
        if kind == "pill" or (kind == "end" and concerned):
            self.end("normal")
        elif failed and self.spec.strategy_for(mail.error) != "resume":
            self.end("failed", mail.error)

    def end(self, reason: str, error: str | None = None) -> None:
        """Go to the end of this life; a supervisor stops its children first."""
        if self.exit is None:
            self.exit = (reason, error)
            self.wind() if self.children else self.model.work.append(self.gone)

    def gone(self, quiet: bool = False) -> None:
        assert self.exit is not None
        reason, error = self.exit
        self.alive = False
        if not quiet and self.parent is not None:
            self.log("failure" if error else f"stop {reason}")
        if self.parent is not None:
            self.parent.child_gone(self, reason, error)
        else:
            self.end_for_good("stopped")

    def end_for_good(self, how: str) -> None:
        if self.phase != "ended":
            self.phase, self.ended_as = "ended", how
            for mail in self.mail:
                if isinstance(mail, Mail):
                    self.model.bury(self, mail)
            self.mail.clear()
            self.answer_start("ActorStopped")
        for ask in self.end_asks:
            ask.end(True)
        self.end_asks.clear()

    def answer_start(self, outcome: Any) -> None:
        for ask in self.start_asks:
            ask.end(outcome)
        self.start_asks.clear()

    def abandon(self) -> None:
        """Be given up, with all below."""
        if self.held:
            self.model.abandoned[self.key] = self.name
            if isinstance(self.at, Mail) and self.begun:
                self.model.answers[self.at.number] = "ActorStuck"
        self.alive = False
        self.forget_plans()
        for child in self.children.values():
            self.model.timers.pop(child, None)
            child.abandon()
            child.end_for_good("failed")

    def log(self, what: str) -> None:
        self.model.log.append((self.path, what))
