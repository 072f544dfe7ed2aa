"""What is passed to a component: copied, and told apart from what was passed before."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from operator import is_
from types import SimpleNamespace
from typing import Any

from pykka_live.state._frozen import Frozen
from pykka_live.state.snapshot import Keeper, Snapshot, Uncopyable


class Props:
    """Copies the props of one component for its own thread, and finds out whether they are others
    than before.

    Args:
        last: those that were passed last, if there were any.
    """

    def __init__(self, id: str, last: Snapshot | None = None) -> None:
        self._id = id
        self._last = last
        self._holder = SimpleNamespace()
        self._keeper: Keeper | None = None

    def take(self, props: Mapping[str, Any]) -> Snapshot:
        """Return a picture of the props; the same object as the last time, if they are the same.

        Raises:
            TypeError: if one of them cannot be copied.
        """
        last = self._last
        if last is not None and _are_pictured(props, last):
            return last
        holder = vars(self._holder)
        holder.clear()
        holder.update(props)
        keeper = self._keeper or Keeper(self._holder, last=last, is_strict=True)
        try:
            self._last = picture = keeper.take()
        except Uncopyable as error:
            raise TypeError(
                f"the component {self._id!r} cannot be given {error}: "
                "what is passed to a component is copied, and that cannot be"
            ) from None
        # Most props are atoms, and stay the same: these need no keeper.
        if last is not None or any(type(each) is Frozen for each in picture.attributes):
            self._keeper = keeper
        return picture


def _are_pictured(props: Mapping[str, Any], picture: Snapshot) -> bool:
    """Tell whether props are the very objects of a picture. So they are immutable: whatever can be
    changed is pictured by something else."""
    known = picture.attributes
    return 2 * len(props) == len(known) and all(map(is_, chain(*props.items()), known))
