"""What holds for a whole thread while something is rendered: its language, its time zone, how it
rounds, and what belongs to its URLs."""

cimport cython
from cpython.contextvars cimport PyContext_CopyCurrent

import datetime
import time
import zoneinfo
from decimal import getcontext
from gc import get_referents

from django.urls import get_script_prefix, get_urlconf
from django.utils import timezone, translation
from django.utils.translation import trans_real

cdef frozenset ZONES = frozenset({datetime.timezone, zoneinfo.ZoneInfo})


@cython.final
cdef class ContextMark:
    """Tells whether a context variable was set since the mark was, without asking their values
    whether they are equal: only one that is the same object is unchanged."""

    def set(self):
        """Remember the context as it is now."""
        context = PyContext_CopyCurrent()
        self.variables = variables_of(context)
        self.names, self.values = tuple(context), tuple(context.values())
        self.languages = getattr(trans_real, "_active", None)

    cpdef bint is_unchanged(self) except -1:
        """Whether the context is as it was. False before the first `set`."""
        # Where a translation is edited, Django makes itself a new variable.
        if self.names is None or self.languages is not getattr(trans_real, "_active", None):
            return False
        context = PyContext_CopyCurrent()
        variables = variables_of(context)
        if variables is not None and variables is self.variables:
            return True
        if not same_items(context, self.names) or not same_items(context.values(), self.values):
            return False
        self.variables = variables
        return True


cdef object variables_of(context):
    """What a copy of a context shares with it for as long as no variable is set; None if nobody
    knows."""
    cdef list found = get_referents(context)
    return found[0] if len(found) == 1 else None


cdef bint same_items(found, tuple known) except -1:
    cdef Py_ssize_t i = 0, count = len(known)
    for item in found:
        if i == count or item is not known[i]:
            return False
        i += 1
    return i == count


@cython.final
cdef class Surroundings:
    """Tells whether what holds for the thread, and for the URLs of its request, is what it was."""

    def __init__(self):
        self.mark = ContextMark()

    cdef bint have_changed(self, request, bint rounds) except -1:
        """Whether they are others than when this was asked before, or may be.

        :param rounds: whether it matters how decimals are rounded
        """
        cdef tuple known
        cdef bint changed = self.have_set(request)
        if rounds:
            known, self.rounding = self.rounding, rounding()
            changed = not alike(known, self.rounding) or changed
        if not self.mark.is_unchanged():
            zone, self.zone = self.zone, timezone.get_current_timezone()
            known, self.known = self.known, known_of_thread()
            changed = not (alike(known, self.known) and is_same_zone(zone, self.zone)) or changed
            self.mark.set()
        # What is asked of a zone of a user's, nobody knows.
        return changed or type(self.zone) not in ZONES

    cdef bint have_strayed(self, request, bint rounds) except -1:
        """Whether they are others than when the rendering began, since code of a user's has run."""
        if current_app(request) is not self.app or time.tzname is not self.names:
            return True
        if rounds and self.rounding is not None and not alike(self.rounding, rounding()):
            return True
        if self.mark.is_unchanged():
            return False
        return not (alike(self.known, known_of_thread())
                    and is_same_zone(self.zone, timezone.get_current_timezone()))

    cdef bint have_set(self, request) except -1:
        """Whether what anybody may set at any time is another than before."""
        app, names = current_app(request), time.tzname
        if app is self.app and names is self.names:
            return False
        self.app, self.names = app, names
        return True


cdef tuple known_of_thread():
    return translation.get_language(), get_script_prefix(), get_urlconf()


cdef tuple rounding():
    """How decimals are rounded and written."""
    now = getcontext()
    return now.prec, now.rounding, now.capitals, now.Emin, now.Emax, now.clamp


cdef object current_app(request):
    """What `{% url %}` asks the request for."""
    app = getattr(request, "current_app", request)
    if app is not request:
        return app
    return getattr(getattr(request, "resolver_match", None), "namespace", None)


cdef bint alike(tuple before, tuple now) except -1:
    """Whether values are the same objects, or texts and numbers that say the same."""
    cdef Py_ssize_t i
    if before is None:
        return False
    for i in range(len(now)):
        if before[i] is now[i]:
            continue
        if type(now[i]) is not type(before[i]) or type(now[i]) not in (str, int):
            return False
        if before[i] != now[i]:
            return False
    return True


cdef bint is_same_zone(before, now) except -1:
    if before is now:
        return True
    if type(before) is not datetime.timezone or type(now) is not datetime.timezone:
        return False
    return before == now and before.tzname(None) == now.tzname(None)
