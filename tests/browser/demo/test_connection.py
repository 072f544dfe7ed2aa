"""Lost connections and servers that start again: the page becomes live again by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.server import Server, running

from .conftest import DEMO


@pytest.fixture
def server(demo_env):
    """A server that the test may stop and kill."""
    with running(Server("demo.asgi:application", cwd=DEMO, env=demo_env)) as server:
        yield server


@pytest.fixture(params=["killed", "stopped"])
def end(request, server):
    return server.kill if request.param == "killed" else server.stop


def test_a_server_starts_again(end, server, open_demo, page_errors):
    page_errors.expect("WebSocket|connection_lost")
    page = open_demo("/counter/")
    number, button = page.locator(".number"), page.get_by_role("button", name="+10")
    button.click()
    expect(number).to_have_text("10")

    end()
    expect(page.locator("[data-liveview-root]")).to_contain_class("live-disconnected")
    expect(page.locator("header .lost")).to_be_visible()
    server.start()
    expect(page.locator("[data-liveview-root]")).to_contain_class("live-connected", timeout=30_000)

    before = int(number.inner_text())
    button.click()
    expect(number).to_have_text(str(before + 10))


def test_the_list_in_the_database_is_there_again(server, open_demo, page_errors):
    page_errors.expect("WebSocket|connection_lost")
    page = open_demo("/todo/")
    page.get_by_label("What is to be done?").fill("survive")
    page.keyboard.press("Enter")
    expect(page.locator(".todos label")).to_have_text("survive")

    server.kill()
    server.start()

    expect(page.locator("[data-liveview-root]")).to_contain_class("live-connected", timeout=30_000)
    expect(page.locator(".todos label")).to_have_text("survive")
    page.get_by_role("checkbox").check()
    expect(page.locator(".left")).to_have_text("0 left")


def test_a_lost_socket_costs_nothing(page, open_demo):
    sockets = []

    def route(socket):
        sockets.append((socket, socket.connect_to_server()))

    page.route_web_socket("**/live/websocket/", route)
    open_demo("/counter/")
    number, button = page.locator(".number"), page.get_by_role("button", name="+10")
    button.click()
    expect(number).to_have_text("10")

    for side in sockets[0]:
        side.close(code=3999)
    button.click()

    expect(number).to_have_text("20")
    assert len(sockets) == 2
