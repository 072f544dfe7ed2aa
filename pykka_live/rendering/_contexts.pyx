"""Makes Django's contexts. A rendering needs one as soon as it comes to a node of Django's."""

cimport cython

from pykka_live.rendering.context import LiveContext, LiveRenderContext

BUILTINS = {"True": True, "False": False, "None": None}


@cython.final
cdef class ContextMaker:
    """Makes contexts that are like one another but for their values, faster than Django would.

    :param model: what they are like; bound to its template
    :param processed: what the context processors gave
    :param lineage: that of the template
    """

    def __init__(self, model, dict processed, lineage):
        self.attributes = vars(model)
        self.processed = processed
        self.lineage = lineage
        self.request = model.request
        self.escapes = model.autoescape
        self.setting = model.autoescape, model.use_l10n, model.use_tz

    cdef object make(self, values):
        """A context. Who writes to it writes to these values."""
        context = LiveContext.__new__(LiveContext)
        state = LiveRenderContext.__new__(LiveRenderContext)
        cdef dict attributes = self.attributes.copy()
        attributes["dicts"] = [BUILTINS.copy(), self.processed, {}, values]
        attributes["render_context"] = state
        context.__dict__ = attributes
        state.__dict__ = {"dicts": [BUILTINS.copy(), {}], "template": self.lineage.root}
        self.lineage.prepare(context)
        return context
