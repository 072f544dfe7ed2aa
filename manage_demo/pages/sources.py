"""The demo shows its own source: the files that a view is made of, with a little colour."""

from __future__ import annotations

import inspect
import keyword
import re
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.views import View

# A name of a group is the class of what it matches; the first that matches wins.
PYTHON = re.compile(
    rf"""(?P<comment>\#[^\n]*|"{{3}}.*?"{{3}})
    |(?P<string>f?"(?:\\.|[^"\\\n])*")
    |(?P<live>@(?:event|function_component)|\b(?:LiveView|LiveComponent|publish)\b
        |\bself\.(?:subscribe|send|send_parent|broadcast|find_components)\b)
    |(?P<keyword>\b(?:{"|".join(keyword.kwlist)})\b)""",
    re.VERBOSE | re.DOTALL,
)
TEMPLATE = re.compile(
    r"""(?P<comment>\{\#.*?\#\})
    |(?P<live>(?<=\s)(?:@[\w.-]+="[^"]*"|live-[\w-]+|data-liveview-root))
    |(?P<keyword>\{%.*?%\})
    |(?P<string>\{\{.*?\}\})""",
    re.VERBOSE,
)


class Source(NamedTuple):
    """A file, ready to be shown."""

    name: str
    html: SafeString


@cache
def sources_of(view: type[View]) -> list[Source]:
    """Return the Python module of a view, and the templates of the views in it, as they stand in
    their files."""
    python = Path(inspect.getfile(view))
    templates = [Path(get_template(name).origin.name) for name in _template_names(view)]
    return [
        Source(python.name, highlight(python.read_text(encoding="utf-8"), PYTHON)),
        *(
            Source(template.name, highlight(template.read_text(encoding="utf-8"), TEMPLATE))
            for template in templates
        ),
    ]


def _template_names(view: type[View]) -> list[str]:
    views = vars(sys.modules[view.__module__]).values()
    own = [view, *(each for each in views if getattr(each, "__module__", "") == view.__module__)]
    names = (getattr(each, "template_name", None) for each in own)
    return list(dict.fromkeys(filter(None, names)))


def highlight(text: str, language: re.Pattern[str]) -> SafeString:
    """Return `text` as HTML; what the language's pattern finds stands in a `span` of its class."""
    parts = []
    end = 0
    for match in language.finditer(text):
        parts.append(conditional_escape(text[end : match.start()]))
        parts.append(format_html('<span class="{}">{}</span>', match.lastgroup, match[0]))
        end = match.end()
    parts.append(conditional_escape(text[end:]))
    return mark_safe("".join(parts))  # every part is escaped
