"""HTML to tree, as a browser does it: the standard's tree construction for fragments.

lxml tokenizes (see `pykka_live._flattener` for how it is made to). This module walks lxml's tree
through its C API and replays the tags by the rules of
https://html.spec.whatwg.org/multipage/parsing.html, whose words its names are.
"""

cimport cython
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport uintptr_t
from libc.string cimport memset, strlen
from lxml.includes cimport etreepublic as lxml_api
from lxml.includes.tree cimport (
    XML_COMMENT_NODE,
    XML_ELEMENT_NODE,
    XML_TEXT_NODE,
    const_xmlChar,
    xmlAttr,
    xmlNode,
)

from pykka_live._flattener cimport (
    CLOSED, IS_ELEMENT_FOREIGN, IS_TAG_FOREIGN, LONG_NAME, NOTHING, SELF_CLOSED, Flattener,
)
from pykka_live._scanner cimport decoded_source
from pykka_live._tags cimport (
    SVG_ATTRIBUTES, SVG_CONTEXTS, TAGS, Tag, new_tag, BREAKOUT, E_BLOCK, E_BR, E_DD, E_FORM,
    E_FORMATTING, E_HEADING, E_LI, E_MARKER, E_OTHER, E_P, E_TEMPLATE, FORGED, HEADING,
    IMPLIED_END, MATH_TEXT, METADATA, ROWS, SCOPE, SPECIAL, SVG_HTML, S_A, S_BLOCK, S_BUTTON,
    S_DD, S_FOREIGN, S_FORM, S_FORMATTING, S_HEADING, S_HR, S_IGNORED, S_IMAGE, S_INPUT, S_LI,
    S_MARKER, S_NOBR, S_OPTGROUP, S_OPTION, S_OTHER, S_PLAINTEXT, S_PLAIN_VOID, S_PRE, S_RAW,
    S_RB, S_RT, S_SELECT, S_TABLE, S_TEMPLATE, S_TEXTAREA, S_VOID, S_XMP, THOROUGH_END, T_A,
    T_ADDRESS, T_ANNOTATION, T_BODY, T_BR, T_BUTTON, T_CAPTION, T_COL, T_COLGROUP, T_DD, T_DIV,
    T_DT, T_FONT, T_FORM, T_HEAD, T_HTML, T_INPUT, T_LI, T_MALIGNMARK, T_MGLYPH, T_NOBR, T_NOSCRIPT,
    T_OL, T_OPTION, T_OTHER, T_P, T_SCRIPT, T_SELECT, T_STYLE, T_SVG, T_TABLE, T_TBODY, T_TD,
    T_TEMPLATE, T_TFOOT, T_TH, T_THEAD, T_TR, T_UL,
)
from pykka_live._vdom cimport Element, Node, make_comment, make_element, make_text

import threading
from lxml import etree

from pykka_live._region import Region, locate
from pykka_live.bindings import look_at, seen

cdef extern from "Python.h":
    void PyUnicode_Append(PyObject** left, object right)

if etree.LIBXML_VERSION < (2, 14, 0):
    raise ImportError(
        "pykka_live needs an lxml whose libxml2 is 2.14 or newer, and this one has "
        f"{'.'.join(map(str, etree.LIBXML_VERSION))}: older ones do not tokenize HTML as browsers "
        "do. Install the wheel of lxml 6 from PyPI "
        "(pip install --upgrade --only-binary lxml 'lxml>=6'), or build one with a newer libxml2.")

lxml_api.import_lxml__etree()

cdef set BINDINGS_SEEN = seen

# How deep elements may be nested in markup. A browser puts what is deeper than 512 beside each
# other instead.
MAX_DEPTH = 2048
cdef enum:
    DEPTH_LIMIT = 2048


class ParseError(ValueError):
    """HTML that cannot be parsed completely; the message names the limit that it exceeds."""


cdef enum Space:
    HTML, SVG, MATHML

cdef enum Mode:
    IN_BODY, IN_TABLE, IN_CAPTION, IN_COLGROUP, IN_TBODY, IN_ROW, IN_CELL, IN_TEMPLATE, BEFORE_HEAD,
    IN_HEAD, AFTER_HEAD

cdef Tag TAG_P = TAGS["p"]
cdef Tag TAG_BR = TAGS["br"]
cdef Tag TAG_IMG = TAGS["img"]
cdef Tag TAG_COLGROUP = TAGS["colgroup"]
cdef Tag TAG_TBODY = TAGS["tbody"]
cdef Tag TAG_TR = TAGS["tr"]
cdef Tag TAG_HEAD = TAGS["head"]
cdef Tag TAG_BODY = TAGS["body"]
cdef Tag TAG_TABLE = TAGS["table"]
cdef Tag TAG_SELECT = TAGS["select"]
cdef tuple NO_PAIRS = ()
cdef tuple FOREIGN_NAMES = (None, "svg", "math")    # by their spaces


# ---------------------------------------------------------------------------------------- the draft

cdef struct Draft:              # a node while the tree is being built
    Draft* parent
    Draft* first
    Draft* last
    Draft* before
    Draft* after
    PyObject* tag               # a borrowed Tag; NULL for texts and comments
    PyObject* data              # owned: the attributes' pairs, or the text
    int count                   # of the children
    int space
    bint comment

cdef enum:
    CHUNK = 256

cdef struct Chunk:
    Chunk* next
    int used
    Draft drafts[CHUNK]


cdef inline Tag tag_of(Draft* draft):
    return <Tag>draft.tag


cdef inline int id_of(Draft* draft):
    """The id of an HTML element; those of SVG and MathML are other elements, whatever their names.
    """
    return (<Tag>draft.tag).id if draft.space == HTML else T_OTHER


cdef inline int flags_of(Draft* draft):
    return (<Tag>draft.tag).flags if draft.space == HTML else 0


cdef void detach(Draft* child) noexcept:
    cdef Draft* parent = child.parent
    if not parent:
        return
    if child.before:
        child.before.after = child.after
    else:
        parent.first = child.after
    if child.after:
        child.after.before = child.before
    else:
        parent.last = child.before
    parent.count -= 1
    child.parent = child.before = child.after = NULL


cdef void attach(Draft* child, Draft* parent, Draft* sibling) noexcept:
    """Insert before the sibling, or at the end."""
    cdef Draft* before = sibling.before if sibling else parent.last
    child.parent, child.before, child.after = parent, before, sibling
    if before:
        before.after = child
    else:
        parent.first = child
    if sibling:
        sibling.before = child
    else:
        parent.last = child
    parent.count += 1


@cython.final
cdef class Stack:
    """A growing list of drafts: the open elements, or the active formatting elements (where NULL is
    a marker).
    """

    cdef Draft** items
    cdef Py_ssize_t size, room

    def __cinit__(self):
        self.room = 64
        self.items = <Draft**>PyMem_Malloc(self.room * sizeof(Draft*))
        if not self.items:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.items)

    cdef int insert(self, Py_ssize_t index, Draft* draft) except -1:
        cdef Draft** items
        cdef Py_ssize_t k
        if self.size == self.room:
            items = <Draft**>PyMem_Realloc(self.items, 2 * self.room * sizeof(Draft*))
            if not items:
                raise MemoryError
            self.items = items
            self.room *= 2
        for k in range(self.size, index, -1):
            self.items[k] = self.items[k - 1]
        self.items[index] = draft
        self.size += 1
        return 0

    cdef int push(self, Draft* draft) except -1:
        return self.insert(self.size, draft)

    cdef Py_ssize_t find(self, Draft* draft) noexcept:
        cdef Py_ssize_t k
        for k in range(self.size - 1, -1, -1):
            if self.items[k] == draft:
                return k
        return -1

    cdef void remove(self, Py_ssize_t index) noexcept:
        cdef Py_ssize_t k
        self.size -= 1
        for k in range(index, self.size):
            self.items[k] = self.items[k + 1]


