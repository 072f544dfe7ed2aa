"""Several views of one page: one socket, one live session, and nothing else in common."""

from __future__ import annotations

import uuid

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connections
from django.test import AsyncClient

from pykka_live import vdom
from pykka_live.live.page import adoptions
from pykka_live.live.token import PageToken
from tests.live.pair import Several
from tests.live.test_join import log_in
from tests.live.troubled import plan
from tests.live.views import calls
from tests.tab import Tab, ended, until

ORDINARY = ["ordinary", "template", "async"]
LIVE = ["host", "heir"]


async def opened(name, **options):
    page = Several(f"/several/{name}/", **options)
    await page.open()
    return page


def cells(actors, kind):
    return [cell for cell in actors.cells() if cell.kind == kind]


@pytest.mark.parametrize("name", ORDINARY)
async def test_the_views_of_a_page_are_one_session_and_have_their_own_ids(actors, name):
    page = await opened(name)
    (session,) = cells(actors, "session")
    views = cells(actors, "view")
    paths = [cell.path for cell in views]
    assert len(set(paths)) == 2
    for path in paths:
        prefix, view_id = path.rsplit("/", 1)
        assert prefix == f"{session.path}/views"
        assert str(uuid.UUID(view_id)) == view_id
    assert [region.view for region in page.regions] == [1, 2]
    assert calls["mount"] == 2
    await page.close()


@pytest.mark.parametrize("name", [*ORDINARY, *LIVE])
async def test_an_event_goes_to_its_view_and_to_no_other(name):
    page = await opened(name)
    one, *others = page.regions
    before = [region.html for region in others]
    await one.event("up")
    await one.event("write", text="mine")
    assert "<b>1</b> <i>mine</i>" in one.html
    assert [region.html for region in others] == before
    for number, region in enumerate(others, start=1):
        await region.event("up")
        assert region.html != before[number - 1]
        assert [each.html for each in others[number:]] == before[number:]
    assert "<b>1</b> <i>mine</i>" in one.html
    await page.close()


@pytest.mark.parametrize("name", LIVE)
async def test_a_live_page_is_adopted_and_not_mounted_for_the_others_joins(name):
    page = await opened(name)
    assert calls["host"] == 1
    assert calls["mount"] == len(page.regions) - 1
    for region in page.regions:
        assert (await region.event("up"))["t"] == "patch"
    await page.close()


async def test_where_the_adoption_is_gone_each_is_mounted_with_its_own_arguments():
    page = Several("/several/host/")
    await page.load()
    adoptions.clear()
    await page.connect()
    for region in page.regions:
        assert (await region.join())["t"] == "joined"
        await region.event("up")
    assert [region.html.count("<b>11</b>") for region in page.regions] == [0, 1, 0, 0, 0]
    assert calls["host"] == 2
    assert [calls[f"mount {title}"] for title in ("one", "two", "three", "four")] == [2] * 4
    await page.close()


async def test_a_live_pages_others_are_not_rendered_with_its_events():
    page = await opened("host")
    host = page.regions[-1]
    for count in range(1, 6):
        assert (await host.event("up"))["t"] == "patch"
        assert f"<b>{count}</b>" in host.html
    assert calls["mount"] == 4
    await page.close()


async def test_an_event_that_names_no_view_goes_to_the_first_that_is_still_joined():
    page = await opened("ordinary")
    one, two = page.regions
    for expected in (one, two):
        ref = await page.send(t="event", name="write", params={"text": "here"})
        page.asked[ref] = expected
        assert (await page.answer(ref))["t"] == "patch"
        assert "<i>here</i>" in expected.html
        await expected.answer(await expected.send(t="leave", view=expected.view))
    assert (await page.answer(await page.send(t="event", name="up")))["code"] == "unknown_view"
    await page.close()


async def test_a_view_that_has_stopped_is_no_longer_joined():
    page = await opened("once")
    once, tally = page.regions
    await once.event("fail")
    while (await page.receive())["t"] != "stopped":
        pass
    ref = await page.send(t="event", name="up")
    page.asked[ref] = tally
    assert (await page.answer(ref))["t"] == "patch"
    assert "<b>1</b>" in tally.html
    await page.close()


