"""What tests of live views need: a client without a browser, and pytest fixtures."""

from pykka_live.testing.client import LiveClient
from pykka_live.testing.element import Element, Form
from pykka_live.testing.failures import (
    ActionRefused,
    LookupFailed,
    MessageLost,
    PageBroken,
    PageError,
)
from pykka_live.testing.page import Page

__all__ = [
    "ActionRefused",
    "Element",
    "Form",
    "LiveClient",
    "LookupFailed",
    "MessageLost",
    "Page",
    "PageBroken",
    "PageError",
]