# -------------------------------------------------------------------------------------- the builder

cdef enum Scope:
    ANY_SCOPE, BUTTON_SCOPE, LIST_SCOPE, TABLE_SCOPE


@cython.final
cdef class Token:
    """A start tag."""

    cdef Tag tag
    cdef tuple pairs
    cdef bint self_closing


@cython.final
cdef class Builder:
    """The tree construction stage. The bottom of `open` is the root; no rule looks at its name,
    except to choose the first mode.
    """

    cdef Chunk* chunks
    cdef Draft* root
    cdef Draft* form
    cdef Stack open, active
    cdef list modes                 # of the open templates
    cdef int mode
    cdef bint fostering, skip_newline
    cdef bint abroad                # the last start tag has made no element of HTML
    cdef Py_ssize_t paragraphs      # open p elements; mostly none, which saves a search

    def __cinit__(self):
        self.chunks = NULL
        self.form = NULL
        self.open, self.active, self.modes = Stack(), Stack(), []

    def __dealloc__(self):
        cdef Chunk* chunk
        cdef int k
        while self.chunks:
            chunk = self.chunks
            for k in range(chunk.used):
                Py_XDECREF(chunk.drafts[k].data)
            self.chunks = chunk.next
            PyMem_Free(chunk)

    cdef int start(self, Tag context, int space) except -1:
        self.root = self.new(context, NO_PAIRS, space)
        self.open.push(self.root)
        if context.id == T_TEMPLATE and space == HTML:
            self.modes.append(IN_TEMPLATE)
        if context.id == T_FORM:
            self.form = self.root
        return self.reset_mode()

    cdef Draft* new(self, Tag tag, object data, int space) except NULL:
        cdef Chunk* chunk = self.chunks
        cdef Draft* draft
        if not chunk or chunk.used == CHUNK:
            chunk = <Chunk*>PyMem_Malloc(sizeof(Chunk))
            if not chunk:
                raise MemoryError
            chunk.next, chunk.used = self.chunks, 0
            self.chunks = chunk
        draft = &chunk.drafts[chunk.used]
        memset(draft, 0, sizeof(Draft))
        chunk.used += 1
        draft.tag = <PyObject*>tag
        draft.data = <PyObject*>data
        Py_INCREF(data)
        draft.space = space
        return draft

    # -- the stack of open elements

    cdef inline Draft* current(self) noexcept:
        return self.open.items[self.open.size - 1]

    cdef int push(self, Draft* draft) except -1:
        if self.open.size > DEPTH_LIMIT:
            raise ParseError(f"the HTML is nested more than {DEPTH_LIMIT} elements deep")
        self.paragraphs += draft.tag == <PyObject*>TAG_P
        return self.open.push(draft)

    cdef int pop(self) except -1:
        self.remove_open(self.open.size - 1)
        return 0

    cdef void remove_open(self, Py_ssize_t index):
        if index > 0:
            self.paragraphs -= self.open.items[index].tag == <PyObject*>TAG_P
            self.open.remove(index)

    cdef int pop_to(self, Py_ssize_t index) except -1:
        """Close the open element at index and all in it."""
        while self.open.size > index and self.open.size > 1:
            self.pop()
        return 0

    cdef bint pop_until(self, Tag tag) except -1:
        cdef Py_ssize_t k
        for k in range(self.open.size - 1, 0, -1):
            if self.open.items[k].tag == <PyObject*>tag and self.open.items[k].space == HTML:
                self.pop_to(k)
                return True
        return False

    cdef bint in_scope(self, Tag tag, int scope) except -1:
        cdef Py_ssize_t k
        cdef Draft* draft
        for k in range(self.open.size - 1, 0, -1):
            draft = self.open.items[k]
            if draft.tag == <PyObject*>tag and draft.space == HTML:
                return True
            if self.ends_scope(draft, scope):
                return False
        return False

    cdef bint ends_scope(self, Draft* draft, int scope) except -1:
        cdef int id = id_of(draft)
        if draft.space != HTML:
            return scope != TABLE_SCOPE and self.is_integration(draft, True)
        if scope == TABLE_SCOPE:
            return id == T_TABLE or id == T_TEMPLATE
        if tag_of(draft).flags & SCOPE:
            return True
        if scope == BUTTON_SCOPE:
            return id == T_BUTTON
        return scope == LIST_SCOPE and (id == T_OL or id == T_UL)

    cdef bint is_integration(self, Draft* draft, bint any_annotation) except -1:
        """Whether HTML may go on inside of a foreign element."""
        cdef Tag tag = tag_of(draft)
        if draft.space == SVG:
            return tag.flags & SVG_HTML
        if draft.space == MATHML and tag.id == T_ANNOTATION:
            return any_annotation or is_html_annotation(<tuple>draft.data)
        return draft.space == MATHML and tag.flags & MATH_TEXT

    cdef bint has_open(self, Tag tag) except -1:
        cdef Py_ssize_t k
        for k in range(self.open.size - 1, 0, -1):
            if self.open.items[k].tag == <PyObject*>tag and self.open.items[k].space == HTML:
                return True
        return False

    cdef int imply_ends(self, Tag but, int which) except -1:
        while self.open.size > 1 and flags_of(self.current()) & which:
            if self.current().tag == <PyObject*>but:
                break
            self.pop()
        return 0

    cdef int close_p(self) except -1:
        if self.paragraphs and self.in_scope(TAG_P, BUTTON_SCOPE):
            self.pop_until(TAG_P)
        return 0

    cdef int clear_to(self, int a, int b, int c) except -1:
        """Clear the stack back to a table, table body or table row context."""
        cdef int id
        while self.open.size > 1:
            id = id_of(self.current())
            if id == a or id == b or id == c or id == T_TEMPLATE:
                break
            self.pop()
        return 0

    cdef int reset_mode(self) except -1:
        cdef Py_ssize_t k
        cdef int id
        for k in range(self.open.size - 1, -1, -1):
            id = id_of(self.open.items[k])
            if (id == T_TD or id == T_TH) and k:
                self.mode = IN_CELL
            elif id == T_TR:
                self.mode = IN_ROW
            elif id == T_TBODY or id == T_THEAD or id == T_TFOOT:
                self.mode = IN_TBODY
            elif id == T_CAPTION:
                self.mode = IN_CAPTION
            elif id == T_COLGROUP:
                self.mode = IN_COLGROUP
            elif id == T_TABLE:
                self.mode = IN_TABLE
            elif id == T_TEMPLATE:
                self.mode = self.modes[len(self.modes) - 1]
            elif id == T_HEAD and k:
                self.mode = IN_HEAD
            elif id == T_HTML:
                self.mode = AFTER_HEAD if self.root.first else BEFORE_HEAD
            elif id == T_BODY or k == 0:
                self.mode = IN_BODY
            else:
                continue
            return 0
        return 0

    # -- insertion

    cdef Draft* spot(self, Draft* override, Draft** sibling) except NULL:
        """The appropriate place for inserting a node: its parent, and the node that it goes before.
        """
        cdef Draft* target = override if override else self.current()
        cdef Draft* found
        cdef Py_ssize_t k
        sibling[0] = NULL
        if not self.fostering or not flags_of(target) & ROWS:
            return target
        for k in range(self.open.size - 1, -1, -1):
            found = self.open.items[k]
            if id_of(found) == T_TEMPLATE:
                return found
            if id_of(found) == T_TABLE and k:
                if found.parent:
                    sibling[0] = found
                    return found.parent
                return self.open.items[k - 1]
        return self.root

    cdef Draft* insert(self, Tag tag, tuple pairs, int space=HTML) except NULL:
        cdef Draft* sibling = NULL
        cdef Draft* parent = self.spot(NULL, &sibling)
        cdef Draft* draft = self.new(tag, pairs, space)
        attach(draft, parent, sibling)
        self.push(draft)
        return draft

    cdef int insert_void(self, Tag tag, tuple pairs) except -1:
        self.insert(tag, pairs)
        return self.pop()

    cdef int insert_text(self, str data) except -1:
        cdef Draft* sibling = NULL
        cdef Draft* parent = self.spot(NULL, &sibling)
        cdef Draft* before = sibling.before if sibling else parent.last
        if before and not before.tag and not before.comment:
            PyUnicode_Append(&before.data, data)
            if not before.data:
                raise MemoryError
            return 0
        attach(self.new_leaf(data, False), parent, sibling)
        return 0

    cdef Draft* new_leaf(self, str data, bint comment) except NULL:
        cdef Draft* draft = self.new(None, data, HTML)
        draft.tag = NULL
        draft.comment = comment
        return draft

    cdef int comment(self, str data) except -1:
        cdef Draft* sibling = NULL
        cdef Draft* parent = self.spot(NULL, &sibling)
        attach(self.new_leaf(data, True), parent, sibling)
        return 0

    # -- the active formatting elements

    cdef int format(self, Draft* draft) except -1:
        """Push onto the list of active formatting elements; of three equal ones the first goes."""
        cdef Py_ssize_t k, equal = 0, first = -1
        cdef Draft* other
        for k in range(self.active.size - 1, -1, -1):
            other = self.active.items[k]
            if not other:
                break
            if other.tag == draft.tag and dict_of(<tuple>other.data) == dict_of(<tuple>draft.data):
                equal += 1
                first = k
        if equal >= 3:
            self.active.remove(first)
        return self.active.push(draft)

    cdef int clear_to_marker(self) except -1:
        while self.active.size:
            self.active.size -= 1
            if not self.active.items[self.active.size]:
                break
        return 0

    cdef int reconstruct(self) except -1:
        cdef Py_ssize_t k = self.active.size - 1
        cdef Draft* draft
        if k < 0 or not self.active.items[k] or self.open.find(self.active.items[k]) >= 0:
            return 0
        while k > 0 and self.active.items[k - 1] and self.open.find(self.active.items[k - 1]) < 0:
            k -= 1
        for k in range(k, self.active.size):
            draft = self.active.items[k]
            self.active.items[k] = self.insert(tag_of(draft), <tuple>draft.data)
        return 0

    cdef Py_ssize_t last_formatted(self, Tag tag) noexcept:
        """Where the last active element with this tag is, behind the last marker."""
        cdef Py_ssize_t k
        for k in range(self.active.size - 1, -1, -1):
            if not self.active.items[k]:
                break
            if self.active.items[k].tag == <PyObject*>tag:
                return k
        return -1

    cdef int adopt(self, Tag tag) except -1:
        """The adoption agency: closes a formatting element, taking apart what it overlaps."""
        cdef Py_ssize_t listed, opened, block
        cdef Draft* formatting
        cdef Draft* current = self.current()
        if current.tag == <PyObject*>tag and current.space == HTML:
            if self.active.find(current) < 0:
                return self.pop()
        for _ in range(8):
            listed = self.last_formatted(tag)
            if listed < 0:
                return self.end_other(tag)
            formatting = self.active.items[listed]
            opened = self.open.find(formatting)
            if opened < 0:
                self.active.remove(listed)
                return 0
            if not self.open_in_scope(opened):
                return 0
            block = opened + 1
            while block < self.open.size and not self.is_special(self.open.items[block]):
                block += 1
            if block == self.open.size:
                self.pop_to(opened)
                self.active.remove(listed)
                return 0
            self.split(listed, opened, block)
        return 0

    cdef bint open_in_scope(self, Py_ssize_t index) except -1:
        cdef Py_ssize_t k
        for k in range(self.open.size - 1, index, -1):
            if self.ends_scope(self.open.items[k], ANY_SCOPE):
                return False
        return True

    cdef bint is_special(self, Draft* draft) except -1:
        if draft.space == HTML:
            return tag_of(draft).flags & SPECIAL
        return self.is_integration(draft, True)

    cdef int split(self, Py_ssize_t listed, Py_ssize_t opened, Py_ssize_t block) except -1:
        """The inner part of the adoption agency: move the furthest block out of the formatting
        element.
        """
        cdef Draft* formatting = self.active.items[listed]
        cdef Draft* furthest = self.open.items[block]
        cdef Draft* last = furthest
        cdef Draft* node
        cdef Draft* sibling = NULL
        cdef Py_ssize_t bookmark = listed, k = block, place, steps = 0
        while k - 1 > opened:
            k -= 1
            steps += 1
            node = self.open.items[k]
            place = self.active.find(node)
            if place >= 0 and steps > 3:
                self.active.remove(place)
                bookmark -= place < bookmark
                place = -1
            if place < 0:
                self.remove_open(k)
                continue
            node = self.new(tag_of(node), <tuple>node.data, HTML)
            self.active.items[place] = self.open.items[k] = node
            if last == furthest:
                bookmark = place + 1
            detach(last)
            attach(last, node, NULL)
            last = node
        detach(last)
        node = self.spot(self.open.items[opened - 1], &sibling)
        attach(last, node, sibling)
        node = self.new(tag_of(formatting), <tuple>formatting.data, HTML)
        while furthest.first:
            last = furthest.first
            detach(last)
            attach(last, node, NULL)
        attach(node, furthest, NULL)
        # The list has the clone at the bookmark, the stack right below the block, and neither has
        # the old one.
        self.active.insert(bookmark, node)
        self.active.remove(self.active.find(formatting))
        self.remove_open(opened)
        self.open.insert(self.open.find(furthest) + 1, node)
        return 0

    # -- tokens

    cdef bint in_foreign(self, Tag tag, bint text) except -1:
        """Whether a token falls under the rules for foreign content; `tag` is None for texts and
        end tags.
        """
        cdef Draft* draft = self.current()
        if draft.space == HTML:
            return False
        if draft.space == MATHML and tag_of(draft).flags & MATH_TEXT:
            return not text and (tag is None or tag.id == T_MGLYPH or tag.id == T_MALIGNMARK)
        if draft.space == MATHML and tag_of(draft).id == T_ANNOTATION:
            if tag is not None and tag.id == T_SVG:
                return False
        return not ((text or tag is not None) and self.is_integration(draft, False))

    cdef int text(self, str data) except -1:
        if self.skip_newline:
            self.skip_newline = False
            if data.startswith("\n"):
                data = data[1:]
        if not data:
            return 0
        if self.current().space == HTML and flags_of(self.current()) & FORGED:
            if tag_of(self.current()).start != S_PLAINTEXT:     # which is a part of the body
                return self.insert_text(data)
        if self.in_foreign(None, True):
            return self.insert_text(data)
        if self.mode == IN_TABLE or self.mode == IN_TBODY or self.mode == IN_ROW:
            return self.table_text(data)
        if self.mode >= BEFORE_HEAD or self.mode == IN_COLGROUP:
            return self.outer_text(data)
        self.reconstruct()
        return self.insert_text(data)

    cdef int table_text(self, str data) except -1:
        if self.open.size > 1 and flags_of(self.current()) & ROWS and not data.strip(" \t\n\f\r"):
            return self.insert_text(data)
        self.fostering = True
        self.reconstruct()
        self.insert_text(data)
        self.fostering = False
        return 0

    cdef int outer_text(self, str data) except -1:
        """A text where only white space is allowed: in a colgroup, and around a page's head."""
        cdef str rest = data.lstrip(" \t\n\f\r")
        if len(rest) < len(data) and self.mode != BEFORE_HEAD:
            self.insert_text(data[:len(data) - len(rest)])
        if rest and self.leave_outer():
            return self.text(rest)
        rest = "".join([c for c in rest if c in " \t\n\f\r"])
        return self.insert_text(rest) if rest else 0

    cdef bint leave_outer(self) except -1:
        """Leave a colgroup, or step on towards a page's body; False where there is no colgroup to
        leave.
        """
        if self.mode == IN_COLGROUP:
            if id_of(self.current()) != T_COLGROUP or self.open.size == 1:
                return False
            self.pop()
            self.mode = IN_TABLE
        elif self.mode == BEFORE_HEAD:
            self.insert(TAG_HEAD, NO_PAIRS)
            self.mode = IN_HEAD
        elif self.mode == IN_HEAD:
            self.pop()
            self.mode = AFTER_HEAD
        else:
            self.insert(TAG_BODY, NO_PAIRS)
            self.mode = IN_BODY
        return True

    cdef int start_tag(self, Token token) except -1:
        self.skip_newline = self.abroad = False
        if self.in_foreign(token.tag, False):
            return self.foreign_start(token)
        return self.html_start(token)

    cdef int html_start(self, Token token) except -1:
        if self.mode == IN_TABLE:
            return self.table_start(token)
        if self.mode == IN_TBODY:
            return self.tbody_start(token)
        if self.mode == IN_ROW:
            return self.row_start(token)
        if self.mode == IN_CELL:
            return self.cell_start(token)
        if self.mode == IN_CAPTION:
            return self.caption_start(token)
        if self.mode == IN_COLGROUP:
            return self.colgroup_start(token)
        if self.mode == IN_TEMPLATE:
            return self.template_start(token)
        if self.mode >= BEFORE_HEAD:
            return self.page_start(token)
        return self.body_start(token)

    cdef int end_tag(self, Tag tag) except -1:
        self.skip_newline = False
        if self.current().space != HTML:
            return self.foreign_end(tag)
        return self.html_end(tag)

    cdef int html_end(self, Tag tag) except -1:
        if flags_of(self.current()) & FORGED and self.current().tag == <PyObject*>tag:
            return self.pop()
        if self.mode == IN_TABLE:
            return self.table_end(tag)
        if self.mode == IN_TBODY:
            return self.tbody_end(tag)
        if self.mode == IN_ROW:
            return self.row_end(tag)
        if self.mode == IN_CELL:
            return self.cell_end(tag)
        if self.mode == IN_CAPTION:
            return self.caption_end(tag)
        if self.mode == IN_COLGROUP:
            return self.colgroup_end(tag)
        if self.mode == IN_TEMPLATE:
            return self.end_template() if tag.id == T_TEMPLATE else 0
        if self.mode >= BEFORE_HEAD:
            return self.page_end(tag)
        return self.body_end(tag)

    # -- "in body"

    cdef int body_start(self, Token token) except -1:
        cdef Tag tag = token.tag
        cdef tuple pairs = token.pairs
        cdef int rule = tag.start
        if rule == S_OTHER:
            self.reconstruct()
            self.insert(tag, pairs)
        elif rule == S_BLOCK:
            self.close_p()
            self.insert(tag, pairs)
        elif rule == S_FORMATTING or rule == S_A or rule == S_NOBR:
            self.start_formatting(tag, pairs)
        elif rule == S_VOID or rule == S_INPUT:
            if rule == S_INPUT and self.in_scope(TAG_SELECT, ANY_SCOPE):
                self.pop_until(TAG_SELECT)
            self.reconstruct()
            self.insert_void(tag, pairs)
        elif rule == S_PLAIN_VOID:
            self.insert_void(tag, pairs)
        elif rule == S_LI or rule == S_DD:
            self.start_item(tag)
            self.insert(tag, pairs)
        elif rule == S_HEADING:
            self.close_p()
            if flags_of(self.current()) & HEADING:
                self.pop()
            self.insert(tag, pairs)
        elif rule == S_BUTTON:
            if self.in_scope(tag, ANY_SCOPE):
                self.imply_ends(None, IMPLIED_END)
                self.pop_until(tag)
            self.reconstruct()
            self.insert(tag, pairs)
        elif rule == S_RAW:
            self.insert(tag, pairs)
        elif rule == S_TABLE:
            self.close_p()
            self.insert(tag, pairs)
            self.mode = IN_TABLE
        elif rule == S_FORM:
            self.start_form(tag, pairs)
        elif rule == S_SELECT or rule == S_OPTION or rule == S_OPTGROUP:
            self.start_choice(tag, pairs)
        elif rule == S_FOREIGN:
            self.reconstruct()
            self.insert_foreign(token, SVG if tag.id == T_SVG else MATHML)
        elif rule == S_TEMPLATE:
            self.start_template(tag, pairs)
        elif rule == S_IMAGE:
            token.tag = TAG_IMG
            self.html_start(token)
        elif rule != S_IGNORED:
            self.start_rare(tag, pairs)
        return 0

    cdef int start_rare(self, Tag tag, tuple pairs) except -1:
        cdef int rule = tag.start
        if rule == S_PRE or rule == S_PLAINTEXT or rule == S_XMP or rule == S_HR:
            self.close_p()
        if rule == S_HR:
            if self.in_scope(TAG_SELECT, ANY_SCOPE):
                self.imply_ends(None, IMPLIED_END)
            return self.insert_void(tag, pairs)
        if rule == S_RB or rule == S_RT:
            if self.in_scope(TAGS["ruby"], ANY_SCOPE):
                self.imply_ends(TAGS["rtc"] if rule == S_RT else None, IMPLIED_END)
        elif rule == S_XMP or rule == S_MARKER:
            self.reconstruct()
        self.insert(tag, pairs)
        if rule == S_MARKER:
            self.active.push(NULL)
        self.skip_newline = rule == S_PRE or rule == S_TEXTAREA
        return 0

    cdef int start_formatting(self, Tag tag, tuple pairs) except -1:
        cdef Py_ssize_t listed, opened
        cdef Draft* old
        if tag.id == T_A:
            listed = self.last_formatted(tag)
            if listed >= 0:
                old = self.active.items[listed]
                self.adopt(tag)
                listed, opened = self.active.find(old), self.open.find(old)
                if listed >= 0:
                    self.active.remove(listed)
                if opened >= 0:
                    self.remove_open(opened)
        self.reconstruct()
        if tag.id == T_NOBR and self.in_scope(tag, ANY_SCOPE):
            self.adopt(tag)
            self.reconstruct()
        return self.format(self.insert(tag, pairs))

    cdef int start_item(self, Tag tag) except -1:
        """A list item closes the one before, unless another list stands between."""
        cdef Py_ssize_t k
        cdef Draft* draft
        cdef int id
        for k in range(self.open.size - 1, 0, -1):
            draft = self.open.items[k]
            id = id_of(draft)
            if id == T_LI if tag.id == T_LI else (id == T_DD or id == T_DT):
                self.imply_ends(tag_of(draft), IMPLIED_END)
                self.pop_until(tag_of(draft))
                break
            if self.is_special(draft) and id != T_ADDRESS and id != T_DIV and id != T_P:
                break
        return self.close_p()

    cdef int start_form(self, Tag tag, tuple pairs) except -1:
        cdef Draft* draft
        cdef bint in_template = self.has_open(TAGS["template"])
        if self.form and not in_template:
            return 0
        self.close_p()
        draft = self.insert(tag, pairs)
        if not in_template:
            self.form = draft
        return 0

    cdef int start_choice(self, Tag tag, tuple pairs) except -1:
        """select, optgroup and option; a select may have any content since 2025."""
        cdef bint in_select = self.in_scope(TAG_SELECT, ANY_SCOPE)
        if tag.id == T_SELECT:
            if id_of(self.root) == T_SELECT:
                return 0
            if in_select:
                self.pop_until(tag)
                return 0
        elif in_select:
            self.imply_ends(TAGS["optgroup"] if tag.id == T_OPTION else None, IMPLIED_END)
        elif id_of(self.current()) == T_OPTION and self.open.size > 1:
            self.pop()
        self.reconstruct()
        self.insert(tag, pairs)
        return 0

    cdef int start_template(self, Tag tag, tuple pairs) except -1:
        self.insert(tag, pairs)
        self.active.push(NULL)
        self.mode = IN_TEMPLATE
        self.modes.append(IN_TEMPLATE)
        return 0

    cdef int end_template(self) except -1:
        cdef Tag tag = TAGS["template"]
        cdef Py_ssize_t k
        for k in range(self.open.size - 1, 0, -1):
            if self.open.items[k].tag == <PyObject*>tag and self.open.items[k].space == HTML:
                break
        else:
            return 0
        self.imply_ends(None, THOROUGH_END)
        self.pop_to(k)
        self.clear_to_marker()
        self.modes.pop()
        return self.reset_mode()

    cdef int body_end(self, Tag tag) except -1:
        cdef int rule = tag.end
        if rule == E_OTHER:
            return self.end_other(tag)
        if rule == E_FORMATTING:
            return self.adopt(tag)
        if rule == E_BLOCK or rule == E_MARKER or rule == E_DD or rule == E_LI:
            if self.in_scope(tag, LIST_SCOPE if rule == E_LI else ANY_SCOPE):
                self.imply_ends(tag if rule == E_DD or rule == E_LI else None, IMPLIED_END)
                self.pop_until(tag)
                if rule == E_MARKER:
                    self.clear_to_marker()
            return 0
        if rule == E_P:
            if not self.in_scope(tag, BUTTON_SCOPE):
                self.insert(tag, NO_PAIRS)
            self.pop_until(tag)
            return 0
        if rule == E_HEADING:
            return self.end_heading()
        if rule == E_FORM:
            return self.end_form(tag)
        if rule == E_BR:
            self.reconstruct()
            return self.insert_void(TAG_BR, NO_PAIRS)
        if rule == E_TEMPLATE:
            return self.end_template()
        return 0

    cdef int end_other(self, Tag tag) except -1:
        cdef Py_ssize_t k
        cdef Draft* draft
        for k in range(self.open.size - 1, 0, -1):
            draft = self.open.items[k]
            if draft.tag == <PyObject*>tag and draft.space == HTML:
                self.imply_ends(tag, IMPLIED_END)
                self.pop_to(k)
                break
            if self.is_special(draft):
                break
        return 0

    cdef int end_heading(self) except -1:
        cdef Py_ssize_t k
        for k in range(self.open.size - 1, 0, -1):
            if flags_of(self.open.items[k]) & HEADING:
                self.pop_to(k)
                break
            if self.ends_scope(self.open.items[k], ANY_SCOPE):
                break
        return 0

    cdef int end_form(self, Tag tag) except -1:
        cdef Py_ssize_t opened
        if self.has_open(TAGS["template"]):
            if self.in_scope(tag, ANY_SCOPE):
                self.imply_ends(None, IMPLIED_END)
                self.pop_until(tag)
            return 0
        opened = self.open.find(self.form) if self.form else -1
        self.form = NULL
        if opened > 0 and self.open_in_scope(opened):
            self.imply_ends(None, IMPLIED_END)
            self.remove_open(opened)
        return 0

    # -- tables

    cdef int foster(self, Token token) except -1:
        self.fostering = True
        self.body_start(token)
        self.fostering = False
        return 0

    cdef int leave_table_part(self, int mode) except -1:
        """Close the row or the group of rows that is the current node."""
        self.pop()
        self.mode = mode
        return 0

    cdef int close_table(self) except -1:
        self.pop_until(TAG_TABLE)
        return self.reset_mode()

    cdef int table_start(self, Token token) except -1:
        cdef Tag tag = token.tag
        cdef int id = tag.id
        if id == T_TBODY or id == T_THEAD or id == T_TFOOT:
            self.clear_to(T_TABLE, T_TABLE, T_TABLE)
            self.insert(tag, token.pairs)
            self.mode = IN_TBODY
        elif id == T_TR or id == T_TD or id == T_TH:
            self.clear_to(T_TABLE, T_TABLE, T_TABLE)
            self.insert(TAG_TBODY, NO_PAIRS)
            self.mode = IN_TBODY
            self.tbody_start(token)
        elif id == T_CAPTION:
            self.clear_to(T_TABLE, T_TABLE, T_TABLE)
            self.active.push(NULL)
            self.insert(tag, token.pairs)
            self.mode = IN_CAPTION
        elif id == T_COLGROUP or id == T_COL:
            self.clear_to(T_TABLE, T_TABLE, T_TABLE)
            self.insert(TAG_COLGROUP, token.pairs if id == T_COLGROUP else NO_PAIRS)
            self.mode = IN_COLGROUP
            if id == T_COL:
                self.insert_void(tag, token.pairs)
        elif id == T_TABLE:
            if self.in_scope(tag, TABLE_SCOPE):
                self.close_table()
                self.html_start(token)
        elif id == T_STYLE or id == T_SCRIPT or id == T_TEMPLATE:
            self.body_start(token)
        elif id == T_INPUT and is_hidden(token.pairs):
            self.insert_void(tag, token.pairs)
        elif id == T_FORM:
            if not self.form and not self.has_open(TAGS["template"]):
                self.form = self.insert(tag, token.pairs)
                self.pop()
        else:
            self.foster(token)
        return 0

    cdef int table_end(self, Tag tag) except -1:
        cdef int id = tag.id
        if id == T_TABLE:
            if self.in_scope(tag, TABLE_SCOPE):
                self.close_table()
        elif id == T_TEMPLATE:
            self.end_template()
        elif not (T_TABLE < id < T_TEMPLATE or id == T_BODY or id == T_HTML):
            self.fostering = True
            self.body_end(tag)
            self.fostering = False
        return 0

    cdef bint clear_to_group(self) except -1:
        """Close what is open in a group of rows; False if there is none."""
        for tag in ("tbody", "thead", "tfoot"):
            if self.in_scope(TAGS[tag], TABLE_SCOPE):
                self.clear_to(T_TBODY, T_THEAD, T_TFOOT)
                return True
        return False

    cdef int tbody_start(self, Token token) except -1:
        cdef int id = token.tag.id
        if id == T_TR:
            self.clear_to(T_TBODY, T_THEAD, T_TFOOT)
            self.insert(token.tag, token.pairs)
            self.mode = IN_ROW
        elif id == T_TD or id == T_TH:
            self.clear_to(T_TBODY, T_THEAD, T_TFOOT)
            self.insert(TAG_TR, NO_PAIRS)
            self.mode = IN_ROW
            self.row_start(token)
        elif T_TABLE < id < T_TR:
            if self.clear_to_group():
                self.leave_table_part(IN_TABLE)
                self.table_start(token)
        else:
            self.table_start(token)
        return 0

    cdef int tbody_end(self, Tag tag) except -1:
        cdef int id = tag.id
        if id == T_TBODY or id == T_THEAD or id == T_TFOOT:
            if self.in_scope(tag, TABLE_SCOPE):
                self.clear_to(T_TBODY, T_THEAD, T_TFOOT)
                self.leave_table_part(IN_TABLE)
        elif id == T_TABLE:
            if self.clear_to_group():
                self.leave_table_part(IN_TABLE)
                self.table_end(tag)
        else:
            self.table_end(tag)
        return 0

    cdef bint leave_row(self) except -1:
        if not self.in_scope(TAG_TR, TABLE_SCOPE):
            return False
        self.clear_to(T_TR, T_TR, T_TR)
        self.leave_table_part(IN_TBODY)
        return True

    cdef int row_start(self, Token token) except -1:
        cdef int id = token.tag.id
        if id == T_TD or id == T_TH:
            self.clear_to(T_TR, T_TR, T_TR)
            self.insert(token.tag, token.pairs)
            self.mode = IN_CELL
            self.active.push(NULL)
        elif T_TABLE < id <= T_TR:
            if self.leave_row():
                self.tbody_start(token)
        else:
            self.table_start(token)
        return 0

    cdef int row_end(self, Tag tag) except -1:
        cdef int id = tag.id
        if id == T_TR:
            self.leave_row()
        elif id == T_TABLE:
            if self.leave_row():
                self.tbody_end(tag)
        elif id == T_TBODY or id == T_THEAD or id == T_TFOOT:
            if self.in_scope(tag, TABLE_SCOPE) and self.leave_row():
                self.tbody_end(tag)
        else:
            self.table_end(tag)
        return 0

    cdef int close_cell(self) except -1:
        cdef Py_ssize_t k
        cdef int id
        self.imply_ends(None, IMPLIED_END)
        for k in range(self.open.size - 1, 0, -1):
            id = id_of(self.open.items[k])
            if id == T_TD or id == T_TH:
                self.pop_to(k)
                break
        self.clear_to_marker()
        self.mode = IN_ROW
        return 0

    cdef bint in_cell(self) except -1:
        return self.in_scope(TAGS["td"], TABLE_SCOPE) or self.in_scope(TAGS["th"], TABLE_SCOPE)

    cdef int cell_start(self, Token token) except -1:
        if not T_TABLE < token.tag.id <= T_TH:
            return self.body_start(token)
        if self.in_cell():
            self.close_cell()
            self.row_start(token)
        return 0

    cdef int cell_end(self, Tag tag) except -1:
        cdef int id = tag.id
        if id == T_TD or id == T_TH:
            if self.in_scope(tag, TABLE_SCOPE):
                self.imply_ends(None, IMPLIED_END)
                self.pop_until(tag)
                self.clear_to_marker()
                self.mode = IN_ROW
        elif id == T_TABLE or T_COL < id <= T_TR:
            if self.in_scope(tag, TABLE_SCOPE):
                self.close_cell()
                self.row_end(tag)
        elif not (T_TABLE < id <= T_COL):
            self.body_end(tag)
        return 0

    cdef bint close_caption(self) except -1:
        cdef Tag tag = TAGS["caption"]
        if not self.in_scope(tag, TABLE_SCOPE):
            return False
        self.imply_ends(None, IMPLIED_END)
        self.pop_until(tag)
        self.clear_to_marker()
        self.mode = IN_TABLE
        return True

    cdef int caption_start(self, Token token) except -1:
        if not T_TABLE < token.tag.id <= T_TH:
            return self.body_start(token)
        return self.table_start(token) if self.close_caption() else 0

    cdef int caption_end(self, Tag tag) except -1:
        if tag.id == T_CAPTION:
            self.close_caption()
        elif tag.id == T_TABLE:
            if self.close_caption():
                self.table_end(tag)
        elif not T_TABLE < tag.id <= T_TH:
            self.body_end(tag)
        return 0

    cdef int colgroup_start(self, Token token) except -1:
        if token.tag.id == T_COL:
            self.insert_void(token.tag, token.pairs)
        elif token.tag.id == T_TEMPLATE:
            self.body_start(token)
        elif token.tag.id != T_HTML and self.leave_outer():
            self.table_start(token)
        else:
            self.abroad = True              # nor does raw content begin
        return 0

    cdef int colgroup_end(self, Tag tag) except -1:
        if tag.id == T_TEMPLATE:
            self.end_template()
        elif tag.id != T_COL and self.leave_outer() and tag.id != T_COLGROUP:
            self.table_end(tag)
        return 0

    # -- templates, whole pages, SVG and MathML

    cdef int template_start(self, Token token) except -1:
        """The first tag of a template's content decides what it is."""
        cdef int id = token.tag.id
        if token.tag.flags & METADATA:
            return self.body_start(token)
        if id == T_CAPTION or id == T_COLGROUP or id == T_TBODY or id == T_TFOOT or id == T_THEAD:
            self.mode = IN_TABLE
        elif id == T_COL:
            self.mode = IN_COLGROUP
        elif id == T_TR:
            self.mode = IN_TBODY
        elif id == T_TD or id == T_TH:
            self.mode = IN_ROW
        else:
            self.mode = IN_BODY
        self.modes[len(self.modes) - 1] = self.mode
        return self.html_start(token)

    cdef int page_start(self, Token token) except -1:
        """Start tags around the head, where the root is a page's html element."""
        cdef int id = token.tag.id
        if id == T_HTML or (id == T_HEAD and self.mode != BEFORE_HEAD):
            return 0
        if id == T_HEAD:
            self.insert(token.tag, token.pairs)
            self.mode = IN_HEAD
        elif self.mode == IN_HEAD and (token.tag.flags & METADATA or id == T_NOSCRIPT):
            self.body_start(token)
        elif self.mode == AFTER_HEAD and id == T_BODY:
            self.insert(token.tag, token.pairs)
            self.mode = IN_BODY
        elif self.leave_outer():
            self.html_start(token)
        return 0

    cdef int page_end(self, Tag tag) except -1:
        if tag.id == T_TEMPLATE:
            return self.end_template()
        if tag.id == T_HEAD and self.mode == BEFORE_HEAD:
            self.leave_outer()
        if tag.id == T_HEAD and self.mode == IN_HEAD:
            self.leave_outer()
        if tag.id == T_BR or tag.id == T_BODY or tag.id == T_HTML:
            self.leave_outer()
            self.html_end(tag)
        return 0

    cdef int end_page(self) except -1:
        """What a page has even where its markup does not: a head and a body."""
        if id_of(self.root) != T_HTML:
            return 0
        while self.modes:
            self.end_template()
        while self.mode >= BEFORE_HEAD:
            self.pop_to(2)                      # what is open in the head
            self.leave_outer()
        return 0

    cdef int insert_foreign(self, Token token, int space) except -1:
        self.abroad = True
        self.insert(token.tag, adjusted(token.pairs, space), space)
        if token.self_closing:
            self.pop()
        return 0

    cdef int foreign_start(self, Token token) except -1:
        cdef bint ends = token.tag.flags & BREAKOUT
        if not ends and not (token.tag.id == T_FONT and has_font_attribute(token.pairs)):
            return self.insert_foreign(token, self.current().space)
        self.break_out()
        return self.html_start(token)

    cdef int break_out(self) except -1:
        while self.open.size > 1 and self.current().space != HTML:
            if self.is_integration(self.current(), False):
                break
            self.pop()
        return 0

    cdef int foreign_end(self, Tag tag) except -1:
        cdef Py_ssize_t k
        if tag is TAG_P or tag is TAG_BR:
            self.break_out()
            return self.html_end(tag)
        for k in range(self.open.size - 1, 0, -1):
            if self.open.items[k].space == HTML:
                return self.html_end(tag)
            if self.open.items[k].tag == <PyObject*>tag:
                return self.pop_to(k)
        return 0

    # -- the finished tree

    cdef Element freeze(self, tuple pairs):
        """Make the nodes, children first, without recursion. Each draft's `data` becomes its node.
        """
        cdef Draft* draft = self.root
        cdef Draft* next
        cdef object node
        while True:
            while draft.first:
                draft = draft.first
            while True:
                node = self.frozen(draft, pairs if draft == self.root else None)
                Py_XDECREF(draft.data)
                Py_INCREF(node)
                draft.data = <PyObject*>node
                if draft == self.root:
                    return node
                if draft.after:
                    draft = draft.after
                    break
                draft = draft.parent

    cdef Node frozen(self, Draft* draft, tuple pairs):
        cdef tuple children
        cdef Draft* child
        cdef Py_ssize_t k = 0
        if not draft.tag:
            return make_comment(<str>draft.data) if draft.comment else make_text(<str>draft.data)
        children = PyTuple_New(draft.count) if draft.count else NO_PAIRS
        child = draft.first
        while child:
            Py_INCREF(<object>child.data)
            PyTuple_SET_ITEM(children, k, <object>child.data)
            k += 1
            child = child.after
        return make_element(
            tag_of(draft).svg_name if draft.space == SVG else tag_of(draft).name,
            <tuple>draft.data if pairs is None else pairs, joined(draft, children))


