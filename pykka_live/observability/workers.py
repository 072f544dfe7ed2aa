"""The workers of a server as one: whichever is asked for metrics answers for all of them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

from prometheus_client.core import Metric
from prometheus_client.registry import Collector, CollectorRegistry

from pykka_live.logs import own_logger
from pykka_live.observability import catalogue
from pykka_live.observability.directory import ControlError, SocketDirectory, is_abandoned
from pykka_live.observability.listening import Addresses
from pykka_live.observability.merging import Encoder, Numbered, encoder, merge
from pykka_live.observability.processes import NoAnswer, ServerProcess, ask_all, server_processes

__all__ = ["COMMAND", "BadNames", "Workers"]

logger = own_logger(__name__)

COMMAND = "metrics"

TIMEOUT = 2.0
"""Seconds within which a worker has to tell its metrics. Prometheus waits for 10."""

ASKED_AGAIN = 60.0
"""Seconds for which another server's process that hangs is left alone."""

NAMES_LIMIT = 8_000
"""Characters in the names of metrics that can be asked for."""

APART: Literal["apart"] = "apart"

Answer = dict[str, Any] | NoAnswer
Problem = NoAnswer | Literal["apart"] | None


class BadNames(ValueError):
    """More metrics were asked for by name than can be."""


class Workers:
    """The server processes that listen at an address at which this one listens.

    They are asked over their control sockets, all at the same time. One that does not answer in
    time is left out and counted. Without Unix sockets, this process is the only one.

    `_lock` guards what is known of the others.

    Args:
        registry: the metrics of this process
        number: returns the number of this process; called once there is a control socket
        directories: where control sockets may be
    """

    _apart: dict[int, float]  # other servers' processes, and until when not to ask them
    _missing: set[int]  # workers of which it was logged that they do not answer

    def __init__(
        self,
        registry: CollectorRegistry,
        number: Callable[[], int],
        directories: Callable[[], list[SocketDirectory]] = SocketDirectory.candidates,
    ) -> None:
        self._registry = registry
        self._number = number
        self._directories = directories
        self._addresses = Addresses()
        self._reset()

    def expose(self, accept: str = "", names: Sequence[str] = ()) -> tuple[bytes, str]:
        """Return the metrics of all workers, and the content type.

        Args:
            accept: the formats that are wanted, as in HTTP's `Accept`
            names: restricts the answer to metrics so named; none: all

        Raises:
            BadNames: there are too many names
        """
        if sum(map(len, names)) + len(names) > NAMES_LIMIT:
            raise BadNames(f"The names of the metrics have more than {NAMES_LIMIT} characters.")
        encode, content_type = encoder(accept)
        number = str(self._number())
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(self._ask_others, content_type, names)
            texts = {number: self._own_text(encode, number, names)}
            silent = 0
            for process, answer in asking.result():
                problem = self._take(answer, content_type, texts)
                silent += self._is_silent(process, problem)
        server = encode(_Server(len(texts), silent, names)).decode()
        workers = (texts[number] for number in sorted(texts, key=int))
        return merge([*workers, server]).encode(), content_type

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Answer another worker, as the control command `metrics`.

        Args:
            request: `addresses` (where that one listens), `accept`, `names`

        Returns:
            `worker`, `content_type` and `text`; or `apart`, true, if this is no worker of the same
            server
        """
        if not self._addresses.share(frozenset(request["addresses"])):
            return {"apart": True}
        encode, content_type = encoder(request["accept"])
        number = str(self._number())
        text = self._own_text(encode, number, request["names"])
        return {"worker": number, "content_type": content_type, "text": text}

    def _own_text(self, encode: Encoder, number: str, names: Sequence[str]) -> str:
        source: Collector = self._registry
        if names:
            source = self._registry.restricted_registry(names)
        return encode(Numbered(source, number)).decode()

    def _ask_others(
        self, content_type: str, names: Sequence[str]
    ) -> list[tuple[ServerProcess, Answer]]:
        """Ask all that may be workers of this server."""
        addresses = self._addresses.current()
        try:
            processes = server_processes(self._directories) if addresses else []
        except ControlError:  # it was logged when this process's own socket could not be opened
            return []
        now = time.monotonic()
        pids = {process.pid for process in processes}
        with self._lock:
            self._missing &= pids
            self._apart = {pid: until for pid, until in self._apart.items() if pid in pids}
            apart = {pid for pid, until in self._apart.items() if until > now}
        asked = [each for each in processes if each.pid not in apart and each.pid != os.getpid()]
        arguments = {"addresses": sorted(addresses), "accept": content_type, "names": list(names)}
        answers = ask_all(asked, COMMAND, TIMEOUT, **arguments)
        return list(zip(asked, answers, strict=True))

    def _take(self, answer: Answer, content_type: str, texts: dict[str, str]) -> Problem:
        """Add what a worker has told to the texts by number."""
        if isinstance(answer, NoAnswer):
            return answer
        if answer.get("apart"):
            return APART
        number, text = answer.get("worker"), answer.get("text")
        if answer.get("content_type") != content_type or not isinstance(text, str):
            return NoAnswer("it does not write the format that was asked for")
        if not isinstance(number, str) or not number.isdecimal() or number in texts:
            return NoAnswer(f"another worker has the number {number}")
        texts[number] = text
        return None

    def _is_silent(self, process: ServerProcess, problem: Problem) -> bool:
        """Note how it went with a process, and tell whether the metrics of a worker are missing."""
        pid = process.pid
        with self._lock:
            if not isinstance(problem, NoAnswer):
                self._missing.discard(pid)
                self._apart.pop(pid, None)
                if problem is APART:
                    self._apart[pid] = 0.0
                return False
            if pid in self._apart:
                self._apart[pid] = time.monotonic() + ASKED_AGAIN
                return False
            if not process.path.exists() or is_abandoned(process.path):  # it has ended
                return False
            is_news = pid not in self._missing
            self._missing.add(pid)
        if is_news:
            logger.warning("The metrics of worker process %d are missing: %s", pid, problem)
        return True

    def _reset(self) -> None:
        """Know nothing of others, with a new lock, as the child of a fork does."""
        self._lock = threading.Lock()
        self._addresses._reset()
        self._apart = {}
        self._missing = set()


class _Server(Collector):
    """What the worker that is asked knows of the server as a whole."""

    def __init__(self, workers: int, silent: int, names: Sequence[str]) -> None:
        self._values = {catalogue.WORKERS: workers, catalogue.SILENT_WORKERS: silent}
        self._names = names

    def collect(self) -> Iterable[Metric]:
        for metric, value in self._values.items():
            if not self._names or metric.name in self._names:
                family = metric.gauge()
                family.add_metric((), value)
                yield family
