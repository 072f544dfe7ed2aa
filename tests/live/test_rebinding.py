"""What knows a request is made anew for a copy of it, whichever way it knows it."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils.functional import SimpleLazyObject

from pykka_live.live.rebinding import Rebinding

OLD, NEW = ["old"], ["new"]


def content(known):
    return known[0]


def closure(known):
    return lambda: content(known)


def closure_in_a_closure(known):
    inner = closure(known)

    def outer():
        return inner()

    return outer


def default(known):
    return lambda known=known: content(known)


def keyword_default(known):
    def function(*, known=known):
        return content(known)

    return function


def partial_call(known):
    return partial(content, known)


def partial_keyword(known):
    return partial(content, known=known)


def lazy(known):
    return SimpleLazyObject(closure(known))


def closure_of_a_lazy_object(known):
    real = lazy(known)
    return lambda: str(real)


WAYS = [closure, closure_in_a_closure, default, keyword_default, partial_call, partial_keyword]


@pytest.mark.parametrize("way", WAYS)
def test_a_function_knows_the_other_object_and_the_original_its_own(way):
    original = way(OLD)
    made = Rebinding((OLD, NEW)).of(original)

    assert (original(), made()) == ("old", "new")


def test_a_method_is_that_of_the_other_object():
    class Holder:
        def __init__(self, name):
            self.name = name

        def find(self):
            return self.name

    old, new = Holder("old"), Holder("new")
    assert Rebinding((old, new)).of(old.find)() == "new"


@pytest.mark.parametrize("is_used", [True, False])
def test_a_lazy_object_is_looked_up_for_itself(is_used):
    original = lazy(OLD)
    if is_used:
        assert str(original) == "old"
    made = Rebinding((OLD, NEW)).of(original)

    assert (str(made), str(original)) == ("new", "old")


def test_a_lazy_object_that_another_one_asks_is_made_anew_too():
    original = SimpleLazyObject(closure_of_a_lazy_object(OLD))
    made = Rebinding((OLD, NEW)).of(original)

    assert (str(made), str(original)) == ("new", "old")


async def test_a_coroutine_function_stays_one():
    async def look_up():
        return content(known)

    known = OLD
    assert await Rebinding((OLD, NEW)).of(look_up)() == "new"


def test_what_knows_nothing_of_it_stays_itself():
    other = closure(["other"])
    for value in (other, content, len, 5, None, OLD.append, partial):
        assert Rebinding((NEW, OLD)).of(value) is value


def test_a_function_that_knows_itself_and_a_variable_without_a_value_are_no_trouble():
    def recursive(depth):
        return recursive(depth - 1) if depth else content(known)

    def unset():
        return later

    known = OLD
    rebinding = Rebinding((OLD, NEW))
    assert rebinding.of(recursive)(0) == "new"
    with pytest.raises(NameError):
        rebinding.of(unset)()
    later = known
    assert unset() is OLD
