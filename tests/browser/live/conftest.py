"""The pages of the tests' own project, under uvicorn, and browsers that look at them."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server import Server, running

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.impatient_settings"}


@pytest.fixture(scope="module")
def server():
    with running(Server("tests.asgi:application", env=SETTINGS)) as server:
        yield server


@pytest.fixture
def context_options(context_options, server):
    return {**context_options, "base_url": server.url}


@pytest.fixture
def open_live(context, client_script):
    """`open_live("/troubled/")` opens a page in a new tab, and returns it when it is live."""
    context.route(
        "**/pykka_live.js",
        lambda route: route.fulfill(body=client_script, content_type="text/javascript"),
    )

    def open_live(path):
        page = context.new_page()
        page.goto(path)
        for region in page.locator("[data-liveview-root]").all():
            region.and_(page.locator(".live-connected")).wait_for()
        return page

    return open_live


@pytest.fixture
def restarts(context):
    """`restarts("view")` says how many actors of a kind the server has restarted."""

    def restarts(kind):
        families = text_string_to_metric_families(context.request.get("/metrics").text())
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == "pykka_live_restarts_total" and sample.labels["kind"] == kind
        )

    return restarts
