"""The region is Django's output, parsed: whatever the template, whatever happens to its context."""

from __future__ import annotations

import pytest

from tests.rendering.examples import TEMPLATES, Example, read
from tests.rendering.oracle import follow


def name(example: Example) -> str:
    return ascii(example[0])[1:60]


@pytest.mark.parametrize("example", read("markup.txt"), ids=name)
def test_markup_that_is_hard_to_cut_is_what_a_parser_sees(example):
    follow(*example, TEMPLATES)


@pytest.mark.parametrize("example", read("values.txt"), ids=name)
def test_changes_that_are_hard_to_see_are_seen(example):
    follow(*example, TEMPLATES)


@pytest.mark.parametrize("example", read("tags.txt"), ids=name)
def test_tags_and_filters_see_what_they_depend_on(example):
    follow(*example, TEMPLATES)