cdef tuple joined(Draft* draft, tuple children):
    """The children with adjacent texts made one, which moving nodes about may have left."""
    cdef Draft* child = draft.first
    while child and child.after:
        if not child.tag and not child.comment and not child.after.tag and not child.after.comment:
            return Element("x", None, children).children
        child = child.after
    return children


cdef dict dict_of(tuple pairs):
    return {pairs[i]: pairs[i + 1] for i in range(0, len(pairs), 2)}


cdef bint is_html_annotation(tuple pairs) except -1:
    return dict_of(pairs).get("encoding", "").lower() in ("text/html", "application/xhtml+xml")


cdef bint is_hidden(tuple pairs) except -1:
    return dict_of(pairs).get("type", "").lower() == "hidden"


cdef bint has_font_attribute(tuple pairs) except -1:
    return not {"color", "face", "size"}.isdisjoint(dict_of(pairs))


cdef tuple adjusted(tuple pairs, int space):
    """Attributes with the case that SVG and MathML have."""
    cdef Py_ssize_t k
    cdef dict names = SVG_ATTRIBUTES if space == SVG else {"definitionurl": "definitionURL"}
    cdef list result = list(pairs)
    for k in range(0, len(result), 2):
        result[k] = names.get(result[k], result[k])
    return tuple(result)


