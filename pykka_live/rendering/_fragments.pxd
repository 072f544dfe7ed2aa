"""What ops make: pieces of a page that can be put beside each other."""

cimport cython
from pykka_live._spare cimport Spare
from pykka_live._vdom cimport Element


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Fragment:
    cdef str lead           # the text in front of the first node, or all there is
    cdef tuple nodes        # neither the first nor the last is a text
    cdef str trail          # the text behind the last node; empty where there is no node
    cdef str source         # of what is no piece of a tree yet; else None
    cdef bint is_cut        # the source ends within a tag, or the like,
    cdef bint is_guessed    # or was made of what is known only as a tree, and could mean else
    cdef bint is_rebuilt    # some of the markup it was made of was made of a tree
    cdef bint is_abroad     # the rest of its source may begin foreign content
    cdef tuple parts        # what it was made of, if its markup cannot be told from the tree


cdef Fragment NOTHING

cdef Fragment text_fragment(str data)
cdef Fragment rough_fragment(str source, bint is_cut)
cdef bint is_rebuilt(Fragment fragment) except -1
cdef bint leads_abroad(str source) except -1
cdef bint is_blank(str data) except -1

cdef bint is_cut_off(str source) except -1
cdef Fragment element_fragment(Element element, tuple parts)
cdef Fragment nodes_fragment(tuple nodes)
cdef Fragment markup_fragment(str source, tuple chain, bint blank)
cdef Fragment combined(list fragments)
cdef tuple children_of(Fragment fragment)
cdef tuple children_like(Fragment fragment, Fragment before, tuple children, Spare spare)
cdef str source_of(Fragment fragment)
cdef Fragment whole_fragment(str source, str tag)
cdef bint alike_fragments(Fragment a, Fragment b) except -1
cdef bint is_plain(str data) except -1
cdef str settled_text(str data)
cdef str decoded_attribute(str raw)
cdef str decoded_text(str raw)
