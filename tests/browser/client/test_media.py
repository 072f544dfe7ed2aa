"""Pictures, videos and sounds go on while the page around them changes."""

from __future__ import annotations

import io
import wave

import pytest

from .conftest import ORIGIN, POLICY

ROOT = {"data-liveview-root": ""}
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"></svg>'

# Whatever would make a picture load again, or a player begin anew.
WATCH = """() => {
  window.log = [];
  const note = ({ type, target }) => log.push(`${type} ${target.localName}`);
  for (const type of ["load", "loadstart", "emptied", "abort", "pause", "seeking"]) {
    root.addEventListener(type, note, true);
  }
  new MutationObserver((changes) => {
    for (const { attributeName: type, target } of changes) note({ type, target });
  }).observe(root, { subtree: true, attributeFilter: ["src", "srcset", "sizes", "autoplay"] });
}"""


def sound():
    """Ten seconds of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(8000)
        written.writeframes(b"\x80" * 80_000)
    return file.getvalue()


@pytest.fixture
def policy():
    """These pages have media."""
    return f"{POLICY}; img-src 'self'; media-src 'self'"


@pytest.fixture
def asked(page, open_page):
    """The paths of the media that were asked for; what else there is, `open_page` serves."""
    paths = []

    def serve(route):
        path = route.request.url.removeprefix(ORIGIN)
        paths.append(path)
        picture = path.endswith(".svg")
        route.fulfill(
            body=DOT if picture else sound(),
            content_type="image/svg+xml" if picture else "audio/wav",
            headers={"cache-control": "no-store"},
        )

    page.route("**/*.svg", serve)
    page.route("**/*.wav", serve)
    return paths


def settle(page):
    """Lets the browser do what it has put off: it reads sources anew once a script has ended."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


PICTURES = {
    "src": ["img", {"src": "/a.svg", "alt": "x"}],
    "density": ["img", {"src": "/no.svg", "srcset": "/a.svg 1x, /no.svg 2x", "alt": "x"}],
    "width": ["img", {"srcset": "/a.svg 200w, /no.svg 2000w", "sizes": "200px", "alt": "x"}],
    "picture": ["picture", ["source", {"srcset": "/a.svg"}], ["img", {"src": "/no.svg"}]],
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_asked_for_once(asked, patched, name):
    """It comes by a patch, the page around it changes, and it is compared with a whole tree."""
    picture = PICTURES[name]
    page = patched("<p>x</p>")
    page.evaluate(WATCH)
    page.apply(["i", 1, picture])
    page.page.wait_for_function("() => log.includes('load img')")
    settle(page)
    assert asked == ["/a.svg"]
    page.evaluate("() => { log.length = 0; }")
    page.apply(
        ["i", 1, ["b", "new"]],
        [2, ["a", "class", "c"], ["a", "width", "9"]],
        ["m", 2, 0],
        ["d", 1],
        ["m", 0, 1],
        [0, 0, "t", "y"],
    )
    settle(page)
    page.rebuild(["div", ROOT, ["h1", "z"], picture, ["p", "y"]])
    settle(page)
    assert page.evaluate("root.children[1].localName") == picture[0]
    assert page.evaluate("log") == []
    assert asked == ["/a.svg"]


@pytest.mark.parametrize("modern", [True, False], ids=["moveBefore", "insertBefore"])
@pytest.mark.parametrize("tag", ["video", "audio"])
def test_what_plays_goes_on(asked, patched, tag, modern):
    """It comes by a patch, the page around it changes, it moves, and it is compared with a tree."""
    player = [tag, {"src": "/a.wav", "autoplay": "", "controls": ""}]
    if tag == "video":
        player[1]["muted"] = ""
    page = patched("<p>x</p><i>y</i>")
    if not modern:
        page.evaluate("() => { delete Element.prototype.moveBefore; }")
    page.apply(["i", 1, player])
    page.evaluate("tag => { window.player = root.querySelector(tag); }", tag)
    page.page.wait_for_function("() => !player.paused && player.currentTime > 0.1")
    page.evaluate(WATCH)
    before = page.evaluate("player.currentTime")
    for patch in (
        [1, ["a", "class", "c"], ["i", 0, ["track"]]],
        ["i", 1, ["b", "new"]],
        ["m", 2, 0],
        ["m", 0, 3],
        [0, "s", ["h1", "z"]],
        ["d", 1],
    ):
        page.apply(patch)
        settle(page)
    page.rebuild(["div", ROOT, ["h1", "z"], player, ["p", "new"]])
    settle(page)
    page.page.wait_for_function("before => player.currentTime > before + 0.1", arg=before)
    assert page.evaluate("[log, player.paused, root.children[1] === player]") == [[], False, True]
