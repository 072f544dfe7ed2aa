"""Where an event goes: to the view, or to one of its components."""

from __future__ import annotations

import pytest

from pykka_live import vdom
from pykka_live.testing import PageBroken
from pykka_live.testing.dom import DomElement
from pykka_live.testing.region import regions_of

PAGE = """
<main data-liveview-root data-live-token="t">
  <b id="plain"></b>
  <b id="parent-of-view" live-target="parent"></b><b id="far" live-target="#z"></b>
  <section live-component="a">
    <b id="in-a"></b><b id="view" live-target="view"></b>
    <p live-target="#z"><b id="around"></b><b id="nearest" live-target="#y"></b></p>
    <b id="up" live-target="parent"></b>
    <section live-component="n" live-target="parent"><b id="at-root"></b></section>
    <p live-target="#z"><section live-component="m"><b id="not-through"></b></section></p>
  </section>
  <b id="wrong" live-target="elsewhere"></b>
</main>"""


def goes_to(id):
    document = DomElement.of(vdom.parse(PAGE, "html"))
    (region,) = regions_of(document)
    element = next(each for each in document.walk() if each.attrs.get("id") == id)
    return region._addressee(element)


@pytest.mark.parametrize(
    ("id", "component"),
    {
        "plain": None,
        "parent-of-view": None,
        "far": "z",
        "in-a": "a",
        "view": None,
        "around": "z",
        "nearest": "y",
        "up": None,
        "at-root": "a",
        "not-through": "m",
    }.items(),
)
def test_an_event_goes_where_the_nearest_target_says(id, component):
    assert goes_to(id) == component


def test_a_target_that_means_nothing_fails():
    with pytest.raises(PageBroken, match="live-target='elsewhere'"):
        goes_to("wrong")
