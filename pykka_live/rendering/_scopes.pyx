"""Ops that stand for Django's own control structures, loops aside: they choose what is rendered, and
with which names."""

cimport cython

from pykka_live.rendering._fragments cimport NOTHING, Fragment
from pykka_live.rendering._ops cimport Op, Sequence
from pykka_live.rendering._run cimport Run
from pykka_live.rendering._surroundings cimport Surroundings
from pykka_live.rendering._trust cimport Trust

from django.template import VariableDoesNotExist
from django.template.context import ContextDict
from django.template.loader_tags import BLOCK_CONTEXT_KEY


@cython.final
cdef class If(Op):
    """`{% if %}`: the conditions are Django's own.

    :param node: Django's
    :param conditions: its conditions; None for the `else`
    :param branches: what each of them leads to
    :param trust: in what they come to
    """

    cdef object node
    cdef tuple conditions, branches
    cdef Trust trust

    def __init__(self, node, conditions, branches, Trust trust):
        self.node = node
        self.conditions = tuple(conditions)
        self.branches = tuple(branches)
        self.trust = trust

    cdef Fragment run(self, Run run, list memory):
        cdef Py_ssize_t chosen
        try:
            chosen = self.chosen(run)
        except Exception as error:
            run.trace(self.node, error)
            raise
        self.trust.judge(run)
        if chosen < 0:
            return NOTHING
        return (<Sequence>self.branches[chosen]).run(run, memory)

    cdef Py_ssize_t chosen(self, Run run) except -2:
        cdef Py_ssize_t i
        for i in range(len(self.conditions)):
            condition = self.conditions[i]
            try:
                match = condition is None or condition.eval(run.context)
            except VariableDoesNotExist:
                match = False
            if match:
                return i
        return -1


cdef class Scope(Op):
    """What only changes the context for its content."""

    cdef Sequence content

    def __init__(self, Sequence content):
        self.content = content


@cython.final
cdef class Setting(Scope):
    """`{% autoescape %}`, `{% localize %}` and `{% localtime %}`.

    :param name: the context's attribute that is set
    :param setting: to what
    """

    cdef str name
    cdef object setting

    def __init__(self, Sequence content, str name, setting):
        super().__init__(content)
        self.name = name
        self.setting = setting

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        old = getattr(context, self.name)
        setattr(context, self.name, self.setting)
        fragment = self.content.run(run, memory)
        setattr(context, self.name, old)
        return fragment


@cython.final
cdef class Override(Scope):
    """`{% language %}` and `{% timezone %}`. They have a memory of their own, for what was made under
    the same ones.

    :param node: Django's
    :param asked: the expression for the language or the time zone
    :param manager: makes the context manager that sets it for the thread
    :param trust: in what the expression comes to
    :param place: its own in the memory
    """

    cdef object node, asked, manager
    cdef Trust trust
    cdef int place

    def __init__(self, Sequence content, node, asked, manager, Trust trust, int place):
        super().__init__(content)
        self.node = node
        self.asked = asked
        self.manager = manager
        self.trust = trust
        self.place = place

    cdef Fragment run(self, Run run, list memory):
        try:
            value = self.asked.resolve(run.context)
            with self.manager(value):
                self.trust.judge(run)
                return self.inside(run, memory)
        except Exception as error:
            run.trace(self.node, error)
            raise

    cdef Fragment inside(self, Run run, list memory):
        cdef Surroundings around = run.surroundings, within
        cdef list known
        if memory is not None and memory[self.place] is not None:
            within, known = <tuple>memory[self.place]
        else:
            within, known = Surroundings(), None
        if within.have_changed(run.context.request, run.classes.rounds):
            known = [None] * self.content.size
        if memory is not None:
            memory[self.place] = (within, known)
        run.surroundings = within
        try:
            return self.content.run(run, known if memory is not None else None)
        finally:
            run.surroundings = around


@cython.final
cdef class Names:
    """Expressions that get names.

    :param node: Django's
    :param expressions: its expressions, by name
    :param trust: in what they come to
    """

    cdef object node
    cdef dict expressions
    cdef Trust trust

    def __init__(self, node, expressions, Trust trust):
        self.node = node
        self.expressions = dict(expressions)
        self.trust = trust

    cdef dict resolve(self, Run run):
        cdef dict values = {}
        try:
            for name, expression in self.expressions.items():
                values[name] = expression.resolve(run.context)
        except Exception as error:
            run.trace(self.node, error)
            raise
        self.trust.judge(run)
        return values


@cython.final
cdef class With(Scope):
    """`{% with %}`."""

    cdef Names names

    def __init__(self, Sequence content, Names names):
        super().__init__(content)
        self.names = names

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        values = self.names.resolve(run)
        ContextDict(context, values)
        try:
            return self.content.run(run, memory)
        finally:
            context.pop()


@cython.final
cdef class Block(Scope):
    """`{% block %}`, with the content that inheritance has given it.

    :param node: the node that stands where the block is shown
    """

    cdef object node

    def __init__(self, Sequence content, node):
        super().__init__(content)
        self.node = node

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        node = self.node
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        scope = ContextDict(context)
        try:
            if blocks is None:
                scope["block"] = node
                return self.content.run(run, memory)
            push = block = blocks.pop(node.name)
            if block is None:
                block = node
            block = type(node)(block.name, block.nodelist)
            block.context = context
            scope["block"] = block
            fragment = self.content.run(run, memory)
            if push is not None:
                blocks.push(node.name, push)
            return fragment
        finally:
            context.pop()


@cython.final
cdef class Include(Scope):
    """`{% include %}` of a template that is always the same.

    :param template: Django's
    :param isolated: whether it sees only the names that it is given
    """

    cdef object template
    cdef Names names
    cdef bint isolated

    def __init__(self, Sequence content, Names names, template, bint isolated):
        super().__init__(content)
        self.names = names
        self.template = template
        self.isolated = isolated

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        values = self.names.resolve(run)
        if self.isolated:
            run.context = context.new(values)
            try:
                with run.context.render_context.push_state(self.template):
                    return self.content.run(run, memory)
            finally:
                run.context = context
        ContextDict(context, values)
        try:
            with context.render_context.push_state(self.template):
                return self.content.run(run, memory)
        finally:
            context.pop()


@cython.final
cdef class Inclusion(Scope):
    """An inclusion tag whose template is always the same.

    :param node: Django's
    :param template: Django's
    """

    cdef object node, template

    def __init__(self, Sequence content, node, template):
        super().__init__(content)
        self.node = node
        self.template = template

    cdef Fragment run(self, Run run, list memory):
        context = run.context
        try:
            args, kwargs = self.node.get_resolved_arguments(context)
            inner = context.new(self.node.func(*args, **kwargs))
            token = context.get("csrf_token")
            if token is not None:
                inner["csrf_token"] = token
        except Exception as error:
            run.trace(self.node, error)
            raise
        run.doubt()
        run.context = inner
        try:
            with inner.render_context.push_state(self.template):
                return self.content.run(run, memory)
        finally:
            run.context = context


@cython.final
cdef class Partial(Scope):
    """`{% partial %}`.

    :param template: Django's, of the part
    """

    cdef object template

    def __init__(self, Sequence content, template):
        super().__init__(content)
        self.template = template

    cdef Fragment run(self, Run run, list memory):
        with run.context.render_context.push_state(self.template):
            return self.content.run(run, memory)
