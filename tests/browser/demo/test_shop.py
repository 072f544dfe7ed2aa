"""The page of components that talk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def shop(open_demo):
    return open_demo("/shop/")


@pytest.fixture
def ware(shop):
    return lambda name: shop.get_by_role("listitem", name=name, exact=True)


@pytest.fixture
def lines(shop):
    return shop.locator(".cart li:not(.empty) span:first-child")


def test_products_the_cart_and_the_page_talk(shop, ware, lines):
    ware("Vase").get_by_role("spinbutton").fill("2")
    ware("Vase").get_by_role("spinbutton").press("Enter")
    expect(ware("Vase")).to_contain_text("2 in the cart")
    ware("Cup").get_by_role("button", name="Add").click()
    expect(lines).to_have_text(["2 × Vase", "1 × Cup"])
    expect(shop.get_by_role("link", name="Cart: 3")).to_be_visible()
    expect(shop.locator(".total")).to_contain_text("92.50 €")

    shop.get_by_role("button", name="Take out: Vase").click()
    expect(lines).to_have_text(["1 × Cup"])
    expect(ware("Vase")).not_to_contain_text("in the cart")
    expect(shop.get_by_role("link", name="Cart: 1")).to_be_visible()


def test_a_sale_reaches_every_component(shop, ware):
    ware("Bowl").get_by_role("button", name="Add").click()
    expect(shop.locator(".total")).to_contain_text("22.00 €")
    sale = shop.get_by_role("button", name="Sale")
    sale.click()
    expect(shop.locator(".total s")).to_have_text("22.00 €")
    expect(shop.locator(".total b")).to_have_text("17.60 €")
    expect(shop.locator(".ware .price b")).to_have_text(
        ["11.60 €", "17.60 €", "31.20 €", "14.40 €", "25.60 €", "20.80 €"]
    )
    expect(sale).to_have_attribute("aria-pressed", "true")
    sale.click()
    expect(shop.locator("s")).to_have_count(0)


def test_the_button_in_the_cart_is_the_pages_own(shop, ware, lines):
    for name in ("Jug", "Jar"):
        ware(name).get_by_role("button", name="Add").click()
    shop.get_by_role("button", name="Order 2").click()
    expect(shop.get_by_text("2 on their way. Thank you!")).to_be_visible()
    expect(lines).to_have_count(0)
    expect(shop.locator(".held")).to_have_count(0)
    expect(shop.get_by_role("link", name="Cart: 0")).to_be_visible()


def test_a_product_that_breaks_leaves_the_cart_as_it_is(shop, ware, lines, page_errors):
    page_errors.expect("handler_failed")
    vase, cup = ware("Vase"), ware("Cup")
    for each in (vase, cup):
        each.get_by_role("button", name="Add").click()
    expect(lines).to_have_text(["1 × Vase", "1 × Cup"])
    cup.get_by_role("spinbutton").fill("7")

    vase.get_by_role("button", name="Drop").click()
    expect(shop.get_by_text("The vase is in pieces.")).to_be_visible()
    vase.get_by_role("button", name="Add").click()
    expect(lines).to_have_text(["2 × Vase", "1 × Cup"])
    expect(vase).to_contain_text("2 in the cart")
    expect(cup.get_by_role("spinbutton")).to_have_value("7")


def test_a_lost_socket_costs_nothing(page, open_demo):
    sockets = []

    def route(socket):
        sockets.append((socket, socket.connect_to_server()))

    page.route_web_socket("**/live/websocket/", route)
    open_demo("/shop/")
    page.get_by_role("button", name="Add to the cart: Jar").click()
    expect(page.get_by_role("link", name="Cart: 1")).to_be_visible()
    for side in sockets[0]:
        side.close(code=3999)
    page.get_by_role("button", name="Add to the cart: Jar").click()
    expect(page.get_by_role("link", name="Cart: 2")).to_be_visible()
    expect(page.locator(".cart li:not(.empty) span:first-child")).to_have_text("2 × Jar")
    assert len(sockets) == 2
