"""What other Cython modules may use of the kinds of values."""


cpdef enum Kind:
    ATOM            # immutable, its own picture
    DICT            # keys and values in turn
    COUNTER
    LIST
    TUPLE
    NAMEDTUPLE
    SET             # in the order of iteration, as FROZENSET
    FROZENSET
    BYTEARRAY       # its bytes
    MEMORY          # the bytes of a memoryview
    DEQUE           # its maxlen, its items
    ORDERED         # its __dict__ or None, keys and values in turn
    DEFAULT         # its factory, keys and values in turn
    INSTANCE        # names and values of its __dict__ in turn
    SLOTTED         # its __dict__ or None; descriptors of its slots and their values in turn
    METHOD          # its function, its object
    VIEW            # the dict that a dict's view looks at
    REDUCED         # what __reduce_ex__ returned: function, arguments, state, items, pairs
    KEPT            # itself: it says that it is a global
    OPAQUE          # nothing: it copies itself
    MARKER          # the name of an object that is no part of the state


cdef bint same_atom(object a, object b) except -1
cdef bint is_plain_atom(object value) except -1
cdef bint is_translation(object value) except -1
