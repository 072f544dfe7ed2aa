"""Page after page, what Chromium shows is what Chromium would have parsed.

Templates' markup is mutated step by step. The patches are those of the server's differ, applied by
the client as it is served, among nodes and attributes that others put into the page. After each
step the DOM is compared, node by node, with what Chromium's own parser makes of the picture.
"""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pykka_live import vdom

from .conftest import POLICY
from .mutations import sequence

LENGTH = 9  # pictures of a page
PAGES = 40  # at a time
REBUILDS = 0.08  # the part of the steps that bring the whole tree

RUNNER = """() => {
  const policy = trustedTypes.createPolicy("parse", { createHTML: (html) => html });
  const inert = document.implementation.createHTMLDocument("");
  const MARK = "data-from-an-extension";
  let foreign;   // node -> {home, before, after}: our nodes around it
  let marked;    // elements of ours with a foreign attribute

  const homeOf = (node) => node.localName === "template" && node.content || node;
  const inside = (node) => node.nodeType !== 1 || node.localName === "selectedcontent" ? [] :
    Array.from(homeOf(node).childNodes).filter((child) => !foreign.has(child));
  const all = (node) => inside(node).flatMap((child) => [child, ...all(child)]);

  const FLAGS = ["checked", "indeterminate", "selected", "open", "muted", "disabled", "multiple"];
  const READ = [...FLAGS, "value", "type", "selectedIndex"];
  const sign = (node) => {
    if (node.nodeType !== 1) return `${node.nodeName} ${node.data}`;
    const attributes = Array.from(node.attributes, (a) => [a.namespaceURI, a.name, a.value])
      .filter(([, name]) => name !== MARK).sort();
    return JSON.stringify([node.namespaceURI, node.localName, attributes]);
  };
  const properties = (node) => JSON.stringify(READ.filter((name) => name in node).map((name) =>
    // No markup makes a box indeterminate.
    [name, name === "indeterminate" ? node.hasAttribute(name) && node[name] : node[name]]));

  const compare = (root, parsed, way) => {
    const ours = inside(root), theirs = inside(parsed);
    for (let at = 0; at < Math.max(ours.length, theirs.length); at++) {
      const [a, b] = [ours[at], theirs[at]];
      const here = `${way}/${at}`;
      if (!a || !b || sign(a) !== sign(b)) return `${here} is ${a && sign(a)}, not ${b && sign(b)}`;
      if (a.namespaceURI?.endsWith("xhtml") && properties(a) !== wanted(b)) {
        return `${here} has ${properties(a)}, not ${wanted(b)}`;
      }
      const inner = compare(a, b, `${here} ${a.nodeName}`);
      if (inner) return inner;
    }
    return null;
  };
  const wanted = (node) => {
    if (node.hasAttribute("indeterminate")) node.indeterminate = true;
    return properties(node);
  };

  const around = (node) => {
    const home = node.parentNode;
    const siblings = Array.from(home.childNodes);
    const at = siblings.indexOf(node);
    return { home, before: siblings.slice(0, at), after: siblings.slice(at + 1) };
  };
  // Where texts count as the field's own.
  const RAW = "textarea, select, select *, option, option *";
  const disturb = (root, seed) => {
    const next = (count) => (seed = (seed * 1103515245 + 12345) % 2147483648) % count;
    const homes = [root, ...all(root).filter((node) => node.nodeType === 1 && !node.matches(RAW))];
    for (let count = next(5); count > 0; count--) {
      const home = homeOf(homes[next(homes.length)]);
      const made = [() => document.createElement("other-extension"), () => new Text("foreign"),
        () => document.createElement("span"), () => new Comment("foreign")][next(4)]();
      foreign.set(made, null);
      home.insertBefore(made, home.childNodes[next(home.childNodes.length + 1)] ?? null);
      const element = homes[next(homes.length)];
      if (element !== root) element.setAttribute(MARK, "");
      if (element !== root) marked.add(element);
    }
  };

  // What a step must have left where it was: `kept` tells for each node of ours now which one it
  // was before (-1: none), `moved` which of them have moved.
  const check = (before, now, kept, moved) => {
    if (kept) {
      const old = new Set(before);
      for (let at = 0; at < now.length; at++) {
        const same = kept[at] < 0 ? !old.has(now[at]) : before[kept[at]] === now[at];
        if (!same) return `node ${at}, ${sign(now[at])}, is another object`;
      }
    }
    const here = new Set(now);
    for (const node of marked) {
      if (!here.has(node)) marked.delete(node);
      else if (!node.hasAttribute(MARK)) return "a foreign attribute has gone";
    }
    const homes = new Set([patcher.root, ...now].map(homeOf));
    const wandered = new Set(moved.map((at) => now[at]));
    for (const [node, { home, before, after }] of foreign) {
      if (!homes.has(home)) { foreign.delete(node); continue; }
      if (node.parentNode !== home) return `a foreign node has gone from ${home.nodeName}`;
      const stays = (other) => other.parentNode === home && !wandered.has(other);
      const follows = (one, other) => one.compareDocumentPosition(other) & 4;
      if (kept && !(before.filter(stays).every((one) => follows(one, node)) &&
          after.filter(stays).every((one) => follows(node, one)))) {
        return `a foreign node stands elsewhere in ${home.nodeName}`;
      }
    }
    return null;
  };

  let patcher;
  window.play = (pages) => pages.map(([html, steps]) => {
    foreign = new Map();
    marked = new Set();
    const root = document.createElement("div");
    document.body.append(root);
    root.innerHTML = policy.createHTML(html);
    patcher = new PykkaLive.Patcher(root);
    patcher.apply([]);   // at the first look it would not know an extension's elements
    let wrong = null;
    steps.every(([kind, data, html, kept, moved, seed], at) => {
      const before = all(root);
      if (seed) disturb(root, seed);
      for (const node of foreign.keys()) foreign.set(node, around(node));
      // The whole tree tells of attributes, too, which ones there are not.
      if (kind === "rebuild") marked.clear();
      patcher[kind](data);
      inert.body.innerHTML = policy.createHTML(html);
      const why = compare(root, inert.body, "") ?? check(before, all(root), kept, moved);
      if (why) wrong = [at, why];
      return !why;
    });
    root.remove();
    return wrong;
  });
}"""


