"""Times the stages of one message and reports them to the hooks."""

cimport cython

from time import perf_counter

from pykka_live._wire import encode
from pykka_live.live.hooks import NO_PATCHES, OPERATIONS, Handled, emit
from pykka_live.live.spans import LISTENERS, begin_message, begin_render

cdef dict listeners = LISTENERS
cdef dict PLACES = {
    letter: place for place, (_word, letters) in enumerate(OPERATIONS) for letter in letters
}
cdef list SINGLE = [
    tuple([int(i == place) for i in range(len(OPERATIONS))]) for place in range(len(OPERATIONS))
]
cdef object new_tuple = tuple.__new__


cdef tuple count(list patches):
    """How many patches there are of each of `OPERATIONS`."""
    if len(patches) == 1:
        return SINGLE[PLACES[(<tuple>patches[0])[1]]]
    cdef list counts = [0] * len(SINGLE)
    for patch in patches:
        counts[PLACES[(<tuple>patch)[1]]] += 1
    return tuple(counts)


@cython.final
cdef class Stopwatch:
    cdef str view, kind, event
    cdef object actor, span, rendering
    cdef double handler, render, checkpoint, diff, encoding
    cdef tuple operations
    cdef public object renderer
    cdef public bint kept
    cdef bint reported

    def __init__(self, view, kind, event, actor):
        self.view = view
        self.kind = kind
        self.event = event
        self.actor = actor
        self.operations = NO_PATCHES
        if listeners:
            self.span = begin_message(kind, event, view, actor)
        self.handler = perf_counter()
        self.render = self.checkpoint = self.diff = self.encoding = 0.0     # when they began
        actor.clock = self

    def begin(self, str stage):
        """From here on the time goes to `stage`; they come in this order."""
        cdef double now
        if self.rendering is not None:
            self.rendering.end()
            self.rendering = None
        if listeners and stage == "render":
            self.rendering = begin_render(self.view, self.actor)
        now = perf_counter()
        if stage == "diff":
            self.diff = now
        elif stage == "checkpoint":
            self.checkpoint = now
        elif stage == "encode":
            self.encoding = now
        else:   # it may be the second attempt
            self.render, self.checkpoint, self.diff, self.encoding = now, 0.0, 0.0, 0.0

    def encode(self, list patches not None):
        """Encode the patches, which are counted; the time goes to that."""
        self.encoding = perf_counter()
        self.operations = count(patches)
        return encode(patches)

    def fail_attempt(self, error):
        """The first attempt has failed; there will be another one."""
        if self.rendering is not None:
            self.rendering.end("", error)
            self.rendering = None

    def finish(self, outcome, update=None, error=None):
        """Report the message, and what it is answered with, unless it was given up; return the
        report."""
        handled = self.report(outcome, update)
        if self.rendering is not None:
            self.rendering.end(outcome, error)
            self.rendering = None
        if self.span is not None:
            self.span.end(outcome, error)
            self.span = None
        self.actor.clock = None
        return handled

    def give_up(self):
        """Report, from another thread, that the message is given up, unless it has ended just now.
        Its spans end with the thread that handles it."""
        self.report("stuck", None)

    cdef report(self, outcome, update):
        cdef double end = perf_counter(), waited = self.actor.message_waited    # 0 before the first
        cdef double encoding = self.encoding or end
        cdef double diff = self.diff or encoding
        cdef double checkpoint = self.checkpoint or diff
        cdef double render = self.render or checkpoint
        renderer = self.renderer
        if renderer is None:
            rendered, reused, from_page = 0, 0, False
        else:
            rendered, reused = renderer.rendered, renderer.reused
            from_page = renderer.has_fallen_back
        if update is None:
            patches, size = 0, 0
        else:
            patches, size = update.patch_count, len(update.patches or update.tree or b"")
        handled = new_tuple(Handled, (
            self.view,
            self.kind,
            self.event,
            outcome,
            self.actor.path,
            waited,
            render - self.handler,
            checkpoint - render,
            diff - checkpoint,
            encoding - diff,
            end - encoding,
            waited + end - self.handler,
            rendered,
            reused,
            from_page,
            patches,
            size,
            self.operations,
            self.kept,
        ))
        if not self.reported:   # nothing runs between this and the next line
            self.reported = True
            emit(handled)
        return handled
