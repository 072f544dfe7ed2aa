"""Supervision in place is the same: random trees under random troubles behave as the model says.

There is no busy actor: who drives has nothing else to do meanwhile.
"""

from __future__ import annotations

from functools import partial

from hypothesis import settings

from pykka_live.actors import ActorSystem, InPlace, Ping, Root
from tests.actors.test_supervision_model import Trees
from tests.actors.tree import Tree


class Ungated(dict[str, list[str]]):
    """Plans for starts, none of which waits."""

    def __setitem__(self, path: str, plan: list[str]) -> None:
        waiting = {"gate": "ok", "gate fail": "fail"}
        super().__setitem__(path, [waiting.get(each, each) for each in plan])


class TreeInPlace(Tree):
    """A tree that the test drives, and that has no thread."""

    def __init__(self) -> None:
        super().__init__()
        self.plans = Ungated()
        self.stopping = self  # type: ignore[assignment]

    def make_system(self) -> ActorSystem:
        dispatcher = partial(InPlace, clock=self.clock)
        return ActorSystem(Root, clock=self.clock, dead_letters=100_000, dispatcher=dispatcher)

    def settle(self) -> None:
        for cell in self.system.cells():
            cell.post(Ping())
        self.system.drive()

    def shutdown(self, seconds: float) -> None:
        self.system._begin_to_stop(seconds)

    def join(self, _timeout: float) -> None:
        """Take the result of the shutdown, which is over."""
        assert self.system.state == "stopped"
        self.left = self.system.shutdown(0)


class TreesInPlace(Trees):
    """Does the same to a tree in place and to the model."""

    hold = fail_beside_busy = send_to_busy = open = one_is_stuck = None  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.model.plans = Ungated()

    def make_tree(self) -> Tree:
        return TreeInPlace()


TreesInPlace.TestCase.settings = settings(Trees.TestCase.settings, max_examples=100)
TestTreesInPlace = TreesInPlace.TestCase
