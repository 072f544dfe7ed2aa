"""The threads of an actor system. One that an actor has left in good order serves another."""

from __future__ import annotations

import gc
import os
import sys
import threading
import traceback
from collections.abc import Callable

from pykka_live.actors._errors import Fenced, Killed

__all__ = ["Threads", "stack_of"]

_frames_lock = threading.Lock()  # held while the garbage collection is off


def _after_fork() -> None:
    global _frames_lock
    _frames_lock = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


class Threads:
    """Runs work in daemon threads, and uses a thread again when its work allows it.

    Args:
        keep: how many idle threads are kept at most
        seconds: how long an idle thread is kept
    """

    def __init__(self, keep: int = 256, seconds: float = 10.0) -> None:
        self._lock = threading.Lock()  # guards what follows
        self._idle: list[_Worker] = []
        self._keep = keep
        self.seconds = seconds

    def run(self, work: Callable[[], bool], name: str) -> None:
        """Run `work` in a thread that is called `name` meanwhile.

        Args:
            work: returns whether its thread may be used again; must not raise

        Raises:
            RuntimeError: there is no thread to be had
        """
        with self._lock:
            worker = self._idle.pop() if self._idle else None
        if worker is None:
            worker = _Worker(self)
            worker.work = work
            worker.thread.name = name
            worker.thread.start()
        else:
            worker.work = work
            worker.thread.name = name
            worker.wakeup.release()

    def close(self) -> None:
        """Let idle threads end, and others when their work is done."""
        with self._lock:
            self._keep = 0
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.wakeup.release()

    def take_back(self, worker: _Worker) -> bool:
        """Note that a worker is idle. False: it is not needed, and has to end."""
        with self._lock:
            if len(self._idle) >= self._keep:
                return False
            worker.thread.name = "idle actor thread"
            self._idle.append(worker)
            return True

    def retire(self, worker: _Worker) -> bool:
        """Forget a worker that was idle for long. False: it has just been given work."""
        with self._lock:
            if worker not in self._idle:
                return False
            self._idle.remove(worker)
            return True


class _Worker:
    """A thread that waits for work; without any, it ends."""

    __slots__ = ("_threads", "thread", "wakeup", "work")

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self.thread = threading.Thread(target=self._live, daemon=True)
        self.wakeup = threading.Lock()  # held, except for the moment in which it wakes
        self.wakeup.acquire()
        self.work: Callable[[], bool] | None = None

    def _live(self) -> None:
        threads = self._threads
        while self.work is not None:
            work, self.work = self.work, None
            if not work() or not threads.take_back(self):
                return
            if not self.wakeup.acquire(timeout=threads.seconds):
                if threads.retire(self):
                    return
                self.wakeup.acquire()


def stack_of(thread: threading.Thread | None, limit: int = 50) -> str:
    """Return where a thread is, as in a traceback: its innermost calls; nothing, if it has ended.

    It goes on meanwhile, so only one that hangs is sure to be there.
    """
    with _frames_lock:
        # Collecting garbage in the middle of it can deadlock (CPython issue 106883).
        collects = gc.isenabled()
        gc.disable()
        try:
            frames = sys._current_frames()
        finally:
            if collects:
                gc.enable()
    frame = frames.get(thread.ident or 0) if thread is not None else None
    try:
        return "".join(traceback.format_stack(frame, limit)) if frame is not None else ""
    except (Fenced, Killed):
        raise
    except BaseException:  # the lines of the source come from users' loaders
        return ""
