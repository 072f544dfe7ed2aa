"""`LiveClient` against a real browser: the same markup and the same hands make the same events."""

from __future__ import annotations

import pytest

FIELDS = (
    "<form live-on:submit='note' live-on:change='other' data-form-id='7'>"
    "<input name='text' value='t' live-on:input='note'><input type='hidden' name='h' value='1'>"
    "<input type='checkbox' name='c'><input type='checkbox' name='d' value='a' checked>"
    "<input type='checkbox' name='d' value='b'><input type='radio' name='r' value='1'>"
    "<input type='radio' name='r' value='2' checked>"
    "<select name='s'><option>A<option value='b'> B  two <option disabled>C</select>"
    "<select name='m' multiple><option>1<option selected>2<option>3</select>"
    "<textarea name='ta'>\nlines</textarea><input name='off' disabled value='x'>"
    "<fieldset disabled><legend><input name='leg' value='l'></legend><input name='fs'></fieldset>"
    "<input type='number' name='n'><input type='file' name='file'><input value='nameless'>"
    "<input name='text' value='twice'><input type='button' name='no' value='x'>"
    "<button name='do' value='one'>One</button><button name='do' value='two' id='two'>Two</button>"
    "<button id='plain' type='button' live-on:click='note' name='p' value='v'>x</button></form>"
)

