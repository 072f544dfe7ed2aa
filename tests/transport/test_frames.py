"""Frames: what a browser may send, and what is said of the rest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pykka_live.live.messages import CallEvent, Leave, Refresh
from pykka_live.transport import frames
from pykka_live.transport.frames import FrameError, parse

JOIN = {"t": "join", "ref": 1, "protocol": 1, "token": "x", "tab": "t" * 16, "v": 0}


def refusal(frame: object) -> FrameError:
    text = frame if isinstance(frame, str) else json.dumps(frame)
    with pytest.raises(FrameError) as caught:
        parse(text)
    return caught.value


def test_well_formed_frames_are_read():
    join = frames.JoinFrame(1, "x", "t" * 16, 0, 7, {})
    assert parse(json.dumps(JOIN | {"fingerprint": 7})) == join
    assert parse(json.dumps(JOIN | {"c": {"cart": 3}})).components == {"cart": 3}
    assert parse('{"t":"event","ref":2,"view":1,"name":"up","params":{"a":[1]}}') == (
        frames.ViewFrame(2, 1, CallEvent("up", {"a": [1]}))
    )
    assert parse('{"t":"event","ref":2,"view":1,"name":"up"}').message.params == {}
    assert parse('{"t":"refresh","ref":3,"view":1}') == frames.ViewFrame(
        3, 1, Refresh(), "", "refresh"
    )
    assert parse('{"t":"event","ref":2,"c":"cart","name":"up"}') == (
        frames.ViewFrame(2, 0, CallEvent("up", {}), "cart")
    )
    assert parse('{"t":"refresh","ref":3,"view":1,"c":"cart"}').component == "cart"
    assert parse('{"t":"leave","ref":4,"view":2}') == frames.ViewFrame(4, 2, Leave(), "", "leave")
    assert parse('{"t":"ping","ref":5}') == frames.PingFrame(5)
    assert parse(' \t{"t":"ping","ref":5}\r\n') == frames.PingFrame(5)


@pytest.mark.parametrize(
    ("frame", "code", "word"),
    [
        ("", "bad_frame", "JSON"),
        ("{", "bad_frame", "JSON"),
        ('{"t":"ping","ref":NaN}', "bad_frame", "JSON"),
        ('{"t":"ping","ref":' + "9" * 5000 + "}", "bad_frame", "JSON"),
        ("[" * 100_000, "bad_frame", "nested"),
        ([], "bad_frame", "object"),
        ("ping", "bad_frame", "JSON"),
        (None, "bad_frame", "object"),
        ({}, "bad_frame", "'ref'"),
        ({"ref": 1}, "unknown_type", "'t'"),
        ({"ref": 1, "t": ["ping"]}, "unknown_type", "'t'"),
        ({"ref": 1, "t": "__class__"}, "unknown_type", "__class__"),
        ({"ref": 0, "t": "ping"}, "bad_frame", "'ref'"),
        ({"ref": True, "t": "ping"}, "bad_frame", "'ref'"),
        ({"ref": 1.5, "t": "ping"}, "bad_frame", "'ref'"),
        ({"ref": 2**53, "t": "ping"}, "bad_frame", "'ref'"),
        ({"ref": "1", "t": "ping"}, "bad_frame", "'ref'"),
        (JOIN | {"protocol": 2}, "bad_protocol", "version 1"),
        (JOIN | {"protocol": None}, "bad_protocol", "version 1"),
        (JOIN | {"token": ""}, "bad_frame", "'token'"),
        (JOIN | {"token": "x" * 9000}, "bad_frame", "'token'"),
        (JOIN | {"tab": "short"}, "bad_frame", "'tab'"),
        (JOIN | {"v": -1}, "bad_frame", "'v'"),
        (JOIN | {"fingerprint": 2**32}, "bad_frame", "'fingerprint'"),
        (JOIN | {"fingerprint": None}, "bad_frame", "'fingerprint'"),
        ({"ref": 1, "t": "event", "view": 1}, "bad_frame", "'name'"),
        ({"ref": 1, "t": "event", "view": 1, "name": "n" * 101}, "bad_frame", "'name'"),
        ({"ref": 1, "t": "event", "view": 0, "name": "n"}, "bad_frame", "'view'"),
        ({"ref": 1, "t": "event", "view": 1, "name": "n", "params": []}, "bad_frame", "'params'"),
        ({"ref": 1, "t": "event", "name": "n", "c": ""}, "bad_frame", "'c'"),
        ({"ref": 1, "t": "event", "name": "n", "c": "c" * 201}, "bad_frame", "'c'"),
        ({"ref": 1, "t": "refresh", "view": 1, "c": 1}, "bad_frame", "'c'"),
        (JOIN | {"c": ["cart"]}, "bad_frame", "'c'"),
        (JOIN | {"c": {"": 1}}, "bad_frame", "component"),
        (JOIN | {"c": {"cart": 0}}, "bad_frame", "'cart'"),
        (JOIN | {"c": {str(number): 1 for number in range(10_001)}}, "bad_frame", "10000"),
        ('{"ref":1,"t":"ping","x":"\\ud800"}', "bad_frame", "surrogate"),
        ('{"ref":1,"t":"ping","\\udfff":1}', "bad_frame", "surrogate"),
        ('{"ref":1,"t":"ping","x":"\ud800"}', "bad_frame", "surrogate"),
        ('{"ref":1,"t":"ping"} {}', "bad_frame", "JSON"),
    ],
)
def test_a_bad_frame_is_refused_with_a_code_and_the_name_of_what_is_wrong(frame, code, word):
    error = refusal(frame)
    assert error.code == code
    assert word in str(error)
    assert len(str(error)) < 300


def test_a_value_that_is_nested_too_deeply_is_refused():
    deep: object = 1
    for _ in range(frames.MAX_DEPTH):
        deep = [deep]
    error = refusal({"ref": 1, "t": "event", "view": 1, "name": "n", "params": {"a": deep}})
    assert (error.code, error.ref) == ("bad_frame", 1)
    assert str(frames.MAX_DEPTH) in str(error)


def test_the_limit_is_on_the_depth_and_neither_on_the_width_nor_on_brackets_in_texts():
    def event(value: object) -> str:
        return json.dumps({"t": "event", "ref": 1, "view": 1, "name": "n", "params": {"a": value}})

    deep: object = 1
    for _ in range(frames.MAX_DEPTH - 3):  # the frame, its parameters and the value are levels too
        deep = [deep]
    for value in (deep, [[]] * 2 * frames.MAX_DEPTH, "[{" * frames.MAX_DEPTH):
        assert parse(event(value)).message.params == {"a": value}
    assert refusal(event([deep])).code == "bad_frame"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
near_frames = st.dictionaries(
    st.sampled_from(["t", "ref", "view", "name", "params", "v", "token", "tab", "protocol"]),
    st.sampled_from(["join", "event", "refresh", "leave", "ping", 1, 0, -1, {}, "x" * 16]),
)


@given(st.one_of(st.text(), json_values.map(json.dumps), near_frames.map(json.dumps)))
def test_whatever_comes_is_a_frame_or_a_frame_error(text):
    try:
        frame = parse(text)
    except FrameError as error:
        assert error.code in ("bad_frame", "unknown_type", "bad_protocol")
    else:
        assert isinstance(frame, frames.Frame)


@given(st.integers(1, 9), st.text(), st.text())
def test_what_is_sent_is_json_whatever_the_texts_hold(ref, message, location):
    error = json.loads(frames.error(ref, "code", message, detail=location))
    assert (error["message"], error["detail"]) == (message, location)
    assert json.loads(frames.redirect(ref, location))["to"] == location
    assert json.loads(frames.stopped(1, "crashed", message))["message"] == message
