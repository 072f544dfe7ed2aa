"""The strategy `resume`, for some exceptions or all: the view goes on as it is."""

from __future__ import annotations

import logging

import pytest

from pykka_live.live.page import adoptions
from tests.live.troubled import plan
from tests.live.views import calls
from tests.tab import Tab, until


@pytest.fixture
async def tab():
    tab = Tab("/resuming/")
    await tab.open()
    yield tab
    await tab.close()


def the_view(actors):
    (cell,) = [cell for cell in actors.cells() if cell.kind == "view"]
    return cell


async def test_the_tab_is_shown_what_the_failed_handler_has_left(tab, actors):
    await tab.event("up")
    restored = calls["on_restore"]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    frame = await tab.receive()
    assert (frame["t"], frame["view"], frame["v"]) == ("patch", 1, 3)
    assert "<b>1001</b>" in tab.html
    await tab.event("up")
    assert "<b>1002</b>" in tab.html
    assert the_view(actors).incarnation == 1
    assert calls["on_restore"] == restored


async def test_the_checkpoint_stays_that_of_the_last_event_that_went_well(tab, actors):
    await tab.event("up")
    await tab.event("fail")
    await tab.receive()
    assert "<b>1001</b>" in tab.html
    assert (await tab.event("fail", kind="KeyError"))["code"] == "handler_failed"
    assert (await tab.receive())["t"] == "patch"
    assert "<b>1</b>" in tab.html
    assert the_view(actors).incarnation == 2


async def test_what_cannot_be_drawn_leaves_the_picture_until_it_can(tab, caplog):
    await tab.event("up")
    before = tab.html
    plan["render"] = [SystemExit]
    assert (await tab.event("fail"))["code"] == "handler_failed"
    assert (await tab.event("up"))["t"] == "patch"
    assert "<b>1002</b>" in tab.html
    assert "<b>1</b>" in before
    assert any("the previous picture stays" in line for line in caplog.messages)


async def test_the_class_of_the_exception_decides(tab):
    assert (await tab.event("fail", kind="SystemExit"))["code"] == "handler_failed"
    assert (await tab.receive())["t"] == "stopped"
    assert calls["troubled terminated: crashed"] == 1


async def test_a_join_that_fails_leaves_nothing_to_go_on_with(actors, caplog):
    caplog.set_level(logging.WARNING, "pykka_live.actors")
    tab = Tab("/resuming/")
    await tab.load()
    adoptions.clear()
    plan["mount"] = [ValueError]
    await tab.connect()
    assert (await tab.join())["code"] == "mount_failed"
    plan["render"] = [ValueError]
    assert (await tab.join())["code"] == "template_failed"
    assert (await tab.join())["t"] == "joined"
    assert calls["mount"] == 4  # for the page, and for each join
    assert the_view(actors).incarnation == 1
    assert (await tab.event("up"))["t"] == "patch"
    await tab.close()


async def test_nobody_looks_so_nothing_is_drawn_until_the_tab_comes_back(tab):
    from pykka_live import publish

    await tab.close(1006)
    plan["info"] = [ValueError]
    publish("news", "unseen")
    await tab.connect()
    assert (await tab.join())["resumed"] is True
    assert "<i>unseen</i>" in tab.html


async def test_what_is_told_while_nobody_looks_is_kept_after_a_handler_that_failed(tab):
    from pykka_live import publish

    await tab.event("fail")
    await tab.receive()
    await tab.close(1006)
    publish("news", "kept")
    await until(lambda: calls["told kept"])
    plan["info"] = [KeyError]
    publish("news", "lost")
    await until(lambda: calls["told lost"])
    await tab.connect()
    assert (await tab.join())["resumed"] is True
    assert "<u>nothing</u><u>kept</u><button" in tab.html
