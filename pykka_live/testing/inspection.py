"""Comparing the pictures that views draw with what Django renders from nothing."""

from __future__ import annotations

from typing import Any

from pykka_live import vdom
from pykka_live.actors._errors import describe
from pykka_live.live.stage import Stage
from pykka_live.rendering import gatherer
from pykka_live.testing.dom import COMPONENT, DomElement
from pykka_live.testing.failures import PageBroken
from pykka_live.testing.mirror import first_difference


def inspect(view: Any, stage: Stage, picture: vdom.Element) -> PageBroken | None:
    """Render a view, or a component, once more, by Django alone; return what is wrong, if the
    picture differs from that."""
    name = type(view).__qualname__
    known = gatherer.get()
    token = gatherer.set(None if known is None else _Onlooker(known.target, picture))
    try:
        template = view.live_template()
        rendered = template.render_whole(stage.request, stage.values(view), stage.processed)
    except Exception as error:
        broken = PageBroken(f"{name} was drawn, and drawn once more it raises {describe(error)}")
        broken.__cause__ = error
        return broken
    finally:
        gatherer.reset(token)
    difference = first_difference(picture, rendered)
    if difference is None:
        return None
    return PageBroken(
        f"{name} shows something else when it is rendered from nothing: {difference}. A template "
        "that shows another thing each time (the time, a random number) is tested with "
        "LiveClient(verify=False)."
    )


class _Onlooker:
    """Tells a template which components it shows, and tells nobody else."""

    def __init__(self, target: str, picture: vdom.Element) -> None:
        self.target = target
        self._tags = {
            element.attrs[COMPONENT]: element.tag
            for element in DomElement.of(picture).walk()
            if COMPONENT in element.attrs
        }

    def place(self, name: str, id: str, props: dict[str, Any], slots: dict[str, Any]) -> str:
        return self._tags.get(id, "div")

    def restart(self) -> None:
        pass
