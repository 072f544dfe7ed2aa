"""The smallest live page: one number."""

from pykka_live import LiveView, event


class Counter(LiveView):
    template_name = "pages/counter.html"

    def mount(self, request):
        self.count = 0

    @event
    def increment(self, amount: int = 1):
        self.count += amount

    @event
    def reset(self):
        self.count = 0
