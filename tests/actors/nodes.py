"""What the model of supervision says of one actor and its children: what a supervisor does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.actors.lives import Ask, Life, Spec

if TYPE_CHECKING:
    pass

GRACE = 0.5  # what is left to children beyond the deadline of a shutdown
MIN, MAX, QUIET = 1.0, 4.0, 10.0  # the backoff of those that have one


class Group:
    """Siblings that are restarted together."""

    def __init__(self, owner: Node, due: float) -> None:
        self.owner, self.due = owner, due
        self.members: list[Node] = []
        self.launched: list[Node] = []


class Node(Life):
    """A child, and what it does to others as a supervisor."""

    def family(self) -> list[Node]:
        return [
            self,
            *(n for c in self.children.values() if c.phase != "ended" for n in c.family()),
        ]

    # What a supervisor does

    def add(self, spec: Spec) -> Node:
        child = self.children[spec.id] = Node(self.model, spec, self)
        child.launch()
        return child

    def next_static(self) -> None:
        self.awaited = None
        if not self.to_start:
            self.ready()
        elif self.model.closing:
            self.end("failed", "ActorStopped")
        else:
            spec = self.to_start.pop(0)
            self.awaited = Node(self.model, spec, self)
            self.children[spec.id] = self.awaited
            self.awaited.launch()

    def child_up(self, child: Node) -> None:
        child.unquiet = self.model.now
        group = self.group_of(child)
        if group is not None and child in group.launched:
            group.members.remove(child)
            group.launched.remove(child)
            self.step(group)
        if child is self.awaited and not self.winding:
            self.next_static()
            self.serve()

    def child_gone(self, child: Node, reason: str, error: str | None) -> None:
        self.model.timers.pop(child, None)
        stopping, child.phase = child.phase == "stopping", "down"
        if self.winding:
            self.end_child(child, "failed" if error and not stopping else "stopped")
        elif stopping:
            group = self.group_of(child)
            if group is None or child.spec.strategy == "stop":
                self.end_child(child, "stopped")
            else:
                self.step(group)
        elif error is None:
            if child.spec.strategy == "always":
                self.restart(child)
            else:
                self.end_child(child, "stopped")
        elif not child.established:
            child.answer_start("StartFailed")
            self.end_child(child, "failed", forget=child.life == 1)
            if child is self.awaited:
                self.end("failed", "StartFailed")
        elif child.spec.strategy_for(error) == "stop":
            self.end_child(child, "failed")
        elif child.spec.strategy_for(error) == "escalate":
            self.escalate(child, error)
        else:
            self.restart(child)

    def escalate(self, child: Node, error: str) -> None:
        if self.parent is None:  # the root never fails
            self.end_child(child, "failed")
        else:
            self.end("failed", error)

    def end_child(self, child: Node, how: str, forget: bool = False) -> None:
        """A child will not live again."""
        self.leave(child)
        if not child.spec.keep or self.winding or forget:
            del self.children[child.spec.id]
        child.established, child.attempts, child.window = False, 0, []
        child.end_for_good(how)
        if self.winding:
            self.stop_next()
        elif child is self.awaited and how == "stopped":
            self.next_static()

    def restart(self, child: Node) -> None:
        """Restart a child and those that its scope concerns, unless it is once too often."""
        now, spec = self.model.now, child.spec
        if now - child.unquiet > QUIET:
            child.attempts = 0
        child.unquiet = now
        own = self.spec.counts == "child" or spec.limits is not None
        limit, seconds = spec.limits or self.spec.intensity
        window = child.window if own else self.common
        window.append(now)
        if sum(moment > now - seconds for moment in window) > limit:
            if self.spec.counts == "child":
                return self.end_child(child, "failed")
            return self.escalate(child, "RestartsExceeded")
        wait = min(MAX, MIN * 2 ** (child.attempts - 1)) if spec.backoff and child.attempts else 0.0
        child.attempts += 1
        order = list(self.children.values())
        concerned = {
            "one_for_one": [child],
            "one_for_all": order,
            "rest_for_one": order[order.index(child) :],
        }[spec.scope]
        group = Group(self, now + wait)
        members = [
            each
            for each in concerned
            if each is child or each.phase in ("starting", "up") or self.group_of(each)
        ]
        for old in [old for old in self.groups if set(old.members) & set(members)]:
            self.groups.remove(old)
            self.model.timers.pop(old, None)
            group.due = max(group.due, old.due)
            group.launched += [each for each in old.launched if each not in members]
            members += [each for each in old.members if each not in members]
        group.members = [each for each in order if each in members]
        self.groups.append(group)
        return self.step(group)

    def group_of(self, child: Node) -> Group | None:
        return next((group for group in self.groups if child in group.members), None)

    def leave(self, child: Node) -> None:
        """A child is not to be restarted any more."""
        group = self.group_of(child)
        if group is not None:
            group.members.remove(child)
            if child in group.launched:
                group.launched.remove(child)
            self.step(group)

    def step(self, group: Group) -> None:
        """Stop the last that lives; when none does, and it is time, start the first."""
        self.model.timers.pop(group, None)
        living = [c for c in group.members if c.phase != "down" and c not in group.launched]
        if living:
            if living[-1].phase != "stopping":
                self.stop(living[-1], "restart")
        elif not group.members:
            self.groups.remove(group)
        elif not group.launched:
            if self.model.now < group.due:
                self.model.timers[group] = (group.due, lambda: self.step(group))
            else:
                group.launched.append(group.members[0])
                group.members[0].launch()

    def wind(self) -> None:
        """Stop the children, the last one first."""
        self.winding = True
        self.forget_plans()
        for child in list(self.children.values()):
            self.model.timers.pop(child, None)
            if child.phase == "stopping":
                child.phase = "up"
        for child in list(self.children.values()):
            if child.phase in ("down", "ended"):
                del self.children[child.spec.id]
                child.end_for_good("stopped")
        self.stop_next()

    def stop_next(self) -> None:
        assert self.exit is not None
        if not self.children:
            self.model.work.append(self.gone)
            return
        late = self.deadline is not None and self.model.now >= self.deadline
        if not (self.spec.together or late):
            last = list(self.children.values())[-1]
            if last.phase in ("starting", "up"):
                self.stop(last, self.exit[0])
        elif not self.all_told:
            self.all_told = True
            self.model.unordered |= len(self.children) > 1
            for child in reversed(list(self.children.values())):
                if child.phase in ("starting", "up"):
                    self.stop(child, self.exit[0])

    def stop(self, child: Node, reason: str) -> None:
        """Stop a child: in a shutdown behind its mail, if there is time for that."""
        child.phase, child.reason = "stopping", reason
        if self.drain is not None and self.model.now < self.drain:
            child.mail.append((child.life, (reason, self.drain, self.deadline)))
            self.model.timers[child] = (self.drain, lambda: self.stop_now(child))
            self.model.work.append(child.serve)
        else:
            self.stop_now(child)

    def stop_now(self, child: Node) -> None:
        reason = child.order[0] if child.order else child.reason  # what it is told first
        child.order = (reason, None, self.deadline)
        patience = child.spec.shutdown if child.within is None else child.within
        limits = [] if patience is None else [self.model.now + patience]
        if self.deadline is not None:
            limit = max(self.deadline, self.model.now + GRACE)
            limits.append(limit + (0 if child.spec.children is None else 2 * GRACE))
        self.model.timers.pop(child, None)
        if limits:
            self.model.timers[child] = (min(limits), lambda: self.give_up(child))
        self.model.work.append(child.serve)

    def give_up(self, child: Node) -> None:
        """Do without a child that does not end."""
        child.abandon()
        self.child_gone(child, "abandoned", "ActorStuck")

    # Requests

    def start_child(self, spec: Spec) -> Ask:
        if self.exit is not None:
            return Ask("ActorStopped")
        known = [*self.children, *(static.id for static in self.to_start)]
        if spec.id in known:
            return Ask("ChildExists")
        if self.spec.max_children is not None and len(known) >= self.spec.max_children:
            return Ask("ChildRefused")
        if self.model.closing:
            return Ask("ActorStopped")
        ask = Ask()
        child = Node(self.model, spec, self)
        child.start_asks.append(ask)
        self.children[spec.id] = child
        child.launch()
        return ask

    def terminate_child(self, id: str) -> Ask:
        child = self.children.get(id)
        if child is None:
            return Ask("ChildNotFound")
        ask = Ask()
        child.end_asks.append(ask)
        self.leave(child)
        child.reason = "shutdown"
        if child.phase in ("down", "ended"):
            if child.phase == "down":
                self.end_child(child, "stopped")
            child.end_for_good("stopped")
        elif child.phase != "stopping":
            self.stop(child, "shutdown")
        return ask

    def replace_child(self, id: str, within: float | None = None) -> Ask:
        child = self.children.get(id)
        if child is None:
            return Ask("ChildNotFound")
        if self.exit is not None:
            return Ask("ActorStopped")
        group = self.group_of(child)
        if child.phase == "ended" or (child.phase == "stopping" and group is None):
            return Ask("ChildRefused")
        if child.spec.strategy == "stop":
            return Ask("ChildRefused")
        ask = Ask()
        child.start_asks.append(ask)
        if within is not None:
            child.within = within
            if child.phase == "stopping":
                self.stop_now(child)
        if group is None:
            group = Group(self, self.model.now)
            group.members = [child]
            self.groups.append(group)
        group.due = self.model.now
        if child in group.launched:
            group.launched.remove(child)
        self.step(group)
        return ask

    def restart_child(self, id: str) -> Ask:
        child = self.children.get(id)
        if child is None:
            return Ask("ChildNotFound")
        if self.exit is not None:
            return Ask("ActorStopped")
        if child.phase != "ended":
            return Ask("ChildRefused")
        ask = Ask()
        child.start_asks.append(ask)
        child.launch()
        return ask

    def delete_child(self, id: str) -> Ask:
        child = self.children.get(id)
        if child is None or child.phase != "ended":
            return Ask("ChildNotFound" if child is None else "ChildRefused")
        del self.children[id]
        return Ask(True)

    def forget_plans(self) -> None:
        for group in getattr(self, "groups", ()):
            self.model.timers.pop(group, None)
        self.groups = []
