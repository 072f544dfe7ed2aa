"""The tree of a page: immutable nodes, and their difference.

`pykka_live.vdom` is the public face of this module. Nothing here recurses: a tree may be deeper
than any C stack.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject, PyObject_Hash
from libc.stdint cimport uint32_t, uint64_t
from libc.string cimport memset

from types import MappingProxyType

cdef extern from "Python.h":
    object PyUnicode_FromObject(object text)
    int PyUnicode_KIND(object text)
    void* PyUnicode_DATA(object text)
    uint32_t PyUnicode_READ(int kind, void* data, Py_ssize_t index) noexcept
    Py_ssize_t PyUnicode_GET_LENGTH(object text) noexcept
    PyObject* PyTuple_GetItemUnchecked "PyTuple_GET_ITEM" (object items, Py_ssize_t index)
    Py_ssize_t Py_REFCNT(object thing) noexcept

cdef enum:
    # Subtrees flatter than this are freed by plain recursion, which is faster.
    SHALLOW = 50
    NONE = -1

cdef tuple EMPTY = ()


# -------------------------------------------------------------------------------------------- nodes


cdef str clean(object text):
    """The exact `str` of a text, with lone surrogates replaced as a browser's UTF-8 decoder would.
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a str, got {type(text).__name__}")
    cdef str exact = PyUnicode_FromObject(text)     # no SafeString is kept
    cdef int kind = PyUnicode_KIND(exact)
    if kind == 1:
        return exact
    cdef void* data = PyUnicode_DATA(exact)
    cdef Py_ssize_t i
    for i in range(PyUnicode_GET_LENGTH(exact)):
        if 0xD800 <= PyUnicode_READ(kind, data, i) <= 0xDFFF:
            # UTF-16 joins what is a pair of surrogates after all.
            return exact.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return exact


cdef inline uint64_t mix(uint64_t seed, uint64_t value) noexcept nogil:
    seed = (seed ^ value) * <uint64_t>0x9E3779B97F4A7C15
    return seed ^ (seed >> 29)


