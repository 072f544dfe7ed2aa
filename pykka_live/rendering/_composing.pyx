"""The tree that a page shows: that of its view, with those of its components in their places."""

cimport cython

from pykka_live._vdom cimport Element, make_element, make_like

from pykka_live.rendering.placeholder import ATTRIBUTE

cdef str MARK = ATTRIBUTE


@cython.final
cdef class Level:
    """An element that is being gone through."""

    cdef Element element
    cdef str id                 # of the component whose root it is; else None
    cdef Py_ssize_t at
    cdef list children          # what they have become, where one has changed


cdef Level new_level(Element element, str id):
    cdef Level level = Level.__new__(Level)
    level.element = element
    level.id = id
    return level


def compose(Element root not None, trees):
    """Put the trees of components into the places that are theirs, and so on within these.

    Nothing here recurses, for trees may be deep. What holds no component is the same object as
    before. A place whose tree is missing stays hollow.

    :param root: a tree
    :param trees: a mapping from the ids of components to their trees
    """
    cdef Level level, above
    cdef Element child, made
    cdef list levels
    cdef set shown = set()      # the components around what is being looked at
    cdef tuple children
    found = id_of(root)
    level = filled(root, found, trees, shown)
    levels = [new_level(root, None) if level is None else level]
    while True:
        level = <Level>levels[len(levels) - 1]
        children = level.element.children
        if level.at < len(children):
            item = children[level.at]
            level.at += 1
            if type(item) is not Element:
                continue
            child = <Element>item
            if child.height > 0:
                levels.append(new_level(child, None))
                continue
            found = id_of(child)
            if found is not None:
                above = filled(child, found, trees, shown)
                if above is not None:
                    levels.append(above)
            continue
        levels.pop()
        made = level.element
        if level.children is not None:
            made = make_like(made, tuple(level.children))
        if level.id is not None:
            shown.discard(level.id)
        if not levels:
            return made
        above = <Level>levels[len(levels) - 1]
        if made is not above.element.children[above.at - 1]:
            if above.children is None:
                above.children = list(above.element.children)
            above.children[above.at - 1] = made


cdef Level filled(Element place, found, trees, set shown):
    """The root of the component that belongs to a place, to be gone through; None if there is
    none."""
    cdef Element tree
    if found is None or found in shown:
        return None
    tree = trees.get(found)
    if tree is None:
        return None
    shown.add(found)
    return new_level(make_element(tree.tag, (MARK, found) + tree.pairs, tree.children), found)


cdef inline object id_of(Element element):
    """The id of the component whose place this is; else None."""
    if len(element.children) == 0 and len(element.pairs) == 2 and element.pairs[0] == MARK:
        return element.pairs[1]
    return None
