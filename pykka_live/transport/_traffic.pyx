"""The numbers of the sockets, counted for each frame."""

cimport cython
from cpython.time cimport monotonic
from libc.string cimport memset

import os

from pykka_live._histogram cimport Histogram

from pykka_live.transport.frames import ERROR_CODES, RECEIVED, SENT

cdef extern from "Python.h":
    bint PyUnicode_IS_ASCII(object text)
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    Py_UCS4 PyUnicode_READ(int kind, void* data, Py_ssize_t index) noexcept

BAD = "bad"
JOINS = ("adopted", "mounted", "resumed", "restored", "remounted", "refused", "failed")
REBUILDS = ("join", "rejoin", "refresh")
ABNORMAL = 1006
CLOSE_CODES = (
    1000, 1001, 1002, 1003, 1005, ABNORMAL, 1007, 1008, 1009, 1011, 1012, 4000, 4008, 4009, 4012,
    4013,
)

cdef enum:
    TYPE_ROOM = 16

cdef dict PLACES_IN = {name: i for i, name in enumerate((*RECEIVED, BAD))}
cdef Py_ssize_t sent_types = len(SENT)
assert len(PLACES_IN) <= TYPE_ROOM and sent_types <= TYPE_ROOM

# The first two letters of a type tell which it is.
cdef Py_ssize_t TYPE_AT = len('{"t":"')
cdef Py_UCS4[TYPE_ROOM][2] letters
assert len({name[:2] for name in SENT}) == sent_types
for _i, _name in enumerate(SENT):
    letters[_i][0], letters[_i][1] = _name[0], _name[1]

cdef struct Frames:
    long long[TYPE_ROOM] counts
    long long[TYPE_ROOM] sizes


@cython.final
@cython.freelist(64)
cdef class Request:
    """What a browser has asked, and waits for. `new_request` makes it."""

    cdef readonly str kind
    cdef public str view
    cdef readonly double received
    cdef readonly double due


def new_request(str kind, str view, double received, double due):
    """Return a request, in half the time that calling the class would take."""
    cdef Request request = Request.__new__(Request)
    request.kind = kind
    request.view = view
    request.received = received
    request.due = due
    return request


@cython.final
cdef class Traffic:
    """Counts what goes over the sockets of a process. Any thread may, and needs no lock: nothing
    runs in between while something is counted."""

    cdef Frames incoming
    cdef Frames outgoing
    cdef dict _replies  # histograms by view and kind
    cdef set _views
    cdef Py_ssize_t _limit
    cdef readonly long long folded
    cdef readonly long long sockets
    cdef dict _closes, _errors, _joins, _rebuilds

    def __init__(self, limit=1000):
        self._limit = limit
        self.reset()

    def reset(self):
        """Start from zero."""
        memset(&self.incoming, 0, sizeof(Frames))
        memset(&self.outgoing, 0, sizeof(Frames))
        self._replies, self._views, self._joins, self._rebuilds = {}, set(), {}, {}
        self._closes = dict.fromkeys(CLOSE_CODES, 0)
        self._errors = dict.fromkeys(ERROR_CODES, 0)
        self.folded = self.sockets = 0

    # Frames

    def received(self, str kind, frame):
        """Count a frame, text or bytes, that has come."""
        cdef Py_ssize_t place = PLACES_IN[kind]
        cdef Py_ssize_t size = _size(frame) if type(frame) is str else len(frame)
        self.incoming.counts[place] += 1
        self.incoming.sizes[place] += size

    def sent(self, str frame, Request request):
        """Count a frame that has been sent, and how long whoever has asked for it has waited."""
        cdef Py_ssize_t place = _type(frame)
        if place >= 0:
            self.outgoing.counts[place] += 1
            self.outgoing.sizes[place] += _size(frame)
        if request is not None:
            self._histogram(request).add(monotonic() - request.received)

    cdef Histogram _histogram(self, Request request):
        found = self._replies.get((request.view, request.kind))
        if found is None:
            found = self._replies.setdefault((self._known(request.view), request.kind), Histogram())
        return <Histogram> found

    # Sockets

    def opened(self):
        """Count a socket that has been accepted."""
        self.sockets += 1

    def closed(self, code):
        """Count the end of a socket; a code that nobody knows is counted under None."""
        if code not in self._closes:
            code = None
        self.sockets -= 1
        self._closes[code] = self._closes.get(code, 0) + 1

    def error(self, str code):
        """Count an error frame."""
        self._errors[code] = self._errors.get(code, 0) + 1

    # Views

    def joined(self, str view, str outcome):
        """Count a join by how it ended."""
        self._add(self._joins, view, outcome, JOINS)

    def rebuilt(self, str view, str reason):
        """Count a whole tree that was sent to a browser which should have had it."""
        self._add(self._rebuilds, view, reason, REBUILDS)

    cdef _add(self, dict counts, str view, str what, tuple all_of_them):
        known = self._known(view)
        for each in all_of_them:
            counts.setdefault((known, each), 0)
        key = (known, what)
        counts[key] = counts[key] + 1

    cdef _known(self, str view):
        """A view that may have series of its own; None: it is counted with others."""
        if view in self._views:
            return view
        if len(self._views) < self._limit:
            self._views.add(view)
            return view
        self.folded += 1
        return None

    # What was counted

    def frames(self):
        """How many frames, and of how many bytes, by direction and type."""
        cdef Frames incoming = self.incoming, outgoing = self.outgoing
        found = {("in", name): (incoming.counts[i], incoming.sizes[i]) for name, i in PLACES_IN.items()}
        for i, name in enumerate(SENT):
            found["out", name] = (outgoing.counts[i], outgoing.sizes[i])
        return found

    def replies(self):
        """The numbers of the histograms, by view and kind."""
        return {labels: (<Histogram> each).copy() for labels, each in list(self._replies.items())}

    def closes(self):
        """How many sockets ended, by code."""
        return dict(self._closes)

    def errors(self):
        """How many error frames, by code."""
        return dict(self._errors)

    def joins(self):
        """How many joins, by view and outcome."""
        return dict(self._joins)

    def rebuilds(self):
        """How many whole trees, by view and reason."""
        return dict(self._rebuilds)


cdef Py_ssize_t _type(str frame):
    """The place among `SENT` of the type of a frame of ours, which begins with it; -1 for what is
    no such frame."""
    cdef Py_ssize_t i
    if len(frame) < TYPE_AT + 2:
        return -1
    cdef Py_UCS4 first = frame[TYPE_AT], second = frame[TYPE_AT + 1]
    for i in range(sent_types):
        if letters[i][0] == first and letters[i][1] == second:
            return i
    return -1


cdef Py_ssize_t _size(str text):
    """How many bytes a text has in UTF-8."""
    cdef Py_ssize_t i, size = len(text)
    if PyUnicode_IS_ASCII(text):
        return size
    cdef int kind = PyUnicode_KIND(text)
    cdef void* data = PyUnicode_DATA(text)
    cdef Py_UCS4 char
    for i in range(len(text)):
        char = PyUnicode_READ(kind, data, i)
        size += (char >= 0x80) + (char >= 0x800) + (char >= 0x10000)
    return size


traffic = Traffic()
os.register_at_fork(after_in_child=traffic.reset)