# ------------------------------------------------------------------------------ walking lxml's tree

cdef enum:
    NAMES = 512             # the size of the table of names; a power of two

cdef struct Name:
    const_xmlChar* key      # libxml2 keeps each name once, so that its address tells it
    PyObject* value         # borrowed

cdef object _local = threading.local()


cdef object own_parser():
    """This thread's lxml parser: a parser is locked while it works, and threads should not wait for
    each other.
    """
    try:
        return _local.parser
    except AttributeError:
        _local.parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
        return _local.parser


@cython.final
cdef class Walker:
    """Replays lxml's flat list of tokens into a builder."""

    cdef Builder builder
    cdef Name names[NAMES]
    cdef int known
    cdef dict unknown_tags, attributes      # names of this document, which the table above borrows
    cdef Py_ssize_t count                   # of the tags
    cdef list abroad                        # the places of those that make no HTML of raw content
    cdef list long_names                    # the Flattener's

    def __cinit__(self, Builder builder, Flattener flattener):
        self.builder, self.long_names = builder, flattener.long_names
        self.unknown_tags, self.attributes, self.abroad = {}, {}, []

    cdef int walk(self, xmlNode* node) except -1:
        """Take all tokens, up to the one that marks the end; if it is missing, lxml has lost
        something.
        """
        cdef int kind
        cdef Token token
        memset(self.names, 0, sizeof(self.names))
        self.known = 0
        while node:
            if node.type == XML_TEXT_NODE:
                self.builder.text(decoded(node.content))
            elif node.type == XML_COMMENT_NODE:
                self.builder.skip_newline = False
                self.builder.comment(decoded(node.content) if node.content else "")
            elif node.type == XML_ELEMENT_NODE:
                kind = node.name[0]
                if kind == 107:     # k
                    return 0
                self.count += 1
                if kind == CLOSED:
                    self.builder.end_tag(self.tag(node.name))
                else:
                    token = Token.__new__(Token)
                    token.tag = self.tag(node.name)
                    token.pairs = self.pairs(node.properties) if node.properties else NO_PAIRS
                    token.self_closing = kind == SELF_CLOSED
                    self.builder.start_tag(token)
                    if self.builder.abroad and token.tag.flags & FORGED:
                        self.abroad.append(self.count)
            node = node.next
        raise ParseError("lxml did not parse the HTML to its end")

    cdef bint answer(self, int question) except -1:
        """Tell a Flattener what is foreign."""
        if question == IS_TAG_FOREIGN:
            return self.builder.abroad
        if question == IS_ELEMENT_FOREIGN:
            return self.builder.current().space != HTML
        return self.builder.in_foreign(None, True)

    cdef Name* slot(self, const_xmlChar* key) noexcept:
        cdef uintptr_t hash = <uintptr_t>key
        cdef Py_ssize_t k = (hash ^ (hash >> 9)) & (NAMES - 1)
        while self.names[k].key and self.names[k].key != key:
            k = (k + 1) & (NAMES - 1)
        return &self.names[k]

    cdef int remember(self, Name* slot, const_xmlChar* key, object value) except -1:
        if self.known < NAMES * 3 // 4:
            self.known += 1
            slot.key, slot.value = key, <PyObject*>value
        return 0

    cdef Tag tag(self, const_xmlChar* key):
        cdef Name* slot = self.slot(key)
        cdef str name
        if slot.key:
            return <Tag>slot.value
        name = self.name(key + 1)
        tag = TAGS.get(name) or self.unknown_tags.get(name)
        if tag is None:
            tag = self.unknown_tags[name] = new_tag(name)
        self.remember(slot, key, tag)
        return tag

    cdef str attribute(self, const_xmlChar* key):
        cdef Name* slot = self.slot(key)
        cdef str name
        if slot.key:
            return <str>slot.value
        name = self.name(key)
        if name.startswith("@"):
            name = "live-on:" + name[1:]
        if name.startswith("live-on:") and name not in BINDINGS_SEEN:
            look_at(name)
        name = self.attributes.setdefault(name, name)
        self.remember(slot, key, name)
        return name

    cdef str name(self, const_xmlChar* key):
        cdef str name = decoded(key)
        return self.long_names[int(name)] if len(name) == LONG_NAME else name

    cdef tuple pairs(self, xmlAttr* first):
        cdef xmlAttr* attribute = first
        cdef Py_ssize_t count = 0
        cdef bint renamed = False
        cdef tuple pairs
        while attribute:
            count += 2
            renamed |= attribute.name[0] == 64      # @
            attribute = attribute.next
        pairs = PyTuple_New(count)
        attribute, count = first, 0
        while attribute:
            name = self.attribute(attribute.name)
            value = ""
            if attribute.children and attribute.children.content:
                value = decoded(attribute.children.content)
            Py_INCREF(name)
            PyTuple_SET_ITEM(pairs, count, name)
            Py_INCREF(value)
            PyTuple_SET_ITEM(pairs, count + 1, value)
            count += 2
            attribute = attribute.next
        return without_repeats(pairs) if renamed else pairs


