"""Examples of templates, and of what happens to their contexts.

In the text files an example is a template, and below it, indented, the statements that make and
change its context, one after the other, with a render after each. Characters that would not be
seen are written as their pictures.
"""

from __future__ import annotations

from pathlib import Path

PICTURES = str.maketrans(
    {"␍": "\r", "␊": "\n", "␉": "\t", "␌": "\f", "␀": "\0", "␛": "\ufeff", "⍽": "\xa0"}
)

Example = tuple[str, list[str]]


def read(name: str) -> list[Example]:
    examples: list[Example] = []
    for line in Path(__file__).with_name(name).read_text(encoding="utf-8").split("\n"):
        if line.startswith("    "):
            examples[-1][1].extend(line.strip().split(" → "))
        elif line and not line.startswith("#"):
            examples.append((line.translate(PICTURES), []))
    return examples


TEMPLATES = {
    "row.html": "<li>{{ x }}</li>",
    "badge.html": "<b class={{ text }}>{{ text }}</b>",
    "open.html": "<div class=open>{{ x }}",
    "close.html": "</div>{{ y }}",
    "text.html": "{{ x }}",
    "half.html": "{{ x }}&",
    "self.html": "{{ n }}{% if n %}<p>{% include 'self.html' with n=n|slice:'1:' %}</p>{% endif %}",
    "base.html": (
        "<title>{% block title %}t{% endblock %}</title>"
        "<main data-liveview-root class='{% block class %}c{% endblock %}'>"
        "{{ x }}{% block a %}A{{ x }}{% endblock %}<hr>{% block b %}B{{ y }}{% endblock %}</main>"
    ),
    "middle.html": (
        "{% extends 'base.html' %}{% block a %}<i>{{ block.super }}</i>M{{ y }}{% endblock %}"
    ),
    "other.html": "<ul data-liveview-root>{% block a %}<li>{{ x }}{% endblock %}</ul>",
    "parts.html": "{% block a %}<i>{{ x }}</i>{% endblock %}{% block b %}{{ y }}{% endblock %}",
}
"""What examples include and extend."""
