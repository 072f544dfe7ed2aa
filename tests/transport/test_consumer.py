"""The consumer: whatever a browser sends, it is answered, and nobody else notices."""

from __future__ import annotations

import asyncio
import json

import pytest
from channels.testing import WebsocketCommunicator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pykka_live.transport import consumer, frames
from tests.asgi import application
from tests.tab import TIMEOUT, Tab
from tests.transport.test_frames import json_values, near_frames

pytestmark = pytest.mark.usefixtures("actors", "transactional_db")


async def test_a_wrong_origin_gets_no_socket():
    socket = WebsocketCommunicator(
        application,
        "/live/websocket/",
        headers=[(b"host", b"testserver"), (b"origin", b"http://evil.example")],
    )
    connected, code = await socket.connect(timeout=TIMEOUT)
    assert not connected
    assert code in (None, 1000, 403, 1008)


async def test_a_bad_frame_is_answered_and_the_socket_goes_on():
    tab = Tab("/counter/")
    await tab.open()
    await tab.socket.send_to(text_data="rubbish")
    assert (await tab.receive())["code"] == "bad_frame"
    await tab.socket.send_to(bytes_data=b"\0\1")
    frame = await tab.receive()
    assert (frame["code"], frame["ref"]) == ("bad_frame", None)
    assert (await tab.answer(await tab.send(t="what")))["code"] == "unknown_type"
    assert (await tab.event("increment"))["t"] == "patch"
    await tab.close()


async def test_a_frame_that_is_too_large_closes_the_socket_and_not_the_session():
    tab = Tab("/counter/")
    await tab.open()
    await tab.event("increment")
    await tab.socket.send_to(text_data="x" * (frames.MAX_FRAME + 1))
    assert (await tab.receive())["code"] == "bad_frame"
    assert (await tab.socket.receive_output(TIMEOUT))["code"] == 4009
    await tab.close(4009)
    await tab.connect()
    assert (await tab.join())["resumed"] is True
    assert "<h1>1</h1>" in tab.html
    await tab.close()


async def test_a_client_that_breaks_the_protocol_over_and_over_is_cut_off():
    tab = Tab("/counter/")
    await tab.connect()
    for _ in range(consumer.MAX_BAD_FRAMES):
        await tab.socket.send_to(text_data="[]")
    for _ in range(consumer.MAX_BAD_FRAMES):
        assert (await tab.receive())["code"] == "bad_frame"
    assert await tab.socket.receive_output(TIMEOUT) == {"type": "websocket.close", "code": 4008}
    await tab.close(4008)


async def test_a_ref_that_still_waits_cannot_be_used_again_and_a_flood_is_refused():
    from tests.live.views import calls, gate

    tab = Tab("/slow/")
    gate.clear()
    calls.clear()
    try:
        await tab.open()
        await tab.send(t="event", view=1, name="wait")
        await tab.send(t="event", view=1, name="up", ref=tab.refs)
        assert (await tab.receive())["code"] == "bad_frame"
        for _ in range(consumer.MAX_PENDING):
            await tab.send(t="event", view=1, name="up")
        assert (await tab.receive())["code"] == "overloaded"
        assert (await tab.answer(await tab.send(t="ping")))["t"] == "pong"
    finally:
        gate.set()
    await tab.close()


async def test_a_ping_is_answered_before_any_join():
    tab = Tab("/counter/")
    await tab.connect()
    assert await tab.answer(await tab.send(t="ping")) == {"t": "pong", "ref": 1}
    await tab.close()


frames_of_all_kinds = st.one_of(
    st.text(min_size=1, max_size=40),
    json_values.map(json.dumps),
    near_frames.map(json.dumps),
    st.fixed_dictionaries(
        {
            "t": st.just("event"),
            "ref": st.integers(1000, 2**53 - 1),
            "view": st.integers(1, 3),
            "name": st.sampled_from(
                ["increment", "nothing", "all_of_it", "secret", "__init__", "x"]
            ),
            "params": st.dictionaries(
                st.sampled_from(["amount", "self", "function", "cls", "__class__", "é"]),
                json_values,
            ),
        }
    ).map(json.dumps),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(frames_of_all_kinds, max_size=15))
def test_whatever_is_sent_the_view_stays_well_and_so_does_its_neighbour(sent):
    async def scenario() -> None:
        tab, neighbour = Tab("/counter/", name="a" * 20), Tab("/counter/", name="b" * 20)
        await tab.open()
        await neighbour.open()
        for text in sent:
            await tab.socket.send_to(text_data=text)
        # Hypothesis may have found the refs of a test's own; so the answer is looked for by its
        # kind.
        await tab.send(t="ping", ref=999)
        while (await tab.receive())["t"] != "pong":
            pass
        assert (await neighbour.event("increment", amount=3))["t"] == "patch"
        assert "<h1>3</h1>" in neighbour.html
        await tab.close()
        await neighbour.close()

    asyncio.run(scenario())
