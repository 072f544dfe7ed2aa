"""Scopes: views of one page that are restarted together keep their state and their mail."""

from __future__ import annotations

import pytest

from pykka_live import publish
from tests.live.pair import Pair
from tests.live.troubled import open_gate, plan, somebody_waits_at
from tests.live.views import calls
from tests.tab import until


async def opened_pair(name):
    page = Pair(name)
    await page.open()
    await page.left.event("up")
    await page.right.event("up")
    return page


def incarnations(actors):
    """Those of the left view and of the right one, which were started in this order."""
    return [cell.incarnation for cell in actors.cells() if cell.kind == "view"]


async def the_other_is_to_stop(actors):
    """Wait until the right view is to be restarted because of the left one; return that."""
    left, right = (cell for cell in actors.cells() if cell.kind == "view")
    await until(lambda: right.state == "stopping")
    return left


@pytest.mark.parametrize(
    ("name", "failing", "expected"),
    [
        ("alone", "left", [2, 1]),
        ("alone", "right", [1, 2]),
        ("all", "left", [2, 2]),
        ("all", "right", [1, 2]),  # the scope is that of the one that fails
        ("rest", "left", [2, 2]),
        ("rest", "right", [1, 2]),
    ],
)
async def test_who_is_restarted_with_whom(actors, name, failing, expected):
    page = await opened_pair(name)
    region = getattr(page, failing)
    assert (await region.event("fail"))["code"] == "handler_failed"
    for each in (page.left, page.right):
        assert (await each.event("up"))["t"] == "patch"
        assert "<b>2</b>" in each.html
    assert incarnations(actors) == expected
    assert calls["mount"] == 2
    await page.close()


async def test_a_sibling_is_told_goodbye_and_the_one_that_crashed_is_not(actors):
    page = await opened_pair("all")
    await page.left.event("fail")
    await page.left.event("up")  # which starts when the other one has stopped
    assert calls["right terminated: restart"] == 1
    assert sum(calls[f"left terminated: {why}"] for why in ("restart", "crashed", "failed")) == 0
    await page.close()


@pytest.mark.threads
async def test_a_siblings_mail_waits_for_its_next_incarnation(actors):
    page = await opened_pair("all")
    waiting = await page.right.send(t="event", view=page.right.view, name="wait")
    await somebody_waits_at("wait")
    refs = [
        await page.right.send(
            t="event", view=page.right.view, name="write", params={"text": chr(97 + number)}
        )
        for number in range(20)
    ]
    assert (await page.left.event("fail"))["code"] == "handler_failed"
    await the_other_is_to_stop(actors)
    publish("news", "!")
    open_gate("wait")
    assert (await page.right.answer(waiting))["t"] == "ok"
    for ref in refs:
        assert (await page.right.answer(ref))["t"] == "patch"
    while "!" not in page.right.html:
        await page.receive()
    assert page.right.html.count("!") == 1
    assert "abcdefghijklmnopqrst" in page.right.html.replace("!", "")
    assert incarnations(actors) == [2, 2]
    await page.close()


async def test_what_is_published_between_two_incarnations_of_a_sibling_arrives():
    page = await opened_pair("all")
    plan["terminate"] = [_Publish]
    await page.left.event("fail")
    for region in (page.left, page.right):
        while "meanwhile" not in region.html:
            await page.receive()
    await page.close()


class _Publish(Exception):
    """Publishes something at the moment at which it is raised."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        publish("news", "meanwhile")


async def test_a_siblings_region_goes_back_to_its_last_good_state(actors):
    page = await opened_pair("all")
    plan["on_restore"] = [RuntimeError, RuntimeError]  # so both are mounted anew
    await page.left.event("fail")
    while "<b>0</b>" not in page.left.html or "<b>0</b>" not in page.right.html:
        await page.receive()
    assert (await page.right.event("up"))["t"] == "patch"
    assert "<b>1</b>" in page.right.html
    await page.close()


@pytest.mark.threads
async def test_a_sibling_that_is_busy_is_restarted_when_it_has_finished(actors):
    page = await opened_pair("all")
    await page.right.send(t="event", view=page.right.view, name="wait")
    await somebody_waits_at("wait")
    await page.left.event("fail")
    left = await the_other_is_to_stop(actors)
    ref = await page.left.send(t="event", view=page.left.view, name="up")
    assert (left.state, left.incarnation) == ("restarting", 1)  # all start when all are down
    open_gate("wait")
    assert (await page.left.answer(ref))["t"] == "patch"
    assert (await page.right.event("up"))["t"] == "patch"
    assert incarnations(actors) == [2, 2]
    await page.close()


async def test_a_sibling_that_is_not_to_be_restarted_ends_and_its_tab_is_told(actors):
    page = await opened_pair("all_but_once")
    await page.left.event("fail")
    frame = await page.receive()
    assert (frame["t"], frame["view"], frame["code"]) == ("stopped", page.right.view, "crashed")
    assert (await page.left.event("up"))["t"] == "patch"
    assert incarnations(actors) == [2]
    await page.close()


@pytest.mark.parametrize(("limit", "expected"), [(None, None), (7, 7)])
async def test_a_sibling_has_as_long_to_finish_as_an_actor_may_be_busy(
    actors, settings, limit, expected
):
    settings.PYKKA_LIVE = {"STUCK_TIMEOUT": limit}
    page = await opened_pair("all")
    assert [c.spec.shutdown for c in actors.cells() if c.kind == "view"] == [expected] * 2
    await page.close()
