"""Makes one tree again and again, with a memory of the last time."""

cimport cython

from pykka_live.rendering._classes cimport Classes
from pykka_live.rendering._contexts cimport ContextMaker
from pykka_live.rendering._fragments cimport Fragment
from pykka_live.rendering._ops cimport Op
from pykka_live.rendering._lazies cimport Lazies
from pykka_live.rendering._run cimport Run, make_run
from pykka_live.rendering._surroundings cimport Surroundings
from pykka_live.state._freeze cimport Freezer

from django.conf import settings

from pykka_live._html import find_region
from pykka_live._region import RegionError
from pykka_live.rendering._run import locate
from pykka_live.rendering.gathering import gatherer
from pykka_live.rendering.notes import Notes
from pykka_live.rendering.outline import Broken
from pykka_live.rendering.values import TemplateValues, ValueFailed


@cython.final
cdef class Renderer:
    """Renders the live region of a page, or a component.

    It belongs to one of them, and to one thread. What it returns is, node for node, the tree of
    what Django renders; where nothing has changed, the nodes are the same objects as the last time.

    :param template: the `LiveTemplate`, or the `ComponentTemplate`
    :param freezer: compares values with what they were. One that also pictures the state of the
        view has compared most of them when the renderer asks
    """

    cdef readonly object template
    cdef Freezer freezer
    cdef object program
    cdef Op content                     # its parts, which each picture asks for
    cdef Classes classes
    cdef bint remembers
    cdef Surroundings surroundings
    cdef Lazies lazies
    cdef list memory
    cdef Py_ssize_t generation          # of the classes, when the memory was begun
    cdef ContextMaker maker
    cdef object request, processed      # what the maker was made for
    cdef bint is_lost                   # nobody has looked where the region is
    cdef bint plain_numbers, takes_notes
    cdef readonly object notes
    cdef readonly Py_ssize_t rendered, reused
    cdef readonly bint has_fallen_back
    cdef public bint has_compared

    def __init__(self, template, Freezer freezer=None):
        self.template = template
        self.freezer = Freezer() if freezer is None else freezer
        self.surroundings = Surroundings()
        self.lazies = Lazies()

    def render(self, request, values, processed):
        """Render the tree.

        What stands outside of it is only rendered where something may come of it: where it leaves
        a trace, calls what is not known, or reads what has changed.

        Takes and raises what the template's `render_whole` does.
        """
        cdef Run run
        program = self.template.program
        if program is not self.program:
            if type(program) is Broken:
                return self.whole(request, values, processed)
            self.adopt(program)
        if self.remembers and self.surroundings.have_changed(request, self.classes.rounds):
            self.memory = None
        if request is not self.request or processed is not self.processed:
            self.prepare(request, processed)
        given = values if type(values) is TemplateValues else dict(values)
        run = make_run(
            self.maker, given, self.freezer, self.plain_numbers, self.classes, self.surroundings,
            self.lazies)
        run.notes = self.notes = Notes() if self.takes_notes else None
        if self.memory is None or run.generation != self.generation:
            self.memory, self.generation = [None] * program.size, run.generation
        try:
            root = self.root(run)
        except ValueFailed as failed:
            raise (failed.__cause__ or failed) from None
        except Exception as error:
            for template in program.lineage.templates:
                locate(error, template)
            raise
        finally:
            self.has_compared = False
        self.rendered, self.reused = run.rendered, run.reused
        self.has_fallen_back = False
        if root is None:
            around = gatherer.get()
            if around is not None:
                around.restart()
            return self.whole(request, values, processed)
        self.has_compared = not run.stale
        return self.template.parse(root) if type(root) is str else root

    cdef object root(self, Run run):
        """The root of the tree; or the markup of the page, if only that can tell where the live
        region is; or None, if the pieces of that markup are not what they seem to be."""
        cdef Fragment fragment
        run.has_moved, self.is_lost = self.is_lost, True
        fragment = self.content.run(run, self.memory)
        if fragment.source is not None:
            return None if fragment.is_guessed else fragment.source
        if run.page is not None and not is_region_at(run.page, run.place):
            return None
        self.is_lost = False
        return fragment.nodes[0]

    cdef object whole(self, request, values, processed):
        self.has_fallen_back, self.has_compared = True, False
        self.rendered = self.reused = 0
        self.notes = None
        return self.template.render_whole(request, values, processed)

    cdef int adopt(self, program) except -1:
        """Render that from now on, of which nothing is known yet."""
        self.content, self.classes = program.content, program.classes
        self.remembers = program.remembers
        self.freezer.keys = program.keys
        self.memory = self.request = self.processed = None
        self.program = program
        return 0

    cdef int prepare(self, request, processed) except -1:
        if request is not self.request:
            self.memory = None
        self.maker = ContextMaker(
            self.template.django_template, request, processed, self.program.lineage)
        self.request, self.processed = request, processed
        self.plain_numbers = not settings.USE_THOUSAND_SEPARATOR
        self.takes_notes = settings.DEBUG
        return 0


cdef bint is_region_at(str page, Py_ssize_t place) except -1:
    """Whether the live region of a page is where it seems to be, and plain HTML."""
    try:
        region = find_region(page)
    except RegionError:
        return False
    return region.start == place and not region.foreign
