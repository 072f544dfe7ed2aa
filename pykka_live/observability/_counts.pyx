"""The numbers of one series."""

cimport cython
from libc.string cimport memset

from typing import get_args

from pykka_live.live.hooks import OPERATIONS, Handled, Outcome
from pykka_live.observability.catalogue import BUCKETS, OTHER

OUTCOMES = (*get_args(Outcome), OTHER)
PHASES = ("waited", "handler", "render", "checkpoint", "diff", "encode", "total")

cdef enum:
    OUTCOME_ROOM = 16
    PHASE_ROOM = 7
    OPERATION_ROOM = 6
    BUCKET_ROOM = 32

assert len(OUTCOMES) <= OUTCOME_ROOM and len(PHASES) == PHASE_ROOM and len(BUCKETS) < BUCKET_ROOM
assert len(OPERATIONS) == OPERATION_ROOM

cdef Py_ssize_t OUTCOME = Handled._fields.index("outcome")
cdef Py_ssize_t TIMES = Handled._fields.index(PHASES[0])
cdef Py_ssize_t PICTURE = Handled._fields.index("rendered")
cdef Py_ssize_t PATCHES = Handled._fields.index("operations")
cdef Py_ssize_t KEPT = Handled._fields.index("kept")
assert Handled._fields[TIMES:TIMES + PHASE_ROOM] == PHASES
assert Handled._fields[PICTURE:PICTURE + 3] == ("rendered", "reused", "from_page")

cdef dict PLACES = {outcome: i for i, outcome in enumerate(OUTCOMES)}
cdef Py_ssize_t buckets = len(BUCKETS)
cdef double[BUCKET_ROOM] bounds
for _i in range(buckets):
    bounds[_i] = BUCKETS[_i]

cdef struct Numbers:
    long long[OUTCOME_ROOM] outcomes
    long long[PHASE_ROOM][BUCKET_ROOM] counts
    double[PHASE_ROOM] sums
    long long[3] picture
    long long[OPERATION_ROOM] operations
    long long checkpoints


@cython.final
cdef class Counts:
    """Counts records. Any thread may, and needs no lock: nothing runs in between while the numbers
    of one record are added, or copied."""

    cdef Numbers numbers

    def __cinit__(self):
        memset(&self.numbers, 0, sizeof(Numbers))

    def add(self, handled):
        """Count one record."""
        if type(handled) is not Handled:
            raise TypeError(f"expected a Handled, not {handled!r}")
        cdef tuple record = <tuple>handled
        cdef double[PHASE_ROOM] times
        cdef long long[3] picture
        cdef long long[OPERATION_ROOM] operations
        cdef tuple patches = record[PATCHES]
        cdef bint kept = record[KEPT]
        cdef Py_ssize_t place = PLACES.get(record[OUTCOME], len(PLACES) - 1), i, low, high, middle
        for i in range(PHASE_ROOM):
            times[i] = record[TIMES + i]
        for i in range(3):
            picture[i] = record[PICTURE + i]
        if len(patches) != OPERATION_ROOM:
            raise ValueError(f"expected {OPERATION_ROOM} numbers of patches, not {patches!r}")
        for i in range(OPERATION_ROOM):
            operations[i] = patches[i]
        self.numbers.outcomes[place] += 1
        for i in range(3):
            self.numbers.picture[i] += picture[i]
        for i in range(OPERATION_ROOM):
            self.numbers.operations[i] += operations[i]
        self.numbers.checkpoints += kept
        for i in range(PHASE_ROOM):
            if not times[i] > 0.0:
                continue
            low, high = 0, buckets
            while low < high:
                middle = (low + high) // 2
                if bounds[middle] < times[i]:
                    low = middle + 1
                else:
                    high = middle
            self.numbers.counts[i][low] += 1
            self.numbers.sums[i] += times[i]

    def copy(self):
        """The numbers: by outcome; by phase and bucket; the seconds of each phase; of rows that
        were rendered and reused, and of pictures from the page; of patches by operation; of
        checkpoints."""
        cdef Numbers now = self.numbers
        cdef Py_ssize_t i, k
        return (
            {outcome: now.outcomes[i] for i, outcome in enumerate(OUTCOMES)},
            tuple([tuple([now.counts[i][k] for k in range(buckets + 1)]) for i in range(PHASE_ROOM)]),
            tuple([now.sums[i] for i in range(PHASE_ROOM)]),
            now.picture[0], now.picture[1], now.picture[2],
            tuple([now.operations[i] for i in range(OPERATION_ROOM)]),
            now.checkpoints,
        )
