"""The rules of supervision, as simply as they can be said: one thread, and a clock that is told.

Written from the documentation of `pykka_live.actors._supervisor`, and from none of its code. A
test tells the model what it does to a real tree, and `settle` works out what follows, up to where
nothing goes on without the test: gates are closed, moments are in the future.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from tests.actors.lives import Key, Mail, Spec
from tests.actors.nodes import Node


class Model:
    """The whole tree, and what was seen of it.

    Attributes:
        log: (path, what) of each start, stop and failure, in order
        unordered: things went on side by side, so that the order of the log is only that of each
            path
        plans: what the next starts at a path do: ok, fail, gate, gate fail, unmade
        gates: who waits at a gate, by path and number of the start
        abandoned: the threads that were given up and still wait, as gates are
        handled, dead: (path, number) of mail, each in order
        answers: what each message is answered: its number or the name of an error
        open_ended: the numbers of mail that will be handled, or a dead letter: of which is open
    """

    def __init__(self) -> None:
        self.now = 1000.0
        self.log: list[tuple[str, str]] = []
        self.unordered = False
        self.plans: dict[str, list[str]] = {}
        self.gates: dict[Key, Node] = {}
        self.abandoned: dict[Key, str] = {}
        self.runs: dict[str, int] = {}
        self.handled: list[tuple[str, int]] = []
        self.dead: list[tuple[str, int]] = []
        self.answers: dict[int, Any] = {}
        self.open_ended: set[int] = set()
        self.work: deque[Callable[[], None]] = deque()
        self.timers: dict[Any, tuple[float, Callable[[], None]]] = {}
        self.closing = False
        self.ends: tuple[float, ...] = ()  # of the drain and of the whole shutdown
        self.root = Node(self, Spec("", (), counts="child", together=True), None)
        self.root.launch()
        self.settle()
        self.log.clear()

    def settle(self) -> None:
        """Do what follows by itself."""
        while self.work:
            self.work.popleft()()

    def due(self) -> float | None:
        """The next moment at which something happens by itself."""
        return min((when for when, _ in self.timers.values()), default=None)

    def races(self) -> bool:
        """Whether several supervisors have something to do at the next moment, in any order."""
        due = self.due()
        owners = {key.owner for key, (when, _) in self.timers.items() if when == due}
        return len(owners) > 1 and due not in self.ends

    def advance(self, when: float) -> None:
        """Let it be `when`."""
        self.now = when
        self.unordered |= when in self.ends
        for key, (due, action) in sorted(self.timers.items(), key=lambda item: item[1][0]):
            if due <= when and self.timers.get(key) == (due, action):
                del self.timers[key]
                action()
        self.settle()

    def open(self, key: Key) -> None:
        """Open a gate."""
        node = self.gates.pop(key)
        if self.abandoned.pop(key, None) is None:  # else nothing that it does counts
            node.go_on()
        self.settle()

    def stick(self, node: Node) -> None:
        """Let one that waits at a gate exceed its `stuck_timeout`."""
        assert node.parent is not None
        node.parent.give_up(node)
        self.settle()

    def send(self, node: Node, mail: Mail) -> None:
        """Put mail into a mailbox; `settle` has it handled."""
        if node.phase == "ended":
            self.bury(node, mail)
        else:
            node.mail.append(mail)
            node.leave_open()
            self.work.append(node.serve)

    def bury(self, node: Node, mail: Mail) -> None:
        """Mail that will not be handled is a dead letter."""
        self.answers[mail.number] = "ActorStopped"
        if mail.kind != "pill":
            self.dead.append((node.path, mail.number))

    def shutdown(self, seconds: float) -> None:
        """Stop all of it."""
        self.closing = True
        self.ends = (self.now + 0.75 * seconds, self.now + seconds)
        self.root.order = ("system shutdown", self.now + 0.75 * seconds, self.now + seconds)
        self.root.serve()
        self.settle()

    def nodes(self) -> list[Node]:
        """All that are alive, each after its supervisor."""
        return self.root.family() if self.root.phase != "ended" else []
