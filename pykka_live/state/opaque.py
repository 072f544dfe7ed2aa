"""Copies of objects that copy themselves.

What defines `__deepcopy__` cannot be pictured, so it is copied. Often it holds objects that other
parts of the state hold as well, and these are pictured: a copy gets *shadows* of them, which are
copies made of the pictures. When the state is restored, the copies are copied once more, and what
has been made of the same pictures takes the place of the shadows.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from pykka_live.state._freeze import Freezer
from pykka_live.state._frozen import Frozen
from pykka_live.state._kinds import Kind
from pykka_live.state.thaw import Memo, thaw


class Copier(dict[int, Any]):
    """The memo of `copy.deepcopy` for the opaque objects of one pass of a freezer.

    Attributes:
        shadows: by their pictures, the shadows and the copies that have been made.
    """

    def __init__(self, freezer: Freezer, shadows: Memo, parent: Copier | None = None) -> None:
        super().__init__(parent or ())
        self._freezer = freezer
        self.shadows = shadows
        self._parent = parent  # deepcopy keeps something under its address, so that must stay its

    def get(self, address: int, default: Any = None) -> Any:
        if address in self:
            return self[address]
        frozen = self._freezer.pictured(address)
        return default if frozen is None else thaw(frozen, self.shadows, self.copied)

    def copied(self, frozen: Frozen) -> Any:
        """Copy the object that an opaque picture stands for."""
        return copy.deepcopy(self._freezer.original(frozen), self)

    def complete(self, picture: Frozen) -> None:
        """Copy what is opaque in a picture, and see that what is reduced can be put together again.

        Raises:
            Exception: what the user's code raises.
        """
        trial: Memo = {}
        for frozen in _pictures_in(picture):
            if frozen.kind == Kind.OPAQUE:
                thaw(frozen, self.shadows, self.copied)
            elif frozen.kind == Kind.REDUCED:
                thaw(frozen, trial, self.copied)

    def fork(self) -> Copier:
        """Return another memo that begins with what this one has."""
        return Copier(self._freezer, dict(self.shadows), self)


class Restorer(dict[int, Any]):
    """The memo of `copy.deepcopy` with which a snapshot's copies are copied.

    Args:
        shadows: what a `Copier` has left.
        memo: what is being restored.
    """

    def __init__(self, shadows: Memo, memo: Memo) -> None:
        self._shadows = shadows
        self._memo = memo
        self._pictures = {
            id(shadow): frozen
            for frozen, shadow in shadows.items()
            if isinstance(frozen, Frozen) and frozen.kind != Kind.OPAQUE
        }

    def get(self, address: int, default: Any = None) -> Any:
        if address in self:
            return self[address]
        frozen = self._pictures.get(address)
        return default if frozen is None else thaw(frozen, self._memo, self.copied)

    def copied(self, frozen: Frozen) -> Any:
        """Copy the copy of an opaque object."""
        return copy.deepcopy(self._shadows[frozen], self)


def _pictures_in(picture: Frozen) -> Iterator[Frozen]:
    """Yield a picture and all that it consists of, each once."""
    seen, stack = {picture}, [picture]
    while stack:
        frozen = stack.pop()
        yield frozen
        for part in frozen.parts:
            if type(part) is Frozen and part not in seen:
                seen.add(part)
                stack.append(part)
