"""`LiveClient` against a real browser: the same elements can be seen and clicked."""

from __future__ import annotations

import pytest

from pykka_live.testing import ActionRefused, LiveClient
from tests.testing import site

BUTTON = "<button id='t'>text</button>"
CASES = (
    BUTTON,
    f"<div inert>{BUTTON}</div>",
    f"<div popover>{BUTTON}</div>",
    f"<dialog>{BUTTON}</dialog>",
    f"<dialog open>{BUTTON}</dialog>",
    f"<details>{BUTTON}</details>",
    f"<details open>{BUTTON}</details>",
    f"<details><summary>{BUTTON}</summary></details>",
    f"<p hidden>{BUTTON}</p>",
    f"<template>{BUTTON}</template>",
    f"<p style='pointer-events:none'>{BUTTON}</p>",
    "<p style='pointer-events:none'><button id='t' style='pointer-events:all'>text</button></p>",
    f"<p style='display:none'>{BUTTON}</p>",
    f"<p style='display:none;display:block'>{BUTTON}</p>",
    f"<p style='display:none!important;display:block'>{BUTTON}</p>",
    f"<p hidden style='display:block'>{BUTTON}</p>",
    f"<dialog style='display:block'>{BUTTON}</dialog>",
    f"<div popover style='display:block'>{BUTTON}</div>",
    f"<p style='visibility:hidden'>{BUTTON}</p>",
    f"<p style='visibility:hidden'><b style='visibility:visible'>{BUTTON}</b></p>",
    f"<p style='visibility:hidden'><b style='visibility:inherit'>{BUTTON}</b></p>",
    f"<p style='opacity:0'>{BUTTON}</p>",
)
SEEN = """() => {
  const target = document.querySelector("#t");
  if (!target) return [false, false, ""];
  const box = target.getBoundingClientRect();
  const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const shown = target.checkVisibility({visibilityProperty: true});
  return [shown, box.width > 0 && hit === target, shown ? target.innerText : ""];
}"""


@pytest.mark.django_db
def test_the_same_is_seen_and_clicked(page, settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.testing.site"
    expected, found = {}, {}
    with LiveClient() as client:
        for html in CASES:
            page.set_content(html)
            expected[html] = page.evaluate(SEEN)
            monkeypatch.setitem(site.markup, "html", html)
            found[html] = seen(client.get("/recorder/"))

    assert found == expected


def seen(page):
    if not page.has("#t"):
        return [False, False, ""]
    target = page.find("#t")
    shown, text = target.visible, target.text
    try:
        target.click()
    except ActionRefused:
        return [shown, False, text]
    return [shown, True, text]
