"""The tables of the HTML parser: what the rules of the standard say of each tag."""

cimport cython


@cython.final
@cython.no_gc
cdef class Tag:
    """A tag name and what the rules say of it."""


cdef Tag new_tag(str name):
    cdef Tag tag = Tag.__new__(Tag)
    tag.name = name
    tag.svg_name = SVG_TAGS.get(name, name)
    return tag


cdef dict SVG_TAGS = {name.lower(): name for name in (
    "altGlyph altGlyphDef altGlyphItem animateColor animateMotion animateTransform clipPath "
    "feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting "
    "feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR "
    "feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight "
    "feSpecularLighting feSpotLight feTile feTurbulence foreignObject glyphRef linearGradient "
    "radialGradient textPath").split()}
SVG_ATTRIBUTES = {name.lower(): name for name in (
    "attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant "
    "edgeMode filterUnits glyphRef gradientTransform gradientUnits kernelMatrix kernelUnitLength "
    "keyPoints keySplines keyTimes lengthAdjust limitingConeAngle markerHeight markerUnits "
    "markerWidth maskContentUnits maskUnits numOctaves pathLength patternContentUnits "
    "patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha "
    "preserveAspectRatio primitiveUnits refX refY repeatCount repeatDur requiredExtensions "
    "requiredFeatures specularConstant specularExponent spreadMethod startOffset stdDeviation "
    "stitchTiles surfaceScale systemLanguage tableValues targetX targetY textLength viewBox "
    "viewTarget xChannelSelector yChannelSelector zoomAndPan").split()}
# A region may lie inside of an svg, where its own name has to tell it.
SVG_CONTEXTS = frozenset(
    "svg g defs symbol marker mask pattern clippath text tspan switch lineargradient "
    "radialgradient filter".split())

VOID_NAMES = (
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr")
BREAKOUT_NAMES = (
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img "
    "li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul "
    "var")
cdef frozenset VOID_SET = frozenset(VOID_NAMES.split())
cdef frozenset BREAKOUT_SET = frozenset(BREAKOUT_NAMES.split())
# Elements that lead into SVG and MathML, and where HTML goes on inside of them.
cdef frozenset FOREIGN = frozenset({"svg", "math"})
cdef dict INTEGRATION = {
    "svg": frozenset("foreignobject desc title".split()),
    "math": frozenset("annotation-xml mi mo mn ms mtext".split()),
}
RAW_NAMES = "script style title textarea xmp iframe noembed noframes noscript plaintext"

TAGS = {}


cdef list tags(str names):
    return [TAGS.setdefault(name, new_tag(name)) for name in names.split()]


cdef int flag(int value, str names) except -1:
    cdef Tag tag
    for tag in tags(names):
        tag.flags |= value
    return 0


cdef int on_start(int rule, str names) except -1:
    cdef Tag tag
    for tag in tags(names):
        tag.start = rule
    return 0


cdef int on_end(int rule, str names) except -1:
    cdef Tag tag
    for tag in tags(names):
        tag.end = rule
    return 0


cdef int number_tags(str names) except -1:
    """Give tags the ids of the enum `Id`, in its order."""
    cdef Py_ssize_t number = T_OTHER
    cdef Tag tag
    for tag in tags(names):
        number += 1
        tag.id = number
    return 0


number_tags(
    "html head body frameset table caption colgroup col tbody tfoot thead tr td th template p li "
    "dd dt button form a nobr select option optgroup ruby rtc ol ul input script style address "
    "div svg math mglyph malignmark annotation-xml font img frame title br meta link base "
    "noscript")

flag(SPECIAL,
     "address applet area article aside base basefont bgsound blockquote body br button caption "
     "center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form "
     "frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link "
     "listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext "
     "pre script search section select source style summary table tbody td template textarea "
     "tfoot th thead title tr track ul wbr xmp")
flag(IMPLIED_END, "dd dt li optgroup option p rb rp rt rtc")
flag(THOROUGH_END,
     "caption colgroup dd dt li optgroup option p rb rp rt rtc tbody td tfoot th thead tr")
flag(SCOPE, "applet caption html table td th marquee object select template")
flag(VOID, VOID_NAMES)
flag(HEADING, "h1 h2 h3 h4 h5 h6")
flag(FORMATTING, "a b big code em font i nobr s small strike strong tt u")
flag(ROWS, "table tbody tfoot thead tr")
flag(FORGED, RAW_NAMES)
flag(MATH_TEXT, "mi mo mn ms mtext")
flag(SVG_HTML, "foreignobject desc title")
flag(METADATA, "base basefont bgsound link meta noframes script style template title")
flag(BREAKOUT, BREAKOUT_NAMES)

on_start(S_BLOCK,
         "address article aside blockquote center details dialog dir div dl fieldset figcaption "
         "figure footer header hgroup main menu nav ol p search section summary ul")
on_start(S_HEADING, "h1 h2 h3 h4 h5 h6")
on_start(S_PRE, "pre listing")
on_start(S_FORM, "form")
on_start(S_LI, "li")
on_start(S_DD, "dd dt")
on_start(S_PLAINTEXT, "plaintext")
on_start(S_BUTTON, "button")
on_start(S_A, "a")
on_start(S_FORMATTING, "b big code em font i s small strike strong tt u")
on_start(S_NOBR, "nobr")
on_start(S_MARKER, "applet marquee object")
on_start(S_TABLE, "table")
on_start(S_VOID, "area br embed img keygen wbr")
on_start(S_INPUT, "input")
on_start(S_PLAIN_VOID, "param source track base basefont bgsound link meta")
on_start(S_HR, "hr")
on_start(S_IMAGE, "image")
on_start(S_TEXTAREA, "textarea")
on_start(S_XMP, "xmp")
on_start(S_RAW, "iframe noembed noscript noframes script style title")
on_start(S_SELECT, "select")
on_start(S_OPTGROUP, "optgroup")
on_start(S_OPTION, "option")
on_start(S_RB, "rb rtc")
on_start(S_RT, "rp rt")
on_start(S_FOREIGN, "svg math")
on_start(S_TEMPLATE, "template")
on_start(S_IGNORED, "html body head frameset frame caption col colgroup tbody td tfoot th thead tr")

on_end(E_BLOCK,
       "address article aside blockquote button center details dialog dir div dl fieldset "
       "figcaption figure footer header hgroup listing main menu nav ol pre search section select "
       "summary ul")
on_end(E_FORM, "form")
on_end(E_P, "p")
on_end(E_LI, "li")
on_end(E_DD, "dd dt")
on_end(E_HEADING, "h1 h2 h3 h4 h5 h6")
on_end(E_FORMATTING, "a b big code em font i nobr s small strike strong tt u")
on_end(E_MARKER, "applet marquee object")
on_end(E_BR, "br")
on_end(E_TEMPLATE, "template")
on_end(E_IGNORED, "html body")
