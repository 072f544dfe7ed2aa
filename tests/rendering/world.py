"""What the templates under test are given: values of every kind. What a template calls is written
down, so that two renders can be held against each other."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime
import decimal
import enum
import itertools
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.contrib.auth.models import Group, User
from django.utils.functional import SimpleLazyObject, cached_property, lazy
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

_calls: list[str] = []


@contextmanager
def recorded() -> Iterator[list[str]]:
    """Yield the list that whatever is called within is written into."""
    global _calls
    before, _calls = _calls, []
    try:
        yield _calls
    finally:
        _calls = before


def record(call: str) -> None:
    _calls.append(call)


@dataclasses.dataclass
class Person:
    name: str = "Ann"
    age: int = 1
    tags: list[Any] = dataclasses.field(default_factory=list)

    @property
    def shout(self) -> str:
        record(f"shout {self.name}")
        return self.name.upper()

    def greet(self) -> str:
        record(f"greet {self.name}")
        return f"<i>Hi</i> {self.name}"


@dataclasses.dataclass(frozen=True)
class Frozen:
    name: str = "ice"
    parts: list[Any] = dataclasses.field(default_factory=list)


class Point(NamedTuple):
    x: Any = 0
    y: Any = 0


class Slotted:
    __slots__ = ("name", "other")

    def __init__(self, name: Any = "s") -> None:
        self.name = name

    def __repr__(self) -> str:
        return "slotted"


class Thing:
    """A plain object."""

    kind = "thing"

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def __repr__(self) -> str:
        record("Thing.__repr__")
        return f"<Thing {sorted(self.__dict__)}>"

    @cached_property
    def cached(self) -> str:
        record("cached")
        return f"cached {self.__dict__.get('name')}"


class Counter:
    """Whatever is asked of it changes it."""

    def __init__(self) -> None:
        self.n = 0

    def __repr__(self) -> str:
        return "counter"

    def bump(self) -> int:
        self.n += 1
        record(f"bump {self.n}")
        return self.n

    @property
    def next(self) -> int:
        return self.bump()

    def delete(self) -> None:
        record("deleted")

    delete.alters_data = True  # type: ignore[attr-defined]


class Noisy:
    """Tells of every question that Python asks it."""

    def __init__(self, *items: Any) -> None:
        self.items = list(items)

    def __str__(self) -> str:
        record("__str__")
        return f"noisy{len(self.items)}"

    __repr__ = __str__

    def __bool__(self) -> bool:
        record("__bool__")
        return bool(self.items)

    def __len__(self) -> int:
        record("__len__")
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        for item in self.items:
            record(f"yield {item}")
            yield item

    def __getitem__(self, key: Any) -> Any:
        record(f"__getitem__ {key}")
        if isinstance(key, str):
            raise KeyError(key)
        return self.items[key]


class Html:
    def __init__(self, body: str) -> None:
        self.body = body

    def __html__(self) -> str:
        record("__html__")
        return self.body

    def __str__(self) -> str:
        return f"plain {self.body}"

    def __repr__(self) -> str:
        return "html"


class Dynamic:
    def __init__(self, **values: Any) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        record(f"getattr {name}")
        return self._values.get(name, f"no {name}")

    def __repr__(self) -> str:
        return "dynamic"


class AlwaysEqual:
    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 1

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class Incomparable(AlwaysEqual):
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not to be compared")

    __hash__ = None  # type: ignore[assignment]


class LoudStr(str):
    """A string whose text is another than its content."""

    loud = "!"

    def __str__(self) -> str:
        return f"{str.__str__(self)}{self.loud}"


class Grade(int):
    def __str__(self) -> str:
        return f"grade {int(self)}"


class Rows(list[Any]):
    title = "rows"


class Silent(Exception):
    silent_variable_failure = True


class Colour(enum.Enum):
    RED = "red"
    BLUE = "<blue>"

    # Django's templates would call the class.
    do_not_call_in_templates = enum.nonmember(True) if hasattr(enum, "nonmember") else True


class Failing:
    """Fails as told."""

    def __init__(self, error: str = "ValueError") -> None:
        self.error = error

    def _fail(self) -> Any:
        record(f"fails {self.error}")
        if self.error:
            raise {"Silent": Silent, "KeyError": KeyError, "ValueError": ValueError}[self.error]()
        return "fine"

    @property
    def prop(self) -> Any:
        return self._fail()

    def method(self) -> Any:
        return self._fail()

    def __str__(self) -> str:
        return str(self._fail())

    def __repr__(self) -> str:
        return "failing"


class Letters:
    """An iterator: it can be gone through once."""

    def __init__(self, text: str) -> None:
        self.left = list(text)

    def __iter__(self) -> Letters:
        return self

    def __next__(self) -> str:
        if not self.left:
            raise StopIteration
        record(f"next {self.left[0]}")
        return self.left.pop(0)

    def __repr__(self) -> str:
        return "letters"


clock: dict[str, Any] = {"now": 0}
"""What a property reads that is nowhere in the context. Each render finds it as it is set by
the context's `_clock`."""


class Reader:
    """Its answers come from elsewhere."""

    @property
    def now(self) -> Any:
        record("now")
        return clock["now"]

    def __str__(self) -> str:
        return f"at {clock['now']}"

    def __repr__(self) -> str:
        return "reader"


def forgetful() -> Callable[[], str]:
    """A function with a state that nobody can see."""
    numbers = itertools.count()

    def call() -> str:
        number = next(numbers)
        record(f"call {number}")
        return f"call {number}"

    return call


class Forgetful:
    def __init__(self) -> None:
        self._call = forgetful()

    def __call__(self) -> str:
        return self._call()

    def __repr__(self) -> str:
        return "forgetful"


def lazily(text: str) -> Any:
    return lazy(lambda: text, str)()


def put(place: Sequence[Any], value: Any) -> None:
    """Set what is at a place, if there is such a place: a container, and the keys, indexes and
    names that lead there."""
    target, *way, last = place
    try:
        for step in way:
            target = target[step] if hasattr(target, "__getitem__") else getattr(target, step)
        if hasattr(target, "__setitem__"):
            target[last] = value
        else:
            setattr(target, last, value)
    except (LookupError, TypeError, AttributeError):
        pass


NAMES: dict[str, Any] = {
    **{
        kind.__name__: kind
        for kind in (
            *(Person, Frozen, Point, Slotted, Thing, Counter, Noisy, Html, Dynamic, AlwaysEqual),
            *(Incomparable, LoudStr, Grade, Rows, Colour, Failing, Reader, Letters, Forgetful),
            *(User, Group, SafeString, SimpleLazyObject, forgetful, lazily, mark_safe, put),
        )
    },
    "collections": collections,
    "copy": copy,
    "datetime": datetime,
    "Decimal": decimal.Decimal,
    "itertools": itertools,
    "UUID": uuid.UUID,
    "gettext_lazy": gettext_lazy,
    "inf": float("inf"),
    "nan": float("nan"),
}
"""What statements that make and change a context may use."""


class World:
    """A context over time: statements change it, each render is given its values as they are."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def do(self, statement: str) -> None:
        exec(statement, dict(NAMES), self.values)
