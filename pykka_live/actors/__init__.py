"""Supervision on Pykka threads, in the manner of OTP. Knows nothing of Django or HTML.

    system = ActorSystem()
    cell = system.start_child(ChildSpec("counter", Counter))
    cell.tell("increment")
    cell.ask("value", timeout=1)
    system.shutdown()

The rules of supervision are in `help("pykka_live.actors._supervisor")`, the options in
`help(ChildSpec)`.
"""

from __future__ import annotations

from pykka_live.actors._actor import SupervisedActor
from pykka_live.actors._backoff import Backoff
from pykka_live.actors._cell import Cell
from pykka_live.actors._current import check_fence, current_cell
from pykka_live.actors._dead_letters import DeadLetter, DeadLetters
from pykka_live.actors._envelope import ReplyPort
from pykka_live.actors._errors import (
    ActorError,
    ActorFailed,
    ActorStopped,
    ActorStuck,
    ActorTimeout,
    ChildExists,
    ChildNotFound,
    ChildRefused,
    Fenced,
    Killed,
    MailboxFull,
    NameTaken,
    RestartsExceeded,
    StartFailed,
)
from pykka_live.actors._events import Event, Listener
from pykka_live.actors._in_place import InPlace
from pykka_live.actors._mailbox import Mailbox, Overflow
from pykka_live.actors._messages import (
    ChildCounts,
    ChildInfo,
    CountChildren,
    DeleteChild,
    Down,
    GetState,
    Ping,
    PoisonPill,
    ReplaceChild,
    RestartChild,
    Resume,
    StartChild,
    Suspend,
    TerminateChild,
    WhichChildren,
)
from pykka_live.actors._replies import AsyncReply, Reply
from pykka_live.actors._spec import ChildSpec, Scope, Strategy
from pykka_live.actors._statistics import CellInfo, LastError
from pykka_live.actors._supervisor import Supervisor
from pykka_live.actors._system import ActorSystem, Root
from pykka_live.actors._timers import Timer
from pykka_live.actors._tracing import Trace, Tracer, log_trace

__all__ = [
    "ActorError",
    "ActorFailed",
    "ActorStopped",
    "ActorStuck",
    "ActorSystem",
    "ActorTimeout",
    "AsyncReply",
    "Backoff",
    "Cell",
    "CellInfo",
    "ChildCounts",
    "ChildExists",
    "ChildInfo",
    "ChildNotFound",
    "ChildRefused",
    "ChildSpec",
    "CountChildren",
    "DeadLetter",
    "DeadLetters",
    "DeleteChild",
    "Down",
    "Event",
    "Fenced",
    "GetState",
    "InPlace",
    "Killed",
    "LastError",
    "Listener",
    "Mailbox",
    "MailboxFull",
    "NameTaken",
    "Overflow",
    "Ping",
    "PoisonPill",
    "ReplaceChild",
    "Reply",
    "ReplyPort",
    "RestartChild",
    "RestartsExceeded",
    "Resume",
    "Root",
    "Scope",
    "StartChild",
    "StartFailed",
    "Strategy",
    "SupervisedActor",
    "Supervisor",
    "Suspend",
    "TerminateChild",
    "Timer",
    "Trace",
    "Tracer",
    "WhichChildren",
    "check_fence",
    "current_cell",
    "log_trace",
]
