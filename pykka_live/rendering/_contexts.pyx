"""Makes Django's contexts. A rendering needs one as soon as it comes to a node of Django's."""

cimport cython

from pykka_live.rendering.context import LiveContext, LiveRenderContext

BUILTINS = {"True": True, "False": False, "None": None}


@cython.final
cdef class ContextMaker:
    """Makes contexts that are like one another but for their values, faster than Django would.

    :param template: Django's
    :param request: that of the page
    :param processed: what the context processors gave
    :param lineage: that of the template
    """

    def __init__(self, template, request, dict processed, lineage):
        self.template = template
        self.request = request
        self.processed = processed
        self.lineage = lineage
        self.escapes = template.engine.autoescape
        self.setting = self.escapes, None, None

    cdef object make(self, values):
        """A context. Who writes to it writes to these values."""
        if self.attributes is None:  # many templates come to no node of Django's
            self.attributes = self.model()
        context = LiveContext.__new__(LiveContext)
        state = LiveRenderContext.__new__(LiveRenderContext)
        cdef dict attributes = self.attributes.copy()
        attributes["dicts"] = [BUILTINS.copy(), self.processed, {}, values]
        attributes["render_context"] = state
        context.__dict__ = attributes
        state.__dict__ = {"dicts": [BUILTINS.copy(), {}], "template": self.lineage.root}
        self.lineage.prepare(context)
        return context

    cdef dict model(self):
        """The attributes of a context that is bound to the template, and has no values."""
        context = LiveContext(self.request, {}, self.processed, self.escapes)
        context.template = self.template
        context.template_name = self.template.name or "unknown"
        return vars(context)
