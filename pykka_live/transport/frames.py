"""The frames of the wire protocol (docs/protocol.md): what a browser may send, validated, and what
the server answers, as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, NoReturn

from pykka_live.live.messages import CallEvent, Leave, Refresh, Update, Updates

PROTOCOL = 1

MAX_FRAME = 256 * 1024
"""The longest frame that is read, in characters."""

MAX_DEPTH = 32
"""How deeply a frame's values may be nested."""

MAX_ID = 200
"""The longest id of a component."""

MAX_COMPONENTS = 10_000
"""Of so many components one join may tell the versions."""

_BAD_ID = f"the id of a component is a text of 1 to {MAX_ID} characters"

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
    kind: ClassVar[str] = "join"

    ref: int
    token: str
    tab: str
    version: int
    fingerprint: int | None
    components: dict[str, int]


class ViewFrame(NamedTuple):  # which is made faster than a frozen dataclass
    """What is for one of the socket's views: the view's number, 0 for the first one; the id of the
    component of it that is meant, if one is; the message; and the frame's type."""

    ref: int
    view: int
    message: CallEvent | Refresh | Leave
    component: str = ""
    kind: str = "event"


@dataclass(frozen=True)
class PingFrame:
    kind: ClassVar[str] = "ping"

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
        components=_read_versions(data, ref) if "c" in data else {},
    )


def _read_versions(data: Data, ref: int) -> Data:
    versions = data["c"]
    if type(versions) is not dict or len(versions) > MAX_COMPONENTS:
        raise FrameError(
            "bad_frame", f"'c' must be an object of at most {MAX_COMPONENTS} components", ref
        )
    for id in versions:
        if not 0 < len(id) <= MAX_ID:
            raise FrameError("bad_frame", _BAD_ID, ref)
        _number(versions, ref, id, 1)
    return versions


def _read_event(data: Data, ref: int) -> ViewFrame:
    params = data.get("params", {})
    if type(params) is not dict:
        raise FrameError("bad_frame", "'params' must be an object", ref)
    event = CallEvent(_text(data, ref, "name", 1, 100), params)
    view = _number(data, ref, "view", 1) if "view" in data else 0
    return ViewFrame(ref, view, event, _read_component(data, ref) if "c" in data else "")


def _read_refresh(data: Data, ref: int) -> ViewFrame:
    component = _read_component(data, ref) if "c" in data else ""
    return ViewFrame(ref, _number(data, ref, "view", 1), Refresh(), component, "refresh")


def _read_component(data: Data, ref: int) -> str:
    return _text(data, ref, "c", 1, MAX_ID)


_READERS: dict[str, Callable[[Data, int], Frame]] = {
    "join": _read_join,
    "event": _read_event,
    "refresh": _read_refresh,
    "leave": lambda data, ref: ViewFrame(ref, _number(data, ref, "view", 1), Leave(), "", "leave"),
    "ping": lambda _data, ref: PingFrame(ref),
}

RECEIVED = tuple(_READERS)
"""The types of the browser's frames."""

SENT = ("joined", "patch", "ok", "tree", "batch", "error", "redirect", "stopped", "pong")
"""The types of the server's frames. Each of them begins with its type."""

ERROR_CODES = (
    *("bad_frame", "unknown_type", "bad_protocol", "bad_token", "expired_token", "denied"),
    *("unknown_view", "unknown_component", "unknown_event", "bad_params"),
    *("handler_failed", "template_failed", "mount_failed", "crashed"),
    *("timeout", "mailbox_full", "stopped", "overloaded"),
)
"""The codes of error frames."""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# With DEBUG, the frames that updates travel in have `debug`: what the update has cost, encoded.


def joined(
    ref: int,
    view: int,
    update: Update,
    *,
    resumed: bool,
    components: Sequence[Update] = (),
) -> str:
    """The answer to a join, with the patches or the tree that bring the browser up to the view's
    version, if any, and those of its components."""
    rest = ',"resumed":true' if resumed else ""
    rest += _picture(update)
    if parts := _parts(components):
        rest += f',"parts":[{parts}]'
    return (
        f'{{"t":"joined","ref":{ref},"protocol":{PROTOCOL},"view":{view},"v":{update.version}'
        f"{rest}}}"
    )


def _picture(update: Update) -> str:
    """What an update brings, with a comma before it."""
    rest = ""
    if update.patches is not None:
        rest = f',"p":{update.patches.decode()}'
    if update.tree is not None:
        rest += f',"tree":{update.tree.decode()}'
    if update.debug is not None:
        rest += f',"debug":{update.debug.decode()}'
    return rest


def _component(update: Update) -> str:
    return f'"c":{_json(update.component)},' if update.component else ""


def reply(ref: int, view: int, update: Update) -> str:
    """The answer to what changed a picture, or asked for the whole of it."""
    if update.tree is not None:
        return (
            f'{{"t":"tree","view":{view},"ref":{ref},{_component(update)}"v":{update.version}'
            f"{_picture(update)}}}"
        )
    return f'{{"t":"patch","ref":{ref},{_component(update)}"v":{update.version}{_picture(update)}}}'


def push(view: int, update: Update) -> str:
    """A change of a picture that no event of this tab caused."""
    kind = "patch" if update.tree is None else "tree"
    return (
        f'{{"t":"{kind}","view":{view},{_component(update)}"v":{update.version}{_picture(update)}}}'
    )


def batch(view: int, updates: Updates, ref: int | None = None) -> str:
    """Several changes at once; with a `ref`, the answer to what caused them."""
    answer = "" if ref is None else f'"ref":{ref},'
    return f'{{"t":"batch","view":{view},{answer}"parts":[{_parts(updates.parts)}]}}'


def _parts(updates: Iterable[Update]) -> str:
    return ",".join(
        f'{{{_component(each)}"v":{each.version}{_picture(each)}}}'
        for each in updates
        if each.patches is not None or each.tree is not None
    )


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


def stopped(view: int, code: str, message: str, component: str = "") -> str:
    """The end of a view, or of a component of it."""
    which = {"c": component} if component else {}
    return _json({"t": "stopped", "view": view, **which, "code": code, "message": message})
