"""Extensions and scripts put nodes of their own into the region: the server's stay the server's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from pykka_live import vdom

from .test_against_vdom import RELAXED, data, explicit

# `disturb` does what an extension does, somewhere in what the mirror holds. `own` tells what a
# region shows without what is not the server's; of a foreign element, what it wraps remains.
HELPERS = """() => {
  const entries = (entry) => [entry, ...(entry.children ?? []).flatMap(entries)];
  const make = {
    element: (page) => page.createElement("x-extension"),
    text: (page) => page.createTextNode("extension"),
    comment: (page) => page.createComment("extension"),
  };
  window.disturb = (patcher, [kind, which, where, count]) => {
    const elements = entries(patcher.mirror).filter(({ children }) => children);
    const { node, home } = elements[which % elements.length];
    const before = Array.from(home.childNodes)[where % (home.childNodes.length + 1)] ?? null;
    const page = home.ownerDocument;
    if (kind === "attribute") node.setAttribute("data-extension", where);
    else if (kind === "wrap") {
      const wrapper = make.element(page);
      home.insertBefore(wrapper, before);
      while (count-- && wrapper.nextSibling) wrapper.append(wrapper.nextSibling);
    }
    else if (kind === "remove") before?.remove();
    else if (kind === "reorder") home.append(...Array.from(home.childNodes).reverse());
    else if (kind === "id") node.id = `script-${where}`;
    else if (kind === "data" && before?.data) before.data = "script";
    else if (make[kind]) home.insertBefore(make[kind](page), before);
  };
  window.own = (patcher) => {
    const nodes = new Set(entries(patcher.mirror).map(({ node }) => node));
    const tell = (node) => {
      const home = node.localName === "template" && node.content || node;
      const inside = Array.from(home?.childNodes ?? []).flatMap(tell);
      if (!nodes.has(node)) return inside;
      if (node.nodeType !== 1) return [node.nodeType === 3 ? node.data : ["!", node.data]];
      const ours = Array.from(node.attributes).filter(({ name }) => name !== "data-extension");
      return [[node.localName, Object.fromEntries(ours.map((a) => [a.name, a.value])), ...inside]];
    };
    return tell(patcher.root)[0];
  };
  // Disturbs and changes by turns; tells what is the server's after each change.
  window.runDisturbed = (steps) => {
    const patcher = new PykkaLive.Patcher(document.createElement("div"));
    document.body.append(patcher.root);
    const results = steps.map(([disturbances, method, change]) => {
      for (const each of disturbances) disturb(patcher, each);
      patcher[method](change);
      return own(patcher);
    });
    patcher.root.remove();
    return results;
  };
}"""

leaves = st.one_of(
    st.sampled_from("xyz").map(vdom.Text),
    st.builds(vdom.Element, st.sampled_from(["b", "i", "template"]), st.just({}), st.just([])),
    st.just(vdom.Comment("c")),
)


def lists(inner):
    """Keyed rows with things in them, between others: what is inserted, moved and swapped."""
    row = st.builds(
        vdom.Element,
        st.sampled_from(["p", "template"]),
        st.fixed_dictionaries({"live-key": st.sampled_from("abcd")}),
        st.lists(inner, max_size=4),
    )
    return st.lists(st.one_of(row, leaves), max_size=6, unique_by=key)


def key(node):
    return node.attrs["live-key"] if getattr(node, "attrs", None) else id(node)


roots = lists(leaves).map(lambda children: vdom.Element("div", {}, children))
numbers = st.integers(0, 9)


def disturbances(kinds):
    kinds = st.sampled_from(kinds)
    return st.lists(st.tuples(kinds, numbers, numbers, st.integers(1, 3)), max_size=6)


@pytest.fixture
def chromium(open_page):
    page = open_page("")
    page.evaluate(HELPERS)
    return page


def changes(sequence):
    """The patches that lead from each tree of a sequence to the next one."""
    pairs = zip([vdom.Element("div", {}, []), *sequence], sequence, strict=False)
    return [json.loads(vdom.encode(vdom.diff(old, new))) for old, new in pairs]


ADDED = ["element", "text", "comment", "attribute", "wrap"]


@RELAXED
@given(sequence=st.lists(st.tuples(disturbances(ADDED), roots), min_size=2, max_size=5))
def test_what_an_extension_adds_and_wraps_disturbs_no_patch(chromium, sequence):
    trees = [tree for _, tree in sequence]
    patches = changes(trees)
    steps = [[done, "apply", patch] for (done, _), patch in zip(sequence, patches, strict=True)]
    for found, tree in zip(chromium.evaluate("runDisturbed", steps), trees, strict=True):
        assert found == explicit(tree)


ALL = [*ADDED, "remove", "reorder", "id", "data"]


@RELAXED
@given(
    sequence=st.lists(st.tuples(disturbances(ALL), roots), min_size=2, max_size=4),
    last=disturbances(ALL),
)
def test_whatever_a_script_does_patches_fit_and_a_refresh_mends_it(chromium, sequence, last):
    trees = [tree for _, tree in sequence]
    steps = [
        [done, "apply", patch] for (done, _), patch in zip(sequence, changes(trees), strict=True)
    ]
    steps.append([last, "rebuild", data(trees[-1])])
    assert chromium.evaluate("runDisturbed", steps)[-1] == explicit(trees[-1])


def test_a_text_that_was_wrapped_is_patched_where_it_is(patched):
    page = patched("<p>a<b>x</b></p>")
    page.evaluate(
        """() => {
          const wrapper = document.createElement("x-mark");
          root.firstChild.prepend(wrapper);
          wrapper.append(wrapper.nextSibling);
        }"""
    )
    page.apply([0, 0, "t", "A"])
    assert page.html == "<p><x-mark>A</x-mark><b>x</b></p>"
    page.apply([0, ["i", 0, ["i"]], ["i", 2, "c"]])
    assert page.html == "<p><i></i><x-mark>A</x-mark>c<b>x</b></p>"
    page.apply([0, "m", 1, 3])
    assert page.html == "<p><i></i><x-mark></x-mark>c<b>x</b>A</p>"


def test_what_several_were_wrapped_in_holds_what_comes_between_them(patched):
    page = patched("<i></i><b></b><u></u>")
    page.evaluate(
        """() => {
          const wrapper = document.createElement("x-wrap");
          root.prepend(wrapper);
          wrapper.append(...[...root.children].slice(1, 3));
        }"""
    )
    page.apply(["i", 1, ["p"]], ["i", 3, ["hr"]])
    assert page.html == "<x-wrap><i></i><p></p><b></b></x-wrap><hr><u></u>"


def test_ids_that_a_script_has_given(patched):
    page = patched('<p id="a">x</p><input id="b"><p>y</p>')
    page.page.fill("input", "mine")
    page.evaluate("[...root.children].forEach((one, index) => { one.id = `script-${index}`; })")
    page.apply([0, 0, "t", "X"], ["m", 1, 0], [2, "a", "class", "z"])
    assert page.html == (
        '<input id="script-1"><p id="script-0">X</p><p id="script-2" class="z">y</p>'
    )
    expect(page.page.locator("input")).to_have_value("mine")
    page.rebuild(["div", {}, ["input", {"id": "b"}], ["p", {"id": "a"}, "X"], ["p", "y"]])
    assert page.html == '<input id="b"><p id="a">X</p><p>y</p>'
