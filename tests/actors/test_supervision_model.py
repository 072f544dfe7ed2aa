"""Random supervision trees under random troubles behave as the model says."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from pykka_live.actors import (
    DeleteChild,
    ReplaceChild,
    RestartChild,
    StartChild,
    TerminateChild,
)
from tests.actors.actors import TIMEOUT, until
from tests.actors.comparison import Comparison
from tests.actors.lives import Mail, Spec
from tests.actors.nodes import Node
from tests.actors.specs import afters, errors, first_plans, numbers, plans, specs
from tests.actors.tree import STUCK, Port

LATE = 40.0  # seconds for a shutdown


class Trees(Comparison):
    """Does the same to a tree and to the model, and compares what has become of them."""

    # Choices

    def workers(self, *, held: bool = False) -> list[Node]:
        """Those that live and wait for mail, or at a gate."""
        return [n for n in self.model.nodes() if n.parent and n.phase == "up" and n.held is held]

    def supervisors(self) -> list[Node]:
        """Those that serve requests, also while they start or end."""
        return [
            n for n in self.model.nodes() if n.alive and n.begun and n.spec.children is not None
        ]

    def some(self, number: int, nodes: list[Node]) -> list[Node]:
        """One of them, if there are any."""
        return [nodes[number % len(nodes)]] if nodes else []

    # What happens

    @initialize(spec=specs("top", 3), plan=first_plans, below=first_plans)
    def start(self, spec: Spec, plan: list[str], below: list[str]) -> None:
        for path in ("/top/a", "/top/b/a"):
            self.model.plans[path], self.tree.plans[path] = list(below), list(below)
        self.request(self.model.root, "start_child", spec, plan)

    @precondition(lambda self: not self.model.root.children and not self.model.closing)
    @rule(spec=specs("top", 3))
    def start_again(self, spec: Spec) -> None:
        self.request(self.model.root, "start_child", spec, ["ok"])

    @rule(which=numbers, error=errors, before=st.integers(0, 2), behind=st.integers(0, 3))
    def fail(self, which: int, error: str, before: int, behind: int) -> None:
        for node in self.some(which, self.workers()):
            kinds = ["say"] * before + ["fail"] + ["say"] * behind
            self.send(node, *(Mail(0, kind, error, node.life) for kind in kinds))

    @rule(
        which=numbers,
        error=errors,
        times=st.integers(1, 5),
        pause=st.sampled_from([0.5, 2.0, 4.0, 10.5]),
    )
    def fail_repeatedly(self, which: int, error: str, times: int, pause: float) -> None:
        for node in self.some(which, self.workers()):
            for _ in range(times):
                if node in self.workers():
                    self.send(node, Mail(0, "fail", error, node.life), Mail(0))
                    self.advance(self.model.now + pause)

    @rule(which=numbers, busy=numbers, error=errors, after=afters, then=numbers)
    def fail_beside_busy(self, which: int, busy: int, error: str, after: str, then: int) -> None:
        """Fail one, so that a sibling is in the way of what follows, and then another."""
        for node in self.some(which, self.workers()):
            family = [n for n in self.workers() if n.parent is node.parent]
            for sibling in self.some(busy, [n for n in family if n.spec.children is None]):
                self.send(sibling, Mail(0, "hold", error, sibling.life, after))
            for number in (which, then):
                able = [n for n in self.workers() if n in family]
                for each in self.some(number, able):
                    self.send(each, Mail(0, "fail", error, each.life), Mail(0))

    @rule(which=numbers, kind=st.sampled_from(["end", "pill"]), behind=st.integers(0, 2))
    def end(self, which: int, kind: str, behind: int) -> None:
        for node in self.some(which, self.workers()):
            self.send(node, Mail(0, kind, life=node.life), *[Mail(0)] * behind)

    @rule(which=numbers, after=afters, error=errors, behind=st.integers(0, 2))
    def hold(self, which: int, after: str, error: str, behind: int) -> None:
        for node in self.some(which, [n for n in self.workers() if n.spec.children is None]):
            self.send(node, Mail(0, "hold", error, node.life, after), *[Mail(0)] * behind)

    @rule(which=numbers, error=errors, kind=st.sampled_from(["say", "fail", "end"]))
    def send_to_busy(self, which: int, error: str, kind: str) -> None:
        for node in self.some(which, self.workers(held=True)):
            self.send(node, Mail(0), Mail(0, kind, error, node.life), Mail(0))

    @rule(which=numbers)
    def send_to_any(self, which: int) -> None:
        known = [n for n in self.everyone() if n.parent and n.path in self.tree.cells]
        for node in self.some(which, known):
            self.send(node, Mail(0), Mail(0))

    @rule()
    def send_to_all(self) -> None:
        """Send, and let what comes next race with it."""
        for node in self.model.nodes():
            if node.parent and node.spec.children is None and node.path in self.tree.cells:
                self.post(node, Mail(0), loose=True)

    @rule(which=numbers, plan=plans)
    def plan(self, which: int, plan: list[str]) -> None:
        """Say what the next starts of one will be like."""
        for node in self.some(which, [n for n in self.model.nodes() if n.parent]):
            self.model.plans[node.path], self.tree.plans[node.path] = list(plan), list(plan)

    @precondition(lambda self: self.model.gates)
    @rule(which=numbers, every=st.booleans())
    def open(self, which: int, every: bool) -> None:
        for _ in range(len(self.model.gates) if every else 1):
            key = sorted(self.model.gates)[which % len(self.model.gates)]
            self.tree.open(key, key in self.model.abandoned)
            self.model.open(key)
            self.compare()

    @rule(which=numbers, id=st.sampled_from(["a", "w", "x", "y", "z"]), data=st.data(), plan=plans)
    def start_child(self, which: int, id: str, data: Any, plan: list[str]) -> None:
        for supervisor in self.some(which, [n for n in self.supervisors() if n.parent]):
            depth = data.draw(st.sampled_from([0, 0, 1]))
            self.request(supervisor, "start_child", data.draw(specs(id, depth)), plan)

    @rule(
        which=numbers,
        child=numbers,
        name=st.sampled_from(["terminate_child", "restart_child", "delete_child", "replace_child"]),
    )
    def change_child(self, which: int, child: int, name: str) -> None:
        for supervisor in self.some(which, [n for n in self.supervisors() if n.children]):
            ids = list(supervisor.children)
            self.request(supervisor, name, (ids * 3)[child] if child < 3 * len(ids) else "nobody")

    @rule(which=numbers)
    def terminate(self, which: int) -> None:
        known = [n for n in self.everyone() if n.parent in self.supervisors()]
        for node in self.some(which, known):
            self.request(node.parent, "terminate_child", node.spec.id)

    @rule(which=numbers, within=st.sampled_from([None, None, 0.5, 3.0]), plan=plans)
    def replace(self, which: int, within: float | None, plan: list[str]) -> None:
        """Replace one, also while it starts, stops or waits for a restart."""
        bosses = self.supervisors()
        for node in self.some(which, [n for n in self.model.nodes() if n.parent in bosses]):
            self.model.plans[node.path], self.tree.plans[node.path] = list(plan), list(plan)
            self.request(node.parent, "replace_child", node.spec.id, within=within)

    @rule(which=numbers, plan=plans)
    def restart_or_delete_ended(self, which: int, plan: list[str]) -> None:
        bosses = self.supervisors()
        ended = [n for n in self.everyone() if n.phase == "ended" and n.parent in bosses]
        for node in self.some(which // 2, ended):
            self.model.plans[node.path], self.tree.plans[node.path] = list(plan), list(plan)
            name = ["restart_child", "delete_child"][which % 2]
            self.request(node.parent, name, node.spec.id)

    @rule(seconds=st.sampled_from([0.5, 1.0, 2.0, 5.0, 11.0]))
    def time_passes(self, seconds: float) -> None:
        self.advance(self.model.now + seconds)

    @rule(which=numbers)
    def one_is_stuck(self, which: int) -> None:
        """So much time passes that what is due happens before."""
        stuck = [n for n in self.model.nodes() if n.held and n.spec.stuck and not n.parent.winding]
        if len(stuck) != 1:
            return
        while self.model.due() is not None and not self.model.races():
            self.advance(self.model.due())
        if self.model.due() is not None:
            return
        if stuck[0].held and not stuck[0].parent.winding and stuck[0].phase in ("starting", "up"):
            self.tree.stick(stuck[0].path)
            self.model.now += STUCK
            self.model.stick(stuck[0])
            self.compare()

    @precondition(lambda self: not self.model.closing)
    @rule(often=st.sampled_from([False] * 25 + [True]))
    def shutdown(self, often: bool) -> None:
        if not often:
            return
        self.tree.shutdown(LATE)
        self.model.shutdown(LATE)
        self.compare()

    def teardown(self) -> None:
        try:
            if not self.model.closing:
                self.shutdown(True)
            late = len(self.model.log) % 2
            while late and self.model.due() is not None and not self.model.races():
                self.advance(self.model.due())
            while self.model.gates or (self.model.root.phase != "ended" and not self.model.races()):
                if self.model.gates:
                    self.open(0, False)
                else:  # who starts, and waits for a restart, holds it up; and may come to a gate
                    self.advance(self.model.due())
            if self.model.root.phase != "ended":
                return
            assert self.tree.left is not None or not self.tree.stopping.join(TIMEOUT)
            assert self.tree.left is not None
            assert self.model.root.phase == "ended"
            until(lambda: self.tree.system.abandoned() == [])
            self.accounts(ended=True)
        finally:
            self.tree.give_in()

    # Both

    def everyone(self) -> list[Node]:
        """All nodes, those that are kept after their end included."""
        return [
            c
            for n in self.model.nodes()
            for c in (n, *n.children.values())
            if c is n or c.phase == "ended"
        ]

    def advance(self, when: float) -> None:
        """Have it be `when`, moment for moment, so that one thing happens at a time."""
        while True:
            due = self.model.due()
            if self.model.races():
                return
            now = when if due is None else max(self.model.now, min(due, when))
            self.tree.clock.now = now
            self.model.advance(now)
            self.compare()
            if now == when:
                return

    def post(self, node: Node, mail: Mail, loose: bool = False) -> None:
        self.number += 1
        mail = Mail(self.number, mail.kind, mail.error, mail.life, mail.after)
        port = Port() if self.number % 2 else None
        if mail.kind != "pill":
            self.mail[self.number] = port
        if loose:
            self.loose[self.number] = node
        self.tree.send(node.path, mail, port)
        self.model.send(node, mail)

    def send(self, node: Node, *mail: Mail) -> None:
        for each in mail:
            self.post(node, each)
        self.model.settle()
        self.compare()

    def request(
        self, supervisor: Node, name: str, what: Any, plan: Any = None, **options: Any
    ) -> None:
        """Send a request; what becomes of it is compared for ever after."""
        path = supervisor.path
        message: Any
        if name == "start_child":
            if what.id not in supervisor.children:
                new = f"{path.rstrip('/')}/{what.id}"
                self.model.plans[new], self.tree.plans[new] = list(plan), list(plan)
            message = StartChild(self.tree.child_spec(what, path))
        else:
            kinds = {
                "terminate_child": TerminateChild,
                "restart_child": RestartChild,
                "delete_child": DeleteChild,
                "replace_child": ReplaceChild,
            }
            message = kinds[name](what, **options)
        port = Port()
        self.tree.cells[path].post(message, port)
        self.asks.append(
            (f"{name} {what} of {path}", port, getattr(supervisor, name)(what, **options))
        )
        self.model.settle()
        self.compare()


# Not to explain, for which it traces: a thread that is traced by CPython 3.11 hangs while another
# waits and has not seen the exception yet that was set in it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink)

Trees.TestCase.settings = settings(
    phases=PHASES,
    max_examples=5 * settings.default.max_examples,
    stateful_step_count=40,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
TestTrees = Trees.TestCase