cdef tuple without_repeats(tuple pairs):
    cdef dict found = {}
    cdef Py_ssize_t k
    for k in range(0, len(pairs), 2):
        found.setdefault(pairs[k], pairs[k + 1])
    return tuple([part for item in found.items() for part in item])


cdef str decoded(const_xmlChar* text):
    return PyUnicode_DecodeUTF8(<const char*>text, strlen(<const char*>text), NULL)


cdef lxml_api._Element tokens_of(bytes flat):
    """lxml's tree of a flattened source: html > body > k > the tokens."""
    try:
        return etree.fromstring(flat, own_parser())
    except (etree.XMLSyntaxError, MemoryError) as error:
        raise ParseError(f"lxml cannot parse the HTML: {error}") from None


cdef xmlNode* first_token(lxml_api._Element page) except? NULL:
    cdef xmlNode* node = page._c_node.children
    if not node or not node.children:
        raise ParseError("lxml returned nothing of the HTML")
    return node.children.children


cdef Walker walked(str source, str context, int space):
    """Walk over a source that stands in an element. The builder borrows names from the walker."""
    cdef Flattener flattener = Flattener()
    cdef Walker walker = one_walk(flattener, source, context, space)
    if not flattener.has_foreign and not walker.abroad:
        return walker
    # What is markup there, and what is text, depends on the tree.
    if flattener.is_unsure or flattener.abroad != walker.abroad:
        flattener = Flattener()
        flattener.asks = flattener.has_foreign = True
        walker = one_walk(flattener, source, context, space)
    return walker


