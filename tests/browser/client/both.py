"""The same deeds in a browser and by `LiveClient`."""

from __future__ import annotations

from pykka_live.testing import LiveClient
from pykka_live.testing.line import Line
from tests.testing import site


def events_of_browser(browser, deeds):
    """What these deeds make a page send in a browser."""
    sent = []
    for deed in singly(deeds):
        in_browser(browser.page, *deed)
        sent += browser.events()
        while browser.page.query_selector(".live-loading"):  # until all is answered
            sent += browser.events()
    return [(event["name"], event["params"]) for event in sent]


def events_of_test_client(markup, deeds, monkeypatch):
    """What they make it send in `LiveClient`."""
    monkeypatch.setitem(site.markup, "html", markup)
    sent, send = [], Line.send

    def record(self, **frame):
        if frame["t"] == "event":
            sent.append((frame["name"], frame["params"]))
        return send(self, **frame)

    monkeypatch.setattr(Line, "send", record)
    with LiveClient() as client:
        page = client.get("/recorder/")
        for deed in singly(deeds):
            in_test_client(page, *deed)
    return sent


def singly(deeds):
    """The same, one key after the other."""
    for deed, *arguments in deeds:
        if deed == "keys":
            yield from (("keys", key) for key in arguments[0].split())
        else:
            yield deed, *arguments


def in_browser(page, deed, selector, *arguments):
    if deed == "keys":
        page.keyboard.press(selector)
        return
    element = page.locator(f"[data-liveview-root] >> {selector}")
    if deed == "type":
        element.press_sequentially(*arguments)
        element.blur()
    elif deed == "fill":
        element.fill(*arguments)
        element.blur()
    else:
        getattr(element, {"select": "select_option"}.get(deed, deed))(*arguments)


def in_test_client(page, deed, selector, *arguments):
    if deed == "keys":
        page.press(selector)
        return
    selector, _, number = selector.partition(" >> nth=")
    if selector.startswith("text="):
        element = page.find("button", text=selector[len("text=") :])
    else:
        element = page.find_all(selector)[int(number or 0)]
    if deed == "select":
        arguments = arguments[0]
    getattr(element, deed)(*arguments)
    if deed in ("fill", "type"):
        element.blur()
