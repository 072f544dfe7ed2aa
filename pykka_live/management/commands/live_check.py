"""`manage.py live_check`: what in the templates of live views costs more than it could."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import URLPattern, URLResolver, get_resolver

from pykka_live.live.view import LiveView, view_class
from pykka_live.rendering import Finding, LiveTemplate
from pykka_live.rendering.outline import Broken

_KINDS = {
    "page": "the whole page is rendered as a string and parsed, for each event",
    "string": "rendered as a string; parsed, where that has changed",
    "rows": "all rows are rendered, for each event",
}


class Command(BaseCommand):
    """Compiles the templates of the project's live views and lists what had to be left to strings,
    and which loops render all their rows each time."""

    help = (
        "List where the templates of live views make an event cost more than what has changed, "
        "with the lines and the reasons. All of it is rendered rightly; some of it slowly."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "views", nargs="*", metavar="VIEW", help="dotted names; all of the URLconf by default"
        )
        parser.add_argument("--json", action="store_true", help="Print JSON instead of text.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the views, and print what was found."""
        views = [_named(name) for name in options["views"]] or list(dict.fromkeys(_routed()))
        reports = [(name, _check(cls, dict(given))) for name, cls, given in views]
        if options["json"]:
            self.stdout.write(json.dumps([{"view": n, "findings": f} for n, f in reports]))
            return
        for name, findings in reports:
            self.stdout.write(self.style.MIGRATE_HEADING(name))
            for found in findings:
                line = f":{found['line']}" if found["line"] else ""
                self.stdout.write(f"  {found['template'] or 'template'}{line}: {found['why']}")
                self.stdout.write(f"      ({_KINDS[found['kind']]})")
            if not findings:
                self.stdout.write("  costs what changes")
        if not reports:
            self.stdout.write("The URLconf has no live views.")


Routed = tuple[str, type[LiveView], tuple[tuple[str, Any], ...]]


def _named(name: str) -> Routed:
    cls = view_class(name)
    if cls is None:
        raise CommandError(f"There is no live view {name!r}.")
    return name, cls, ()


def _routed(resolver: URLResolver | None = None) -> Iterator[Routed]:
    """Yield the live views of the URLconf, with what `as_view` was given."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _routed(pattern)
        elif isinstance(pattern, URLPattern):
            cls = getattr(pattern.callback, "view_class", None)
            if isinstance(cls, type) and issubclass(cls, LiveView):
                given = getattr(pattern.callback, "view_initkwargs", {})
                name = f"{cls.__module__}.{cls.__qualname__}"
                yield name, cls, tuple(sorted(given.items()))


def _check(cls: type[LiveView], given: dict[str, Any]) -> list[dict[str, Any]]:
    try:
        template = cls(**given).live_template()
    except Exception as error:  # it may need a request to tell
        why = f"which template it is, is not known ({type(error).__name__}: {error})"
        return [{"template": "", "line": 0, "kind": "page", "why": why}]
    return [_report(found) for found in findings_of(template)]


def findings_of(template: LiveTemplate) -> list[Finding | Broken]:
    """Return what is to be said of a template."""
    program = template.program
    return [program] if isinstance(program, Broken) else list(program.findings)


def _report(found: Finding | Broken) -> dict[str, Any]:
    if isinstance(found, Broken):
        return {"template": "", "line": 0, "kind": "page", "why": str(found)}
    place = found.place
    return {
        "template": place.template, "line": place.line, "kind": found.kind, "why": found.why,
    }  # fmt: skip