cdef Walker one_walk(Flattener flattener, str source, str context, int space):
    cdef Builder builder = Builder()
    cdef Walker walker = Walker(builder, flattener)
    cdef lxml_api._Element page
    cdef bint answer = False
    tag = TAGS.get(context)
    if tag is None:
        tag = walker.unknown_tags[context] = new_tag(context)
    builder.start(tag, space)
    flattener.start(source.encode(), context, FOREIGN_NAMES[space])
    while True:
        page = tokens_of(flattener.part(answer))
        walker.walk(first_token(page))
        if flattener.question == NOTHING:
            break
        answer = walker.answer(flattener.question)
    if walker.count != flattener.tags:
        raise ParseError("lxml did not return every tag of the HTML")
    return walker


cdef int space_of(str context) except -1:
    """What an element is a part of, by its name alone."""
    if context == "math":
        return MATHML
    return SVG if context in SVG_CONTEXTS else HTML


cdef Element build(str source, str context, tuple pairs, bint in_svg):
    """Parse a source into a root with these attributes."""
    cdef Walker walker = walked(source, context, SVG if in_svg else space_of(context))
    walker.builder.end_page()
    return walker.builder.freeze(pairs)


cdef tuple attributes_of(str start_tag, bint in_svg):
    cdef Flattener flattener = Flattener()
    flattener.start(start_tag.encode(), "div", None)
    cdef lxml_api._Element page = tokens_of(flattener.part(False))
    cdef xmlNode* token = first_token(page)
    cdef tuple pairs = NO_PAIRS
    if token.properties:
        pairs = Walker(None, flattener).pairs(token.properties)
    return adjusted(pairs, SVG) if in_svg else pairs


