"""The outbox: frames from any thread, in order, to one socket."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from contextvars import Context, ContextVar

from pykka_live.actors._replies import Landing
from pykka_live.transport.outbox import Outbox

MARK = ContextVar("MARK", default="unset")


class Socket:
    """Collects what is sent; `gate` holds it up."""

    def __init__(self) -> None:
        self.sent: list[dict] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, message: dict) -> None:
        await self.gate.wait()
        self.sent.append(message)


async def test_frames_of_many_threads_all_arrive_each_threads_in_order():
    outbox, socket = Outbox(), Socket()
    task = asyncio.create_task(outbox.run(socket.send))

    def work(name: str) -> None:
        for number in range(100):
            outbox.put(f"{name}{number}")

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    outbox.close(1000)
    await asyncio.wait_for(task, 10)
    texts = [message["text"] for message in socket.sent[:-1]]
    assert socket.sent[-1] == {"type": "websocket.close", "code": 1000}
    for name in "abcd":
        assert [text for text in texts if text[0] == name] == [f"{name}{i}" for i in range(100)]


async def test_a_socket_that_reads_too_slowly_is_closed_and_the_queue_emptied():
    for limits in ({"max_frames": 10}, {"max_size": 100}):
        outbox, socket = Outbox(**limits), Socket()
        socket.gate.clear()
        task = asyncio.create_task(outbox.run(socket.send))
        for _ in range(50):
            outbox.put("x" * 20)
            await asyncio.sleep(0)
        socket.gate.set()
        await asyncio.wait_for(task, 10)
        assert socket.sent[-1] == {"type": "websocket.close", "code": 4013}
        assert len(socket.sent) < 12


async def test_nothing_of_the_context_of_a_sender_comes_into_the_loop(monkeypatch):
    outbox, socket, found = Outbox(), Socket(), []
    land = Landing._land
    monkeypatch.setattr(Landing, "_land", lambda self: (found.append(MARK.get()), land(self)))
    task = asyncio.create_task(outbox.run(socket.send))
    await asyncio.sleep(0)  # it waits now
    context = Context()
    context.run(MARK.set, "an actor's")
    context.run(outbox.put, "frame")
    context.run(outbox.close, 1000)
    await asyncio.wait_for(task, 10)
    assert found == ["unset"]


async def test_a_loop_wakes_once_for_what_many_sockets_have_got(monkeypatch):
    outboxes = [Outbox() for _ in range(5)]
    woken = []
    land = Landing._land
    monkeypatch.setattr(Landing, "_land", lambda self: (woken.append(self), land(self)))
    tasks = [asyncio.create_task(outbox.run(Socket().send)) for outbox in outboxes]
    await asyncio.sleep(0)  # they wait now
    for outbox in outboxes:
        outbox.put("frame")
        outbox.close(1000)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)
    assert len(woken) == 1


async def test_after_the_close_nothing_is_sent():
    outbox, socket = Outbox(), Socket()
    outbox.close(4000)
    outbox.close(1000)
    outbox.put("late")
    await asyncio.wait_for(outbox.run(socket.send), 10)
    assert socket.sent == [{"type": "websocket.close", "code": 4000}]


async def test_a_peer_that_has_gone_ends_the_sending_quietly():
    outbox = Outbox()

    async def send(message: dict) -> None:
        raise OSError("gone")

    outbox.put("x")
    await asyncio.wait_for(outbox.run(send), 10)
    outbox.put("y")


def test_a_loop_that_is_closed_is_no_error_for_a_thread():
    loop, outbox = asyncio.new_event_loop(), Outbox()
    task = loop.create_task(outbox.run(Socket().send))
    loop.run_until_complete(asyncio.sleep(0))  # it waits now
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    outbox.put("x")


async def test_a_frame_that_cannot_be_sent_closes_the_socket_and_is_logged(caplog):
    outbox = Outbox()

    async def send(message: dict) -> None:
        raise ValueError("no such frame")

    outbox.put("x")
    await asyncio.wait_for(outbox.run(send), 10)
    assert outbox.closed
    assert "Sending to a browser failed" in caplog.text
