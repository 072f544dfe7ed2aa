"""What holds for a whole thread while something is rendered: its language, its time zone and what
belongs to its URLs."""

cimport cython
from cpython.contextvars cimport PyContext_CopyCurrent

from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone, translation
from django.utils.translation import trans_real


@cython.final
cdef class ContextMark:
    """Tells whether a context variable was set since the mark was, without asking their values
    whether they are equal: only one that is the same object is unchanged."""

    def set(self):
        """Remember the context as it is now."""
        context = PyContext_CopyCurrent()
        self.names, self.values = tuple(context), tuple(context.values())
        self.languages = getattr(trans_real, "_active", None)

    cpdef bint is_unchanged(self) except -1:
        """Whether the context is as it was. False before the first `set`."""
        # Where a translation is edited, Django makes itself a new variable.
        if self.names is None or self.languages is not getattr(trans_real, "_active", None):
            return False
        context = PyContext_CopyCurrent()
        return same_items(context, self.names) and same_items(context.values(), self.values)


cdef bint same_items(found, tuple known) except -1:
    cdef Py_ssize_t i = 0, count = len(known)
    for item in found:
        if i == count or item is not known[i]:
            return False
        i += 1
    return i == count


@cython.final
cdef class Surroundings:
    """Tells whether what holds for the thread is what it was."""

    def __init__(self):
        self.mark = ContextMark()

    cdef bint have_changed(self) except -1:
        """Whether they are others than when this was asked before."""
        if self.mark.is_unchanged():
            return False
        before = self.known
        self.known = (
            translation.get_language(),
            timezone.get_current_timezone(),
            get_script_prefix(),
            get_urlconf(),
        )
        self.mark.set()
        return before != self.known
