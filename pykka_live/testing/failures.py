"""What a page's test can find wrong. All but the warning fails the test."""

from __future__ import annotations

__all__ = ["ActionRefused", "LookupFailed", "MessageLost", "PageBroken", "PageError"]


class PageError(AssertionError):
    """The page is not as the test, or the framework, wants it."""


class LookupFailed(PageError):
    """There is no such element on the page, or more than one."""


class ActionRefused(PageError):
    """No person could do that with this page: the element is hidden, disabled, or gone."""


class PageBroken(PageError):
    """The page shows something other than what the server renders; or the server has broken the
    protocol."""


class MessageLost(UserWarning):
    """A message was sent to a component that is not there, or to somebody with too many waiting."""
