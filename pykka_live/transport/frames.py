"""The frames of the wire protocol (docs/protocol.md): what a browser may send, validated, and what
the server answers, as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, NoReturn

from pykka_live.live.messages import CallEvent, Leave, Refresh

PROTOCOL = 1

MAX_FRAME = 256 * 1024
"""The longest frame that is read, in characters."""

MAX_DEPTH = 32
"""How deeply a frame's values may be nested."""

_MAX_REF = 2**53 - 1  # what JavaScript counts exactly

Data = dict[str, Any]


class FrameError(Exception):
    """A frame that the server does not accept.

    Attributes:
        code: an error code of the protocol.
        ref: the frame's `ref`, where it had one that could be read.
    """

    def __init__(self, code: str, message: str, ref: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.ref = ref


@dataclass(frozen=True)
class JoinFrame:
    ref: int
    token: str
    tab: str
    version: int
    fingerprint: int | None


class ViewFrame(NamedTuple):  # which is made faster than a frozen dataclass
    """What is for one of the socket's views: the view's number, and the message."""

    ref: int
    view: int
    message: CallEvent | Refresh | Leave


@dataclass(frozen=True)
class PingFrame:
    ref: int


Frame = JoinFrame | ViewFrame | PingFrame


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_WHITESPACE = " \t\n\r"  # JSON's
_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def parse(text: str) -> Frame:
    """Read and validate a frame from the browser.

    Raises:
        FrameError: with the code `bad_frame`, `unknown_type` or `bad_protocol`; the message names
        the field that is wrong.
    """
    try:
        text = text.strip(_WHITESPACE)
        data, end = _decoder.raw_decode(text)
        if end != len(text):
            raise ValueError("something follows the JSON")
    except (ValueError, RecursionError):
        raise FrameError(
            "bad_frame", "the frame is not valid JSON, or is nested too deeply"
        ) from None
    if not isinstance(data, dict):
        raise FrameError("bad_frame", "the frame must be a JSON object")
    ref = data.get("ref")
    if type(ref) is not int or not 0 < ref <= _MAX_REF:
        raise FrameError("bad_frame", "'ref' must be a whole number of at least 1")
    if text.count("[") + text.count("{") >= MAX_DEPTH or "\\u" in text or not text.isascii():
        _check_values(data, ref)
    kind = data.get("t")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        raise FrameError(
            "unknown_type", f"'t' must be one of {', '.join(_READERS)}, not {kind!r:.60}", ref
        )
    return read(data, ref)


def _check_values(data: Any, ref: int) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
            elif isinstance(value, str) and not value.isascii() and _has_lone_surrogate(value):
                raise FrameError("bad_frame", "the frame holds half of a surrogate pair", ref)
        level = below
        if not level:
            return
    raise FrameError("bad_frame", f"the frame is nested more than {MAX_DEPTH} levels deep", ref)


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


# Each field with its rule. Plain functions, for each event needs them.


def _number(data: Data, ref: int, name: str, minimum: int, maximum: int = _MAX_REF) -> int:
    value = data.get(name)
    if type(value) is not int or not minimum <= value <= maximum:
        raise FrameError(
            "bad_frame", f"{name!r} must be a whole number from {minimum} to {maximum}", ref
        )
    return value


def _text(data: Data, ref: int, name: str, minimum: int, maximum: int) -> str:
    value = data.get(name)
    if type(value) is not str or not minimum <= len(value) <= maximum:
        raise FrameError(
            "bad_frame", f"{name!r} must be a text of {minimum} to {maximum} characters", ref
        )
    return value


def _read_join(data: Data, ref: int) -> JoinFrame:
    if data.get("protocol") != PROTOCOL:
        raise FrameError("bad_protocol", f"this server speaks the protocol version {PROTOCOL}", ref)
    return JoinFrame(
        ref,
        token=_text(data, ref, "token", 1, 8192),
        tab=_text(data, ref, "tab", 16, 64),
        version=_number(data, ref, "v", 0),
        fingerprint=(
            _number(data, ref, "fingerprint", 0, 2**32 - 1) if "fingerprint" in data else None
        ),
    )


def _read_event(data: Data, ref: int) -> ViewFrame:
    params = data.get("params", {})
    if type(params) is not dict:
        raise FrameError("bad_frame", "'params' must be an object", ref)
    event = CallEvent(_text(data, ref, "name", 1, 100), params)
    return ViewFrame(ref, _number(data, ref, "view", 1), event)


_READERS: dict[str, Callable[[Data, int], Frame]] = {
    "join": _read_join,
    "event": _read_event,
    "refresh": lambda data, ref: ViewFrame(ref, _number(data, ref, "view", 1), Refresh()),
    "leave": lambda data, ref: ViewFrame(ref, _number(data, ref, "view", 1), Leave()),
    "ping": lambda _data, ref: PingFrame(ref),
}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# With DEBUG, the frames that updates travel in have `debug`: what the update has cost, encoded.


def joined(
    ref: int,
    view: int,
    version: int,
    *,
    resumed: bool,
    patches: bytes | None,
    tree: bytes | None,
    debug: bytes | None = None,
) -> str:
    """The answer to a join, with the patches or the tree that bring the browser up to `version`, if
    any."""
    rest = ',"resumed":true' if resumed else ""
    if patches is not None:
        rest += f',"p":{patches.decode()}'
    if tree is not None:
        rest += f',"tree":{tree.decode()}'
    if debug is not None:
        rest += f',"debug":{debug.decode()}'
    return f'{{"t":"joined","ref":{ref},"protocol":{PROTOCOL},"view":{view},"v":{version}{rest}}}'


def reply_patch(ref: int, version: int, patches: bytes, debug: bytes | None = None) -> str:
    """The answer to an event that changed the picture."""
    rest = "" if debug is None else f',"debug":{debug.decode()}'
    return f'{{"t":"patch","ref":{ref},"v":{version},"p":{patches.decode()}{rest}}}'


def push_patch(view: int, version: int, patches: bytes, debug: bytes | None = None) -> str:
    """A change of the picture that no event of this tab caused."""
    rest = "" if debug is None else f',"debug":{debug.decode()}'
    return f'{{"t":"patch","view":{view},"v":{version},"p":{patches.decode()}{rest}}}'


def tree(view: int, version: int, data: bytes, ref: int | None = None) -> str:
    """The whole region; with a `ref`, the answer to a refresh."""
    answer = "" if ref is None else f'"ref":{ref},'
    return f'{{"t":"tree","view":{view},{answer}"v":{version},"tree":{data.decode()}}}'


def ok(ref: int, debug: bytes | None = None) -> str:
    """The answer to what changed nothing."""
    rest = "" if debug is None else f',"debug":{debug.decode()}'
    return f'{{"t":"ok","ref":{ref}{rest}}}'


def pong(ref: int) -> str:
    """The answer to a ping."""
    return f'{{"t":"pong","ref":{ref}}}'


def error(ref: int | None, code: str, message: str, **more: Any) -> str:
    """The answer to what failed."""
    return _json({"t": "error", "ref": ref, "code": code, "message": message, **more})


def redirect(ref: int, location: str) -> str:
    """The answer to a join that leads elsewhere."""
    return _json({"t": "redirect", "ref": ref, "to": location})


def stopped(view: int, code: str, message: str) -> str:
    """The end of a view."""
    return _json({"t": "stopped", "view": view, "code": code, "message": message})
