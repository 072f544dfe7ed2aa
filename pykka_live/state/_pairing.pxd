"""What the freezer uses of the pairing of items."""

from pykka_live.state._freeze cimport Freezer
from pykka_live.state._frozen cimport Frozen


# Pictures of values that stand where `parts` pictured others.
cdef list paired(Freezer freezer, list values, list parts)
# Whether a value that resembles a picture does so at any depth.
cdef bint looks_like(Freezer freezer, object value, Frozen part) except -1