cdef str MARK = "\ufdd0"      # a noncharacter, which no page means anything by
cdef str MARKED = f"<!--{MARK}-->"


cdef tuple content_inside(Builder builder, Py_ssize_t depth):
    """What was put into the innermost of the open elements, between two marks; None if the markup
    has left something else behind."""
    cdef Draft* draft
    cdef Py_ssize_t k
    cdef int mode = builder.mode
    if builder.open.size != depth or builder.modes:
        return None
    for k in range(depth - 1):
        draft = builder.open.items[k]
        if draft.first != draft.last or draft.first != builder.open.items[k + 1]:
            return None
    for k in range(builder.active.size):
        draft = builder.active.items[k]
        if draft and builder.open.find(draft) < 0:
            return None
    if builder.form and builder.open.find(builder.form) < 0:
        return None
    draft = builder.current().last
    if not draft or draft == builder.current().first:   # the second mark is in a tag or a comment
        return None
    if not draft.comment or <object>draft.data != MARK:
        return None
    builder.reset_mode()
    if builder.mode != mode:
        return None
    root = builder.freeze(NO_PAIRS)
    for k in range(depth - 1):
        root = (<Element>root).children[0]
    return (<Element>root).children[1:len((<Element>root).children) - 1]


def parse_inside(html, tuple chain not None):
    """Parse HTML that stands inside of open elements, with markup before and behind it.

    :param html: the source
    :param chain: the names of the open elements, from the one that is the context to the innermost
    :returns: the nodes that it adds to the innermost element; None if it does not keep to itself: if
        it closes one of these elements, leaves one of its own open, or puts something elsewhere.
        None, too, for what `parse` refuses
    """
    cdef Walker walker
    cdef str context = chain[0]
    if MARK in html:
        return None
    source = "".join([f"<{tag}>" for tag in chain[1:]])
    source = f"{source}{MARKED}{decoded_source(html)}{MARKED}"
    try:
        walker = walked(source, context, space_of(context))
    except ParseError:
        return None
    return content_inside(walker.builder, len(chain))


