"""A random object and what happens to it."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from tests.state.graphs import ATOMS, MAKERS, Thing, change, children, is_value, reachable, twin


class World:
    """An object whose attributes change at random, deeply.

    Args:
        random: where the randomness comes from.
        makers: make the containers.
    """

    def __init__(self, random: Random, makers: Any = MAKERS) -> None:
        self.random = random
        self.makers = makers
        self.root = Thing()
        for name in "abc":
            setattr(self.root, name, self.make(self.atom(), self.atom()))

    def atom(self) -> Any:
        return self.random.choice(ATOMS)

    def make(self, a: Any, b: Any) -> Any:
        return self.random.choice(self.makers)(a, b)

    def old(self) -> Any:
        return self.random.choice(reachable(self.root))

    def step(self) -> None:
        """Change nothing, one thing, or a few."""
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            if self.random.random() < 0.15:
                self.replace_all()
            else:
                self._change(self._new())

    def replace_all(self) -> None:
        """Put equal objects in the place of all."""
        memo = {id(self.root): self.root}
        for name, value in list(vars(self.root).items()):
            setattr(self.root, name, copy.deepcopy(value, memo))

    def _new(self) -> Any:
        kind = self.random.choice(["atom", "twin", "made", "mixed", "old", "wrapped", "copied"])
        if kind == "atom":
            return self.atom()
        if kind == "twin":
            return twin(self.atom())
        if kind == "made":
            return self.make(self.atom(), self.atom())
        if kind == "mixed":
            return self.make(self.atom(), self.old())
        if kind == "old":
            return self.old()
        if kind == "wrapped":
            return self.make(self.old(), self.atom())
        return copy.deepcopy(self.old(), {id(self.root): self.root})

    def _change(self, new: Any) -> None:
        if self.random.random() < 0.1:
            setattr(self.root, self.random.choice("abcd"), new)
            return
        how = self.random.choice(["set", "insert", "delete", "swap"])
        change(self.old(), self.random.randrange(1000), how, new)

    def copy(self, mark: Any) -> dict[str, Any]:
        """Copy the attributes, independently of the freezer; `mark` stands for the object."""
        return copy.deepcopy(dict(vars(self.root)), {id(self.root): mark})

    def has_cycle(self) -> bool:
        """Whether something holds itself, however deeply."""
        done: set[int] = set()
        doing: set[int] = set()

        def visit(value: Any) -> bool:
            if is_value(value) or id(value) in done:
                return False
            if id(value) in doing:
                return True
            doing.add(id(value))
            found = any(visit(child) for child in children(value))
            done.add(id(value))
            return found

        return visit(self.root)
