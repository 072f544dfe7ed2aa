"""How often something took how long."""

cimport cython
from libc.string cimport memset

BUCKETS = (
    *(0.00005, 0.0001, 0.00025, 0.0005),
    *(0.001, 0.0025, 0.005),
    *(0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0),
)

assert len(BUCKETS) < ROOM

cdef Py_ssize_t buckets = len(BUCKETS)
cdef double[ROOM] bounds
for _i in range(buckets):
    bounds[_i] = BUCKETS[_i]


@cython.final
cdef class Histogram:
    """Counts times by `BUCKETS`. Any thread may, and needs no lock: nothing runs in between while a
    time is added, or the numbers are copied."""

    def __cinit__(self):
        memset(self.counts, 0, sizeof(self.counts))
        self.total = 0.0

    cdef void add(self, double seconds) noexcept:
        cdef Py_ssize_t low = 0, high = buckets, middle
        while low < high:
            middle = (low + high) // 2
            if bounds[middle] < seconds:
                low = middle + 1
            else:
                high = middle
        self.counts[low] += 1
        self.total += seconds

    def observe(self, double seconds):
        """Count a time."""
        self.add(seconds)

    def copy(self):
        """The counts by bucket, and all times together."""
        cdef long long[ROOM] counts = self.counts
        cdef double total = self.total
        cdef Py_ssize_t i
        return tuple([counts[i] for i in range(buckets + 1)]), total
