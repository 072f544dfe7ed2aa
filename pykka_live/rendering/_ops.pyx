"""What a template was compiled to: ops that make pieces of a page.

An op is shared by all who render the template. What it remembers is in a memory, a list with a
place for each op, which belongs to one live region or to one row of a loop: what it made last and
of what. Made of the same, it is the same object. Without a memory an op makes everything anew.
"""

cimport cython

from pykka_live.rendering._fragments cimport (
    NOTHING, Fragment, combined, is_blank, markup_fragment, nodes_fragment, rough_fragment, settled_text,
    text_fragment,
)
from pykka_live.rendering._run cimport MISSING, UNASKED, UNKNOWN, Run, is_same_setting
from pykka_live.rendering._trust cimport WRITTEN, Trust, keeps_still

from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.safestring import SafeString

cdef extern from "Python.h":
    object PyUnicode_FromObject(object text)


cdef class Op:
    """Makes a piece of a page."""

    cdef Fragment run(self, Run run, list memory):
        raise NotImplementedError


@cython.final
cdef class Static(Op):
    """What is always the same."""

    cdef Fragment fragment

    def __init__(self, nodes):
        self.fragment = nodes_fragment(tuple(nodes))

    cdef Fragment run(self, Run run, list memory):
        return self.fragment


@cython.final
cdef class Sequence(Op):
    """Ops beside each other.

    :param ops: these
    :param place: its own in the memory
    :param size: how long a memory for all that is in it has to be; 0 if none is worth while
    """

    def __init__(self, ops, int place, int size=0):
        self.ops = tuple(ops)
        self.place = place
        self.size = size

    cdef Fragment run(self, Run run, list memory):
        cdef list fragments, before
        cdef Py_ssize_t i, count = len(self.ops)
        if count == 0:
            return NOTHING
        if count == 1:
            return (<Op>self.ops[0]).run(run, memory)
        fragments = [None] * count
        for i in range(count):
            fragments[i] = (<Op>self.ops[i]).run(run, memory)
        if memory is None:
            return combined(fragments)
        made = memory[self.place]
        if made is not None:
            before = <list>(<tuple>made)[0]
            for i in range(count):
                if fragments[i] is not before[i]:
                    break
            else:
                return <Fragment>(<tuple>made)[1]
        fragment = combined(fragments)
        memory[self.place] = (fragments, fragment)
        return fragment


@cython.final
cdef class Outside:
    """A node outside of the live region. It is rendered where something may come of it: where it
    leaves something behind, calls code of a user's, or reads what has changed.

    :param node: Django's
    :param trust: in what it writes
    :param fixed: it leaves nothing behind
    :param place: its own in the memory
    """

    cdef object node
    cdef Trust trust
    cdef bint fixed
    cdef int place

    def __init__(self, node, Trust trust, bint fixed, int place):
        self.node = node
        self.trust = trust
        self.fixed = fixed
        self.place = place

    cdef str settled(self, Run run, list memory, bint* changed):
        """What it writes, or None if that is what it was. Note whether it has changed."""
        cdef tuple before = <tuple>memory[self.place], read, pictures = None
        cdef tuple setting = run.setting()
        if before is not None:
            pictures = <tuple>before[0]
        read = self.trust.pictures(run, pictures)
        if (self.fixed and read is not None and read is pictures
                and is_same_setting(setting, <tuple>before[2])):
            return None
        cdef str text = str_of(self.node.render_annotated(run.context))
        if read is None:
            run.doubt()
        said = hash(text)
        if before is None or before[1] != said:
            changed[0] = True
        memory[self.place] = (read, said, setting)
        return text


@cython.final
cdef class Surrounded(Op):
    """The live region, or what holds it, with what stands around it.

    :param before: strings, nodes of which nothing can come, and `Outside`s
    :param inner: makes the region
    :param after: as `before`
    :param region: what stands for the region, where it only matters where that is
    """

    cdef tuple before, after
    cdef str region
    cdef Op inner

    def __init__(self, before, Op inner, after, str region):
        self.before = tuple(before)
        self.inner = inner
        self.after = tuple(after)
        self.region = region

    cdef Fragment run(self, Run run, list memory):
        cdef list before = [] if self.before else None, after = [] if self.after else None
        cdef bint changed = self.settle(run, memory, self.before, before)
        cdef str head, tail
        run.has_moved = run.has_moved or changed
        fragment = self.inner.run(run, memory)
        changed = self.settle(run, memory, self.after, after) or run.has_moved
        run.has_moved = changed
        if fragment.source is None and not changed:
            return fragment
        head, tail = written(run, self.before, before), written(run, self.after, after)
        if fragment.source is None:
            run.place += len(head)
            run.page = head + (self.region if run.page is None else run.page) + tail
            return fragment
        surrounded = rough_fragment(head + fragment.source + tail, fragment.is_cut)
        surrounded.is_guessed = fragment.is_guessed or fragment.is_rebuilt
        return surrounded

    cdef bint settle(self, Run run, list memory, tuple items, list texts) except -1:
        """Render what has to be; tell whether it is other than before."""
        cdef bint changed = False
        for item in items:
            text = None
            if type(item) is Outside:
                text = (<Outside>item).settled(run, memory, &changed)
            texts.append(text)
        return changed


