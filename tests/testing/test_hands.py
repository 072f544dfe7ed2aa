"""What a person does to a page: which events that fires, what they tell, and what is refused."""

from __future__ import annotations

import pytest

from pykka_live.testing import ActionRefused, LookupFailed
from tests.testing import site


def told():
    events, site.seen[:] = list(site.seen), []
    return events


def params():
    return [params for _, params in told()]


def test_an_element_that_an_update_has_removed_is_gone(live):
    page = live.get("/names/")
    page.form().fill(name="x").submit()
    row, button = page.find("li"), page.find("li button")
    button.click()

    assert not row.exists
    with pytest.raises(ActionRefused, match="it has gone from the page"):
        button.click()
    with pytest.raises(LookupFailed, match="it has gone from the page"):
        row.find("button")


def test_data_attributes_are_the_parameters(recorded):
    page = recorded("<button @click='note' data-item-id='7' data-x=''>x</button>")

    page.find("button").click()

    assert params() == [{"item_id": "7", "x": ""}]


def test_a_click_tells_every_binding_on_its_way(recorded):
    page = recorded(
        "<div @click='note' data-at='div'><p @click.stop='note' data-at='p'>"
        "<b @click='note' data-at='b'>x</b></p><i @click.self='note' data-at='i'><u>y</u></i></div>"
        "<s @click.outside='note' data-at='s'>z</s><s @click.window='other'></s>"
    )

    page.find("b").click()
    assert params() == [{"at": "b"}, {"at": "p"}]
    page.find("u").click()
    assert told() == [("note", {"at": "div"}), ("note", {"at": "s"}), ("other", {})]


def test_once_is_once(recorded):
    page = recorded("<button @click.once='note'>x</button>")

    page.find("button").click()
    page.find("button").click()

    assert len(told()) == 1


def test_once_with_a_pause_tells_the_last_of_the_first_burst(recorded):
    page = recorded("<input name='a' @input.once.debounce='note'>")

    page.find("input").type("abc")
    page.find("input").type("d")

    assert params() == [{"a": "abc", "value": "abc"}]


def test_a_link_to_a_place_on_the_page_loads_nothing(recorded):
    page = recorded("<a href='#there' @click='note'>x</a><p id='there'>y</p>")

    page.find("a").click()

    assert told() == [("note", {})]
    assert page.is_live
    assert page.url == "/recorder/"


def test_prevent_keeps_a_link_from_leading_away(recorded):
    page = recorded("<a href='/counter/' @click.prevent='note'>x</a>")

    page.find("a").click()

    assert told() == [("note", {})]
    assert page.url == "/recorder/"


def test_typing_tells_of_each_key_and_a_debounced_handler_once(recorded):
    page = recorded(
        "<input name='a' @input='note'><input name='b' @input.debounce.300ms='note'>"
        "<input name='c' @change='note'>"
    )

    page.find("[name=a]").type("xy")
    assert params() == [{"a": "x", "value": "x"}, {"a": "xy", "value": "xy"}]
    page.find("[name=b]").type("xyz")
    assert params() == [{"b": "xyz", "value": "xyz"}]
    page.find("[name=c]").type("xyz")
    assert params() == [{"c": "xyz", "value": "xyz"}]


def test_keys(recorded):
    page = recorded(
        "<input @keydown.enter='note' data-k='enter'><p @keydown.ctrl.k.window='note'></p>"
    )

    page.find("input").press("a")
    page.find("input").press("Enter")
    page.press("Ctrl+K")

    assert params() == [{"value": "a", "key": "Enter", "k": "enter"}, {"key": "k"}]
    with pytest.raises(ActionRefused, match="no key 'Entre'"):
        page.press("Entre")


FORM = (
    "<form @submit='note' id='f'><input name='text' value='t'><input type='hidden' name='h' "
    "value='1'><input type='checkbox' name='c'><input type='checkbox' name='d' value='a' checked>"
    "<input type='checkbox' name='d' value='b'><input type='radio' name='r' value='1'>"
    "<input type='radio' name='r' value='2' checked><select name='s'><option>A<option value='b'>B"
    "</select><select name='m' multiple><option>1<option selected>2<option>3</select>"
    "<textarea name='ta'>\nlines</textarea><input name='off' disabled value='x'>"
    "<input type='number' name='n'><input type='file' name='file'>"
    "<button name='do' value='one'>One</button><button name='do' value='two'>Two</button></form>"
    "<input name='out' form='f' value='o'>"
)


