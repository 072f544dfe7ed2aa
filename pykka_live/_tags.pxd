"""What the rules of HTML say of each tag."""

cimport cython

cdef enum:                      # what a tag is to the rules
    SPECIAL = 1
    IMPLIED_END = 2             # "generate implied end tags"
    THOROUGH_END = 4            # "... thoroughly"
    SCOPE = 8                   # ends every scope
    VOID = 16                   # never has content
    BREAKOUT = 32               # ends foreign content
    HEADING = 64
    FORMATTING = 128
    ROWS = 256                  # table, tbody, tfoot, thead, tr: where text is foster-parented
    FORGED = 512                # raw content: text goes in as it is
    MATH_TEXT = 1024            # a MathML text integration point
    SVG_HTML = 2048             # an HTML integration point of SVG
    METADATA = 4096             # belongs into a head, and is no first tag of a template's content

cdef enum Start:                # what a start tag does in a body
    S_OTHER, S_BLOCK, S_HEADING, S_PRE, S_FORM, S_LI, S_DD, S_PLAINTEXT, S_BUTTON, S_A,
    S_FORMATTING, S_NOBR, S_MARKER, S_TABLE, S_VOID, S_INPUT, S_PLAIN_VOID, S_HR, S_IMAGE,
    S_TEXTAREA, S_XMP, S_RAW, S_SELECT, S_OPTGROUP, S_OPTION, S_RB, S_RT, S_FOREIGN, S_TEMPLATE,
    S_IGNORED

cdef enum End:                  # what an end tag does in a body
    E_OTHER, E_BLOCK, E_FORM, E_P, E_LI, E_DD, E_HEADING, E_FORMATTING, E_MARKER, E_BR, E_TEMPLATE,
    E_IGNORED

cdef enum Id:                   # tags that some rule names
    T_OTHER, T_HTML, T_HEAD, T_BODY, T_FRAMESET, T_TABLE, T_CAPTION, T_COLGROUP, T_COL, T_TBODY,
    T_TFOOT, T_THEAD, T_TR, T_TD, T_TH, T_TEMPLATE, T_P, T_LI, T_DD, T_DT, T_BUTTON, T_FORM, T_A,
    T_NOBR, T_SELECT, T_OPTION, T_OPTGROUP, T_RUBY, T_RTC, T_OL, T_UL, T_INPUT, T_SCRIPT, T_STYLE,
    T_ADDRESS, T_DIV, T_SVG, T_MATH, T_MGLYPH, T_MALIGNMARK, T_ANNOTATION, T_FONT, T_IMG, T_FRAME,
    T_TITLE, T_BR, T_META, T_LINK, T_BASE, T_NOSCRIPT


@cython.final
cdef class Tag:
    cdef str name, svg_name
    cdef int id, flags, start, end


cdef Tag new_tag(str name)

cdef dict TAGS              # by name
cdef dict SVG_ATTRIBUTES    # lower case to the case that SVG has
cdef frozenset SVG_CONTEXTS

cdef frozenset VOID_SET, BREAKOUT_SET
cdef frozenset FOREIGN      # the elements that lead into SVG and MathML
cdef dict INTEGRATION       # for each of them, where HTML goes on inside
