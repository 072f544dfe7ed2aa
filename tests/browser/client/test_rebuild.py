"""Making an existing page equal to the server's tree."""

from __future__ import annotations

from playwright.sync_api import expect

ROOT = {"data-liveview-root": ""}


def test_what_fits_is_kept(patched):
    page = patched(
        '<p id="a">1</p>text<p>2</p><ul><li live-key="x">x</li><li live-key="y">y</li></ul>'
    )
    page.evaluate(
        """() => {
          const [a, p, list] = root.children;
          window.nodes = {a, p, text: root.childNodes[1], x: list.children[0], y: list.children[1]};
        }"""
    )
    page.rebuild(
        [
            "div",
            ROOT,
            ["h1", "new"],
            [
                "ul",
                ["li", {"live-key": "y"}, "Y"],
                ["li", {"live-key": "z"}, "z"],
                ["li", {"live-key": "x"}, "x"],
            ],
            ["p", {"class": "c"}, "2"],
            "other",
            ["p", {"id": "a"}, "1"],
        ]
    )
    assert page.html == (
        '<h1>new</h1><ul><li live-key="y">Y</li><li live-key="z">z</li><li live-key="x">x</li></ul>'
        '<p class="c">2</p>other<p id="a">1</p>'
    )
    assert (
        page.evaluate(
            """() => {
          const [, list, p, text, a] = root.childNodes;
          const [y, , x] = list.children;
          return Object.entries({a, p, text, x, y}).filter(([name, node]) => nodes[name] !== node);
        }"""
        )
        == []
    )


def test_foreign_nodes_are_passed_over(patched):
    page = patched(
        "<grammarly-thing></grammarly-thing><p>a</p><grammarly-thing></grammarly-thing><p>b</p>"
    )
    page.evaluate("root.lastChild.before(window.late = document.createElement('div'))")
    page.rebuild(["div", ROOT, ["p", "b"], ["p", "c"], ["p", "d"]])
    assert page.html == (
        "<grammarly-thing></grammarly-thing><p>b</p><grammarly-thing></grammarly-thing><div></div>"
        "<p>c</p><p>d</p>"
    )
    page.apply([2, 0, "t", "D"], ["d", 0])
    assert page.html == (
        "<grammarly-thing></grammarly-thing><grammarly-thing></grammarly-thing><div></div>"
        "<p>c</p><p>D</p>"
    )


def test_what_is_stale_goes(patched):
    page = patched("<p>a</p><p>b</p><hr><x-card></x-card>")
    page.evaluate("customElements.define('x-card', class extends HTMLElement {})")
    page.rebuild(["div", ROOT, ["p", "a"]])
    assert page.html == "<p>a</p>"


def test_what_a_person_did_is_kept(patched):
    page = patched(
        '<p>x</p><form><input name="typed" value=""><input name="same" value="s">'
        '<input type="checkbox">'
        "<textarea>t</textarea><select><option>1<option>2</select></form>"
    )
    browser = page.page
    browser.fill("[name=typed]", "mine")
    browser.fill("textarea", "my text")
    browser.check("[type=checkbox]")
    browser.select_option("select", "2")
    browser.focus("[name=typed]")
    browser.evaluate("document.activeElement.setSelectionRange(1, 3)")
    page.rebuild(
        [
            "div",
            ROOT,
            ["h1", "new"],
            [
                "form",
                {"class": "f"},
                ["input", {"name": "typed", "value": "server"}],
                ["input", {"name": "same", "value": "new"}],
                ["input", {"type": "checkbox"}],
                ["textarea", "t"],
                ["select", ["option", "1"], ["option", "2"], ["option", "3"]],
            ],
        ]
    )
    expect(browser.locator("[name=typed]")).to_have_value("mine")
    expect(browser.locator("[name=typed]")).to_be_focused()
    assert browser.evaluate(
        "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
    ) == [1, 3]
    expect(browser.locator("[name=same]")).to_have_value("new")
    expect(browser.locator("textarea")).to_have_value("my text")
    expect(browser.locator("[type=checkbox]")).to_be_checked()
    expect(browser.locator("select")).to_have_value("2")