async def test_the_first_joined_is_who_asked_first_whoever_was_answered_first():
    page = Several("/several/ordinary/")
    await page.load()
    await page.connect()
    two, one = page.regions
    await one.join()
    await two.join()
    ref = await page.send(t="event", name="write", params={"text": "here"})
    page.asked[ref] = one
    await page.answer(ref)
    assert "<i>here</i>" in one.html
    await page.close()


async def test_one_view_is_left_while_the_other_goes_on_and_the_last_takes_the_session(actors):
    page = await opened("ordinary")
    one, two = page.regions
    (session,) = cells(actors, "session")
    assert (await one.answer(await one.send(t="leave", view=one.view)))["t"] == "ok"
    await until(lambda: len(cells(actors, "view")) == 1)
    assert calls["troubled terminated: left"] == 1
    assert (await one.event("up"))["code"] == "unknown_view"
    assert (await two.event("up"))["t"] == "patch"
    await two.answer(await two.send(t="leave", view=two.view))
    await ended(session)
    assert calls["troubled terminated: left"] == 2
    await page.close()


async def test_one_view_crashes_and_goes_on_from_its_state_and_the_other_notices_nothing(actors):
    page = await opened("ordinary")
    one, two = page.regions
    await one.event("up")
    assert (await one.event("fail"))["code"] == "handler_failed"
    assert (await two.event("up"))["t"] == "patch"
    await one.event("up")
    assert "<b>2</b>" in one.html
    assert "<b>11</b>" in two.html
    assert [cell.incarnation for cell in cells(actors, "view")] == [2, 1]
    assert calls["mount"] == 2
    await page.close()


async def test_a_restart_whose_checkpoint_is_bad_mounts_with_the_arguments_again():
    page = await opened("ordinary")
    two = page.regions[1]
    await two.event("up")
    plan["on_restore"] = [ValueError]
    await two.event("fail")
    await two.event("up")
    assert "<b>11</b>" in two.html
    assert calls["mount two"] == 2
    assert calls["mount one"] == 1
    await page.close()


async def test_a_session_that_restarts_brings_all_its_views_back(actors):
    page = await opened("raising")
    for number, region in enumerate(page.regions, start=1):
        for _ in range(number):
            await region.event("up")
    assert (await page.regions[0].event("fail"))["code"] == "handler_failed"
    for number, region in enumerate(page.regions, start=1):
        while (frame := await region.event("up"))["t"] == "error":  # while the session restarts
            assert frame["code"] == "stopped"
        assert f"<b>{number + 1}</b>" in region.html
    assert calls["mount"] == 2
    assert [cell.incarnation for cell in cells(actors, "session")] == [2]
    await page.close()


@pytest.mark.parametrize("name", ["ordinary", "host"])
async def test_a_tab_that_comes_back_resumes_all_its_views(actors, name):
    page = await opened(name)
    for region in page.regions:
        await region.event("up")
    mounts = calls["mount"]
    await page.close(code=1006)
    await page.connect()
    for region in reversed(page.regions):
        frame = await region.join()
        assert frame["resumed"], frame
        assert "tree" not in frame
        await region.event("up")
    assert calls["mount"] == mounts
    assert len(cells(actors, "session")) == 1
    await page.close()


async def test_the_joins_of_a_page_may_all_be_under_way_at_once(actors):
    page = Several("/several/host/")
    await page.load()
    await page.connect()
    refs = [
        await region.send(
            t="join",
            protocol=1,
            token=region.token,
            tab=page.name,
            v=0,
            fingerprint=vdom.fingerprint(region.tree),
        )
        for region in page.regions
    ]
    frames = [await page.receive() for _ in refs]
    assert {frame["t"] for frame in frames} == {"joined"}
    assert {frame["ref"] for frame in frames} == set(refs)
    assert len(cells(actors, "session")) == 1
    await page.close()


@pytest.mark.parametrize("name", ["protected", "protected_host"])
async def test_who_has_logged_out_is_not_let_in_to_a_view_of_a_protected_page(name):
    client = AsyncClient()
    await log_in(client)
    page = await opened(name, client=client)
    await page.close()
    await page.load()
    await sync_to_async(client.logout)()
    await page.connect()
    for region in page.regions:
        frame = await region.join()
        assert frame["t"] == "redirect"
        assert frame["to"].startswith("/accounts/login/?next=/several/protected")
    await page.close()


