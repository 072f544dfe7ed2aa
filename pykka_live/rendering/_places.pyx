"""The places of components among the children of an element."""

cimport cython

from pykka_live._vdom cimport make_element
from pykka_live.rendering._fragments cimport Fragment, element_fragment, markup_fragment
from pykka_live.rendering._ops cimport Op
from pykka_live.rendering._run cimport MISSING, UNASKED, UNKNOWN, UNREAD, Run
from pykka_live.rendering._trust cimport Trust

from django.template import TemplateSyntaxError, Variable
from django.utils.safestring import SafeString

from pykka_live.rendering.functions import find_function
from pykka_live.rendering.gathering import gatherer
from pykka_live.rendering.placeholder import ATTRIBUTE, MAX_ID, NO_GATHERER, checked_id, hollow
from pykka_live.rendering.reads import PASSED, of_expression, plain_path

cdef str MARK = ATTRIBUTE
cdef Py_ssize_t LONGEST = MAX_ID


@cython.final
cdef class Given:
    """A value that a component is given.

    :param expression: Django's
    """

    cdef object expression
    cdef object value           # of what is always the same
    cdef tuple bits             # what it looks up, if that is all that it does
    cdef Trust trust            # in what it does else
    cdef bint constant

    def __init__(self, expression):
        variable = expression.var
        self.expression = expression
        self.bits = plain_path(expression)
        self.constant = not expression.filters and (
            not isinstance(variable, Variable)
            or (variable.lookups is None and not variable.translate))
        if self.constant:
            self.value = expression.resolve(None)
        self.trust = Trust(of_expression(expression, PASSED))

    cdef object resolve(self, Run run):
        if self.constant:
            return self.value
        if self.bits is None:
            value = self.expression.resolve(run.context)
            self.trust.judge(run)
            return value
        value = run.lookup(self.bits, False)
        if value is MISSING or value is UNKNOWN or value is UNASKED or value is UNREAD:
            missing = value is MISSING
            value = self.expression.resolve(run.context)
            if not missing:
                run.doubt()
        return value


@cython.final
cdef class Place(Op):
    """A component whose name is always the same. The gatherer is told of it each time; the element
    that stands for it is the same object as long as its tag and its id are the same.

    :param node: the `ComponentNode`
    :param trust: in what its slots write
    :param chain: the names of the elements around it
    :param blank: whether no text may stand there
    :param place: its own in the memory
    """

    cdef object node
    cdef str name
    cdef Given id
    cdef tuple keys, props, chain
    cdef bint has_slots, blank
    cdef Trust trust
    cdef int place
    cdef dict fitting           # whether an element of a tag may stand here

    def __init__(self, node, Trust trust, chain, bint blank, int place):
        self.node = node
        self.name = str.__str__(node.name.var)
        self.id = Given(node.id)
        self.keys = tuple(node.props)
        self.props = tuple([Given(expression) for expression in node.props.values()])
        self.has_slots = bool(node.slots)
        self.trust = trust
        self.chain = tuple(chain)
        self.blank = blank
        self.place = place
        self.fitting = {}

    cdef Fragment run(self, Run run, list memory):
        cdef tuple made
        cdef str tag, id
        try:
            if not self.name or find_function(self.name) is not None:
                return self.shown(run, memory)
            tag, id = self.placed(run)
        except Exception as error:
            run.trace(self.node, error)
            raise
        if memory is not None:
            made = <tuple>memory[self.place]
            if made is not None and made[0] == tag and made[1] == id:
                return <Fragment>made[2]
        fragment = self.hollow(tag, id)
        if memory is not None:
            memory[self.place] = (tag, id, fragment)
        return fragment

    cdef tuple placed(self, Run run):
        """Tell the gatherer; the tag of the component's root, and the id."""
        cdef dict props = {}, slots = {}
        cdef Py_ssize_t i
        for i in range(len(self.keys)):
            props[self.keys[i]] = (<Given>self.props[i]).resolve(run)
        id = self.id.resolve(run)
        if type(id) is not str or not 0 < len(<str>id) <= LONGEST or not (<str>id).isprintable():
            if type(id) is not SafeString and not run.classes.is_inert(id):
                run.doubt()
            id = checked_id(self.name, id)
        here = gatherer.get()
        if here is None:
            raise TemplateSyntaxError(NO_GATHERER % self.name)
        if self.has_slots:
            slots = self.node.owned(run.context, here)
            self.trust.judge(run)
        return here.place(self.name, id, props, slots), id

    cdef Fragment hollow(self, str tag, str id):
        """What stands for the component."""
        cdef str source = hollow(tag, id)
        fits = self.fitting.get(tag)
        if fits is None:
            fits = self.fitting[tag] = is_one(
                markup_fragment(hollow(tag, "x"), self.chain, self.blank))
        if not fits:
            return markup_fragment(source, self.chain, self.blank)
        return element_fragment(make_element(tag, (MARK, id), ()), (source,))

    cdef Fragment shown(self, Run run, list memory):
        """What a function component shows."""
        cdef str text = str.__str__(self.node.render(run.context))
        cdef tuple made
        run.doubt()
        if memory is not None:
            made = <tuple>memory[self.place]
            if made is not None and made[0] is None and made[1] == text:
                return <Fragment>made[2]
        fragment = markup_fragment(text, self.chain, self.blank)
        if memory is not None:
            memory[self.place] = (None, text, fragment)
        return fragment


cdef bint is_one(Fragment fragment) except -1:
    """Whether a piece is one element and no more."""
    return (fragment.source is None and len(fragment.nodes) == 1
            and not fragment.lead and not fragment.trail)
