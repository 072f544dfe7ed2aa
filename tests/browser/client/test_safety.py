"""HTML scripts that come in frames never run; all else may do what it may do on a full page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Error

from pykka_live import vdom
from tests.browser.conftest import CLIENT

from .test_against_vdom import HELPERS

LAX = "default-src * data: 'unsafe-inline' 'unsafe-eval'"
ROOT = {"data-liveview-root": ""}
SOURCES = sorted(path for path in CLIENT.rglob("*.js") if path.parent != CLIENT)

# Sources


def test_no_source_makes_code_or_markup_of_text():
    comments = re.compile(r"^\s*(?://|/?\*).*$|// .*$", re.MULTILINE)
    for path in SOURCES:
        assert not re.findall(
            r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|createContextualFragment"
            r"|setHTML|parseFromString|srcdoc|\beval\b|\bFunction\(|\bimport\("
            r"|\bset(?:Timeout|Interval)\(\s*[\"'`]|__proto__|\.prototype\s*=",
            comments.sub("", path.read_text()),
        ), path.name


def test_the_pages_of_these_tests_enforce_trusted_types(patched, page_errors):
    page_errors.expect("TrustedHTML|TrustedTypePolicy|createPolicy|Trusted Type")
    page = patched("<p></p>")
    for sink in ["root.innerHTML = 'x'", "trustedTypes.createPolicy('any', {})"]:
        with pytest.raises(Error, match="Trusted"):
            page.page.evaluate(f"() => {{ {sink}; }}")


# Scripts


SCRIPTS = [
    ["script", "window.ran.push('html')"],
    ["script", {"src": "data:text/javascript,window.ran.push('source')"}],
    ["div", ["script", {"type": "module"}, "window.ran.push('module')"]],
    ["svg", ["foreignObject", ["script", "window.ran.push('svg')"]]],
]


def what_ran(page):
    """What has run before a script that runs now."""
    page.evaluate(
        """() => new Promise((resolve) => {
          const script = document.createElement("script");
          script.src = "data:text/javascript,window.ran.push('last')";
          script.onload = resolve;
          document.head.append(script);
        })"""
    )
    return page.evaluate("ran")


@pytest.mark.parametrize("policy", [LAX])
def test_scripts_of_a_component_that_leaves_a_template_never_run(patched):
    page = patched("<p></p>")
    page.evaluate("() => { window.ran = []; }")
    page.apply([0, "i", 0, ["template", ["b", {"live-component": "c"}, *SCRIPTS[:3]]]])
    page.apply(["i", 1, ["b", {"live-component": "c"}]])
    assert page.evaluate("root.querySelectorAll('b script').length") == 3
    assert what_ran(page) == ["last"]


@pytest.mark.parametrize("policy", [LAX])
def test_html_scripts_of_patches_never_run(patched):
    """With a policy that lets all scripts run."""
    page = patched("<p></p><svg></svg>")
    page.evaluate("() => { window.ran = []; }")
    page.apply([0, "i", 0, *SCRIPTS])
    page.apply([1, "i", 0, *SCRIPTS[3][1:]], [1, 0, 0, 0, "t", "window.ran.push('text')"])
    page.apply([0, ["m", 0, 2], [0, "s", SCRIPTS[3]], ["i", 0, ["template", *SCRIPTS]]])
    page.apply([0, 3, ["r", "type"], ["a", "src", "data:text/javascript,window.ran.push('now')"]])
    page.rebuild(["div", ROOT, ["section", *SCRIPTS], ["svg", *SCRIPTS[3][1:]]])
    assert what_ran(page) == ["last"]
    inside = page.html
    assert inside.count("<script") == 5
    assert "ran.push('svg')" in inside


# URLs


URL = "javascript:(window.top.bad=true)"
DANGEROUS = [
    ["a", {"href": URL}, "x"],
    ["a", {"href": " java\nscript:1", "target": "_blank"}, "x"],
    ["map", ["area", {"href": URL}]],
    ["form", {"action": URL}, ["button", {"formaction": URL}, "x"]],
    ["iframe", {"src": URL}],
    ["svg", ["a", {"xlink:href": URL}, ["text", {"y": "20"}, "x"]]],
    ["svg", ["a", {"href": URL}, ["text", {"y": "20"}, "x"]]],
    ["math", ["mi", {"href": URL}, "x"]],
    ["object", {"data": URL}],
    ["p", {"style": "color: red", "onclick": "window.bad = true", "title": "\"<'&amp;"}, "x"],
]


def document(nodes):
    return "".join(vdom.to_html(node) for node in nodes)


def tree(data):
    """A node from a tree as data."""
    if isinstance(data, str):
        return vdom.Text(data)
    tag, *rest = data
    attributes = rest.pop(0) if rest and isinstance(rest[0], dict) else {}
    return vdom.Element(tag, attributes, [tree(child) for child in rest])


@pytest.mark.parametrize("policy", [LAX])
def test_attributes_are_those_of_a_full_page(patched):
    full = patched(document(map(tree, DANGEROUS)))
    full.evaluate(HELPERS)
    wanted = full.evaluate("sign(root)")
    page = patched("")
    page.evaluate(HELPERS)
    page.apply(["i", 0, *DANGEROUS])
    assert page.evaluate("sign(root)") == wanted
    page.apply(["d", 0, len(DANGEROUS)])
    page.rebuild(["div", ROOT, *DANGEROUS])
    assert page.evaluate("sign(root)") == wanted


def test_the_policy_stops_dangerous_urls_as_on_a_full_page(bound, page_errors):
    page_errors.expect("Content Security Policy|TrustedScript|refuses onclick")
    page = bound("<section></section>")
    page.patch(2, [0, "i", 0, *DANGEROUS])
    page.patch(3, [0, ["i", 0, ["a", "x"]], [0, "a", "href", URL]])
    for selector in ["a", "button", "svg text", "mi", "p"]:
        for one in page.page.locator(f"section {selector}").all():
            one.dispatch_event("click", {"bubbles": True, "cancelable": True})
            one.evaluate("element => element.click?.()")
    page.patch(4, [0, "a", "class", "done"])
    assert page.page.evaluate("window.bad") is None
    assert page.page.url == "http://live.test/"
    assert page.page.locator("section > a").first.get_attribute("href") == URL
