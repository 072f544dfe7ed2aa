"""A real tree of actors and the model of supervision, which must be the same whenever nothing goes
on."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from pykka_live.actors import CountChildren, WhichChildren
from tests.actors.actors import TIMEOUT
from tests.actors.lives import Ask, Mail
from tests.actors.model import Model
from tests.actors.nodes import Node
from tests.actors.tree import Port, Tree

RETRIES = 50  # so often may a comparison be too early


class Comparison(RuleBasedStateMachine):
    """Does the same to both, and compares them."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = self.make_tree()
        self.model = Model()
        self.number = 0
        self.asks: list[tuple[str, Port, Ask]] = []
        self.mail: dict[int, Port | None] = {}
        self.loose: dict[int, Node] = {}  # mail that raced with something
        self.compare()

    def make_tree(self) -> Tree:
        """Make the tree."""
        return Tree()

    def compare(self) -> None:
        """Wait until the tree is at rest and compare it with the model."""
        for retry in range(RETRIES):
            self.tree.settle()
            try:
                self.equal()
            except AssertionError:
                if retry == RETRIES - 1:
                    raise
            else:
                break
        self.tree.log.clear()
        self.model.log.clear()
        self.model.unordered = False
        self.tree.clock.now += 2**-10  # no two things are due at one moment
        self.model.now += 2**-10

    def equal(self) -> None:
        tree, model = self.tree, self.model
        if model.unordered:
            assert sorted(tree.log, key=by_path) == sorted(model.log, key=by_path)
        else:
            assert tree.log == model.log
        nodes = model.nodes()
        alive = [n for n in nodes if n.alive]
        names = [n.name for n in alive] + list(model.abandoned.values())
        assert sorted(tree.running()) == sorted(names)
        assert sorted(tree.system.abandoned()) == sorted(model.abandoned.values())
        assert sorted(tree.gates) == sorted(model.gates)
        assert sorted(c.path for c in tree.system.cells()) == sorted(n.path for n in nodes)
        for node in alive:
            if node.spec.children is not None and node.begun:
                self.equal_children(node)
        for what, port, ask in self.asks:
            assert port.outcome == ask.outcome, what
        self.accounts()

    def equal_children(self, node: Node) -> None:
        cell = self.tree.system.find(node.path)
        assert cell is not None
        infos = cell.request(WhichChildren(), TIMEOUT)
        children = list(node.children.values())
        assert [info.id for info in infos] == [child.spec.id for child in children]
        for info, child in zip(infos, children, strict=True):
            real = (info.cell.incarnation, info.cell.restarts)
            assert real == (child.life, child.restarts), child.path
            if not node.winding:
                assert info.state == child.state, child.path
            found = self.tree.system.find(child.path)
            assert found is (None if child.phase == "ended" else info.cell)
            self.tree.cells[child.path] = info.cell
        counts = cell.request(CountChildren(), TIMEOUT)
        bosses = sum(info.is_supervisor for info in infos)
        assert (counts.specs, counts.supervisors, counts.workers) == (
            len(children),
            bosses,
            len(children) - bosses,
        )
        assert counts.active == sum(child.phase not in ("down", "ended") for child in children)

    def accounts(self, ended: bool = False) -> None:
        """Each message was handled once, in order, or is a dead letter, or waits."""
        tree, model = self.tree, self.model
        dead = [
            (letter.path, letter.message.number)
            for letter in tree.system.dead_letters
            if isinstance(letter.message, Mail)
        ]
        for real, right in ((tree.handled, model.handled), (dead, model.dead)):
            unsure = self.loose.keys() | model.open_ended
            firm = [item for item in real if item[1] not in unsure]
            expected = [item for item in right if item[1] not in unsure]
            assert sorted(firm, key=by_path) == sorted(expected, key=by_path), (firm, expected)
        by = sorted(tree.handled, key=by_path)
        assert by == sorted(by)
        times = Counter(number for _, number in [*tree.handled, *dead])
        assert all(count == 1 for count in times.values())
        for number, port in self.mail.items():
            node = self.loose.get(number)
            if node is None and port is not None and number not in model.open_ended:
                assert port.outcome == model.answers.get(number), number
            if number not in times:
                assert not ended, f"{number} is lost"
                assert node is None or node.phase != "up" or node.held, f"{number} is lost"
            elif port is not None:
                assert port.outcome is not None or node is None, f"{number} has no answer"


def by_path(item: tuple[str, Any]) -> str:
    return item[0]