cdef class Node:
    """The base of `Element`, `Text` and `Comment`: an immutable piece of a page.

    Nodes are compared by content and are hashable. The same node may stand in many places and many
    trees.
    """

    def __init__(self):
        raise TypeError("Node is abstract; make an Element, a Text or a Comment")

    def __hash__(self):
        return <Py_hash_t>(self.digest >> 1)

    def __eq__(self, other):
        if not isinstance(other, Node):
            return NotImplemented
        return same(self, <Node>other)

    def __repr__(self):
        return represent(self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return restore, (flatten(self),)


@cython.final
@cython.no_gc
cdef class Text(Node):
    """A text node. `data` is never empty inside a tree."""

    def __init__(self, data):
        if self.digest:
            raise TypeError("nodes are immutable")
        self.data = clean(data)
        self.digest = leaf_digest(5, self.data)


@cython.final
@cython.no_gc
cdef class Comment(Node):
    """A comment; `data` is what stands between the dashes."""

    def __init__(self, data):
        if self.digest:
            raise TypeError("nodes are immutable")
        self.data = clean(data)
        self.digest = leaf_digest(6, self.data)


@cython.final
@cython.no_gc
cdef class Element(Node):
    """An element.

    :param tag: its local name, as the DOM has it (`div`, `foreignObject`)
    :param attrs: a mapping, or pairs, of attribute names and values, all `str`. Their order is
        kept, but, as in the DOM, it makes no difference
    :param children: nodes, or strings that stand for texts. Empty texts are left out and adjacent
        ones are joined
    :raises TypeError: for anything else

    `key` is the element's identity among its siblings: its `live-key`, else its `id`, else None.
    Before both comes what makes it a component's place: with `live-component="cart"` the key is
    `live-component cart`, so that what belongs to a component never becomes something else.
    """

    def __init__(self, tag, attrs=None, children=()):
        if self.digest:
            raise TypeError("nodes are immutable")
        self.tag = clean(tag)
        if not self.tag:
            raise ValueError("an element needs a tag")
        self.pairs = flat_pairs(attrs)
        self.children = normal_children(children)
        finish(self)

    @property
    def attrs(self):
        """The attributes: a read-only mapping in the order of the page."""
        cdef Py_ssize_t i
        cdef tuple pairs = self.pairs
        return MappingProxyType({pairs[i]: pairs[i + 1] for i in range(0, len(pairs), 2)})

    def get(self, str name, default=None):
        """The value of one attribute, or the default."""
        value = attribute(self.pairs, name)
        return default if value is None else value

    def __dealloc__(self):
        if self.height >= SHALLOW:
            free_deep(self)


cdef int free_deep(Element dying) except -1:
    # Whatever only the dying tree holds loses its children before it is freed, so that no
    # destructor calls another one for long.
    cdef list pending = [dying.children]
    cdef tuple children
    cdef Node child
    dying.children = EMPTY
    while pending:
        children = pending.pop()
        if Py_REFCNT(children) > 1:
            continue
        for child in children:
            # Two holders: the tuple and this loop's variable.
            if child.height >= SHALLOW and Py_REFCNT(child) == 2:
                pending.append((<Element>child).children)
                (<Element>child).children = EMPTY
        child = None
        children = None
    return 0


cdef inline uint64_t leaf_digest(uint64_t seed, str data) except? 0:
    return mix(seed, <uint64_t>PyObject_Hash(data)) | 1


cdef tuple flat_pairs(object attrs):
    if attrs is None:
        return EMPTY
    cdef dict found = {}
    for name, value in (attrs.items() if hasattr(attrs, "items") else attrs):
        found.setdefault(clean(name), clean(value))
    cdef list flat = []
    for name, value in found.items():
        flat.append(name)
        flat.append(value)
    return tuple(flat)


cdef tuple normal_children(object children):
    cdef list result = [], texts = []
    for child in children:
        if isinstance(child, str):
            if child:
                texts.append(clean(child))
        elif isinstance(child, Text):
            if (<Text>child).data:
                texts.append(child)
        elif isinstance(child, Node):
            add_texts(result, texts)
            result.append(child)
        else:
            raise TypeError(f"a child is a node or a str, not {type(child).__name__}")
    add_texts(result, texts)
    return tuple(result)


cdef int add_texts(list result, list texts) except -1:
    if not texts:
        return 0
    if len(texts) == 1 and isinstance(texts[0], Text):
        result.append(texts[0])     # the object itself, which the differ then skips
    else:
        parts = [text.data if isinstance(text, Text) else text for text in texts]
        result.append(make_text(clean("".join(parts))))
    texts.clear()
    return 0


cdef int finish(Element element) except -1:
    """Compute what is cached, from the element's own and its children's."""
    cdef tuple pairs = element.pairs, children = element.children
    cdef uint64_t digest = mix(1, <uint64_t>PyObject_Hash(element.tag)), sum = 0
    cdef Py_ssize_t i
    cdef int height = 0
    cdef Node child
    cdef str key = None, id = None, component = None
    for i in range(0, len(pairs), 2):
        name = pairs[i]
        # A sum, because the order of attributes makes no difference.
        sum += mix(mix(2, <uint64_t>PyObject_Hash(name)), <uint64_t>PyObject_Hash(pairs[i + 1]))
        if name == "live-key":
            key = pairs[i + 1]
        elif name == "id":
            id = pairs[i + 1]
        elif name == "live-component":
            component = pairs[i + 1]
    digest = mix(digest, sum) | 1
    for i in range(len(children)):
        child = <Node>children[i]
        digest += share(i, child)
        if child.height >= height:
            height = child.height + 1
    element.key = "live-component " + component if component else key or id or None
    element.height = height
    element.digest = digest
    return 0


cdef inline uint64_t share(Py_ssize_t i, Node child) noexcept:
    """What a child contributes to a digest; an even number, so that the sum stays odd."""
    return mix(<uint64_t>i * <uint64_t>0xD6E8FEB86659FD93 + 3, child.digest) & ~<uint64_t>1


cdef Text make_text(str data):
    cdef Text text = Text.__new__(Text)
    text.data = data
    text.digest = leaf_digest(5, data)
    return text


cdef Comment make_comment(str data):
    cdef Comment comment = Comment.__new__(Comment)
    comment.data = data
    comment.digest = leaf_digest(6, data)
    return comment


cdef Element make_element(str tag, tuple pairs, tuple children):
    cdef Element element = Element.__new__(Element)
    element.tag = tag
    element.pairs = pairs
    element.children = children
    finish(element)
    return element


cdef Element make_like(Element like, tuple children):
    cdef Py_ssize_t i, count = len(children)
    cdef Py_ssize_t left = count // 4   # with more changes, they are not worth to be looked for
    cdef uint64_t digest = like.digest
    cdef int height = like.height
    cdef Node old, new
    if count != len(like.children):
        return make_element(like.tag, like.pairs, children)
    for i in range(count):
        if PyTuple_GetItemUnchecked(children, i) == PyTuple_GetItemUnchecked(like.children, i):
            continue
        old, new = <Node>like.children[i], <Node>children[i]
        left -= 1
        if left < 0 or (new.height < old.height and old.height + 1 == like.height):
            return make_element(like.tag, like.pairs, children)
        digest += share(i, new) - share(i, old)
        height = max(height, new.height + 1)
    cdef Element element = Element.__new__(Element)
    element.tag, element.pairs, element.key = like.tag, like.pairs, like.key
    element.children, element.height, element.digest = children, height, digest
    return element


cdef str attribute(tuple pairs, str name):
    cdef Py_ssize_t i
    for i in range(0, len(pairs), 2):
        if pairs[i] is name or pairs[i] == name:
            return <str>pairs[i + 1]
    return None


# --------------------------------------------------------------------------- equality, repr, pickle


cdef bint alike(Node a, Node b) except -1:
    """Whether two nodes are equal, leaving their children aside (but for their number)."""
    if a.digest != b.digest:
        return False
    if isinstance(a, Element):
        if not isinstance(b, Element):
            return False
        return ((<Element>a).tag == (<Element>b).tag
                and len((<Element>a).children) == len((<Element>b).children)
                and same_pairs((<Element>a).pairs, (<Element>b).pairs))
    if isinstance(a, Text):
        return isinstance(b, Text) and (<Text>a).data == (<Text>b).data
    return isinstance(b, Comment) and (<Comment>a).data == (<Comment>b).data


cdef bint same_pairs(tuple a, tuple b) except -1:
    cdef Py_ssize_t i
    if a is b or a == b:
        return True
    if len(a) != len(b):
        return False
    cdef dict theirs = {b[i]: b[i + 1] for i in range(0, len(b), 2)}
    for i in range(0, len(a), 2):
        if theirs.get(a[i]) != a[i + 1]:
            return False
    return True


cdef bint same(Node a, Node b) except -1:
    """Whether two trees are equal. Digests tell most apart at once; that they agree is not trusted,
    but what both share is skipped.
    """
    if a is b:
        return True
    if a.digest != b.digest or not alike(a, b):
        return False
    if a.height == 0:
        return True
    cdef list stack = [a, b]
    cdef tuple xs, ys
    cdef Node x, y
    cdef Py_ssize_t i
    while stack:
        ys = (<Element>stack.pop()).children
        xs = (<Element>stack.pop()).children
        for i in range(len(xs)):
            x = <Node>xs[i]
            y = <Node>ys[i]
            if x is y:
                continue
            if not alike(x, y):
                return False
            if x.height:
                stack.append(x)
                stack.append(y)
    return True


cdef inline bint same_at(tuple xs, Py_ssize_t i, tuple ys, Py_ssize_t j) except -1:
    cdef PyObject* x = PyTuple_GetItemUnchecked(xs, i)
    return x == PyTuple_GetItemUnchecked(ys, j) or same(<Node>x, <Node>ys[j])


cdef str represent(Node node):
    cdef list parts = [], stack = [node]
    cdef Element element
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            parts.append(item)
        elif isinstance(item, Text):
            shown = repr((<Text>item).data)
            parts.append(f"Text({shown})" if item is node else shown)   # a child is just a str
        elif isinstance(item, Comment):
            parts.append(f"Comment({(<Comment>item).data!r})")
        else:
            element = item
            parts.append(f"Element({element.tag!r}")
            if element.pairs or element.children:
                parts.append(f", {dict(element.attrs)!r}")
            if element.children:
                parts.append(", [")
                stack.append("])")
                for i in range(len(element.children) - 1, -1, -1):
                    stack.append(element.children[i])
                    if i:
                        stack.append(", ")
            else:
                parts.append(")")
    return "".join(parts)


cdef tuple flatten(Node root):
    """A tree as a flat program for `restore`, children first, because pickle would recurse into a
    nested form.

    A `str` makes a text, `("!", data)` a comment, `(tag, attributes, count)` an element of the last
    `count` nodes, and a number repeats the node that was made as that one.
    """
    cdef list program = [], stack = [root]
    cdef dict made = {}
    cdef Element element
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):         # an element whose children are done
            element = <Element>item[0]
            made[id(element)] = len(made)
            program.append((element.tag, element.pairs, len(element.children)))
        elif id(item) in made:
            program.append(made[id(item)])
        elif isinstance(item, Element):
            stack.append((item,))
            stack.extend(reversed((<Element>item).children))
        else:
            made[id(item)] = len(made)
            text = isinstance(item, Text)
            program.append((<Text>item).data if text else ("!", (<Comment>item).data))
    return tuple(program)


