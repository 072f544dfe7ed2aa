"""How large the frames are that answer typical events: from a template's picture to the socket."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from pykka_live import vdom
from pykka_live.live.messages import Update
from pykka_live.rendering import LiveTemplate
from pykka_live.transport import frames

COUNTER = """
<main data-liveview-root>
  <h1>Counter: {{ count }}</h1>
  <button @click="increment" data-amount="2">+2</button>
</main>
"""
TABLE = """
<main data-liveview-root>
  <table>
    <thead><tr><th>Id</th><th>Name</th><th>Price</th><th>Stock</th></tr></thead>
    <tbody>
      {% for row in rows %}
        <tr live-key="{{ row.id }}">
          <td class="number">{{ row.id }}</td>
          <td>{{ row.name }}</td>
          <td class="number">{{ row.price }}</td>
          <td class="number">{{ row.stock }}</td>
        </tr>
      {% endfor %}
    </tbody>
  </table>
</main>
"""


def row(number: int, **changed: Any) -> SimpleNamespace:
    values = {"name": f"name of row {number}", "price": number * 3, "stock": number % 7}
    return SimpleNamespace(id=number, **{**values, **changed})


@pytest.fixture
def pictures(rf):
    """`pictures(source, values, ...)`: what one renderer makes of a template, again and again."""

    def pictures(source: str, *contexts: dict[str, Any]) -> list[vdom.Element]:
        renderer = LiveTemplate.from_string(source).renderer()
        return [renderer.render(rf.get("/"), values, {}) for values in contexts]

    return pictures


def answer(old: vdom.Element, new: vdom.Element) -> bytes:
    """The frame that answers an event, which leads from one picture to the other."""
    frame = frames.reply(123, 1, Update(124, vdom.encode(vdom.diff(old, new)))).encode()
    assert vdom.apply(old, vdom.decode(json.loads(frame)["p"])) == new
    return frame


def test_a_counter_takes_less_than_64_bytes(pictures):
    assert len(answer(*pictures(COUNTER, {"count": 9_998}, {"count": 9_999}))) < 64


def test_one_cell_of_a_thousand_rows_takes_less_than_80_bytes(pictures):
    rows = [row(number) for number in range(1000)]
    changed = [*rows[:900], row(900, name="another name"), *rows[901:]]
    assert len(answer(*pictures(TABLE, {"rows": rows}, {"rows": changed}))) < 80


@pytest.mark.parametrize("there", [0, 1, 1000])
def test_a_thousand_rows_more_take_less_than_60_kB(pictures, there):
    rows = [row(number) for number in range(there + 1000)]
    frame = answer(*pictures(TABLE, {"rows": rows[:there]}, {"rows": rows}))
    assert len(frame) < 60_000
    assert frame.count(b"live-key") <= 3  # the structure of a row, and the rows at the ends


def test_a_thousand_rows_are_no_longer_as_a_whole(pictures):
    [picture] = pictures(TABLE, {"rows": [row(number) for number in range(1000)]})
    frame = frames.reply(1, 1, Update(1, tree=vdom.encode_node(picture))).encode()
    assert vdom.decode_node(json.loads(frame)["tree"]) == picture
    assert len(frame) < 60_000 < 0.4 * len(vdom.to_html(picture))