def parse_attributes(str source):
    """Parse what stands in a start tag behind its name.

    :returns: a flat tuple of names and values, as an HTML element would have them
    """
    return attributes_of(decoded_source(f"<x {source}>"), False)


def parse(html, str context="div"):
    """Parse HTML as a browser does when it is assigned to `innerHTML`, with scripting enabled.

    Attributes like `@click.prevent` become `live-on:click.prevent`. Lone surrogates become U+FFFD.

    :param html: the source
    :param context: the name of the element that it stands in, which decides what is allowed there:
        `div`, `tbody`, `svg`, `template`, ...
    :returns: an `Element` named like the context, without attributes, whose children are the
        content
    :raises ParseError: for HTML that is nested deeper than `MAX_DEPTH`, or too large for lxml
    """
    return build(decoded_source(html), context.lower(), NO_PAIRS, False)


def find_region(str page):
    """Find the live region of a whole page: the one element with a `data-liveview-root` attribute.

    What stands in comments, scripts or attribute values is not mistaken for it.

    :returns: a `Region`, whose offsets are those of `page`
    :raises RegionError: if there is no such element, more than one, one that has no content, or one
        without an end tag (only body and html may lack theirs)
    """
    cdef bytes source
    source, start, inner_start, inner_end, end, tag, foreign = locate(page)
    offsets = (start, inner_start, inner_end, end)
    if not page.isascii():
        offsets = tuple([len(source[:at].decode("utf-8", "surrogatepass")) for at in offsets])
    attrs = attributes_of(decoded_source(page[offsets[0]:offsets[1]]), foreign)
    pairs = tuple([(attrs[k], attrs[k + 1]) for k in range(0, len(attrs), 2)])
    return Region(*offsets, tag, pairs, foreign)


def parse_region(str page):
    """Find and parse the live region of a whole page.

    :returns: the `Region`, and an `Element` with its tag, its attributes and its parsed content
    :raises RegionError, ParseError: as `find_region` and `parse` do
    """
    region = find_region(page)
    source = page[region.inner_start:region.inner_end]
    if region.tag in ("pre", "listing", "textarea"):
        source = decoded_source(source).removeprefix("\n")
    pairs = tuple([part for pair in region.attrs for part in pair])
    return region, build(decoded_source(source), region.tag, pairs, region.foreign)
