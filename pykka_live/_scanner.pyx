"""Markup as characters: where its tags, attributes, comments and raw contents begin and end, by the
rules of HTML's tokenizer.
"""

from libc.string cimport memcmp


cdef int content_of(Chars name, Py_ssize_t length) noexcept nogil:
    """What kind of content an HTML element has."""
    if length < 3 or length > 9:
        return NORMAL
    if length == 3:
        return RAW if named(name, 3, b"xmp") else NORMAL
    if length == 5:
        if named(name, 5, b"title"):
            return REFERENCES
        return RAW if named(name, 5, b"style") else NORMAL
    if length == 6:
        return RAW if named(name, 6, b"script") or named(name, 6, b"iframe") else NORMAL
    if length == 7:
        return RAW if named(name, 7, b"noembed") else NORMAL
    if length == 8:
        if named(name, 8, b"textarea"):
            return REFERENCES
        return RAW if named(name, 8, b"noscript") or named(name, 8, b"noframes") else NORMAL
    if length == 9:
        return PLAIN if named(name, 9, b"plaintext") else NORMAL
    return NORMAL


cdef Chars find_end_tag(Chars at, Chars end, Chars name, Py_ssize_t length) noexcept nogil:
    """The end tag of a raw element, or the end of the text. Knows that a script may hide one in a
    comment.
    """
    cdef bint script = length == 6 and named(name, 6, b"script")
    cdef bint hidden = False, doubly = False        # inside <!--, inside <!-- <script
    cdef Py_ssize_t k
    while at < end:
        if at[0] == 45 and hidden and end - at >= 3 and at[1] == 45 and at[2] == 62:
            hidden = doubly = False
            at += 3
            continue
        if at[0] != 60:
            at += 1
            continue
        if script and end - at >= 4 and memcmp(at, b"<!--", 4) == 0:
            hidden = True
            at += 2             # the dashes may be those of the end, too
            continue
        if (hidden and not doubly and end - at > 7
                and named(at + 1, 6, b"script") and ends_name(at[7])):
            doubly = True
        elif end - at > length + 2 and at[1] == 47 and ends_name(at[length + 2]):
            for k in range(length):
                if lower(at[k + 2]) != lower(name[k]):
                    break
            else:
                if not doubly:
                    return at
                doubly = False
        at += 1
    return end


cdef Chars comment_end(Chars at, Chars end, Chars* stop) noexcept nogil:
    """Where the text of a comment ends, which starts at `at`; `stop` gets what follows the comment.
    """
    cdef Chars found
    if at < end and at[0] == 62:                                            # <!-->
        stop[0] = at + 1
        return at
    if end - at >= 2 and at[0] == 45 and at[1] == 62:                       # <!--->
        stop[0] = at + 2
        return at
    found = at
    while True:
        found = seek(found, end, 62)
        if found == end:
            stop[0] = end
            break
        if found - at >= 2 and (found - 1)[0] == 45 and (found - 2)[0] == 45:         # -->
            stop[0] = found + 1
            return found - 2
        if found - at >= 3 and memcmp(found - 3, b"--!", 3) == 0:               # --!>
            stop[0] = found + 1
            return found - 3
        found += 1
    # The page ends inside; dashes of an end that was begun are not part of the text.
    if end - at >= 3 and (end - 1)[0] == 33 and (end - 2)[0] == 45 and (end - 3)[0] == 45:
        return end - 3
    if end - at >= 2 and (end - 1)[0] == 45 and (end - 2)[0] == 45:
        return end - 2
    if end - at >= 1 and (end - 1)[0] == 45:
        return end - 1
    return end


cdef Chars next_attribute(Chars at, Chars end, Attribute* found) noexcept nogil:
    """Read the next attribute of a tag; returns what follows it (or the tag, if there was none),
    NULL where the page ends first.
    """
    found.slash = False
    while at < end and (is_space(at[0]) or at[0] == 47):
        found.slash = at[0] == 47
        at += 1
    if at == end:
        return NULL
    found.name = found.name_end = found.value = found.value_end = NULL
    if at[0] == 62:
        return at + 1
    found.slash = False
    found.name = at
    at += 1                                         # a first = belongs to the name
    while at < end and at[0] != 61 and not ends_name(at[0]):
        at += 1
    found.name_end = at
    while at < end and is_space(at[0]):
        at += 1
    if at == end:
        return NULL
    return attribute_value(at + 1, end, found) if at[0] == 61 else at


cdef Chars attribute_value(Chars at, Chars end, Attribute* found) noexcept nogil:
    cdef unsigned char quote
    while at < end and is_space(at[0]):
        at += 1
    if at == end:
        return NULL
    found.value = found.value_end = at
    if at[0] == 62:
        return at
    if at[0] == 34 or at[0] == 39:
        quote = at[0]
        found.value = at + 1
        found.value_end = seek(at + 1, end, quote)
        return found.value_end + 1 if found.value_end < end else NULL
    while at < end and at[0] != 62 and not is_space(at[0]):
        at += 1
    found.value_end = at
    return at if at < end else NULL


cdef Chars tag_end(Chars at, Chars end) noexcept nogil:
    """What follows a tag whose name ends at `at`; NULL where the page ends first."""
    cdef Attribute found
    while True:
        at = next_attribute(at, end, &found)
        if at == NULL or found.name == NULL:
            return at


cdef str decoded_source(object html):
    """What a browser's decoder and its input stream make of a text: no lone surrogates, one kind of
    newline.
    """
    if not isinstance(html, str):
        raise TypeError(f"expected a str, got {type(html).__name__}")
    cdef str source = str(html)
    try:
        source.encode()
    except UnicodeEncodeError:
        source = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source


cdef str lower_name(Chars name, Py_ssize_t length):
    return name[:length].decode("utf-8", "surrogatepass").lower()


cdef bint starts_cdata(Chars at, Chars end) noexcept nogil:
    return end - at >= 9 and memcmp(at, b"<![CDATA[", 9) == 0


cdef Chars cdata_end(Chars at, Chars end) noexcept nogil:
    while at < end and not (end - at >= 3 and memcmp(at, b"]]>", 3) == 0):
        at += 1
    return at
