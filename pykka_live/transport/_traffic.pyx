"""The numbers of the sockets, counted for each frame."""

cimport cython
from libc.string cimport memset

import os
from time import monotonic

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
cdef dict PLACES_OUT = {name: i for i, name in enumerate(SENT)}
assert len(PLACES_IN) <= TYPE_ROOM and len(PLACES_OUT) <= TYPE_ROOM

cdef str BEGINNING = '{"t":"'
cdef Py_ssize_t TYPE_AT = len(BEGINNING)

cdef struct Frames:
    long long[TYPE_ROOM] counts
    long long[TYPE_ROOM] sizes


@cython.final
@cython.freelist(64)
cdef class Request:
    """What a browser has asked, and waits for.

    Args:
        kind: the type of the frame.
        view: the dotted name of the view's class; empty while it is not known.
        received: when the frame came.
        due: when the answer is too late.
    """

    cdef readonly str kind
    cdef public str view
    cdef readonly double received
    cdef readonly double due

    def __init__(self, str kind, str view, double received, double due):
        self.kind = kind
        self.view = view
        self.received = received
        self.due = due


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
        place = PLACES_OUT.get(_type(frame))
        if place is not None:
            self.outgoing.counts[<Py_ssize_t> place] += 1
            self.outgoing.sizes[<Py_ssize_t> place] += _size(frame)
        if request is not None:
            self._histogram(request).add(<double> monotonic() - request.received)

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
        for name, i in PLACES_OUT.items():
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


cdef str _type(str frame):
    """The type of a frame of ours, which begins with it."""
    cdef Py_ssize_t end = frame.find('"', TYPE_AT)
    return frame[TYPE_AT:end] if end > 0 and frame.startswith(BEGINNING) else ""


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
