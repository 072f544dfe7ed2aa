"""What random states are made of, what is done to them, and how two of them are compared."""

from __future__ import annotations

import copy
import pickle
import re
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from types import MethodType
from typing import Any

from django.utils.safestring import SafeString

Pair = namedtuple("Pair", "left right")


def name(value: Any) -> str:
    """Call a value what it looks like, but the same in each process that runs the tests."""
    return re.sub(r" at 0x\w+|(?<=<[TC]) \d+", "", repr(value))


class Thing:
    def __init__(self, **attributes):
        vars(self).update(attributes)

    def __repr__(self):
        return f"<T {id(self) % 10000} {vars(self)}>"

    def method(self):
        return self


class Slotted:
    __slots__ = ("one", "two")


@dataclass(frozen=True, slots=True)
class Record:
    name: Any
    rest: Any


class Reducing:
    """Has a custom way to be taken apart."""

    def __init__(self, content):
        self.content = content

    def __getstate__(self):
        return {"content": self.content}


class Copying:
    """Copies itself."""

    def __init__(self, content):
        self.content = content

    def __repr__(self):
        return f"<C {id(self) % 10000} {self.content}>"

    def __deepcopy__(self, memo):
        made = Copying(None)
        memo[id(self)] = made
        made.content = copy.deepcopy(self.content, memo)
        return made


ATOMS: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 10**30, 0.0, -0.0, 1.0, 1.5, 1j, "", "a", "b", b"a", ...),
    *(SafeString("a"), Decimal("1.0"), Decimal("1.00"), range(3), int, len),
    *(datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=timezone.utc)),
    datetime(2020, 1, 1, fold=1),
    *((1, "a"), (1, ("a", 2.0)), frozenset({1}), Pair(1, 2)),
]


def twin(atom: Any) -> Any:
    """Return an equal atom that may be another object."""
    return pickle.loads(pickle.dumps(atom))


def slotted(one: Any, two: Any) -> Slotted:
    made = Slotted()
    made.one, made.two = one, two
    return made


MAKERS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: [a, b],
    lambda a, b: [a, b, a],
    lambda a, b: [],
    lambda a, b: {"x": a, "y": b},
    lambda a, b: {1: a, (1, 2): b},
    lambda a, b: (a, b),
    Pair,
    lambda a, b: Thing(x=a, y=b),
    slotted,
    Record,
    lambda a, b: deque([a, b], 5),
    lambda a, b: OrderedDict(x=a, y=b),
    lambda a, b: defaultdict(list, x=a, y=b),
    lambda a, b: Counter(),
    lambda a, b: bytearray(b"abc"),
    lambda a, b: Thing(x=a).method,
]
"""They make what can be compared."""

OTHER_MAKERS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: Reducing([a, b]),
    lambda a, b: Copying([a, b]),
]


def children(value: Any) -> list[Any]:
    """Return what a value consists of, in its order."""
    if isinstance(value, (dict, OrderedDict)):
        flat = [part for pair in value.items() for part in pair]
        return [value.default_factory, *flat] if isinstance(value, defaultdict) else flat
    if isinstance(value, deque):
        return [value.maxlen, *value]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, bytearray):
        return [bytes(value)]
    if isinstance(value, (Thing, Reducing, Copying)):
        return children(vars(value))
    if isinstance(value, Slotted):
        return [getattr(value, name, None) for name in Slotted.__slots__]
    if isinstance(value, Record):
        return [value.name, value.rest]
    if hasattr(value, "__func__"):
        return [value.__func__, value.__self__]
    return []


def is_value(value: Any) -> bool:
    """Whether nobody can tell a value from an equal one."""
    if isinstance(value, (tuple, frozenset)):
        return all(is_value(item) for item in value)
    return not children(value) and not isinstance(
        value, (dict, list, deque, bytearray, Thing, Slotted)
    )


def same_graph(a: Any, b: Any, known: Any = (), methods: bool = True) -> bool:
    """Whether two values are the same in types and contents, and hold twice what the other does.

    Args:
        known: pairs of objects that correspond to each other.
        methods: whether bound methods are objects, too; `copy.deepcopy` may double them.
    """
    forth = {id(x): id(y) for x, y in known}
    back = {id(y): id(x) for x, y in known}
    kept, stack = [], [(a, b)]
    while stack:
        x, y = stack.pop()
        if type(x) is not type(y):
            return False
        if is_value(x) and is_value(y):
            if not same_value(x, y):
                return False
            continue
        if methods or not isinstance(x, MethodType):
            if id(x) in forth or id(y) in back:
                if forth.get(id(x)) != id(y) or back.get(id(y)) != id(x):
                    return False
                continue
            forth[id(x)], back[id(y)] = id(y), id(x)
            kept.append((x, y))
        left, right = children(x), children(y)
        if len(left) != len(right):
            return False
        stack.extend(zip(left, right, strict=True))
    return True


def same_value(x: Any, y: Any) -> bool:
    if type(x) is not type(y):
        return False
    if isinstance(x, (tuple, frozenset)):
        pairs = zip(x, y, strict=False)
        return len(x) == len(y) and all(same_value(a, b) for a, b in pairs)
    if isinstance(x, datetime) and x.fold != y.fold:
        return False
    return x is y or (x == y and repr(x) == repr(y))


def reachable(root: Any) -> list[Any]:
    """Return all that can be changed in a value, in a fixed order."""
    seen, found, stack = set(), [], [root]
    while stack:
        value = stack.pop()
        if id(value) in seen or is_value(value):
            continue
        seen.add(id(value))
        found.append(value)
        stack.extend(reversed(children(value)))
    return found


def change(target: Any, where: int, how: str, new: Any) -> None:
    """Do something to an object, in place."""
    if isinstance(target, (Reducing, Copying)):
        target.content = new
    elif isinstance(target, Slotted):
        setattr(target, ("one", "two")[where % 2], new)
    elif isinstance(target, Thing):
        change(vars(target), where, how, new)
    elif isinstance(target, bytearray):
        target.append(where % 256)
    elif isinstance(target, (list, deque)):
        _change_sequence(target, where, how, new)
    elif isinstance(target, Counter) and not is_value(new):
        pass  # copy.deepcopy fails where one holds itself
    elif isinstance(target, dict):
        _change_dict(target, where, how, new)


def _change_sequence(target: Any, where: int, how: str, new: Any) -> None:
    if how == "insert" and len(target) < 5:
        target.insert(where % (len(target) + 1), new)
    elif target and how == "delete":
        del target[where % len(target)]
    elif target and how == "swap":
        first, second = where % len(target), (where // 7) % len(target)
        target[first], target[second] = target[second], target[first]
    elif target:
        target[where % len(target)] = new


def _change_dict(target: dict, where: int, how: str, new: Any) -> None:
    names = list(target)
    if how == "insert" or not names:
        target[f"n{where % 4}"] = new
    elif how == "delete":
        del target[names[where % len(names)]]
    elif how == "swap":
        first, second = names[where % len(names)], names[(where // 7) % len(names)]
        target[first], target[second] = target[second], target[first]
    else:
        target[names[where % len(names)]] = new