def restore(program):
    """Make the tree that `flatten` took apart; pickles refer to this function."""
    cdef list made = [], stack = []
    cdef Py_ssize_t count
    for step in program:
        if isinstance(step, int):
            stack.append(made[step])
            continue
        if isinstance(step, str):
            node = make_text(step)
        elif step[0] == "!":
            node = make_comment(step[1])
        else:
            tag, pairs, count = step
            children = tuple(stack[len(stack) - count:])
            del stack[len(stack) - count:]
            node = make_element(tag, pairs, children)
        made.append(node)
        stack.append(node)
    return stack[0]


# --------------------------------------------------------------------------------------- difference


def diff(old, new):
    """The patches that turn one tree into another.

    :param old: the root `Element` of the old tree
    :param new: the root `Element` of the new one, with the same tag
    :returns: a list of tuples `(path, operation, *arguments)` as docs/protocol.md describes them;
        [] for equal trees. Nodes among the arguments are the new tree's own
    :raises ValueError: if the roots have different tags
    """
    if not isinstance(old, Element) or not isinstance(new, Element):
        raise TypeError("diff compares two Elements")
    if (<Element>old).tag != (<Element>new).tag:
        raise ValueError(f"the root cannot change from <{old.tag}> to <{new.tag}>")
    cdef list patches = [], stack = []
    cdef Node before, after
    cdef tuple path
    if not same(old, new):
        diff_elements(old, new, EMPTY, patches, stack)
    while stack:
        before, after, path = stack.pop()
        if not mergeable(before, after):
            patches.append((path, "s", after))
        elif isinstance(after, Element):
            diff_elements(before, after, path, patches, stack)
        else:
            patches.append((path, "t", data_of(after)))
    return patches