async def test_a_page_that_is_gone_lets_nobody_join_its_views():
    page = Several("/several/ordinary/?gone=")
    await page.load()
    token = PageToken.read(page.regions[0].token)
    gone = PageToken(**{**vars(token), "query": "gone=1"})
    await page.connect()
    frame = await page.regions[0].join(token=gone.sign())
    assert (frame["code"], frame["status"]) == ("denied", 404)
    assert calls["mount"] == 2
    await page.close()


async def test_a_live_page_that_does_not_come_to_its_get_lets_nobody_through():
    page = Several("/several/gate/")
    await page.load()
    token = PageToken.read(page.regions[0].token)
    closed = PageToken(**{**vars(token), "query": "closed=1"})
    await page.connect()
    assert (await page.regions[0].join(token=closed.sign()))["code"] == "denied"
    await page.close()


async def test_a_page_that_hands_its_request_on_to_a_live_one_lets_a_join_through_once():
    page = await opened("through")
    assert calls["host"] == 1
    assert calls["mount"] == 4
    await page.close()


async def test_a_view_that_its_visitor_may_no_longer_have_is_refused_and_moves_no_page():
    client = AsyncClient()
    await log_in(client)
    page = Several("/several/widget/", client)
    await page.load()
    assert len(page.regions) == 3
    await sync_to_async(client.logout)()
    await page.connect()
    frame = await page.regions[2].join()
    assert (frame["t"], frame["code"]) == ("error", "denied")
    await page.close()


async def test_a_token_is_bound_to_the_visitor_of_the_page():
    ann, ben = AsyncClient(), AsyncClient()
    await log_in(ann, "ann")
    await log_in(ben, "ben")
    page = Several("/several/ordinary/", ann)
    await page.load()
    thief = Several("/several/ordinary/", ben)
    await thief.load()
    await thief.connect()
    frame = await thief.regions[0].join(token=page.regions[0].token)
    assert (frame["t"], frame["code"]) == ("error", "bad_token")
    await thief.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"view": "tests.live.several.Gone"}, "no view tests.live.several.Gone any more"),
        ({"view": "os.path.join"}, "no view os.path.join any more"),
        ({"arguments": {"titel": "x"}}, "no parameter 'titel'"),
        ({"arguments": {"start": "many"}}, "the parameter 'start' must be a whole number"),
    ],
)
@pytest.mark.parametrize("name", ["ordinary", "host"])
async def test_a_token_of_before_a_deploy_is_refused_with_words(name, change, said):
    page = Several(f"/several/{name}/")
    await page.load()
    token = PageToken(**{**vars(PageToken.read(page.regions[0].token)), **change})
    await page.connect()
    frame = await page.regions[0].join(token=token.sign())
    assert frame["code"] == "bad_token"
    assert said in frame["message"]
    await page.close()


async def test_a_view_of_a_page_is_not_taken_for_the_page_and_not_the_other_way_round():
    page = Several("/several/host/")
    await page.load()
    await page.connect()
    own = PageToken.read(page.regions[-1].token)
    assert own.arguments is None
    other = PageToken.read(page.regions[0].token)
    stolen = PageToken(**{**vars(own), "view": other.view})
    frame = await page.regions[0].join(token=stolen.sign())
    assert frame["code"] == "bad_token"
    await page.close()


async def test_the_join_of_an_ordinary_pages_view_runs_the_page_once_for_each():
    page = await opened("ordinary")
    assert calls["page ordinary"] == 3
    await page.close()


async def test_what_mount_writes_is_a_transaction_as_in_django():
    for atomic, left in ((True, 0), (False, 1)):
        client = AsyncClient()
        await log_in(client)
        page = Several("/several/writer/?name=fine", client)
        await page.load()
        adoptions.clear()
        token = PageToken.read(page.regions[0].token)
        failing = PageToken(**{**vars(token), "arguments": {"name": "failing"}})
        connections.settings["default"]["ATOMIC_REQUESTS"] = atomic
        try:
            await page.connect()
            assert (await page.regions[0].join(token=failing.sign()))["code"] == "mount_failed"
        finally:
            connections.settings["default"]["ATOMIC_REQUESTS"] = False
        made = User.objects.filter(username__startswith="failing")
        assert await sync_to_async(made.count)() == left
        await page.close()


async def test_a_page_of_one_view_is_a_session_of_its_own_as_before(actors):
    for name in ("a" * 20, "b" * 20):
        tab = Tab("/counter/", name=name)
        await tab.open()
    assert len(cells(actors, "session")) == 2
