"""`LiveClient` against a real browser: the same keys do the same."""

from __future__ import annotations

import pytest

HEARD = (
    "<form live-on:submit='note' live-on:input='other' live-on:change='note' data-form='1'>{}"
    "</form>"
    "<p live-on:keydown.document='other' live-on:keyup.document='note'></p>"
)
TYPES = "text search password email url number date time range checkbox radio file".split()

BESIDE = ("", "<input>", "<input type='date'>", "<button disabled></button><button></button>")
STOPS = """
    <a at='a0'>no</a><a at='a1' href='#'>x</a><button disabled at='b1'>n</button>
    <input at='i1'><input type='hidden' at='h'><div tabindex='0' at='d1'>x</div>
    <div tabindex='-1' at='d2'>x</div><div tabindex='2' at='t2'>x</div>
    <div tabindex=' 1x' at='t1'>x</div><details at='de'><summary at='s1'>s</summary>
    <input at='i2'></details><details open><summary at='s2'>s</summary>
    <summary at='s3'>s</summary><input at='i3'></details><summary at='s4'>s</summary>
    <fieldset disabled><legend><input at='i4'></legend><input at='i5'></fieldset>
    <input type='radio' name='r' at='r1'><input type='radio' name='r' at='r2'>
    <input type='radio' name='q' at='q1'><input type='radio' name='q' at='q2' checked>
    <input type='radio' at='u1'><input type='radio' at='u2'>
    <div contenteditable at='ed'>x<b>y</b></div><div contenteditable='false' at='ef'>x</div>
    <input hidden at='i6'><div inert><input at='i7'></div>
    <select at='se'><option>1</select><div tabindex='none' at='tn'>x</div>
    <input type='file' at='fi'><button tabindex='-1' at='b9'>x</button>
""".replace(" at=", " live-on:focus='note' data-at=")

