"""The renderer over time: threads, failures, memory, and the page that Django shows of an error."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.template import RequestContext

from pykka_live import LiveView
from pykka_live.live.painter import Painter
from pykka_live.vdom import Element, to_html
from tests.rendering.region import REQUEST, Region, live_template

ROWS = "{% for row in rows %}<p>{{ row.n }}{{ row.broken.it }}</p>{% endfor %}<i>{{ note }}</i>"


class Fails:
    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error

    @property
    def it(self) -> str:
        if self.error is not None:
            raise self.error
        return "fine"


def rows(count: int = 5) -> list[dict[str, Any]]:
    return [{"n": n, "broken": Fails()} for n in range(count)]


@pytest.mark.parametrize("error", [ZeroDivisionError, ValueError, SystemExit])
def test_after_an_error_in_a_row_the_next_picture_is_right(error):
    region = Region(ROWS)
    values = {"rows": rows(), "note": "a"}
    region(**values)
    values["rows"][1]["n"] = "new"
    values["rows"][3]["broken"].error = error("it")
    for _ in range(2):
        with pytest.raises(error, match="it"):
            region.renderer.render(REQUEST, values, {})
    values["rows"][3]["broken"].error = None
    values["rows"][4]["n"] = "last"
    region(**values)
    assert "<p>newfine</p>" in region.html


@pytest.mark.parametrize(
    "source", ["{% shout x %}{{ fails.it }}", "{% with a=fails.it %}{% endwith %}"]
)
def test_after_an_error_elsewhere_rows_are_still_reused(source):
    region = Region("{% for r in rows %}<p>{{ r.n }}</p>{% endfor %}" + source)
    values: dict[str, Any] = {"rows": [{"n": n} for n in range(5)], "fails": Fails(), "x": 1}
    region(**values)
    before = region.elements("p")
    values["fails"].error = ZeroDivisionError("it")
    values["rows"][0]["n"] = "new"
    with pytest.raises(ZeroDivisionError):
        region.renderer.render(REQUEST, values, {})
    values["fails"].error = None
    region(**values)
    assert [one is other for one, other in zip(before, region.elements("p"), strict=True)] == [
        False, True, True, True, True,
    ]  # fmt: skip


def test_renderers_of_one_template_do_not_disturb_each_other_in_their_threads():
    template = live_template(
        "{% for row in rows %}<p class='{{ row.c }}'>{{ row.n }}{% cycle 'a' 'b' %}"
        "{% for k in row.kids %}<i>{{ k }}{{ name }}</i>{% endfor %}</p>{% endfor %}"
    )
    start = threading.Barrier(4)

    def work(number: int) -> None:
        renderer = template.renderer()
        data = [{"c": number, "n": i, "kids": [i, number]} for i in range(20)]
        start.wait()
        for turn in range(60):
            data[turn % 20]["n"] = (number, turn)
            data[(7 * turn) % 20]["kids"].append(turn)
            data.insert(0, data.pop())
            values = {"rows": data, "name": f"{number}{turn // 20}"}
            got = renderer.render(REQUEST, values, {})
            assert got == template.render_region(REQUEST, values, {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))


def test_memory_does_not_grow_with_the_number_of_renders():
    region = Region(
        "{% for row in rows %}<p>{{ row.n }}{% for k in row.kids %}{{ k.n }}{% endfor %}</p>"
        "{% endfor %}"
    )
    data = [{"n": i, "kids": [{"n": i}]} for i in range(10)]

    def churn(times: range) -> None:
        for turn in times:
            data.pop(turn % 10)
            data.insert(turn % 7, {"n": f"row {turn}", "kids": [{"n": turn}]})
            region.renderer.render(REQUEST, {"rows": data}, {})

    tracemalloc.start()
    churn(range(5000))
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    sizes = []
    for start in range(5000, 13_000, 1000):  # pictures that nobody has go only now and then
        churn(range(start, start + 1000))
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    # a leak of one row per render would be over a megabyte
    assert min(sizes) - before < 400_000


# A view: its picture and its checkpoint are found out by one comparison


class Tally(LiveView):
    template = (
        "<main data-liveview-root>{% for row in rows %}<p>{{ row.n }}</p>{% endfor %}"
        "{{ count }}<i>IT</i>{{ seen|length }}{{ count }}</main>"
    )

    def mount(self, request: Any) -> None:
        self.rows = [{"n": 1}, {"n": 2}]
        self.count = 0
        self.seen: list[int] = []

    def note(self) -> str:
        """Changes the state, while the page is rendered."""
        self.count += 1
        self.seen.append(self.count)
        self.rows[0]["n"] += 10
        return "noted"


class Changing(Tally):
    template = Tally.template.replace("IT", "{{ view.note }}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**vars(self), "view": self}


class Painted:
    """Draws a view as its actor does."""

    def __init__(self, view: LiveView) -> None:
        self.view = view
        self.painter = Painter(view)

    def draw(self) -> Element:
        renderer = self.painter._renderer()
        return renderer.render(REQUEST, self.view.get_context_data(), {})

    def restored(self) -> dict[str, Any]:
        other = type(self.view)()
        self.painter.keep().restore(other)
        return {name: getattr(other, name) for name in ("rows", "count", "seen")}

    def state(self) -> dict[str, Any]:
        return {name: getattr(self.view, name) for name in ("rows", "count", "seen")}


@pytest.mark.parametrize("kind", [Tally, Changing])
def test_a_checkpoint_holds_what_the_picture_has_changed_and_the_next_picture_too(kind):
    view = kind()
    view.mount(None)
    painted = Painted(view)
    for turn in range(4):
        before = dict(painted.state(), rows=[dict(row) for row in view.rows])
        shown = to_html(painted.draw(), inner=True)
        assert shown.startswith("".join(f"<p>{row['n']}</p>" for row in before["rows"]))
        assert shown.endswith(f"{len(view.seen)}{before['count']}") or kind is Tally
        assert painted.restored() == painted.state()
        view.rows[1]["n"] = turn
        view.rows.append({"n": 100 + turn})


def test_a_checkpoint_shares_what_the_renderer_has_compared():
    view = Tally()
    view.mount(None)
    painted = Painted(view)
    painted.draw()
    assert painted.painter.renderer is not None
    assert painted.painter.renderer.has_compared
    first = painted.painter.keep()
    painted.draw()
    assert painted.painter.keep() is first
    view.rows[0]["n"] = 5
    painted.draw()
    second = painted.painter.keep()
    assert second is not first
    assert painted.restored()["rows"] == [{"n": 5}, {"n": 2}]


# Django's debug page


INCLUDED = {
    "inc.html": "a\n<b>{{ bad.it }}</b>\n",
    "if.html": "a\n{% if x %}\n{% include 'inc.html' %}{% endif %}\n",
    "base.html": (
        "<html>\n<main data-liveview-root>\n{% block a %}\n{{ bad.it }}{% endblock %}"
        "{% block b %}{% endblock %}</main>"
    ),
}


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in l %}\n<p>{{ bad.it }}</p>{% endfor %}",
        "{% for i in l %}\n{% if bad.it %}a{% endif %}{% endfor %}",
        "{% for i in l %}\n\n{% for a, b in l %}{{ a }}{% endfor %}{% endfor %}",
        "\n{% for i in bad.it %}\n{% endfor %}",
        "\n\n{% with a=bad.it %}\n{{ a }}{% endwith %}",
        "\n{% for i in l %}\n{% include 'inc.html' %}{% endfor %}",
        "{% for i in l %}\n\n{% include 'if.html' with q=1 %}{% endfor %}",
        "\n{% include 'if.html' with q=bad.it %}",
        "\n<p title='{{ bad.it }}' {% if bad.it %}a{% endif %}>a</p>",
        "{% extends 'base.html' %}",
        "{% extends 'base.html' %}\n{% block a %}\n{{ bad.it }}{% endblock %}",
        "{% extends 'base.html' %}\n{% block a %}{% for i in l %}\n{% if bad.it %}{% endif %}"
        "{% endfor %}{% endblock %}",
        "{% extends 'base.html' %}\n{% block a %}\n{{ block.super }}{% endblock %}",
    ],
)
def test_the_debug_page_names_the_line_that_django_would(source):
    template = live_template(source, INCLUDED, debug=True)
    values = {"bad": Fails(ZeroDivisionError("it")), "l": [1, 2], "x": 1}

    def told(render: Any) -> Any:
        with pytest.raises((ZeroDivisionError, ValueError)) as caught:
            render()
        found = caught.value.template_debug  # type: ignore[attr-defined]
        return found["name"], found["line"], found["during"], found["message"]

    context = RequestContext(REQUEST)
    context.update(values)
    wanted = told(lambda: template.django_template.render(context))
    got = told(lambda: template.renderer().render(REQUEST, values, {}))
    assert got == wanted
