"""Bindings to some keys and buttons only."""

from __future__ import annotations

KEYS = [
    ("enter", ["Enter", "Control+Enter"], ["a", "Escape"]),
    ("esc", ["Escape"], ["Enter"]),
    ("escape", ["Escape"], []),
    ("space", ["Space"], ["a"]),
    ("delete", ["Delete", "Backspace"], ["d"]),
    ("arrow-up.arrow-down", ["ArrowUp", "ArrowDown"], ["ArrowLeft"]),
    ("left", ["ArrowLeft"], ["ArrowRight"]),
    ("page-down", ["PageDown"], []),
    ("k", ["k", "Shift+K"], ["j"]),
    ("7", ["7"], ["8"]),
    ("ctrl.k", ["Control+k"], ["k", "Alt+k"]),
    ("ctrl.shift.enter", ["Control+Shift+Enter"], ["Control+Enter"]),
    ("alt", ["Alt+x"], ["x"]),
    ("f2", ["F2"], ["2", "f"]),
    ("slash", ["/"], ["?"]),
]


def test_keys(bound):
    page = bound(
        "".join(
            f'<i tabindex="0" id="i{number}" live-on:keydown.{modifiers}="key">x</i>'
            for number, (modifiers, _, _) in enumerate(KEYS)
        )
    )
    for number, (modifiers, yes, no) in enumerate(KEYS):
        page.page.focus(f"#i{number}")
        for key in yes:
            page.page.keyboard.press(key)
            assert "key" in page.names(), (modifiers, key)
        for key in no:
            page.page.keyboard.press(key)
            assert "key" not in page.names(), (modifiers, key)


def test_keys_on_other_layouts_and_while_composing(bound):
    page = bound(
        '<input live-on:keydown.ctrl.k="shortcut" live-on:keydown.enter="enter"'
        ' live-on:keydown.k="k">'
    )
    page.page.evaluate(
        """() => {
          const press = (init) => document.querySelector("input").dispatchEvent(
            new KeyboardEvent("keydown", {bubbles: true, ...init}));
          press({key: "л", code: "KeyK", ctrlKey: true});
          press({key: "л", code: "KeyK"});
          press({key: "Enter", isComposing: true});
          document.querySelector("input").dispatchEvent(new Event("keydown", {bubbles: true}));
        }"""
    )
    assert page.names() == "shortcut"


def test_stop_of_some_keys_only(bound):
    page = bound(
        '<div live-on:keydown="outer"><input live-on:keydown.enter.stop="enter" '
        'live-on:keydown.esc.stop="esc"></div>'
    )
    page.page.focus("input")
    for key in ["Enter", "a", "Escape"]:
        page.page.keyboard.press(key)
    assert page.names() == "enter outer esc"


def test_several_bindings_of_one_event(bound):
    page = bound('<input live-on:keydown.enter="add" live-on:keydown.escape="cancel">')
    page.page.press("input", "Escape")
    page.page.press("input", "Enter")
    assert page.names() == "cancel add"


def test_mouse_buttons_and_system_keys(bound):
    page = bound(
        '<p live-on:mousedown.right="right" live-on:mousedown.left="left"'
        ' live-on:click.ctrl="ctrl">x</p>'
    )
    page.page.click("p")
    page.page.click("p", button="right")
    page.page.click("p", modifiers=["Control"])
    assert page.names() == "left right left ctrl"