CASES = {
    "data attributes": (
        "<div live-on:click='other' data-row-id='3'><p live-on:click='note' data-a-b='1' "
        "data-empty data-A='x'><b>x</b></p></div>",
        [("click", "b")],
    ),
    "modifiers of a click": (
        "<div live-on:click='other'><p live-on:click.stop='note' data-p='1'>"
        "<b live-on:click.once='note' data-b='1'>x</b></p><i live-on:click.self='note'>"
        "<var>self</var></i><dfn live-on:click.self='note' data-d='1'>d</dfn></div>"
        "<s live-on:click.outside='note' data-s='1'>s</s>"
        "<q live-on:click.window='note' data-q='1'></q><em live-on:click.ctrl='note'>c</em>",
        [("click", "b"), ("click", "b"), ("click", "var"), ("click", "dfn"), ("click", "em")],
    ),
    "the whole sequence of a click": (
        "<button live-on:mousedown='note' live-on:mouseup='other' live-on:click='note' "
        "live-on:pointerdown='other' live-on:focus='note' live-on:focusin='other'>x</button>",
        [("click", "button")],
    ),
    "a form as it is": (FIELDS, [("click", "text=One")]),
    "another button": (FIELDS, [("click", "#two")]),
    "Enter in a field": (FIELDS, [("press", "[name=n]", "Enter")]),
    "a form that was filled": (
        FIELDS,
        [
            ("fill", "[name=text] >> nth=0", "<ü>"),
            ("check", "[name=c]"),
            ("check", "input[value=b]"),
            ("uncheck", "[value=a]"),
            ("check", "[name=r] >> nth=0"),
            ("select", "[name=s]", ["b"]),
            ("select", "[name=m]", ["1", "3"]),
            ("fill", "textarea", "a\nb"),
            ("fill", "[name=n]", "15"),
            ("click", "#plain"),
            ("click", "#two"),
        ],
    ),
    "fields alone": (
        "<input name='a' live-on:input='note' live-on:change='other' live-on:blur='note'>"
        "<label>L<input type='checkbox' name='c' live-on:change='note' live-on:input='other'>"
        "</label><input type='checkbox' value='v' live-on:change='note' data-x='1'>"
        "<select multiple name='m' live-on:change='note'><option>1<option>2</select>"
        "<select live-on:change='note'><option value=''>-<option>2</select>"
        "<input type='radio' name='r' value='1' live-on:change='note'>",
        [
            ("type", "[name=a]", "xy"),
            ("click", "label"),
            ("click", "[value=v]"),
            ("uncheck", "[value=v]"),
            ("select", "[name=m]", ["1", "2"]),
            ("select", "select:not([name])", ["2"]),
            ("check", "[name=r]"),
        ],
    ),
    "keys": (
        "<input name='a' live-on:keydown.enter='note' live-on:keyup='other'>"
        "<p live-on:keydown.escape.window='note' live-on:keydown.ctrl.k.document='other'></p>"
        "<button live-on:click='note' live-on:keydown='other'>b</button>",
        [
            ("press", "[name=a]", "x"),
            ("press", "[name=a]", "Enter"),
            ("press", "[name=a]", "Escape"),
            ("press", "[name=a]", "Control+k"),
            ("press", "button", "Enter"),
            ("press", "button", " "),
            ("press", "button", "ArrowDown"),
        ],
    ),
    "a fieldset and labels": (
        "<fieldset disabled><legend><button live-on:click='note'>in</button></legend></fieldset>"
        "<label for='f'>F</label><input id='f' name='f' live-on:focus='note'>"
        "<details><summary live-on:click='note'>s</summary>x</details>",
        [("click", "legend button"), ("click", "label"), ("click", "summary")],
    ),
    "typed values as the browser has them": (
        "<form live-on:submit='note'><input type='email' name='e'><input type='url' name='u'>"
        "<input type='color' name='c'><input type='range' name='g' max='10'>"
        "<input type='datetime-local' name='d'><input type='time' name='t'><template>"
        "<input name='no' value='x'></template><input type='radio' name='r' value='1' checked>"
        "<input type='radio' name='r' value='2' checked><input type='submit' name='do' id='s'>"
        "</form>",
        [
            ("fill", "[name=e]", " a@b "),
            ("fill", "[name=u]", "http://a"),
            ("fill", "[name=c]", "#AABBCC"),
            ("fill", "[name=g]", "3"),
            ("fill", "[name=d]", "2026-01-31T13:30"),
            ("fill", "[name=t]", "13:30"),
            ("click", "#s"),
        ],
    ),
    "buttons and fields around a form": (
        "<form id='f' live-on:submit='note'><input name='in' value='1'></form>"
        "<input name='out' form='f' value='2'><form><input name='no' value='3' form=''>"
        "<input name='yes' form='f' value='4'></form>"
        "<button form='f' name='b' value='5' id='b'>x</button>",
        [("press", "[name=out]", "Enter")],
    ),
    "labels": (
        "<label id='l'>a<input type='hidden' name='h'><input type='checkbox' name='c' "
        "hidden live-on:change='note' live-on:focus='other'></label>"
        "<label id='m'><span tabindex='0'>x</span><a>y</a><input type='checkbox' name='d' "
        "live-on:change='note' live-on:focus='other'></label>"
        "<label id='n'><select name='s' live-on:focus='note'><option>1</select>z</label>",
        [("click", "#l"), ("click", "#m span"), ("click", "#m a"), ("focus", "select")],
    ),
    "a group of radio buttons": (
        "<form live-on:change='note'><input type='radio' name='r' value='1' checked>"
        "<input type='radio' name='r' value='2' checked><input type='radio' name='r' value='3' "
        "disabled></form><input type='radio' name='r' value='4' checked live-on:change='other'>",
        [("check", "[value='2']"), ("check", "[value='1']"), ("check", "[value='2']")],
    ),
    "read-only boxes and selects": (
        "<input type='checkbox' name='c' readonly live-on:change='note'>",
        [("click", "[name=c]")],
    ),
    "what can be written in": (
        "<p contenteditable='plaintext-only' id='p' live-on:input='note'>a</p>"
        "<div contenteditable id='d' live-on:input='other'>b</div>",
        [("fill", "#p", "x"), ("fill", "#d", "y")],
    ),
    "a dialog and a popover": (
        "<button type='button' popovertarget='p' id='b'>x</button>"
        "<div popover id='p' live-on:toggle='other'><button type='button' id='i' "
        "live-on:click='note' data-x='1'>in</button></div>"
        "<dialog open><button type='button' id='d' live-on:click='note'>in</button></dialog>",
        [("click", "#d"), ("click", "#b"), ("click", "#i")],
    ),
    "events that do not bubble": (
        "<div live-on:focus='other' live-on:focusin='note' data-div='1'><input name='a' "
        "live-on:focus='note' live-on:blur='other'>"
        "<input name='b' live-on:focus.stop='other' live-on:focus='note'></div>",
        [("click", "[name=a]"), ("focus", "[name=b]")],
    ),
    "events that few listen to": (
        "<div live-on:reset='note' live-on:invented.stop='other'><form live-on:reset='other' "
        "data-form='1'><input name='a'><button type='reset'>r</button></form></div>",
        [("click", "button")],
    ),
    "fields outside of their form": (
        "<form id='f' live-on:change='note' live-on:input='other'><input name='in'></form>"
        "<p live-on:change='other' data-p='1'><input name='out' form='f'></p>",
        [("fill", "[name=out]", "x"), ("fill", "[name=in]", "y")],
    ),
    "fields that nobody has used": (
        "<form live-on:change='note' live-on:submit='other'><input name='a'><input name='b'>"
        "<input type='hidden' name='h' value='1'><input name='off' disabled><input>"
        "<input type='checkbox' name='c' value='1'><input type='checkbox' name='c' value='2'>"
        "<input type='radio' name='r' value='1'><input type='radio' name='r' value='2'>"
        "<select name='s'><option>1<option>2</select><textarea name='t'></textarea>"
        "<fieldset disabled><input name='fs'></fieldset><input type='button' name='no' value='x'>"
        "<button name='do' value='1'>Send</button></form>",
        [
            ("fill", "[name=a]", "x"),
            ("focus", "[name=b]"),
            ("check", "[name=c] >> nth=0"),
            ("check", "[name=r] >> nth=1"),
            ("select", "select", ["2"]),
            ("click", "[name=do]"),
            ("fill", "textarea", "x"),
        ],
    ),
    "a form that was reset": (
        "<form live-on:change='note' live-on:reset='other'><input name='a'><input name='b'>"
        "<input type='checkbox' name='c'><button type='reset'>x</button></form>",
        [
            ("fill", "[name=a]", "x"),
            ("check", "[name=c]"),
            ("click", "button"),
            ("fill", "[name=b]", "y"),
        ],
    ),
    "names that meet": (
        "<form live-on:change='note' data-email-id='7' data-_target='mine'><input name='email_id'>"
        "<input name='_unused' value='1'><input name='_target'><input type='checkbox' value='2' "
        "name='checked' live-on:change='other'><input type='checkbox' name='value' value='3' "
        "live-on:change='other' data-checked='4'><input name='key' live-on:keyup='other'></form>",
        [
            ("fill", "[name=email_id]", "x"),
            ("check", "[name=checked]"),
            ("check", "[name=value]"),
            ("press", "[name=key]", "a"),
        ],
    ),
    "typing that a key or a click comes behind": (
        "<div live-on:keydown.enter='other'><input name='a' live-on:input.debounce.9s='note' "
        "live-on:keydown.enter='other' data-a='1'><input name='b' "
        "live-on:input.debounce.9s='note' live-on:keydown.k.debounce='other'></div>",
        [("type", "[name=a]", "x\n"), ("type", "[name=b]", "xk\n")],
    ),
    "what is half typed": (
        "<form live-on:input='other'><input name='n' type='number' live-on:input='note' "
        "live-on:change='note'></form>",
        [("type", "[name=n]", "1e"), ("type", "[name=n]", "2")],
    ),
    "a form that is left with typing in it": (
        "<div live-on:input.debounce.9s='other'><form id='f' live-on:submit='note'>"
        "<input name='a' live-on:input.debounce.9s='note'><button>x</button></form>"
        "<input name='b' form='f' live-on:input.debounce.9s='note'></div>",
        [("type", "[name=b]", "y"), ("type", "[name=a]", "x\n")],
    ),
    "a form that is sent but once": (
        "<form live-on:submit.once='note'><input name='a'><button>Send</button></form>"
        "<i live-on:click='other'>still here</i>",
        [("click", "button"), ("press", "[name=a]", "Enter"), ("click", "i")],
    ),
    "a button that is disabled by its own click": (
        "<form live-on:submit='note'><input name='a'><button name='b' live-on:click='other' "
        "live-disable-with='Wait'><b>x</b></button></form>",
        [("click", "button b")],
    ),
    "a button that is disabled while its form is sent": (
        "<form live-on:submit='note'><input name='a'><button name='b' value='1' "
        "live-disable-with='Wait'>x</button></form>",
        [("click", "button")],
    ),
    "a form with two bindings": (
        "<form live-on:submit='note' live-on:submit.prevent='other'><button>x</button></form>",
        [("click", "button")],
    ),
    "a key that clicks outside": (
        "<form live-on:submit='note'><p live-on:click.outside='other'><input name='a'></p>"
        "<button live-on:click='note' data-b='1'>x</button></form><i tabindex='0'>i</i>"
        "<button type='button' id='b' live-on:click='note' data-b='2'>x</button>",
        [("press", "[name=a]", "Enter"), ("press", "#b", "Enter"), ("click", "i")],
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_the_events_are_those_of_a_browser(both, case):
    sent, expected = both(*CASES[case])

    assert sent == expected
    assert expected