def test_own_classes_and_the_token_stay(patched):
    page = patched("<p class='a'></p>")
    page.evaluate(
        """() => { root.setAttribute("data-live-token", "t"); root.classList.add("live-connected");
                   root.firstChild.classList.add("live-loading"); }"""
    )
    page.rebuild(["div", {**ROOT, "class": "wide"}, ["p"]])
    assert page.evaluate("root.outerHTML") == (
        '<div data-liveview-root="" data-live-token="t" class="wide live-connected">'
        '<p class="live-loading"></p></div>'
    )


def test_ignored_subtrees_stay(patched):
    page = patched("<div live-ignore><p>a</p></div>")
    page.evaluate("root.firstChild.textContent = 'widget'")
    page.rebuild(["div", ROOT, ["div", {"live-ignore": ""}, ["b", "x"], ["p", "b"]], ["i"]])
    assert page.html == '<div live-ignore="">widget</div><i></i>'
    page.apply([0, 0, 0, "t", "y"], [0, "r", "live-ignore"])
    assert page.html == "<div><b>y</b><p>b</p></div><i></i>"


def test_templates_and_comments(patched):
    page = patched("<template><p>a</p></template><!--x-->")
    page.rebuild(["div", ROOT, ["!", "y"], ["template", ["p", "b"], "c"]])
    assert page.html == "<!--y--><template><p>b</p>c</template>"


def test_templates_of_svg_and_mathml_are_no_templates(patched):
    page = patched("<template><svg><template>a</template></svg></template><math><template>b")
    page.rebuild(["div", ROOT, ["template", ["svg", ["template", "c"]]], ["math", ["template"]]])
    assert page.html == (
        "<template><svg><template>c</template></svg></template><math><template></template></math>"
    )


def test_what_decides_about_namespaces_is_made_anew(patched):
    page = patched(
        "<math><annotation-xml encoding='text/html'><b-c>x</b-c></annotation-xml></math>"
    )
    inner = ["b-c", "x"]
    for attributes, namespace in (
        ({"encoding": "x"}, "MathML"),
        ({"encoding": "text/html"}, "xhtml"),
    ):
        page.rebuild(["div", ROOT, ["math", ["annotation-xml", attributes, inner]]])
        found = page.evaluate("root.firstChild.firstChild.firstChild.namespaceURI")
        assert found.endswith(namespace)


def test_what_the_browser_shows_of_an_option_is_left_to_it(patched):
    shown = "<button><selectedcontent>{}</selectedcontent></button>"
    page = patched(f"<select>{shown.format('')}<option><b>a</b></option></select>")
    assert shown.format("<b>a</b>") in page.html
    page.rebuild(
        ["div", ROOT, ["select", ["button", ["selectedcontent"]], ["option", ["b", "a"]], "c"]]
    )
    assert page.html == (f"<select>{shown.format('<b>a</b>')}<option><b>a</b></option>c</select>")


def test_the_focus_survives_moves(patched):
    page = patched('<input id="a"><p>x</p><input id="b"><input id="c">')
    page.evaluate("() => { delete Element.prototype.moveBefore; }")
    tree = ["div", ROOT, ["input", {"id": "c"}], ["input", {"id": "b"}], ["input", {"id": "a"}]]
    for name in "abc":
        page.page.fill(f"#{name}", "mine")
        page.evaluate("document.activeElement.setSelectionRange(1, 3)")
        page.rebuild(tree)
        found = page.evaluate(
            """() => {
              const {id, value, selectionStart, selectionEnd} = document.activeElement;
              return [id, value, selectionStart, selectionEnd];
            }"""
        )
        assert found == [name, "mine", 1, 3]
        tree[2:] = reversed(tree[2:])


def test_a_textarea_whose_content_is_new(patched):
    page = patched("<textarea></textarea><textarea>old</textarea><input>")
    for number in (0, 1):
        page.page.locator("textarea").nth(number).fill("mine")
    page.page.focus("input")
    page.rebuild(["div", ROOT, ["textarea", "new"], ["textarea"], ["input"]])
    expect(page.page.locator("textarea").nth(0)).to_have_value("new")
    expect(page.page.locator("textarea").nth(1)).to_have_value("")
