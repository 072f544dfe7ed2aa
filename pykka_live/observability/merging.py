"""The text of metrics: of one process, with its number in each sample, and of several together."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

__all__ = ["WORKER", "Encoder", "Numbered", "encoder", "merge"]

from pykka_live.logs import own_logger

logger = own_logger(__name__)

Encoder = Callable[[Collector], bytes]

WORKER = "worker"
"""The label that tells workers apart."""

THEIRS = f"exported_{WORKER}"
"""What a label of that name is called which a user's metric has, as Prometheus would call it."""

END = "# EOF\n"  # of OpenMetrics
HEAD = re.compile(r"(?:# .*\n)*")
TYPE = re.compile(r"^# TYPE (.*) (\S+)$", re.MULTILINE)


def encoder(accept: str) -> tuple[Encoder, str]:
    """Return what writes metrics in the format that a header `Accept` asks for, and the content
    type; Prometheus' text format if the header makes no sense."""
    try:
        return choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number
        return choose_encoder("")


class Numbered(Collector):
    """A collector whose samples all bear the number of this worker.

    Args:
        source: whose metrics these are
        worker: the number
    """

    def __init__(self, source: Collector, worker: str) -> None:
        self._source = source
        self._worker = worker

    def collect(self) -> Iterator[Metric]:
        """Return copies of the metrics, numbered."""
        for metric in self._source.collect():
            numbered = copy.copy(metric)
            numbered.samples = [
                Sample(sample.name, self._labels(sample.labels), *sample[2:])
                for sample in metric.samples
            ]
            yield numbered

    def _labels(self, labels: dict[str, str]) -> dict[str, str]:
        if WORKER not in labels:
            return {**labels, WORKER: self._worker}
        own = {THEIRS if name == WORKER else name: value for name, value in labels.items()}
        return {**own, WORKER: self._worker}


@dataclass
class _Family:
    """A metric family: its head (help, type, unit) and its samples, as text."""

    name: str
    type: str
    head: str
    samples: list[str] = field(default_factory=list)


def merge(texts: Iterable[str]) -> str:
    """Put expositions of one format together, so that each family stands there once.

    A family that has another type than in a text before cannot stand beside it; it is left out,
    and logged.

    Args:
        texts: as an `Encoder` writes them; no sample may be in two of them
    """
    families: dict[str, _Family] = {}
    end = ""
    for text in texts:
        if text.endswith(END):
            end = END
        for found in _families(text.removesuffix(END)):
            family = families.setdefault(found.name, found)
            if family is found:
                continue
            if family.type == found.type:
                family.samples += found.samples
            else:
                logger.warning(
                    "The metric %s of one worker is a %s, and of another a %s; that is left out.",
                    *(found.name, family.type, found.type),
                )
    return (
        "".join(part for family in families.values() for part in (family.head, *family.samples))
        + end
    )


def _families(text: str) -> Iterator[_Family]:
    """Take an exposition apart. No sample begins as a comment does, and none has a line break."""
    for rest in f"\n{text}".split("\n# HELP ")[1:]:
        part = f"# HELP {rest}".removesuffix("\n") + "\n"
        head = HEAD.match(part)
        kind = TYPE.search(part)
        if head is not None and kind is not None:
            yield _Family(kind[1], kind[2], head[0], [part[head.end() :]])