@pytest.fixture
def policy():
    """These tests make markup of text themselves."""
    return POLICY.replace("trusted-types 'none'", "trusted-types parse")


@pytest.fixture
def chromium(open_page, page_errors):
    page_errors.expect("Content Security Policy")
    page = open_page("")
    page.evaluate(RUNNER)
    return page


class Known:
    """A node of the DOM, for which only matters which one it is."""

    def __init__(self, node, numbers=None):
        self.number = -1 if numbers is None else next(numbers)
        self.moved = False
        children = node.children if isinstance(node, vdom.Element) else ()
        self.children = [Known(child, numbers) for child in children]

    def inside(self):
        return [each for child in self.children for each in (child, *child.inside())]


def kept(old, patches):
    """What patches leave of the nodes of a tree: for each node that is there afterwards which one
    it was, in the order of the page, or -1; and the places of those that were moved."""
    root = Known(old, iter(range(-1, 1_000_000)))
    for path, operation, *arguments in patches:
        here, above = root, None
        for index in path:
            above, here = here, here.children[index]
        if operation == "i":
            at, *nodes = arguments
            here.children[at:at] = map(Known, nodes)
        elif operation == "d":
            at, count = [*arguments, 1][:2]
            del here.children[at : at + count]
        elif operation == "m":
            start, to, count = [*arguments, 1][:3]
            taken = here.children[start : start + count]
            del here.children[start : start + count]
            here.children[to:to] = taken
            for each in taken:
                each.moved = True
        elif operation == "s":
            above.children[path[-1]] = Known(*arguments)
    now = root.inside()
    return [each.number for each in now], [at for at, each in enumerate(now) if each.moved]


def step(random, old, new, html):
    seed = random.randint(1, 2**31) if random.random() < 0.6 else 0
    # A tree that comes whole leaves open what a person may have opened.
    if random.random() < REBUILDS and ' open=""' not in vdom.to_html(old):
        same, moved = (None, []) if old != new else kept(old, [])
        return ["rebuild", json.loads(vdom.encode_node(new)), html, same, moved, seed]
    patches = vdom.diff(old, new)
    return ["apply", json.loads(vdom.encode(patches)), html, *kept(old, patches), seed]


def differences(chromium, sequences, random):
    """The pages that went wrong, the shortest first: what, and the pictures and patch before it."""
    pages = []
    for pictures in sequences:
        texts = [vdom.to_html(tree, inner=True) for tree in pictures]
        steps = [
            step(random, *pair, html)
            for *pair, html in zip(pictures, pictures[1:], texts[1:], strict=False)
        ]
        pages.append([texts[0], steps])
    found = chromium.evaluate("pages => play(JSON.parse(pages))", json.dumps(pages))
    wrong = [
        (why, [start, *(one[2] for one in steps)][at : at + 2], steps[at][:2])
        for (start, steps), (at, why) in (
            (page, answer) for page, answer in zip(pages, found, strict=True) if answer
        )
    ]
    return sorted(wrong, key=lambda each: len(str(each[1:])))


@settings(
    max_examples=max(1, settings.default.max_examples // 5),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_pages_go_on_as_if_they_were_loaded_anew(chromium, seed):
    random = Random(seed)
    sequences = [sequence(random, LENGTH) for _ in range(PAGES)]
    assert differences(chromium, sequences, random) == []
