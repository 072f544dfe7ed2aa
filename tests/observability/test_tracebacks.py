"""Tracebacks on the page: the error itself comes first, and the project's own code in it."""

from __future__ import annotations

import threading
import traceback

import pykka_live
from pykka_live.observability.tracebacks import frames_cut, parted


def frame(file: str, name: str) -> str:
    return f'  File "{file}", line 1, in {name}\n    {name}()\n'


HEAD = "Traceback (most recent call last):\n"
LOOP = frame(threading.__file__, "run") + frame(pykka_live.__file__, "handle")
USER = frame("/srv/shop/views.py", "buy") + frame(pykka_live.__file__, "render")


def test_the_error_itself_is_parted_from_those_before_it() -> None:
    try:
        try:
            try:
                raise KeyError("first")
            except KeyError:
                raise ValueError("second")  # noqa: B904
        except ValueError as error:
            raise RuntimeError("third") from error
    except RuntimeError:
        own, before = parted(traceback.format_exc())
    assert own.startswith("Traceback")
    assert own.endswith("RuntimeError: third\n")
    assert "second" not in own
    assert before.index("KeyError: 'first'") < before.index("ValueError: second")
    assert "third" not in before.splitlines()[-1]


def test_an_error_that_came_of_none() -> None:
    assert parted(f"{HEAD}{USER}ValueError: x\n") == (f"{HEAD}{USER}ValueError: x\n", "")


def test_frames_that_lead_to_the_project_are_cut() -> None:
    assert frames_cut(HEAD + LOOP + USER) == f"{HEAD}  … 2 frames of pykka_live\n{USER}"
    assert frames_cut(LOOP + USER) == f"  … 2 frames of pykka_live\n{USER}"


def test_where_none_of_the_project_is_nothing_is_cut() -> None:
    assert frames_cut(HEAD + LOOP) == HEAD + LOOP
    assert frames_cut("") == ""
