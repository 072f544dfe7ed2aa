"""A picture of an object's attributes, taken after an event that went well and put into a new
instance after one that did not.

References to the object itself, and to what its owner makes anew for each instance (a request and
its parts), are not copied: they are replaced by markers, and point to the new ones after a restore.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any

from pykka_live.logs import own_logger
from pykka_live.state._attributes import attributes
from pykka_live.state._freeze import Freezer
from pykka_live.state._frozen import Frozen
from pykka_live.state._markers import find
from pykka_live.state.opaque import Copier, Restorer
from pykka_live.state.thaw import Memo, thaw

logger = own_logger(__name__)

_NOTHING: frozenset[Any] = frozenset()

_warned: set[tuple[type, str]] = set()


@dataclass(slots=True)  # which is made faster than a named tuple
class Snapshot:
    """The state of an object at one moment. Nothing in it is ever changed, so any thread may
    restore it, any number of times.

    Attributes:
        attributes: names and pictures of the attributes that can be copied, in turn.
        left_out: the names of those that cannot.
        surroundings: the names of what has been replaced by markers.
        shadows: the copies of what cannot be pictured.
    """

    attributes: tuple[Any, ...]
    left_out: tuple[str, ...]
    surroundings: frozenset[str]
    shadows: Memo

    def restore(self, target: Any) -> None:
        """Give `target` a copy of the attributes; its surrounding objects take the place of the old
        ones."""
        memo: Memo = {name: find(target, name) for name in self.surroundings}
        memo["self"] = target
        restorer = Restorer(self.shadows, memo)
        vars(target).update(
            [(name, thaw(part, memo, restorer.copied)) for name, part in _pairs(self.attributes)]
        )

    def put_back(self, target: Any) -> None:
        """Give the object that this is a picture of the state that it had then. What it has got
        since is gone; what could not be copied stays."""
        known = {*self.attributes[::2], *self.left_out, *self.surroundings}
        for name in vars(target).keys() - known:
            del vars(target)[name]
        self.restore(target)


class Uncopyable(TypeError):
    """Something cannot be copied; the text has the names of the attributes, with the reasons."""


class Keeper:
    """Takes the snapshots of one object: each shares with the one before what has not changed.

    One thread uses it.

    Args:
        source: the object; only its instance attributes are state.
        surroundings: names of attributes that belong to the instance and not to its state, and
            dotted names of their parts (`request.user`). What a lazy one stands for is meant too.
        last: what another keeper has taken last of such an object.
        is_strict: raise `Uncopyable` where something cannot be copied, rather than leave it out.

    Attributes:
        freezer: pictures values, of the state and others. What it has pictured is shared, too.
    """

    def __init__(
        self,
        source: Any,
        surroundings: frozenset[str] = frozenset(),
        last: Snapshot | None = None,
        is_strict: bool = False,
    ) -> None:
        self.freezer = Freezer(source, surroundings)
        self._is_strict = is_strict
        self._class = type(source)
        self._surroundings = surroundings
        self._pictured: tuple[Any, ...] = ()  # with what turned out to be impossible to copy
        self._failed: tuple[str, ...] = ()
        self._sound: Set[Any] = _NOTHING  # what can be put together again
        self._last = last or Snapshot((), (), surroundings, {})
        if last is not None and not last.left_out:
            self._pictured = last.attributes

    def take(self, begin: bool = True) -> Snapshot:
        """Picture the attributes of the source.

        An attribute that cannot be copied (a lock, a socket, a generator) is left out; the first
        time for a class and a name, a warning says so.

        Args:
            begin: start a pass of the freezer. False if nothing can have been changed since the
                last one began.

        Returns:
            The snapshot; the same one as last time if nothing has changed. It shares no mutable
            object with the source, and objects that the source holds twice are held twice by a
            copy.
        """
        if begin:
            self.freezer.begin()
        pictured, failures = attributes(self.freezer, self._pictured)
        if failures is not None:
            failed = tuple([name for name, _ in failures])
            if pictured is not self._pictured or failed != self._failed:
                self._last = self._settle(pictured, failures)
                self._pictured, self._failed = pictured, failed
        elif pictured is not self._pictured or self._failed:
            self._last = Snapshot(pictured, (), self._surroundings, {})
            self._pictured, self._failed = pictured, ()
        return self._last

    def _settle(self, pictured: tuple[Any, ...], failures: list[tuple[str, Exception]]) -> Snapshot:
        """Copy what cannot be pictured, and see that the rest can be put together again."""
        copier = Copier(self.freezer, {})
        sound: set[Any] = set()
        kept: list[Any] = []
        for name, picture in _pairs(pictured):
            if type(picture) is Frozen and not picture.comparable:
                if picture not in self._sound:
                    # A copy that fails half-way leaves parts in the memo, so each attribute works
                    # on its own and hands over only what it finished.
                    attempt = copier.fork()
                    try:
                        attempt.complete(picture)
                    except Exception as error:
                        failures.append((name, error))
                        continue
                    copier = attempt
                sound.add(picture)
            kept += name, picture
        if failures and self._is_strict:
            raise Uncopyable(", ".join(f"{name} ({reason})" for name, reason in failures))
        for name, reason in failures:
            _warn_once(self._class, name, reason)
        self._sound = sound
        attributes = pictured if len(kept) == len(pictured) else tuple(kept)
        left_out = tuple([name for name, _ in failures])
        return Snapshot(attributes, left_out, self._surroundings, copier.shadows)


def take_snapshot(
    source: Any, surroundings: frozenset[str] = frozenset(), *, is_strict: bool = False
) -> Snapshot:
    """Picture the attributes of `source` once, as `Keeper.take` does."""
    return Keeper(source, surroundings, is_strict=is_strict).take()


def _pairs(attributes: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    return zip(attributes[::2], attributes[1::2], strict=True)


def _warn_once(cls: type, name: str, error: Exception) -> None:
    if (cls, name) in _warned:
        return
    _warned.add((cls, name))
    logger.warning(
        "%s.%s cannot be copied (%s) and is left out of the checkpoints; "
        "on_restore() can make it anew.",
        cls.__qualname__,
        name,
        error,
    )