def test_a_form_sends_what_a_browser_would(recorded):
    page = recorded(FORM)

    page.form().submit()

    assert params() == [
        {
            "text": "t",
            "h": "1",
            "d": "a",
            "r": "2",
            "s": "A",
            "m": "2",
            "ta": "lines",
            "n": "",
            "file": "",
            "do": "one",
            "out": "o",
        }
    ]


def test_a_form_is_filled_by_names(recorded):
    page = recorded(FORM)

    page.form().fill(
        text="x", c=True, d=["a", "b"], r=1, s="B", m=["1", "3"], ta="y\nz", n=5, file="a/b.txt"
    )
    page.find("button", text="Two").click()

    (sent,) = params()
    assert sent == {
        "text": "x",
        "h": "1",
        "c": "on",
        "d": ["a", "b"],
        "r": "1",
        "s": "b",
        "m": ["1", "3"],
        "ta": "y\nz",
        "n": "5",
        "file": "b.txt",
        "do": "two",
        "out": "o",
    }
    assert page.form().values["m"] == ["1", "3"]  # what was typed has outlived the update
    assert page.find("[name=r]:checked").value == "1"


def test_fields_refuse_what_they_do_not_take(recorded):
    page = recorded(
        "<form><input type='number' name='n'><input name='t' maxlength='2'>"
        "<input type='date' name='d'><input type='range' name='r100'>"
        "<input type='color' name='color'>"
        "<select name='s'><option>A<option disabled>B</select><input type='radio' name='r'>"
    )

    for name, value, reason in [
        ("n", "five", "no number"),
        ("t", "abc", "takes 2 characters"),
        ("d", "2020-13-01", "takes no '2020-13-01': no date such as 2026-01-31"),
        ("r100", "200", "it becomes 100"),
        ("color", "blue-ish", "no color such as"),
        ("s", "C", "no option 'C'; there is: 'A', 'B'"),
        ("s", "B", "is disabled"),
    ]:
        with pytest.raises(ActionRefused, match=reason):
            page.form().fill({name: value})
    with pytest.raises(ActionRefused, match="check another one"):
        page.find("[name=r]").uncheck()


def test_boxes_and_labels(recorded):
    page = recorded(
        "<label><input type='checkbox' name='a' @change='note'><span>A</span></label>"
        "<label for='b'>B</label><input id='b' type='checkbox' value='v' @change='note'>"
    )

    page.find("span").click()
    page.find("label", text="B").click()
    page.find("#b").uncheck()
    page.find("#b").uncheck()

    assert params() == [
        {"a": True, "checked": True, "value": True},
        {"checked": True, "value": "v"},
        {"checked": False, "value": None},
    ]


def test_a_form_that_misses_something_is_not_sent(recorded):
    page = recorded(
        "<form @submit='note'><input name='a' required><button>Go</button>"
        "<button formnovalidate>Go anyway</button></form>"
    )

    with pytest.raises(ActionRefused, match="required and empty"):
        page.find("button", text="Go").click()
    page.find("button", text="Go anyway").click()
    page.find("[name=a]").fill("x").press("Enter")

    assert params() == [{"a": ""}, {"a": "x"}]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("type='number'", "1.5", "steps of 1"),
        ("type='number' min='1' step='2'", "4", "steps of 2"),
        ("type='number' min='3'", "2", "less than 3"),
        ("type='number' max='3'", "4", "more than 3"),
        ("pattern='[a-z]+'", "B", "does not match"),
        ("type='email' multiple", "a@b, c", "'c', which is no e-mail address"),
        ("type='url'", "example.com", "needs https"),
        ("type='date' min='2026-01-05'", "2026-01-04", "less than 2026-01-05"),
        ("type='time' min='22:00' max='06:00'", "12:00", "less than 22:00"),
        ("minlength='3'", "ab", "2 characters, fewer than 3"),
        ("type='checkbox' required", False, "not ticked"),
    ],
)
def test_a_form_with_what_a_browser_does_not_send_is_not_sent(recorded, field, value, reason):
    page = recorded(f"<form @submit='note'><input name='a' {field}></form>")

    with pytest.raises(ActionRefused, match=reason):
        page.form().fill(a=value).submit()
    assert told() == []