cdef str data_of(Node leaf):
    return (<Text>leaf).data if isinstance(leaf, Text) else (<Comment>leaf).data


cdef bint mergeable(Node a, Node b) except -1:
    """Whether the one may become the other in place."""
    if isinstance(a, Element):
        if not isinstance(b, Element):
            return False
        if (<Element>a).tag != (<Element>b).tag or (<Element>a).key != (<Element>b).key:
            return False
        # Whether its children are MathML's or HTML's depends on its encoding.
        return (<Element>a).tag != "annotation-xml" or a.get("encoding") == b.get("encoding")
    return isinstance(a, Text) is isinstance(b, Text) and not isinstance(b, Element)


cdef int diff_elements(Element old, Element new, tuple path, list patches, list stack) except -1:
    if old.pairs is not new.pairs:
        diff_attributes(old.pairs, new.pairs, path, patches)
    if old.children is not new.children:
        diff_children(old.children, new.children, path, patches, stack)
    return 0


cdef int diff_attributes(tuple old, tuple new, tuple path, list patches) except -1:
    if old == new:
        return 0
    cdef dict ours = {new[i]: new[i + 1] for i in range(0, len(new), 2)}
    cdef dict theirs = {old[i]: old[i + 1] for i in range(0, len(old), 2)}
    for name in theirs:
        if name not in ours:
            patches.append((path, "r", name))
    for name, value in ours.items():
        if theirs.get(name) != value:
            patches.append((path, "a", name, value))
    return 0


cdef int diff_children(tuple old, tuple new, tuple path, list patches, list stack) except -1:
    cdef Py_ssize_t start = 0, old_end = len(old), new_end = len(new)
    cdef Match match
    while start < old_end and start < new_end and same_at(old, start, new, start):
        start += 1
    while old_end > start and new_end > start and same_at(old, old_end - 1, new, new_end - 1):
        old_end -= 1
        new_end -= 1
    if old_end == start:
        if new_end > start:
            patches.append((path, "i", start, *new[start:new_end]))
    elif new_end == start:
        patches.append(deletion(path, start, old_end - start))
    elif old_end - start == 1 and new_end - start == 1:
        stack.append((old[start], new[start], path + (start,)))
    else:
        # White space at the ends may belong to a row that moves.
        if start > 0 and is_blank(<Node>old[start - 1]):
            start -= 1
        if old_end < len(old) and is_blank(<Node>old[old_end]):
            old_end += 1
            new_end += 1
        match = Match(old, new, start, old_end - start, new_end - start)
        match.find()
        match.report(path, patches)
        match.descend(path, stack)
    return 0


