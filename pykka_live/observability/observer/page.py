"""The page: a live view that shows what runs live views."""

from __future__ import annotations

import os
from typing import Any, Literal
from weakref import WeakKeyDictionary

from django.contrib.auth.mixins import UserPassesTestMixin
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.template.defaultfilters import pluralize
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_deny

from pykka_live.live.events import event
from pykka_live.live.page import dotted_name
from pykka_live.live.view import LiveView
from pykka_live.logs import own_logger
from pykka_live.observability.observer.deeds import Deed, Done
from pykka_live.observability.observer.look import (
    BRANCH,
    BRANCHES,
    OWN_VIEWS,
    PAGE_ROWS,
    TEXT,
    Look,
)
from pykka_live.observability.observer.watch import Sight, Tick, watch
from pykka_live.observability.wording import printable

__all__ = ["PERMISSION", "ObserverPage"]

logger = own_logger("pykka_live.interventions")

PERMISSION = "pykka_live.control_actors"

TOLD = 30  # ticks after which it is said aloud again what has failed meanwhile
CHECKED = 10  # ticks after which it is looked whether the visitor may still look

COLUMNS = (
    ("path", "Actor", ""),
    ("class", "Class", "wide"),
    ("state", "State", ""),
    ("mailbox", "Mailbox", "number"),
    ("handled", "Handled", "number wide"),
    ("restarts", "Restarts", "number"),
    ("age", "Age", "number wide"),
    ("idle", "Idle", "number wide"),
    ("error", "Last error", "wide"),
)
FROM_THE_TOP = ("state", "mailbox", "handled", "restarts", "error")
"""Columns that begin with the highest when they are chosen."""

_seen: WeakKeyDictionary[ObserverPage, Sight] = WeakKeyDictionary()
"""What each page shows. Not part of its state: it is large, and old after a second."""


