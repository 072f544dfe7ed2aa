"""`manage.py live_check`: what in the templates of live views and components costs more than it
could, or is misspelt."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from pykka_live.live.component import LiveComponent, component_classes
from pykka_live.live.part import Part
from pykka_live.live.view import LiveView, view_class
from pykka_live.rendering.diagnosis import findings_of
from pykka_live.rendering.findings import Finding
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.passages import Place
from pykka_live.rendering.template import TreeTemplate

_KINDS = {
    "error": "{part} cannot be shown",
    "unknown": "it was not checked",
    "page": "{part} is rendered as a string and parsed, for each event",
    "string": "{part} is rendered as a string; parsed, where that has changed",
    "rows": "all rows of {part} are rendered, for each event",
    "slot": "evaluated for each event",
    "binding": "browsers do not understand {part}",
}
_PARTS = {"error": "this", "page": "the whole page", "string": "it", "rows": "the loop"}

Routed = tuple[str, type[Part], dict[str, Any]]
Report = dict[str, Any]


class Command(BaseCommand):
    """Compiles the templates of the project's live views and components and lists what had to be
    left to strings, which loops render all their rows each time, and which slots may cost
    anything."""

    help = (
        "List where the templates of live views and components make an event cost more than what "
        "has changed, with the lines and the reasons (all of that is rendered rightly, some of it "
        "slowly), and the bindings of events that no browser understands."
    )
    # They load the URLconf as well; what is wrong with that is said here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "views",
            nargs="*",
            metavar="VIEW",
            help="dotted names, of components, too; by default all views of the URLconf, and the "
            "components of the apps' components.py",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON instead of text.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the views and components, and print what was found."""
        named = [_named(name) for name in options["views"]]
        views = named or [*_of_urlconf(), *_of_apps()]
        reports: list[Report] = []
        for name, cls, given in views:
            report = _report(name, cls, given)
            if report not in reports:  # the same view at another URL
                reports.append(report)
        if options["json"]:
            self.stdout.write(json.dumps(reports))
            return
        for report in reports:
            self._print(report)
        if not reports:
            self.stdout.write("The URLconf has no live views, and the apps have no components.")

    def _print(self, report: Report) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(report["view"]))
        for found in report["findings"]:
            kind = found["kind"]
            words = _KINDS[kind].format(part=found["part"] or _PARTS.get(kind))
            self.stdout.write(f"  {_line(found)}: {found['why']}")
            self.stdout.write(f"      ({words})")
        if not report["findings"]:
            self.stdout.write("  costs what changes")
        for loop in report["loops"]:
            self.stdout.write(f"  {_line(loop)}: {', '.join(loop['names'])}")
            self.stdout.write("      (rows are taken over while these are data or declared pure)")


def _line(found: dict[str, Any]) -> str:
    line = f":{found['line']}" if found["line"] else ""
    return f"{found['template'] or 'template'}{line}"


def _named(name: str) -> Routed:
    """Find a view or a component by a dotted name: its own, or one that it was imported under."""
    why = "that is no LiveView or LiveComponent"
    try:
        cls: Any = view_class(name)
        if cls is None:
            cls = import_string(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a module does when it is imported
        cls, why = None, f"{type(error).__name__}: {error}"
    if not isinstance(cls, type) or not issubclass(cls, LiveView | LiveComponent):
        raise CommandError(
            f"There is no live view or component {name!r} ({why}). "
            "Give the dotted name of a LiveView, such as shop.views.Cart, or of a LiveComponent."
        )
    return _name_of(cls), cls, {}


def _name_of(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _of_apps() -> list[Routed]:
    """Return the components that are found at start-up."""
    modules = {f"{app.name}.components" for app in apps.get_app_configs()}
    classes = [cls for cls in component_classes() if cls.__module__ in modules]
    return [(_name_of(cls), cls, {}) for cls in sorted(classes, key=_name_of)]


def _of_urlconf() -> list[Routed]:
    try:
        return list(_routed(get_resolver()))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise CommandError(
            f"The URLconf {settings.ROOT_URLCONF} cannot be loaded ({type(error).__name__}: "
            f"{error}). Repair it, or name the views to check."
        ) from error


def _routed(resolver: URLResolver) -> Iterator[Routed]:
    """Yield the live views of the URLconf, with what `as_view` was given."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _routed(pattern)
        elif isinstance(pattern, URLPattern):
            cls = getattr(pattern.callback, "view_class", None)
            if isinstance(cls, type) and issubclass(cls, LiveView):
                yield _name_of(cls), cls, getattr(pattern.callback, "view_initkwargs", {})


def _report(name: str, cls: type[Part], given: dict[str, Any]) -> Report:
    template = _template_of(cls, given)
    if isinstance(template, Finding):
        findings, loops = [template], []
    else:
        findings, program = findings_of(template), template.program
        loops = [] if isinstance(program, Broken) else program.loops
    return {
        "view": name,
        "findings": [
            {**_place(found.place), "kind": found.kind, "why": found.why, "part": found.part}
            for found in findings
        ],
        "loops": [{**_place(loop.place), "names": loop.names} for loop in loops if loop.names],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"template": place.template, "line": place.line}


def _template_of(cls: type[Part], given: dict[str, Any]) -> TreeTemplate | Finding:
    """Return the template of a view or a component, or why there is none."""
    place = Place()
    whole = "the component" if issubclass(cls, LiveComponent) else "the page"
    try:
        view = cls(**given)
        try:
            return view.live_template()
        except TemplateSyntaxError as error:
            line = getattr(getattr(error, "token", None), "lineno", 0)
            return Finding(_named_place(view, line), "error", str(error), whole)
        except TemplateDoesNotExist as error:
            return Finding(place, "error", f"there is no template {error}", whole)
        except ImproperlyConfigured as error:
            return Finding(place, "error", str(error), whole)
        except Exception as error:  # it may need a request to tell
            why = f"only a request can tell which template it is ({type(error).__name__}: {error})"
            return Finding(place, "unknown", why)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Finding(place, "error", f"{type(error).__name__}: {error}", whole)


def _named_place(view: Part, line: int) -> Place:
    names = [view.template_name] if view.template is None else []
    return Place(next(filter(None, names), ""), line)