cdef str written(Run run, tuple items, list texts):
    """What stands beside the region; `texts` are those of it that are known."""
    cdef list all_texts = []
    if not items:
        return ""
    for item, text in zip(items, texts):
        if text is not None or type(item) is str:
            all_texts.append(item if text is None else text)
        else:
            node = (<Outside>item).node if type(item) is Outside else item
            all_texts.append(str_of(node.render_annotated(run.context)))
    return "".join(all_texts)


# ---------------------------------------------------------------------------------- texts, markup


cdef class Writer(Op):
    """Writes text or markup, wherever that stands.

    :param trust: in what is written
    :param chain: the names of the elements around it
    :param blank: whether no text may stand there
    :param place: its own in the memory
    """

    def __init__(self, Trust trust, chain=(), bint blank=False, int place=0):
        self.trust = trust
        self.chain = tuple(chain)
        self.blank = blank
        self.place = place

    cdef str write(self, Run run, bint* plain):
        """The text, if it comes out plain, else markup."""
        raise NotImplementedError

    cdef Fragment run(self, Run run, list memory):
        cdef bint plain = False
        cdef str text = self.write(run, &plain)
        cdef tuple made
        if memory is not None:
            made = <tuple>memory[self.place]
            if made is not None and made[1] == plain and made[0] == text:
                return <Fragment>made[2]
        fragment = self.fragment(text, plain)
        if memory is not None:
            memory[self.place] = (text, plain, fragment)
        return fragment

    cdef Fragment fragment(self, str text, bint plain):
        if not plain:
            return markup_fragment(text, self.chain, self.blank)
        data = settled_text(text)
        if data is None or (self.blank and not is_blank(data)):
            return rough_fragment(str(escape(text)), "\r" in text)
        return text_fragment(data)


@cython.final
cdef class Value(Writer):
    """A variable.

    :param node: Django's
    :param bits: what it looks up, if that is all that it does
    """

    cdef object node
    cdef tuple bits

    def __init__(self, node, bits, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.node = node
        self.bits = bits

    cdef str write(self, Run run, bint* plain):
        cdef object value, cls
        if self.bits is None:
            text = str_of(self.node.render_annotated(run.context))
            self.trust.judge(run)
            return text
        value = run.lookup(self.bits, False)
        if value is not MISSING and value is not UNKNOWN:
            cls = type(value)
            if cls is str:
                plain[0] = run.escapes()
                return <str>value
            if (cls is int and run.plain_numbers) or value is None or cls is bool:
                plain[0] = True
                return str(value)
            if cls is SafeString:
                return str_of(value)
        text = str_of(self.node.render_annotated(run.context))
        if value is UNASKED:
            value = run.lookup(self.bits, True)
        if value is not MISSING and not run.classes.is_inert(value) and not (
            type(value) is SimpleLazyObject and keeps_still(run, value, WRITTEN)
        ):
            if run.notes is not None:
                run.notes.asked(self.bits)
            run.doubt()
        return text


@cython.final
cdef class Nodes(Writer):
    """Whatever Django's nodes write.

    :param parts: nodes, and strings between them
    :param finding: what is said of that, if it is more than a slot
    """

    cdef tuple parts
    cdef object finding

    def __init__(self, parts, Trust trust, chain=(), bint blank=False, int place=0, finding=None):
        super().__init__(trust, chain, blank, place)
        self.parts = tuple(parts)
        self.finding = finding

    cdef str write(self, Run run, bint* plain):
        cdef list texts = []
        if run.notes is not None and self.finding is not None:
            run.notes.string(self.finding)
        for part in self.parts:
            texts.append(part if type(part) is str else part.render_annotated(run.context))
        self.trust.judge(run)
        return str_of("".join(texts))


cdef inline str str_of(object text):
    return PyUnicode_FromObject(text)   # no SafeString