@method_decorator(xframe_options_deny, name="dispatch")
class ObserverPage(UserPassesTestMixin, LiveView):
    """Shows the actors of all server processes of the project on this machine, to the staff.

    Anonymous visitors are sent to the login, others get a 403; the socket's join goes the same way.
    Who may not look any more loses the page within seconds.

    Attributes:
        permission_to_act: what a user needs to restart and stop actors
    """

    template_name = "pykka_live/observer/page.html"
    permission_to_act = PERMISSION

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        OWN_VIEWS.add(dotted_name(cls))

    def test_func(self) -> bool:
        """Tell whether the visitor may look."""
        user: Any = getattr(self.request, "user", None)
        if user is None:
            raise ImproperlyConfigured(
                "The observer shows itself to the staff alone, so it needs Django's "
                "AuthenticationMiddleware, or another one that sets request.user."
            )
        return bool(user.is_active and user.is_staff)

    def mount(  # type: ignore[override]
        self, request: HttpRequest, process: int = 0, actor: str = "", search: str = ""
    ) -> None:
        """Begin with the process that serves the page, unless the URL says otherwise."""
        self.process = process or os.getpid()
        self.search = search[:TEXT]
        self.state = ""
        self.sort, self.descending, self.page = "restarts", True, 0
        self.branches: list[str] = []
        self.actor = actor[:BRANCH]
        self.asking = self.asked = self.said = ""
        self.said_failed = self.is_paused = self.shows_numbers = False
        self.is_allowed = self.may_act = True  # which `_look` finds out
        self.visitor = self.announcement = ""
        self._ticks = 0
        self._look()
        self._known = self._troubles()

    def on_restore(self) -> None:
        """Look again: the actor that did so may be another one."""
        self._look()

    def terminate(self, reason: str) -> None:
        """Look no more."""
        if self._live_path is not None:
            watch.leave(self._live_path)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is seen of the process."""
        sight = self._sight()
        columns = [
            {
                "key": key,
                "name": name,
                "look": look,
                "order": self._order_of(key),
            }
            for key, name, look in COLUMNS
        ]
        first = sight.get("rows_page", 0) * PAGE_ROWS
        return super().get_context_data(
            **kwargs,
            sight=sight,
            columns=columns,
            processes=watch.overview() if self.is_allowed else [],
            own_process=os.getpid(),
            own_path=self._live_path,
            row_first=first + 1,
            row_last=first + len(sight.get("rows", ())),
        )

    def handle_info(self, message: Any) -> None:
        """Take what the watch has to say."""
        if isinstance(message, Done):
            self.said, self.said_failed = message.text, message.failed
            self._look()
        elif isinstance(message, Tick) and self._live_path is not None:
            self._ticks += 1
            self.asked = ""  # by now the focus is there
            if self._ticks % CHECKED == 0 and not self._is_staff():
                return
            news = watch.news(self._live_path)
            if news is not None and not self.is_paused:
                _seen[self] = news
                if self._ticks % TOLD == 0:
                    self._announce_troubles()

    # What is shown

    @event
    def choose_process(self, process: int) -> None:
        """Look at another process."""
        self.process = process
        self._known = None
        self.page, self.branches, self.actor = 0, [], ""
        self.asking = self.asked = self.said = ""
        _seen.pop(self, None)
        self._look()

    @event
    def seek(self, search: str = "") -> None:
        """Show those actors alone that have this in their path, class or last error."""
        self.search, self.page = search[:TEXT], 0
        self._look()
        self._announce_rows()

    @event
    def filter_state(self, state: str = "") -> None:
        """Show those actors alone that are in this state."""
        self.state, self.page = state if state in self._sight().get("states", ()) else "", 0
        self._look()
        self._announce_rows()

    @event
    def order(
        self,
        by: Literal[
            "path", "class", "state", "mailbox", "handled", "restarts", "age", "idle", "error"
        ],
    ) -> None:
        """Sort the table by a column; by the same again: the other way round."""
        self.descending = not self.descending if by == self.sort else by in FROM_THE_TOP
        self.sort, self.page = by, 0
        self._look()

    @event
    def turn(self, pages: Literal["-1", "1"]) -> None:
        """Go to the next page of the table, or back."""
        self.page = max(0, self._sight().get("rows_page", 0) + int(pages))
        self._look()
        self._announce_rows()

    @event
    def toggle(self, branch: str) -> None:
        """Unfold a branch of the tree, or fold it."""
        self._unfold(branch, branch not in self.branches)

    @event
    def unfold(self, branch: str) -> None:
        """Unfold a branch of the tree."""
        self._unfold(branch, True)

    @event
    def fold(self, branch: str) -> None:
        """Fold a branch of the tree."""
        self._unfold(branch, False)

    @event
    def show(self, path: str) -> None:
        """Show an actor in depth."""
        self.actor = path[:BRANCH]
        self.asking = self.asked = self.said = ""
        self._look()

    @event
    def close(self) -> None:
        """Show no actor in depth."""
        self.actor = self.asking = self.asked = self.said = ""
        self._look()

    @event
    def leave(self) -> None:
        """Leave what is in front: the question, or else the actor."""
        if self.asking:
            self.cancel()
        else:
            self.close()

    @event
    def pause(self) -> None:
        """Let the page stand still, or go on."""
        self.is_paused = not self.is_paused
        self._look()

    @event
    def toggle_numbers(self) -> None:
        """Show the numbers of the charts as a table, or do not."""
        self.shows_numbers = not self.shows_numbers

    # What is done

    @event
    def ask(self, what: Literal["restart", "stop"]) -> None:
        """Ask whether the actor is to be restarted, or stopped."""
        self._check_may_act(what, self.actor)
        refusals = (self._sight().get("actor") or {}).get("refusals", {})
        self.said = refusals.get(what, "")
        self.said_failed = bool(self.said)
        self.asking = "" if self.said else what

    @event
    def cancel(self) -> None:
        """Leave the actor alone."""
        self.asked, self.asking = self.asking, ""

    @event
    def act(self, path: str, what: Literal["restart", "stop"], reason: str = "") -> None:
        """Restart or stop the actor, after the question that was asked."""
        self._check_may_act(what, path)
        if (path, what) != (self.actor, self.asking):
            self.said, self.said_failed = "Nothing was done: ask again.", True
            return
        self.asked, self.asking = what, ""
        deed = Deed(what, self.process, path, self.visitor, reason[:TEXT], self._live_path or "")
        done = deed.begin(watch)
        if done is None:
            done = Done(f"Asked for: {what}. It comes after the current message.")
        self.said, self.said_failed = done.text, done.failed

    # How

    def _look(self) -> None:
        """See what there is to be seen now, and be told from now on what is new."""
        if not self.is_allowed or not self._is_staff():
            return
        look = Look(
            self.search,
            self.state,
            self.sort,
            self.descending,
            self.page,
            tuple(self.branches),
            self.actor,
        )
        path = self._live_path
        sight = (
            watch.glance(self.process, look)
            if path is None
            else watch.look(path, self.process, look)
        )
        if sight is not None:
            _seen[self] = sight

    def _sight(self) -> Sight:
        if not self.is_allowed:
            return {}
        if self not in _seen:
            self._look()
        return _seen.get(self, {"waits": True})

    def _announce_rows(self) -> None:
        """Let a screen reader say what the table shows, as the visitor has just asked for it. What
        changes by itself each second it had better not read."""
        sight = self._sight()
        count, first = sight.get("rows_count", 0), sight.get("rows_page", 0) * PAGE_ROWS
        rows = f"{first + 1} to {first + len(sight.get('rows', ()))} of {count}"
        self.announcement = f"Actors {rows}." if count else "No actor matches."

    def _troubles(self) -> tuple[int, int] | None:
        """Return how many failures and restarts there have been; None, if that is not known yet."""
        sight = self._sight()
        return (sight["failures"], sight["restarts"]) if "failures" in sight else None

    def _announce_troubles(self) -> None:
        """Let a screen reader say what has failed since it was told last."""
        before, self._known = self._known, self._troubles()
        if before is None or self._known is None or before == self._known:
            return
        failures, restarts = (now - then for now, then in zip(self._known, before, strict=True))
        self.announcement = (
            f"{failures} failure{pluralize(failures)}, {restarts} restart{pluralize(restarts)} "
            f"in the last {TOLD} seconds."
        )

    def _order_of(self, key: str) -> str:
        if key != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def _unfold(self, branch: str, is_unfolded: bool) -> None:
        others = [each for each in self.branches if each != branch]
        if is_unfolded:
            others = [*others, branch[:BRANCH]][-BRANCHES:]
        self.branches = others
        self._look()

    def _is_staff(self) -> bool:
        """Tell whether the visitor may still look; if not, the page ends."""
        user: Any = self.request.user
        self.is_allowed = bool(user.is_active and user.is_staff)
        if not self.is_allowed and self._live_path is not None:
            watch.leave(self._live_path)
        # Kept, for a template that asked would ask the database with each tick.
        self.visitor = user.get_username()
        self.may_act = self.is_allowed and bool(user.has_perm(self.permission_to_act))
        return self.is_allowed

    def _check_may_act(self, what: str, path: str) -> None:
        if self._is_staff() and self.may_act:
            return
        who = printable(self.visitor)
        logger.warning(
            "%s: %s refused to %s, who lacks %s",
            *(printable(path)[:BRANCH], what, who, self.permission_to_act),
            extra={"path": path, "intervention": what, "by": who},
        )
        raise PermissionDenied(f"You need the permission {self.permission_to_act}.")


OWN_VIEWS.add(dotted_name(ObserverPage))
