"""How far cycles are: what a row with `{% cycle %}` in it depends on, and what it leaves behind."""

cimport cython


@cython.final
cdef class Turns:
    """The values of a cycle, one after the other, as `itertools.cycle` gives them.

    :param values: these
    """

    def __init__(self, values):
        self.values = tuple(values)

    def __iter__(self):
        return self

    def __next__(self):
        value = self.values[self.at]
        self.at = (self.at + 1) % len(self.values)
        return value


cdef tuple places_of(tuple cycles, object state):
    known = state.dicts[len(state.dicts) - 1]
    cdef list places = []
    for cycle in cycles:
        turns = known.get(cycle)
        if turns is None:
            places.append(0)
        else:
            places.append((<Turns?>turns).at)
    return tuple(places)


cdef int move_to(tuple cycles, tuple places, object state) except -1:
    known = state.dicts[len(state.dicts) - 1]
    cdef Py_ssize_t i
    for i in range(len(cycles)):
        cycle = cycles[i]
        if cycle not in known:
            known[cycle] = Turns(cycle.cyclevars)
        (<Turns?>known[cycle]).at = places[i]
    return 0