cdef tuple deletion(tuple path, Py_ssize_t index, Py_ssize_t count):
    return (path, "d", index) if count == 1 else (path, "d", index, count)


cdef inline bint has_key(Node node):
    return isinstance(node, Element) and (<Element>node).key is not None


cdef bint is_blank(Node node) except -1:
    return isinstance(node, Text) and (<Text>node).data.isspace()


@cython.final
cdef class Match:
    """Which of an element's old children becomes which of its new ones, where both ends are known
    to be equal.

    Indexes count from `start`. `source` and `target` name each other, or are NONE.
    """

    cdef tuple old, new
    cdef Py_ssize_t start, olds, news
    cdef int* source        # of each new child: the old one
    cdef int* target        # of each old child: the new one
    cdef int* next          # of each old child: the next like it
    cdef char* equal        # of each new child: it is known to be equal to its source
    cdef char* stays        # of each new child: its source need not move

    def __cinit__(self, tuple old, tuple new, Py_ssize_t start, Py_ssize_t olds, Py_ssize_t news):
        self.old, self.new, self.start = old, new, start
        self.olds, self.news = olds, news
        self.source = <int*>PyMem_Malloc((self.news + 2 * self.olds) * sizeof(int) + 2 * self.news)
        if not self.source:
            raise MemoryError
        self.target = self.source + self.news
        self.next = self.target + self.olds
        self.equal = <char*>(self.next + self.olds)
        self.stays = self.equal + self.news
        memset(self.source, 0xFF, (self.news + self.olds) * sizeof(int))
        memset(self.equal, 0, 2 * self.news)

    def __dealloc__(self):
        PyMem_Free(self.source)

    cdef inline Node before(self, Py_ssize_t i):
        return <Node>self.old[self.start + i]

    cdef inline Node after(self, Py_ssize_t j):
        return <Node>self.new[self.start + j]

    cdef inline void pair(self, Py_ssize_t i, Py_ssize_t j, bint equal) noexcept:
        self.source[j] = <int>i
        self.target[i] = <int>j
        self.equal[j] = equal

    cdef int find(self) except -1:
        if self.olds == self.news:
            self.pair_in_place()
        self.pair_keys()
        self.pair_unique()
        self.extend()
        self.choose_movers()
        return self.fill_gaps()

    cdef int pair_in_place(self) except -1:
        """Where hardly anything changed, what is equal stays where it is, and only the rest is
        worth a closer look.
        """
        cdef Py_ssize_t j, changed = 0
        for j in range(self.news):
            if same(self.before(j), self.after(j)):
                self.equal[j] = 1
            else:
                changed += 1
                if changed * 4 > self.news:
                    break
        for j in range(self.news):
            if self.equal[j]:
                self.equal[j] = 0
                if changed * 4 <= self.news:
                    self.pair(j, j, True)
        return 0

    cdef int pair_keys(self) except -1:
        """Children of one key and tag, in order where a key occurs more than once."""
        cdef dict heads = {}
        cdef Node node
        cdef Py_ssize_t i, j
        for i in range(self.olds - 1, -1, -1):
            node = self.before(i)
            if self.target[i] == NONE and has_key(node):
                name = ((<Element>node).key, (<Element>node).tag)
                self.next[i] = heads.get(name, NONE)
                heads[name] = i
        if not heads:
            return 0
        for j in range(self.news):
            node = self.after(j)
            if self.source[j] == NONE and has_key(node):
                name = ((<Element>node).key, (<Element>node).tag)
                i = heads.get(name, NONE)
                if i != NONE:
                    self.pair(i, j, same(self.before(i), node))
                    heads[name] = self.next[i]
        return 0

    cdef int pair_unique(self) except -1:
        """Equal children without a key whose content occurs once on either side."""
        cdef dict olds = {}, news = {}
        cdef Py_ssize_t i, j
        for i in range(self.olds):
            if self.target[i] == NONE and self.stands_out(self.before(i)):
                node = self.before(i)
                olds[node] = NONE if node in olds else i
        if not olds:
            return 0
        for j in range(self.news):
            if self.source[j] == NONE and self.stands_out(self.after(j)):
                node = self.after(j)
                news[node] = NONE if node in news else j
        for node, index in news.items():
            j = index
            i = olds.get(node, NONE)
            if i != NONE and j != NONE:
                self.pair(i, j, True)
        return 0

    cdef bint stands_out(self, Node node) except -1:
        if isinstance(node, Element):
            return (<Element>node).key is None
        return not is_blank(node)

    cdef int extend(self) except -1:
        """What stands beside a pair and is equal belongs to it: the white space between rows
        travels with its row.
        """
        cdef Py_ssize_t i, j
        for j in range(1, self.news):
            if self.source[j] == NONE and self.source[j - 1] != NONE:
                i = self.source[j - 1] + 1
                if i < self.olds and self.target[i] == NONE and same(self.before(i), self.after(j)):
                    self.pair(i, j, True)
        for j in range(self.news - 2, -1, -1):
            if self.source[j] == NONE and self.source[j + 1] != NONE:
                i = self.source[j + 1] - 1
                if i >= 0 and self.target[i] == NONE and same(self.before(i), self.after(j)):
                    self.pair(i, j, True)
        return 0

    cdef int choose_movers(self) except -1:
        """A longest increasing subsequence of the sources stays; the others move."""
        # The new index that ends the best run of each length, and the one before it in that run.
        cdef int* tails = <int*>PyMem_Malloc(2 * self.news * sizeof(int))
        if not tails:
            raise MemoryError
        cdef int* previous = tails + self.news
        cdef Py_ssize_t j, low, high, middle, length = 0
        cdef int value
        for j in range(self.news):
            value = self.source[j]
            if value == NONE:
                continue
            low, high = 0, length
            if length and self.source[tails[length - 1]] < value:
                low = length        # the usual case: still in order
            while low < high:
                middle = (low + high) // 2
                if self.source[tails[middle]] < value:
                    low = middle + 1
                else:
                    high = middle
            previous[j] = tails[low - 1] if low else NONE
            tails[low] = <int>j
            if low == length:
                length += 1
        j = tails[length - 1] if length else NONE
        while j != NONE:
            self.stays[j] = 1
            j = previous[j]
        PyMem_Free(tails)
        return 0

    cdef int fill_gaps(self) except -1:
        """Pair what is left between two neighbours that stay."""
        cdef Py_ssize_t i = 0, j = 0, end
        cdef list olds = [], news = []
        for end in range(self.news + 1):
            if end < self.news:
                if self.source[end] == NONE:
                    news.append(end)
                if not self.stays[end]:
                    continue
            stop = self.source[end] if end < self.news else self.olds
            if news:
                olds = [k for k in range(i, stop) if self.target[k] == NONE]
                if olds and not self.are_others(olds, news):
                    self.pair_in_order(olds, news)
                news = []
            i = stop
        return 0

    cdef bint are_others(self, list olds, list news) except -1:
        """Whether several keyed children make way for several others: that is said at once."""
        cdef Py_ssize_t k, gone = 0, come = 0
        cdef Node node
        for k in olds:
            node = self.before(k)
            if not is_blank(node):
                if not has_key(node):
                    return False
                gone += 1
        for k in news:
            node = self.after(k)
            if not is_blank(node):
                if not has_key(node):
                    return False
                come += 1
        return gone > 1 and come > 1

    cdef int pair_in_order(self, list olds, list news) except -1:
        """Equal content first, in order; then by position between those."""
        cdef dict heads = {}
        cdef Py_ssize_t i, last = NONE, olds_done = 0, news_done = 0, k
        cdef dict places = {}
        if len(olds) > 1 or len(news) > 1:
            for k in range(len(olds) - 1, -1, -1):
                i = olds[k]
                node = self.before(i)
                self.next[i] = heads.get(node, NONE)
                heads[node] = i
                places[i] = k
            for k in range(len(news)):
                node = self.after(news[k])
                i = heads.get(node, NONE)
                while i != NONE and i < last:
                    i = self.next[i]
                if i == NONE:
                    continue
                heads[node] = self.next[i]
                last = i
                self.pair(i, news[k], True)
                self.stays[<Py_ssize_t>news[k]] = 1
                self.pair_by_position(olds[olds_done:places[i]], news[news_done:k])
                olds_done, news_done = places[i] + 1, k + 1
        return self.pair_by_position(olds[olds_done:], news[news_done:])

    cdef int pair_by_position(self, list olds, list news) except -1:
        """One after the other. Where the kinds differ, the longer side first gives up what it has
        too many; then they are swapped.
        """
        cdef Py_ssize_t p = 0, q = 0, i, j, spare = len(olds) - len(news)
        while p < len(olds) and q < len(news):
            i, j = olds[p], news[q]
            if spare and not mergeable(self.before(i), self.after(j)):
                if spare > 0:
                    p += 1
                    spare -= 1
                else:
                    q += 1
                    spare += 1
                continue
            self.pair(i, j, same(self.before(i), self.after(j)))
            self.stays[j] = 1
            p += 1
            q += 1
        return 0

    cdef int report(self, tuple path, list patches) except -1:
        """Deletions from the end, then moves and insertions from left to right."""
        cdef Py_ssize_t i = self.olds - 1, end
        while i >= 0:
            end = i
            while i >= 0 and self.target[i] == NONE:
                i -= 1
            if end > i:
                patches.append(deletion(path, self.start + i + 1, end - i))
            i -= 1
        return self.report_arrivals(path, patches)

    cdef int report_arrivals(self, tuple path, list patches) except -1:
        cdef Slots slots = Slots.__new__(Slots)
        cdef Py_ssize_t j = 0, end, here, origin
        cdef Py_ssize_t anchor = 0      # the slot of the last child that stays; 0 is before all
        slots.fill(self.target, self.olds)
        while j < self.news:
            if self.stays[j]:
                anchor = self.source[j] + 1
                j += 1
                continue
            end = j + 1
            here = slots.upto(anchor)
            if self.source[j] == NONE:
                while end < self.news and self.source[end] == NONE:
                    end += 1
                nodes = self.new[self.start + j:self.start + end]
                patches.append((path, "i", self.start + here, *nodes))
            else:
                origin = slots.upto(self.source[j])
                while end < self.news and self.follows(end, slots):
                    end += 1
                for i in range(j, end):
                    slots.add(self.source[i] + 1, -1)
                if origin < here:
                    here -= end - j
                if origin != here:
                    move = (path, "m", self.start + origin, self.start + here)
                    patches.append(move if end - j == 1 else (*move, end - j))
            slots.add(anchor, end - j)
            j = end
        return 0

    cdef bint follows(self, Py_ssize_t j, Slots slots) noexcept:
        """Whether a mover stands right behind the one before it, so that both go in one patch."""
        cdef int left = self.source[j - 1], right = self.source[j]
        return not self.stays[j] and right > left and slots.upto(right) == slots.upto(left) + 1

    cdef int descend(self, tuple path, list stack) except -1:
        """Leave the pairs that differ to the caller; the first is on top of the stack."""
        cdef Py_ssize_t j
        for j in range(self.news - 1, -1, -1):
            if self.source[j] != NONE and not self.equal[j]:
                stack.append((self.before(self.source[j]), self.after(j), path + (self.start + j,)))
        return 0


