"""Live copies of frozen pictures."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Any

from pykka_live.state._frozen import Frozen
from pykka_live.state._kinds import Kind

Memo = dict[Any, Any]
Copy = Callable[[Frozen], Any]


class Marker:
    """Stands for an object that is no part of the state, where there is none to take its place."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return memo.get(id(self), self)

    def __repr__(self) -> str:
        return f"<{self.name}>"


def refuse(frozen: Frozen) -> Any:
    """What cannot copy an opaque object."""
    raise TypeError(f"{frozen!r} pictures nothing")


def thaw(picture: Any, memo: Memo, copy: Copy = refuse) -> Any:
    """Make a live copy of what was pictured. What was one object becomes one object.

    Args:
        picture: an atom or a Frozen.
        memo: what has been made so far, by its Frozen. Under the names of markers it has what takes
            their places.
        copy: makes the copy of an opaque object.

    Raises:
        Exception: what the user's code raises where an object is made of what it reduced itself to.
    """
    if type(picture) is not Frozen:
        return picture
    if picture in memo:
        return memo[picture]
    made = _MAKERS[picture.kind](picture, memo, copy)
    # A tuple that is part of a cycle has been finished meanwhile, within itself.
    return memo.setdefault(picture, made)


def _all(pictures: tuple[Any, ...], memo: Memo, copy: Copy) -> list[Any]:
    return [thaw(picture, memo, copy) for picture in pictures]


def _pairs(pictures: tuple[Any, ...], memo: Memo, copy: Copy) -> Iterator[tuple[Any, Any]]:
    for key, value in zip(pictures[::2], pictures[1::2], strict=True):
        yield thaw(key, memo, copy), thaw(value, memo, copy)


def _dict(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: dict[Any, Any] = {}
    memo[frozen] = made
    for key, value in _pairs(frozen.parts, memo, copy):
        made[key] = value
    return made


def _counter(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: Counter[Any] = Counter()
    memo[frozen] = made
    for key, value in _pairs(frozen.parts, memo, copy):
        made[key] = value
    return made


def _ordered(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: OrderedDict[Any, Any] = OrderedDict()
    memo[frozen] = made
    vars(made).update(thaw(frozen.parts[0], memo, copy) or {})
    for key, value in _pairs(frozen.parts[1:], memo, copy):
        made[key] = value
    return made


def _default(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: defaultdict[Any, Any] = defaultdict(thaw(frozen.parts[0], memo, copy))
    memo[frozen] = made
    for key, value in _pairs(frozen.parts[1:], memo, copy):
        made[key] = value
    return made


def _list(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: list[Any] = []
    memo[frozen] = made
    made.extend(_all(frozen.parts, memo, copy))
    return made


def _deque(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: deque[Any] = deque(maxlen=frozen.parts[0])
    memo[frozen] = made
    made.extend(_all(frozen.parts[1:], memo, copy))
    return made


def _set(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made: set[Any] = set()
    memo[frozen] = made
    made.update(_all(frozen.parts, memo, copy))
    return made


def _tuple(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    return tuple.__new__(_type(frozen), _all(frozen.parts, memo, copy))


def _frozenset(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    return frozenset(_all(frozen.parts, memo, copy))


def _bytes(frozen: Frozen, _memo: Memo, _copy: Copy) -> Any:
    return _type(frozen)(frozen.parts[0])


def _instance(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    cls = _type(frozen)
    made = cls.__new__(cls)
    memo[frozen] = made
    vars(made).update(_pairs(frozen.parts, memo, copy))
    return made


def _slotted(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    made = object.__new__(_type(frozen))
    memo[frozen] = made
    attributes = thaw(frozen.parts[0], memo, copy)
    if attributes:
        vars(made).update(attributes)
    for slot, value in _pairs(frozen.parts[1:], memo, copy):
        slot.__set__(made, value)  # a frozen dataclass refuses setattr
    return made


def _method(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    return _type(frozen)(*_all(frozen.parts, memo, copy))


def _reduced(frozen: Frozen, memo: Memo, copy: Copy) -> Any:
    """As `copy.deepcopy` puts together what `__reduce_ex__` has taken apart."""
    function, arguments, state, items, pairs = frozen.parts
    made = thaw(function, memo, copy)(*thaw(arguments, memo, copy))
    memo[frozen] = made
    if state is not None:
        _set_state(made, thaw(state, memo, copy))
    for item in thaw(items, memo, copy) or ():
        made.append(item)
    for key, value in thaw(pairs, memo, copy) or ():
        made[key] = value
    return made


def _set_state(made: Any, state: Any) -> None:
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    slots = None
    if isinstance(state, tuple) and len(state) == 2:
        state, slots = state
    if state is not None:
        made.__dict__.update(state)
    for name, value in (slots or {}).items():
        setattr(made, name, value)


def _kept(frozen: Frozen, _memo: Memo, _copy: Copy) -> Any:
    return frozen.parts[0]


def _opaque(frozen: Frozen, _memo: Memo, copy: Copy) -> Any:
    return copy(frozen)


def _marker(frozen: Frozen, memo: Memo, _copy: Copy) -> Any:
    name = frozen.parts[0]
    if name not in memo:
        memo[name] = Marker(name)
    return memo[name]


def _type(frozen: Frozen) -> Any:
    return frozen.type


_MAKERS: dict[int, Callable[[Frozen, Memo, Copy], Any]] = {
    Kind.DICT: _dict,
    Kind.COUNTER: _counter,
    Kind.LIST: _list,
    Kind.TUPLE: _tuple,
    Kind.NAMEDTUPLE: _tuple,
    Kind.SET: _set,
    Kind.FROZENSET: _frozenset,
    Kind.BYTEARRAY: _bytes,
    Kind.MEMORY: _bytes,
    Kind.DEQUE: _deque,
    Kind.ORDERED: _ordered,
    Kind.DEFAULT: _default,
    Kind.INSTANCE: _instance,
    Kind.SLOTTED: _slotted,
    Kind.METHOD: _method,
    Kind.REDUCED: _reduced,
    Kind.KEPT: _kept,
    Kind.OPAQUE: _opaque,
    Kind.MARKER: _marker,
}
