"""What a rendering tells a developer of itself: which loops have rendered rows, and why."""

from __future__ import annotations

import pytest

from tests.rendering.region import Region


class Line:
    """Has a property."""

    def __init__(self, price: int) -> None:
        self.price = price

    @property
    def total(self) -> int:
        return self.price * 2


@pytest.fixture
def debug(settings):
    settings.DEBUG = True


def test_without_debug_no_notes_are_taken():
    region = Region("{% for i in rows %}<p>{{ i }}</p>{% endfor %}")
    region(rows=[1])
    assert region.renderer.notes is None


def test_the_loops_are_named_that_have_rendered_rows(debug):
    region = Region(
        "<ul>\n{% for i in rows %}<li>{{ i.n }}\n{% for j in i.l %}<b>{{ j }}</b>{% endfor %}</li>"
        "{% endfor %}</ul>{% include 'part.html' %}{% include 'part.html' %}",
        {"part.html": "\n\n{% for k in others %}{{ k }}{% empty %}-{% endfor %}"},
    )
    rows = [{"n": n, "l": [1, 2, 3]} for n in range(5)]
    region(rows=rows, others=[1, 2])
    assert region.renderer.notes.report() == {
        "loops": [["page.html:2", 5, 5], ["page.html:3", 15, 15], ["part.html:3", 4, 4]],
        "strings": [],
        "asked": [],
    }
    rows[2]["l"][0] = 7
    region(rows=rows, others=[])
    assert region.renderer.notes.report()["loops"] == [["page.html:2", 1, 5], ["page.html:3", 1, 3]]
    region(rows=rows, others=[])
    assert region.renderer.notes.report()["loops"] == []


def test_the_names_are_told_that_keep_rows_from_lasting(debug):
    region = Region(
        "{% for line in lines %}<p class='{{ line.total }}'>{{ line.price }}</p>"
        "{% if line.total %}{{ line.label }}{% endif %}{% endfor %}"
    )
    lines = [Line(1), Line(2)]
    region(lines=lines)
    region(lines=lines)
    assert region.renderer.notes.report() == {
        "loops": [["page.html:1", 2, 2]],
        "strings": [],
        "asked": ["line.total"],
    }


def test_the_parts_are_named_that_were_rendered_as_strings(debug):
    region = Region(
        "<p>\n{{ a }}</p>{% if a %}\n<i>\n<{{ tag }}></{{ tag }}></i>\n"
        "{% else %}\n{% spaceless %}<b>{{ b }}</b>{% endspaceless %}{% endif %}"
    )
    region(a=1, tag="b")
    assert region.renderer.notes.report()["strings"] == ["page.html:4"]
    region(a=0, tag="b", b=2)
    assert region.renderer.notes.report()["strings"] == ["page.html:6"]


def test_a_whole_page_has_no_notes(debug):
    region = Region("{% if a %}<main data-liveview-root>{{ a }}</main>{% endif %}")
    region(a=1)
    assert region.renderer.has_fallen_back
    assert region.renderer.notes is None
