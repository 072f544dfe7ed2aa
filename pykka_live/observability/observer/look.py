"""What one page wants to see of a server process."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pykka_live.observability.requests import Refused, Request
from pykka_live.observability.terms import STATES

__all__ = ["OWN_VIEWS", "PAGE_ROWS", "SORTS", "TEXT", "Look"]

SORTS = (*("path", "class", "state", "mailbox", "handled", "restarts", "age", "idle", "error"),)
"""By what the table of actors can be sorted."""

PAGE_ROWS = 50
"""Actors on one page of the table."""

TEXT = 200  # characters of what is searched for
BRANCHES = 100  # of the tree that are unfolded at once
BRANCH = 500  # characters of a branch's name

OWN_VIEWS: set[str] = set()
"""The dotted names of the pages that show all this: what they do is no load of the site's own."""


@dataclass(frozen=True)
class Look:
    """What a page shows; two pages that show the same have equal ones.

    Attributes:
        search: a part of the path, the class or the last error of the actors that are shown, in
            any case; empty: all
        state: the state of those in the table; empty: any
        sort, descending: the order of the table
        page: which page of the table, from 0
        branches: those of the tree that are unfolded, as the tree's nodes name them
        actor: the path of the one that is shown in depth; empty: none
    """

    search: str = ""
    state: str = ""
    sort: str = "restarts"
    descending: bool = True
    page: int = 0
    branches: tuple[str, ...] = ()
    actor: str = ""

    @classmethod
    def of(cls, request: Request) -> Look:
        """Return what somebody asks for over the control socket. Raises Refused."""
        branches = request.get("branches") or []
        if not isinstance(branches, list) or len(branches) > BRANCHES:
            raise Refused(f"branches must be a list of at most {BRANCHES} texts")
        if not all(isinstance(each, str) and len(each) <= BRANCH for each in branches):
            raise Refused(f"branches must be texts of at most {BRANCH} characters")
        state, sort = request.text("state", ""), request.text("sort", "restarts")
        if state not in ("", *STATES):
            raise Refused(f"state must be one of: {', '.join(STATES)}")
        if sort not in SORTS:
            raise Refused(f"sort must be one of: {', '.join(SORTS)}")
        return cls(
            request.text("search", "", TEXT),
            state,
            sort,
            bool(request.get("descending")),
            request.count("page"),
            tuple(branches),
            request.text("actor", "", BRANCH),
        )

    def arguments(self) -> dict[str, Any]:
        """Return what goes over the control socket."""
        return asdict(self)

    def matches(self, path: str, name: str, error: str) -> bool:
        """Tell whether an actor is one that is searched for."""
        wanted = self.search.casefold()
        return wanted in path.casefold() or wanted in name.casefold() or wanted in error.casefold()
