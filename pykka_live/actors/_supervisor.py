"""Supervisors: actors that start, watch, restart and stop other actors.

This page is the specification. The words are OTP's where the thing is OTP's.

**Where supervision runs.** In the supervisor's thread, between two of its messages, driven by
system messages from the children's threads. It never waits for a child: a slow `on_start`, a delay
before a restart, a child that does not stop are all waited for while other children are served. (So
a supervisor's own `on_receive` should be quick: it delays supervision.)

**Children** come from `Supervisor(children=[...])`, then the `children()` method (*static*: started
in order behind `on_start`, each when the one before is up, and only then is the supervisor up) and
from `start_child` (*dynamic*: behind all that are there). A child has an `id`, unique among its
siblings, and a `Cell` at the supervisor's path plus the id. The options of a child are those of
`ChildSpec`, those of a supervisor are below.

**Start.** `start_child` makes the cell at once (mail for it waits) and answers when `on_start` is
done. A first start that fails is not retried, whatever the strategy: the answer is `StartFailed`,
which names the child, with the error as its cause, and the child is forgotten, its mail dead
letters. When a static child fails to start, those before it are stopped in reverse order and the
supervisor's own start fails with `StartFailed`; it fails likewise, with nothing started, when
`children` has something that is no `ChildSpec`, two children of one id, or more than
`max_children`. An actor that calls `stop()` in its `on_start` has started, and ends; a static child
that is terminated before it is up is passed over. Static children that are still to be started
count, and their ids are taken. A supervisor that is restarted starts its static children, with new
cells and without the mail of the old ones; dynamic ones are gone.

**End of a child.** Normal: it called `stop()`, got a `PoisonPill` or a Pykka stop. Failure:
`on_receive`, a timer's message, `on_start` or the constructor raised (also `SystemExit` and other
`BaseException`s), or it was given up as stuck. What `on_stop` and `on_failure` raise is logged and
changes nothing. What follows:

=========  =========================  ==========================
strategy   after a failure            after a normal end
=========  =========================  ==========================
restart    restarted                  ends
always     restarted                  restarted
stop       ends                       ends
resume     goes on, same incarnation  ends
escalate   the supervisor fails       ends
=========  =========================  ==========================

Who was stuck, or failed to start, cannot go on and is restarted instead. Who is terminated, by
`terminate_child` or `Cell.stop`, ends whatever the strategy.

A child that *ends* is forgotten (its mail becomes dead letters, those who asked get
`ActorStopped`), or with `keep=True` stays, down, until `restart_child` or `delete_child`, also when
a sibling's restart concerns all. The reason that monitors are told: that of `stop()`, the pill or
`terminate_child`; `failed`; `start failed`; `restarts exceeded`; `restart` (strategy `stop`, by a
sibling's restart); that of the supervisor, which stopped it, or `supervisor ended` when it was down
already; `escalated` (the root's); `abandoned` (its supervisor was given up).

**Restart.** A new incarnation takes over the same cell: path, mailbox (without the message that
failed), `data` and statistics. The scope of the child that failed says who else is restarted:
`one_for_one` nobody, `one_for_all` every sibling, `rest_for_one` those started after it. Siblings
are stopped in reverse order first and started in order, each when the one before is up. Siblings
whose strategy is `stop` are stopped and end. What a sibling does while it is stopped does not
count; one that does not stop within its `shutdown` is given up, and restarted. A start that fails
in a restart counts as another failure of that child: its strategy and scope apply anew. Restarts
that have a child in common become one, at the later of their moments. A child that is terminated
meanwhile leaves the others to their restart. The first restart after a quiet time is immediate;
others wait as the child's `Backoff` says. The quiet time counts from the last failure or, if that
is later, from the moment at which the child was up again: neither the wait nor the start is part of
it.

**Intensity.** More than `max_restarts` restarts in `max_seconds` (sliding window, which a restart
leaves when it is `max_seconds` old; a restart of several counts once, one after a normal end too)
are too many. With `counts="supervisor"` there is one window for all children (and one for each
child whose spec has limits of its own); when it is exceeded, the supervisor stops its children in
reverse order and fails with `RestartsExceeded`, to which *its* supervisor's strategy applies. With
`counts="child"` each child has its own window, and one that exceeds it ends alone, in state
`failed`. The root counts per child and never fails: what would escalate to it ends that child.

**Stop.** A supervisor that ends, for whatever reason, stops its children in reverse order of their
start, each when the one after it is down (`stop_order="together"`: all at once), and restarts
nothing any more: a child that fails meanwhile ends, and one that waited for its restart too. A
child ends after its current message, or its start. One that does not end within `shutdown` seconds
is *given up*: it is fenced (it can neither take mail nor commit nor answer), `Killed` is raised in
its thread, and if the thread still lives it is listed in `ActorSystem.abandoned()`, its descendants
with it. For the supervisor it is down. `shutdown=0` does that at once (OTP's `brutal_kill`). A
thread is interrupted once, and only in code of the user or where it waits for an answer or for
room: where it is in the middle of something that others share, it is tried again for a second. One
that was given up before its thread ran runs no code at all.

When the system shuts down, each child first handles the mail that it has, as long as there is time
for that; one that fails on it ends, and the rest is dead letters, for a new incarnation would be
new work. Who lives at the deadline is given up: a worker then, or half a second after it was told
to stop if that is later; a supervisor a second after that, because it gives up its own children
first. The root stops its children together, so all of it takes at most a second and a half longer
than was asked for.

**Stuck.** A child that spends more than `stuck_timeout` seconds on one message (what `on_resume`
needs after it included), on its start or on its `get_state` is given up in the same way, and that
is a failure like others, with `ActorStuck`. So is one whose `on_stop` or `on_failure` takes that
long, but that ends as it was about to. A child that is merely busy is left alone.

**Requests** are functions of the supervisor, to be called in its own thread, and system messages
for everyone else, sent with `Cell.request`, `Cell.request_async` or `Cell.post`. To a supervisor
that has ended all of them are `ActorStopped`, to other actors an `ActorError`.

- `start_child`, `StartChild(spec)`: answers the cell. `ChildExists` (of that id, also one that is
  down, or at that path under another supervisor); `NameTaken`; `ChildRefused` (there are
  `max_children`, those included that start, wait for a restart, or are kept and down);
  `StartFailed`; `ActorStopped` (the supervisor ends, or the child was terminated in its start);
  `TypeError` (it is no `ChildSpec`)
- `terminate_child`, `TerminateChild(id, reason)`: answers True when it is down, or was already.
  `ChildNotFound`. With `cell`, as `Cell.stop` sends it, it concerns that cell only: when its id has
  gone to a successor, the answer is True and the successor lives on. With `within` it has so many
  seconds for ending, instead of its `shutdown`; one that is being stopped already, from now on
- `replace_child`, `ReplaceChild(id)`: stops a child that lives, after its current message, with the
  reason `restart`, and starts it again, as a sibling's restart would: a new incarnation takes over
  the cell. Nothing has failed: it concerns this child alone, and counts neither for the intensity
  nor for the backoff. One that waits for its restart waits no longer; one that starts is stopped
  when it is up; who asks twice meanwhile gets one. Answers the cell when it is up; a start that
  fails in it is one that fails in a restart. `within` is as for `terminate_child`: one that does
  not come back is given up then. `ChildNotFound`; `ChildRefused` (it has ended or is to end;
  strategy `stop`); `ActorStopped` (the supervisor ends; the child does, before it is up)
- `restart_child`, `RestartChild(id)`: answers the cell, whose place among its siblings is the old
  one; its own count of restarts begins anew. `ChildNotFound`; `ChildRefused` (it has not ended: it
  runs, starts, stops or waits for its restart); `NameTaken`; `StartFailed` (it stays, down);
  `ActorStopped`
- `delete_child`, `DeleteChild(id)`: answers True. `ChildNotFound`; `ChildRefused` (it has not
  ended)
- `which_children`, `WhichChildren()`: answers a tuple of `ChildInfo`, in order of start. `state` is
  that of the cell, `cell.spec` tells the options
- `count_children`, `CountChildren()`: answers `ChildCounts`. `specs`: all; `active`: those that
  have an incarnation, if only one that starts or stops; `supervisors` and `workers`: of all, what
  their last incarnation was (a worker before the first is made)

**Not as in OTP**, and why:

- `scope` belongs to the child that fails, not to the supervisor, so that a view can say it of
  itself. `simple_one_for_one` is a supervisor with dynamic children and `stop_order="together"`
- What ended for good is forgotten, so that dynamic children leave nothing behind; `keep=True` is
  OTP's way. A sibling's restart does not start it again: who was stopped on purpose stays so
- `Cell.stop` is no exit signal, which a permanent child would survive: who says stop means it
- A child that lives can be replaced; OTP terminates and restarts it, and whoever asked may die
  between the two
- A supervisor whose children restart too often has failed, so strategy `restart` restarts it; in
  OTP its reason is `shutdown`, and a transient one is gone
- The default strategy is `restart` (transient): an actor that stops itself wants to be gone
- There is no `ignore`, no `auto_shutdown` and no code change
- A thread cannot be killed, only given up
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Literal

from pykka_live.actors._cell import Cell
from pykka_live.actors._current import check_fence
from pykka_live.actors._envelope import Envelope, ReplyPort
from pykka_live.actors._errors import ActorStopped, ChildExists, ChildRefused
from pykka_live.actors._messages import (
    ChildCounts,
    ChildInfo,
    CountChildren,
    DeleteChild,
    ReplaceChild,
    RestartChild,
    StartChild,
    TerminateChild,
    WhichChildren,
)
from pykka_live.actors._options import check_options
from pykka_live.actors._replies import answer, refuse
from pykka_live.actors._spec import ChildSpec
from pykka_live.actors._supervision import Supervision

__all__ = ["Supervisor"]


class Supervisor(Supervision):
    """An actor that has children; see the module's documentation for the rules.

    Each argument can also be given as a class attribute.

    Args:
        children: specs of static children, before those of `children()`; default: none
        max_restarts: how many restarts are tolerated in `max_seconds`; an integer >= 0, default: 3
        max_seconds: the window, in seconds, > 0; default: 5
        counts: `"supervisor"` (the default): one window for all children; too many restarts fail
            the supervisor. `"child"`: a window for each; too many restarts end that child alone
        max_children: how many children it may have, static ones included; an integer >= 0; None
            (the default): any number
        stop_order: `"reverse"` (the default): one after the other; `"together"`: all at once

    Raises:
        ValueError: naming the option and what is allowed
    """

    _names: ClassVar[tuple[str, ...]] = (
        "max_restarts",
        "max_seconds",
        "counts",
        "max_children",
        "stop_order",
    )

    def __init__(
        self,
        children: Iterable[ChildSpec] = (),
        *,
        max_restarts: int | None = None,
        max_seconds: float | None = None,
        counts: Literal["supervisor", "child"] | None = None,
        max_children: int | None = None,
        stop_order: Literal["reverse", "together"] | None = None,
    ) -> None:
        super().__init__(children)
        given = (max_restarts, max_seconds, counts, max_children, stop_order)
        for name, value in zip(self._names, given, strict=True):
            if value is not None:
                setattr(self, name, value)
        check_options(self)

    # For use in the supervisor's own thread

    def start_child(self, spec: ChildSpec, reply: ReplyPort | None = None) -> Cell:
        """Start a dynamic child, without waiting for it.

        Args:
            spec: what to start
            reply: gets the cell when the child is up, or `StartFailed`, or `ActorStopped`

        Returns:
            the cell, to which mail can be sent at once

        Raises:
            ChildExists: there is a child of that id (it may be down, with `keep`), or another
                supervisor has a child at that path
            NameTaken: another actor has that name
            ChildRefused: there are `max_children`
            ActorStopped: the supervisor is ending
        """
        if not isinstance(spec, ChildSpec):
            raise TypeError(f"start_child takes a ChildSpec, not {spec!r}")
        self._refuse_when_ending()
        if spec.id in self._children or any(spec.id == each.id for each in self._static):
            raise ChildExists(f"{self.path} already has a child {spec.id!r}")
        known = len(self._children) + len(self._static)  # those that are still to be started, too
        if self.max_children is not None and known >= self.max_children:
            raise ChildRefused(f"{self.path} already has {known} children (max_children)")
        return self._add_child(spec, reply).cell

    def terminate_child(
        self,
        id: str,
        reason: str = "shutdown",
        reply: ReplyPort | None = None,
        within: float | None = None,
    ) -> None:
        """Stop a child for good, after its current message. `reply` gets True when it is down.

        Args:
            within: seconds, >= 0, that it has for ending before it is given up; None: its
                `shutdown`

        Raises:
            ChildNotFound: there is no such child
        """
        check_fence()
        child = self._children.require(id, self.path)
        if reply is not None:
            child.cell.watch(lambda _cell, _reason: answer(reply, True))
        self._restarts.forget(child)
        child.reason = reason
        if child.phase == "down":
            self._end_child(child, "stopped", reason)
        else:
            self._stop_within(child, within)
            if child.phase != "stopping":
                self._stop_child(child, reason)

    def replace_child(
        self, id: str, reply: ReplyPort | None = None, within: float | None = None
    ) -> Cell:
        """Have a new incarnation of a child take over, which is neither a failure nor counted as a
        restart. `reply` and what is returned are as for `start_child`.

        Args:
            within: as for `terminate_child`

        Raises:
            ChildNotFound: there is no such child
            ChildRefused: it has ended, or is to end, or must not be restarted (strategy `stop`)
            ActorStopped: the supervisor is ending
        """
        check_fence()
        child = self._children.require(id, self.path)
        cell = child.cell
        self._refuse_when_ending()
        to_end = child.phase == "stopping" and not self._restarts.concern(child)
        if to_end or not cell.alive:
            raise ChildRefused(f"{cell.path} is {cell.state}")
        if child.spec.strategy == "stop":
            raise ChildRefused(f"{cell.path} has the strategy 'stop' and is never restarted")
        if reply is not None:
            cell._start_ports.append(reply)
        self._stop_within(child, within)
        self._restarts.replace(child)
        return cell

    def restart_child(self, id: str, reply: ReplyPort | None = None) -> Cell:
        """Start a kept child that has ended. `reply` and what is returned are as for `start_child`.

        Raises:
            ChildNotFound: there is no such child
            ChildRefused: it has not ended
            NameTaken: another actor has got its name
            ActorStopped: the supervisor is ending
        """
        child = self._children.require(id, self.path)
        self._refuse_when_ending()
        if child.cell.alive:
            raise ChildRefused(f"{child.cell.path} is {child.cell.state}")
        with self.fence():
            child.cell._revive()
        child.established = False
        if reply is not None:
            child.cell._start_ports.append(reply)
        self._launch(child)
        return child.cell

    def delete_child(self, id: str) -> None:
        """Forget a kept child that has ended.

        Raises:
            ChildNotFound: there is no such child
            ChildRefused: it has not ended
        """
        check_fence()
        child = self._children.require(id, self.path)
        if child.cell.alive:
            raise ChildRefused(f"{child.cell.path} is {child.cell.state}")
        self._children.remove(child)

    def which_children(self) -> tuple[ChildInfo, ...]:
        """Describe each child, in order of start."""
        return self._children.which()

    def count_children(self) -> ChildCounts:
        """Count the children."""
        return self._children.count()

    # Requests

    def _on_system(self, envelope: Envelope) -> None:
        request = self._requests.get(type(envelope.message))
        if request is None:
            super()._on_system(envelope)
            return
        reply = self._claim(envelope)
        try:
            request(self, envelope.message, reply)
        except Exception as error:
            refuse(reply, error)
        except BaseException:
            refuse(reply, ActorStopped(f"{self.path} ended"))
            raise

    def _request_start(self, message: StartChild, reply: ReplyPort | None) -> None:
        self.start_child(message.spec, reply)

    def _request_terminate(self, message: TerminateChild, reply: ReplyPort | None) -> None:
        child = self._children.get(message.id)
        if child is not None and message.cell not in (None, child.cell):
            answer(reply, True)  # it is down: this is its successor
            return
        self.terminate_child(message.id, message.reason, reply, message.within)

    def _request_replace(self, message: ReplaceChild, reply: ReplyPort | None) -> None:
        child = self._children.get(message.id)
        if child is not None and message.cell not in (None, child.cell):
            raise ActorStopped(f"{child.cell.path} has a successor")
        self.replace_child(message.id, reply, message.within)

    def _request_restart(self, message: RestartChild, reply: ReplyPort | None) -> None:
        self.restart_child(message.id, reply)

    def _request_delete(self, message: DeleteChild, reply: ReplyPort | None) -> None:
        self.delete_child(message.id)
        answer(reply, True)

    def _request_which(self, _message: WhichChildren, reply: ReplyPort | None) -> None:
        answer(reply, self.which_children())

    def _request_count(self, _message: CountChildren, reply: ReplyPort | None) -> None:
        answer(reply, self.count_children())

    _requests: ClassVar[dict[type, Callable[[Any, Any, ReplyPort | None], None]]] = {
        StartChild: _request_start,
        TerminateChild: _request_terminate,
        ReplaceChild: _request_replace,
        RestartChild: _request_restart,
        DeleteChild: _request_delete,
        WhichChildren: _request_which,
        CountChildren: _request_count,
    }
