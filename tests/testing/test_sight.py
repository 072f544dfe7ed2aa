"""What a person reads."""

from __future__ import annotations

import re

import pytest

from pykka_live.testing import LookupFailed


def test_text_is_what_is_seen(recorded):
    page = recorded(
        "<h2>Title  of\n it</h2><p>One <b>two</b>, three<br>four</p><p hidden>no</p>"
        "<script>no</script><details><summary>more</summary>no</details>"
        "<table><tr><td>a</td><td>b</td></tr></table><select><option>no</select>"
    )

    assert page.text == "Title of it\nOne two, three\nfour\nmore\na b"
    assert page.find("p:has(b)").text == "One two, three\nfour"
    assert page.find("p[hidden]").text == ""
    assert not page.find("p[hidden]").visible


def test_what_is_visible_within_what_is_not_is_read(recorded):
    page = recorded(
        "<div style='visibility:hidden'>no<b style='visibility:visible'>yes<i>too</i></b>"
        "<s style='visibility: collapse'>no</s></div><div popover>no</div>"
    )

    assert page.text == "yestoo"
    assert page.find("b").visible
    assert not page.find("div[style]").visible


def test_elements_are_found_by_selector_and_text(recorded):
    page = recorded("<ul><li class='a'>one</li><li>two</li><li class='a'><b>one</b> more</li></ul>")

    assert [each.text for each in page.find_all("li.a")] == ["one", "one more"]
    assert page.find("li", text="one")["class"] == "a"
    assert page.find("li", text=re.compile("mo.e")).find("b").text == "one"
    assert page.find("*", text="two").tag == "li"
    assert page.find("ul > li:nth-child(2)").get("class") is None
    with pytest.raises(LookupFailed, match="no CSS selector"):
        page.find("li[")


def test_states_of_fields_are_found(recorded):
    page = recorded(
        "<input type='checkbox' name='a'><input type='checkbox' name='b' checked>"
        "<fieldset disabled><input name='c'></fieldset>"
    )

    page.find("[name=a]").check()
    page.find("[name=b]").uncheck()

    assert page.find("input:checked")["name"] == "a"
    assert [each.tag for each in page.find_all(":disabled")] == ["fieldset", "input"]
    assert page.find("[name=c]").disabled
