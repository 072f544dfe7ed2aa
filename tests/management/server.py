"""A server process without a server: some actors in some trouble, until standard input ends.

Run as `python -m tests.management.server [number of further actors]`. Says `ready` when it is.
"""

from __future__ import annotations

import sys
import threading

import django


def main() -> None:
    """Start the actors, and wait."""
    django.setup()
    from pykka_live.actors import ActorSystem, ChildSpec, Ping, SupervisedActor
    from tests.observability.clerk import Clerk, Mishap, Office, start_clerk

    class Named(SupervisedActor):
        def on_start(self) -> None:
            self.cell.data["class"] = "shop.views.Cart"

    system = ActorSystem.default()
    office = Office(system)
    system.start_child(ChildSpec("sessions/3f2a", Named, kind="session", capacity=100))
    crashed = start_clerk(system, "crashed")
    try:
        crashed.ask(Mishap("spilt ink"), 10)
    except Mishap:
        crashed.ask("again", 10)
    office.occupy(start_clerk(system, "busy"))
    queued = start_clerk(system, "queued", capacity=5, overflow="drop_oldest")
    office.occupy(queued)
    for i in range(6):
        queued.tell(i)
    if len(sys.argv) > 1:
        add_idle_cells(system, int(sys.argv[1]), Clerk)
    system.root.request(Ping(), 10)
    print("ready", flush=True)
    sys.stdin.read()
    office.over.set()


def add_idle_cells(system: object, count: int, start: type) -> None:
    """Add cells without threads: only their statistics matter, and threads would take long."""
    from pykka_live.actors import ActorSystem, ChildSpec

    assert isinstance(system, ActorSystem)
    for i in range(count):
        system._new_cell(ChildSpec(f"idle/{i}", start, kind="view"), system.root)


if __name__ == "__main__":
    threading.current_thread().name = "server"
    main()