CASES = {
    "Tab tells what was written": (
        HEARD.format(
            "<input name='a' live-on:blur='note'><input name='b' live-on:focus='other'>"
            "<textarea name='c'></textarea>"
        ),
        [("press", "[name=a]", "x"), ("keys", "Tab y z Tab w Shift+Tab Tab")],
    ),
    "Tab selects what is in a field": (
        HEARD.format(
            "<input name='a'><input name='b' value='hello'><input name='n' type='number' value='5'>"
            "<input name='e' type='email' value='a@b'>"
        ),
        [("focus", "[name=a]"), ("keys", "Tab x Tab Delete 7 Tab ArrowLeft q Shift+Tab Backspace")],
    ),
    "the stops of Tab": (
        STOPS,
        [
            ("focus", "[data-at=t1]"),
            ("keys", "Tab " * 16),
            ("keys", "Shift+Tab " * 16),
            ("focus", "[data-at=d2]"),
            ("keys", "Tab Shift+Tab"),
            ("focus", "[data-at=d2]"),
            ("keys", "Shift+Tab Tab"),
        ],
    ),
    "a caret": (
        HEARD.format("<input name='a' value='hello'>"),
        [
            ("focus", "input"),
            ("keys", "End 2 ArrowLeft ArrowLeft 3 Delete Backspace Home Backspace Delete"),
            ("keys", "ArrowDown d ArrowUp u Shift+ArrowRight s Shift+End Delete Delete"),
            ("keys", "Control+a ArrowLeft L Control+a ArrowRight R Control+a Backspace Backspace"),
        ],
    ),
    "what is written back": (
        HEARD.format("<input name='a' value='q'><input name='b'>"),
        [("focus", "[name=a]"), ("keys", "End x Backspace Tab Shift+Tab End z Tab")],
    ),
    "a text that may not be longer": (
        HEARD.format(
            "<input name='a' value='hello' maxlength='5'>"
            "<textarea maxlength='2' name='t'></textarea>"
        ),
        [("focus", "input"), ("keys", "End x Control+a y z Tab a Enter b Backspace c Tab")],
    ),
    "a search that is emptied": (
        HEARD.format("<input name='a' type='search' value='q'><button>x"),
        [("focus", "input"), ("keys", "Escape Escape z Enter Enter")],
    ),
    "a number": (
        HEARD.format("<input name='a' type='number' live-on:input='note' live-on:change='other'>"),
        [("focus", "input"), ("keys", "1 a 2 e - 1 . - Backspace Backspace Tab")],
    ),
    "a number that is none": (
        HEARD.format("<input name='a' type='number' value='1' live-on:change='other'>"),
        [("focus", "input"), ("keys", "End e Tab"), ("focus", "input"), ("keys", "End 2 Tab")],
    ),
    "what was never a number": (
        HEARD.format("<input name='a' type='number' live-on:input='note'>"),
        [("type", "input", "1e"), ("focus", "input"), ("keys", "Control+a e e - Tab")],
    ),
    "numbers that arrows count": (
        HEARD.format(
            "<input name='a' type='number' value='3' step='2' min='0' max='9'>"
            "<input name='b' type='number'><input name='c' type='number' min='5'>"
            "<input name='d' type='number' step='.1' value='.3'>"
            "<input name='e' type='number' step='any' value='1.5'>"
            "<input name='f' type='number' readonly value='1'>"
        ),
        [
            ("focus", "[name=a]"),
            ("keys", "ArrowUp ArrowUp ArrowUp ArrowUp ArrowDown Tab"),
            ("keys", "ArrowUp ArrowDown ArrowDown e ArrowUp Tab ArrowDown ArrowDown Tab"),
            ("keys", "ArrowUp ArrowUp ArrowUp Tab ArrowUp Tab ArrowUp 1 Tab"),
        ],
    ),
    "sliders": (
        HEARD.format(
            "<input name='a' type='range'><input name='b' type='range' min='0' max='1' step='any'>"
            "<input name='c' type='range' max='200' step='3'>"
        ),
        [
            ("focus", "[name=a]"),
            ("keys", "ArrowUp ArrowRight ArrowDown ArrowLeft PageUp PageDown Home End ArrowUp 5"),
            ("keys", "Tab ArrowUp PageUp Home ArrowDown Tab ArrowUp PageUp PageDown End Tab"),
        ],
    ),
    "radio buttons": (
        HEARD.format(
            "<input type='radio' name='r' value='1' live-on:focus='note' live-on:click='other'>"
            "<input type='radio' name='r' value='2' disabled>"
            "<input type='radio' name='r' value='3' checked live-on:blur='other'>"
            "<input type='radio' name='r' value='4' hidden><input type='radio' name='s' value='5'>"
        ),
        [("focus", "[value='3']"), ("keys", "ArrowDown ArrowRight ArrowUp Home Tab ArrowUp")],
    ),
    "a closed list": (
        HEARD.format("<select name='s'><option>a<option disabled>b<option>c<option>d</select>"),
        [
            ("focus", "select"),
            ("keys", "ArrowDown ArrowRight ArrowDown ArrowUp Home End Backspace"),
        ],
    ),
    "Space": (
        HEARD.format(
            "<button type='button' live-on:click='note' live-on:keyup='other'>x</button>"
            "<input type='checkbox' name='c' live-on:click='note'><input type='radio' name='r'>"
            "<details><summary live-on:click='note'>s</summary></details>"
            "<button type='button' live-on:click='note' live-on:keydown.prevent='other'>x</button>"
            "<button type='button' live-on:click='note' live-on:keyup.prevent='other'>x</button>"
        ),
        [
            ("focus", "button >> nth=0"),
            ("keys", "Space Enter Tab Space Tab Space Space Tab Space Tab Space Enter Tab Space"),
        ],
    ),
    "Enter where nothing is written": (
        "<p live-on:click='note'><a tabindex='0' id='a'>x</a><a href='#' id='b'>y</a></p>",
        [("press", "#a", "Enter"), ("press", "#b", "Enter")],
    ),
    "Enter in a text that was changed": (
        HEARD.format("<input name='a'><textarea name='t'></textarea><button>x</button>"),
        [
            ("focus", "input"),
            ("keys", "x Control+Enter Enter Enter y Shift+Enter Tab z Control+Enter Enter w Tab"),
        ],
    ),
    "the direction of a text": (
        "<form live-on:submit='note'><input name='a' dirname='a.dir'><p dir='rtl'>"
        "<input name='b' dirname='d'><input name='c' dir='auto' dirname='d' value='12'>"
        "<input name='e' type='tel' dirname='d'><b dir='no'><textarea name='t' dirname='d'>"
        "</textarea></b></p><input name='f' dir='auto' dirname='d' value='12 \u05e9a'>"
        "<input name='g' type='number' dirname='no'><input name='h' type='hidden' dirname='d'>"
        "<input dirname='nameless'><input name='i' dirname><button dirname='no' name='j'>x</button>"
        "<p dir='auto'>\u05e9a<input name='k' dirname='d' value='x'></p></form>",
        [("click", "button")],
    ),
} | {
    f"Enter in {kind}": (
        "".join(
            f"<form live-on:submit='note' live-on:click='other' data-beside='{number}'>"
            f"<input id='f{number}' type='{kind}'>{beside}</form>"
            for number, beside in enumerate(BESIDE)
        )
        + "<i live-on:click='other'>x</i>",
        [*(("press", f"#f{number}", "Enter") for number in range(len(BESIDE))), ("click", "i")],
    )
    for kind in TYPES
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_keys_do_what_they_do_in_a_browser(both, case):
    sent, expected = both(*CASES[case])

    assert sent == expected
    assert expected


def test_what_has_gone_with_the_focus_tells_a_browser_of_its_change_only(bound):
    """As `LiveClient` has it in tests/testing/test_keyboard.py."""
    page = bound(
        "<p live-on:keydown.window='press'></p><form live-on:change='changed'>"
        "<input name='a' live-on:blur='left' live-on:change='left'></form>"
    )
    page.page.press("input", "1")
    page.patch(2, [1, "d", 0])
    page.page.keyboard.press("2")

    assert [(event["name"], event["params"]) for event in page.events()] == [
        ("press", {"key": "1"}),
        ("left", {"a": "1", "value": "1"}),
        ("changed", {"a": "1", "_unused": [], "_target": "a"}),
        ("press", {"key": "2"}),
    ]