@cython.final
cdef class Slots:
    """How many children stand at each old place, in a Fenwick tree. Slot 0 is in front of the first
    one; whatever is placed anew counts for the slot of its left neighbour that stays."""

    cdef int* tree
    cdef Py_ssize_t size

    def __cinit__(self):
        self.tree = NULL

    def __dealloc__(self):
        PyMem_Free(self.tree)

    cdef int fill(self, int* target, Py_ssize_t olds) except -1:
        cdef Py_ssize_t k, parent
        self.size = olds + 1
        self.tree = <int*>PyMem_Malloc((self.size + 1) * sizeof(int))
        if not self.tree:
            raise MemoryError
        self.tree[0] = self.tree[1] = 0
        for k in range(olds):
            self.tree[k + 2] = target[k] != NONE
        for k in range(1, self.size + 1):
            parent = k + (k & -k)
            if parent <= self.size:
                self.tree[parent] += self.tree[k]
        return 0

    cdef Py_ssize_t upto(self, Py_ssize_t slot) noexcept:
        """The number of children in all slots up to this one."""
        cdef Py_ssize_t total = 0
        slot += 1
        while slot > 0:
            total += self.tree[slot]
            slot -= slot & -slot
        return total

    cdef void add(self, Py_ssize_t slot, Py_ssize_t count) noexcept:
        slot += 1
        while slot <= self.size:
            self.tree[slot] += <int>count
            slot += slot & -slot
