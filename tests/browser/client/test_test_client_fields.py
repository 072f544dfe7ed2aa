"""`LiveClient` against a real browser: the same fields hold the same, and are sent."""

from __future__ import annotations

from pykka_live import vdom
from pykka_live.testing import fields
from pykka_live.testing.dom import DomElement
from pykka_live.testing.validity import complaint

VALUES = {
    "text": ["a\nb", " a "],
    "no-such-type": ["a\nb"],
    "number": [*"1 1.5 abc 1e3 -2 1. +1 .5 1e400 inf nan 1_0 ٣ -0 007 -.5 1E5".split(), " 5"],
    "range": ["", *"50 abc 1.5 200 -3 49.5".split()],
    "date": "2020-13-01 2020-02-30 2020-02-29 20-01-01 0000-01-01 2020-1-1".split(),
    "time": "1:00 01:00 24:00 01:00:30 01:00:30.5 01:00:30.1234 01:60 01:00:00".split(),
    "month": "2020-01 2020-13 202-01".split(),
    "week": "2020-W01 2020-W53 2021-W53 2020-W54 2020-w01".split(),
    "datetime-local": [
        "2020-01-01T10:00",
        "2020-01-01 10:00",
        "2020-01-01T10:00:00",
        "2020-01-01T10:00:05.120",
        "2020-01-01T10:00:10",
        "2020-01-01",
    ],
    "color": ["", "#abcdef", "#ABCDEF", "#abc", "nonsense"],
    "email": [*"a@b a a@ @b a@b.c,d@e a@-b ä@b.c a@b..c a.@b".split(), " a@b ", "a b@c", " "],
    "url": [
        *"http://a a http: mailto:x //a foo:bar http://[ /x ftp://x x: 1x:y".split(),
        " http://a ",
        "http://a b",
    ],
}
MARKUP = (
    *(f'<input type="{kind}" value="{text}">' for kind, texts in VALUES.items() for text in texts),
    "<input type=number min=1 value=2.5>",
    "<input type=number min=1 max=3 step=0.5 value=2.5>",
    "<input type=number min=0 step=0.1 value=0.3>",
    "<input type=number min=0 step=-1 value=1.5>",
    "<input type=number min=0 value=5 step=2>",
    "<input type=number value=5 step=2>",
    "<input type=number value=3 max=2>",
    "<input type=number min=a value=-2>",
    "<input type=range value=3 max=2>",
    "<input type=range min=10 max=5>",
    "<input type=range min=10 max=20 step=4 value=19>",
    "<input type=range min=10 max=20 step=4>",
    "<input type=range min=0 max=1 step=any>",
    "<input type=range min=0 max=5>",
    "<input type=date min=2020-01-05 value=2020-01-04>",
    "<input type=date max=2020-01-05 value=2020-01-06>",
    "<input type=date step=7 min=2020-01-06 value=2020-01-14>",
    "<input type=time min=10:00 value=09:00>",
    "<input type=time min=22:00 max=06:00 value=23:00>",
    "<input type=time min=22:00 max=06:00 value=12:00>",
    "<input type=time min=10:00 value=10:00:30>",
    "<input type=month min=2020-03 value=2020-02>",
    "<input type=week max=2020-W10 value=2020-W11>",
    "<input type=week min=2020-W10 step=2 value=2020-W11>",
    "<input type=datetime-local min=2020-01-01T10:00 value=2019-01-01T10:00>",
    "<input type=email multiple value='a@b, c@d'>",
    "<input type=email multiple value='a@b,'>",
    "<input type=email pattern=x value=a@b>",
    "<input type=number pattern=x value=1>",
    "<input pattern='a|b' value=ac>",
    "<input minlength=3 value=a>",
    "<input maxlength=3 value=abcde>",
    "<input type=date required>",
    "<input type=color required>",
    "<input type=file required>",
    "<input type=checkbox required>",
    "<input type=checkbox required readonly>",
    "<input type=radio required>",
    "<input type=radio name=r required><input type=radio name=r>",
    "<input type=radio name=r><input type=radio name=r required>",
    "<input type=radio name=r checked><input type=radio name=r required>",
    "<input type=radio name=r disabled required><input type=radio name=r>",
    "<input type=radio name=r checked><input type=radio name=r checked>",
    "<input required readonly>",
    "<textarea required readonly></textarea>",
    "<textarea required></textarea>",
    "<select required><option value=''>a<option>b</select>",
    "<select required><option disabled selected>x</select>",
    "<select required><option value='' disabled selected>x</select>",
    "<select required><option>a<option value='' selected>b</select>",
    "<select required multiple><option>b</select>",
    "<select required multiple><option value='' selected>b</select>",
    "<select required readonly><option value=''>b</select>",
    "<select required size=3><option>a</select>",
    "<select required><optgroup><option value='' selected>a</optgroup></select>",
    "<select required></select>",
    "<fieldset disabled><input required></fieldset>",
    "<datalist><input required></datalist>",
    "<template><input required></template>",
)
HELD = """html => {
  const form = document.querySelector("form");
  form.innerHTML = html;
  const fields = [...form.elements].filter((each) => each.tagName !== "FIELDSET");
  return [form.checkValidity(), fields.map((each) => [each.value, each.checked ?? false])];
}"""


def test_fields_hold_and_refuse_the_same(page):
    page.set_content("<form></form>")
    expected = {html: page.evaluate(HELD, html) for html in MARKUP}

    assert {html: held(html) for html in MARKUP} == expected


def held(html):
    document = DomElement.of(vdom.parse(f"<form>{html}</form>", "html"))
    form = next(each for each in document.walk() if each.tag == "form")
    members = fields.fields_of(form, document)
    return [
        all(complaint(each, document) is None for each in members),
        [[fields.value_of(e), fields.is_checkable(e) and fields.is_checked(e)] for e in members],
    ]
