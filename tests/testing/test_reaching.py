"""What a person can reach on a page, and what not."""

from __future__ import annotations

import pytest

from pykka_live.testing import ActionRefused, LookupFailed
from tests.testing import site


def told():
    events, site.seen[:] = list(site.seen), []
    return events


REFUSED = {
    "the attribute": ("<button hidden>x</button>", "is hidden"),
    "an ancestor": ("<p hidden><button>x</button></p>", "stands in that"),
    "its style": ("<button style='color:red; display: none'>x</button>", "hidden by its style"),
    "details": ("<details><summary>s</summary><button>x</button></details>", "is closed"),
    "a dialog": ("<dialog><button>x</button></dialog>", "is closed"),
    "inert": ("<div inert><button>x</button></div>", "<div inert> is inert, and it stands in that"),
    "a popover": ("<div popover><button>x</button></div>", "<div popover> is closed"),
    "the mouse": (
        "<p style='pointer-events:none'><button>x</button></p>",
        "lets the mouse through",
    ),
    "the last word": ("<button style='display:block; Display : NONE'>x</button>", "by its style"),
    "an important word": (
        "<button style='display:none ! important;display:block'>x</button>",
        "by its style",
    ),
    "visibility": ("<div style='visibility:hidden'><button>x</button></div>", "by its style"),
    "disabled": ("<button disabled>x</button>", "is disabled"),
    "a fieldset": ("<fieldset disabled><p><button>x</button></p></fieldset>", "is disabled"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_no_person_could_click_is_not_clicked(recorded, case):
    html, reason = REFUSED[case]
    page = recorded(html.replace("<button", "<button @click='note'"))

    with pytest.raises(ActionRefused, match=reason):
        page.find("button").click()

    assert told() == []


@pytest.mark.parametrize(
    "html",
    [
        "<div style='visibility:hidden'><p style='visibility:visible'><button>x</button></p></div>",
        "<p style='pointer-events:none'><button style='pointer-events:auto'>x</button></p>",
        "<button style='display:none;display:block'>x</button>",
        "<button hidden style='display:block'>x</button>",
        "<dialog style='display:block'><button>x</button></dialog>",
        "<button style='opacity:0'>x</button>",
    ],
)
def test_what_a_person_could_click_is_clicked(recorded, html):
    page = recorded(html.replace("<button", "<button @click='note'"))

    page.find("button").click()

    assert told() == [("note", {})]


def test_what_is_inert_is_read_but_neither_filled_nor_sent(recorded):
    page = recorded("<div inert><form @submit='note'><p>read</p><input name='a'></form></div>")

    assert page.find("p").visible
    assert "read" in page.text
    with pytest.raises(ActionRefused, match="is inert"):
        page.form().fill(a="1")
    with pytest.raises(ActionRefused, match="is inert"):
        page.form().submit()
    assert told() == []


def test_what_the_mouse_goes_through_is_used_by_keyboard(recorded):
    page = recorded("<button style='pointer-events:none' @click='note'>x</button>")

    page.find("button").press("Enter")

    assert told() == [("note", {})]


def test_a_popover_opens_and_closes_by_its_buttons(recorded):
    page = recorded(
        "<button popovertarget='p'>menu</button><div id='p' popover><b @click='note'>in</b>"
        "<button popovertarget='p' popovertargetaction='hide'>close</button></div>"
    )

    page.find("button", text="menu").click()
    page.find("b").click()
    assert page.find("b").visible  # the update has left it open
    page.find("#p > button").click()

    assert not page.find("b").visible
    assert len(told()) == 1


def test_details_of_one_name_are_open_one_at_a_time(recorded):
    page = recorded(
        "<details name='a' open><summary>1</summary><p>one</p><summary>no</summary></details>"
        "<details name='a' @toggle='note'><summary>2</summary><p>two</p></details>"
    )

    page.find("summary", text="no").click()
    assert page.find("p", text="one").visible  # only the first summary closes it
    page.find("summary", text="2").click()

    assert not page.find_all("p")[0].visible
    assert page.find_all("p")[1].visible
    assert told() == [("note", {})]


def test_a_hidden_field_is_not_filled(recorded):
    page = recorded("<form><input type='hidden' name='a' value='1'><input name='b' readonly>")

    with pytest.raises(ActionRefused, match="is hidden"):
        page.find("[name=a]").fill("2")
    with pytest.raises(ActionRefused, match="read-only"):
        page.find("[name=b]").fill("2")
    with pytest.raises(LookupFailed, match="no field 'c'; it has: a, b"):
        page.form().fill(c="1")


def test_what_is_in_a_template_is_not_on_the_page(recorded):
    page = recorded(
        "<form @submit='note'><template><button id='m' @click.window='other'>x</button>"
        "<input name='t' value='1'></template><input name='a'></form>"
    )

    assert not page.has("button")
    with pytest.raises(LookupFailed, match="Nothing matches '#m' on this page"):
        page.find("#m")
    page.find("[name=a]").click()
    page.form().submit()
    assert told() == [("note", {"a": ""})]


def test_the_legend_of_a_disabled_fieldset_works(recorded):
    page = recorded(
        "<fieldset disabled><legend><button @click='note'>x</button></legend></fieldset>"
    )

    page.find("button").click()

    assert told() == [("note", {})]


def test_details_open_by_their_summary(recorded):
    page = recorded("<details><summary>s</summary><button @click='note'>x</button></details>")

    page.find("summary").click()
    page.find("button").click()
    page.find("button").click()  # the update has left it open

    assert len(told()) == 2
