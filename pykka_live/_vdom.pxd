"""What other Cython modules may use of the tree: `from pykka_live._vdom cimport Element,
make_element`.
"""

cimport cython
from libc.stdint cimport uint64_t


cdef class Node:
    cdef uint64_t digest    # of the whole content; equal nodes have equal digests
    cdef int height         # 0 for a leaf; decides how a subtree is freed


@cython.final
cdef class Text(Node):
    cdef readonly str data


@cython.final
cdef class Comment(Node):
    cdef readonly str data


@cython.final
cdef class Element(Node):
    cdef readonly str tag
    cdef tuple pairs            # the attributes, flat: name, value, name, value, ...
    cdef readonly tuple children
    cdef readonly str key


# The makers trust their caller: exact `str` objects without lone surrogates (`clean` makes them),
# names of attributes that occur once, children without empty or adjacent texts.
cdef str clean(object text)
cdef Text make_text(str data)
cdef Comment make_comment(str data)
cdef Element make_element(str tag, tuple pairs, tuple children)
# An element like another one, but for its children, of which most are the same.
cdef Element make_like(Element like, tuple children)

cdef bint same(Node a, Node b) except -1