def test_what_was_half_typed_into_a_number_is_not_sent(recorded):
    page = recorded("<form @submit='note'><input type='number' name='n' @input='other'></form>")

    page.find("input").type("1e")

    assert [sent["n"] for sent in params()] == ["1"]
    with pytest.raises(ActionRefused, match="holds '1e', which is no number"):
        page.form().submit()


def test_read_only_counts_where_something_is_written(recorded):
    page = recorded(
        "<input type='checkbox' readonly name='c' @change='note'>"
        "<select readonly name='s' @change='note'><option>1<option>2</select>"
        "<input type='date' readonly name='d'>"
    )

    page.find("[name=c]").check()
    page.find("select").select("2")
    with pytest.raises(ActionRefused, match="read-only"):
        page.find("[name=d]").fill("2026-01-01")

    assert len(told()) == 2


def test_a_hidden_box_is_ticked_by_its_label_without_the_focus(recorded):
    page = recorded(
        "<label>L<input type='checkbox' name='c' hidden @focus='other' @change='note'></label>"
    )

    page.find("label").click()

    assert [name for name, _ in told()] == ["note"]


def test_a_form_hears_of_its_fields(recorded):
    page = recorded("<form @change='note'><input name='a'><input name='b' value='1'></form>")

    page.find("[name=a]").fill("x")

    assert params() == [{"a": "x", "b": "1", "_unused": ["b"], "_target": "a"}]


def test_the_focus_moves_as_a_person_goes(recorded):
    page = recorded("<input name='a' @focus='note' @blur='other'><input name='b' @focusin='note'>")

    page.find("[name=a]").fill("x")
    page.find("[name=b]").focus()

    assert told() == [
        ("note", {"a": "", "value": ""}),
        ("other", {"a": "x", "value": "x"}),
        ("note", {"b": "", "value": ""}),
    ]
    assert page.find("[name=b]").focused


def test_any_event_can_be_triggered(recorded):
    page = recorded("<p @mouseenter='note' @click.right='other' @keyup.f2='other'>x</p>")

    page.find("p").trigger("mouseenter", bubbles=False)
    page.find("p").trigger("click", button=2)
    page.find("p").trigger("keyup", key="F2")

    assert told() == [("note", {}), ("other", {}), ("other", {"key": "F2"})]


def test_a_click_that_opens_another_tab_is_no_click_here(recorded):
    page = recorded("<a href='/x/' @click='note'>a</a><b @click='other'>b</b>")

    page.find("a").trigger("click", system=["ctrl"])
    page.find("b").trigger("click", system=["ctrl"])

    assert [name for name, _ in told()] == ["other"]


def test_a_form_whose_binding_is_over_does_not_leave_the_page(recorded):
    page = recorded("<form @submit.once='note'><input name='a'><button>x</button></form>")

    page.find("button").click()
    page.find("[name=a]").press("Enter")

    assert params() == [{"a": ""}]
    assert page.url == "/recorder/"


def test_a_field_outside_of_its_form_is_heard_of_there(recorded):
    page = recorded(
        "<form id='f' @change='note'><input name='a'></form><p @change='other'>"
        "<input name='b' form='f'></p>"
    )

    page.find("[name=b]").fill("x")

    assert told() == [
        ("note", {"a": "", "b": "x", "_unused": ["a"], "_target": "b"}),
        ("other", {"b": "x", "value": "x"}),
    ]


def test_events_that_do_not_bubble_are_told_to_the_element_alone(recorded):
    page = recorded(
        "<div @toggle='other'><details @toggle='note' data-d='1'><summary>s</summary></details>"
        "</div>"
    )

    page.find("summary").click()

    assert told() == [("note", {"d": "1"})]


def test_a_button_whose_own_click_disables_it_submits_its_form(recorded):
    page = recorded(
        "<form @submit='note'><button @click='other' live-disable-with='...'>x</button></form>"
    )

    page.find("button").click()

    assert [name for name, _ in told()] == ["other", "note"]
