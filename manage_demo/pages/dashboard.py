"""A dashboard of twelve components. Each is drawn when it has news, and no other with it."""

from pages.instruments import KEPT, recent, switch_on, topic
from pykka_live import LiveComponent, LiveView, event


class Dashboard(LiveView):
    template_name = "pages/dashboard.html"

    def mount(self, request):
        switch_on()


class Tile(LiveComponent):
    """Shows what the instrument says that it is called after."""

    def mount(self, **props):
        super().mount(**props)  # each prop becomes an attribute
        self.readings = list(recent[self.id])
        self.subscribe(topic(self.id))

    def handle_info(self, message):
        self.readings = [*self.readings, message][-KEPT:]

    @property
    def now(self):
        return self.readings[-1]


class Clock(Tile):
    template_name = "pages/tiles/clock.html"


class Gauge(Tile):
    template_name = "pages/tiles/gauge.html"

    @property
    def line(self):
        """The readings as the points of a line in a box of 100 by 100."""
        low, high = min(self.readings), max(self.readings)
        step, scale = 100 / (KEPT - 1), 90 / ((high - low) or 1)
        first = KEPT - len(self.readings)
        return " ".join(
            f"{step * (first + i):.4g},{95 - scale * (reading - low):.4g}"
            for i, reading in enumerate(self.readings)
        )


class Dice(Tile):
    template_name = "pages/tiles/dice.html"

    @property
    def bars(self):
        """How often each sum was thrown lately: a bar's place, its top and its height."""
        thrown = [sum(pair) for pair in self.readings]
        counts = [(number, min(thrown.count(number), 10)) for number in range(2, 13)]
        return [(10 * number - 19, 10 - count, count) for number, count in counts]


class Fuse(Gauge):
    """Blows when it is told to. Its supervisor puts in a new one, with the old one's state."""

    template_name = "pages/tiles/fuse.html"

    @property
    def restarts(self):
        itself = self.find_component(self.id)
        return itself.restarts if itself else 0  # there are no actors before the page is live

    @event
    def blow(self):
        self.readings = []  # nobody will ever see this
        raise RuntimeError("the fuse has blown")

    @event
    def leave(self):
        raise SystemExit("the fuse wanted to end the process")


class Supervisor(Tile):
    """Looks at its neighbours."""

    template_name = "pages/tiles/supervisor.html"

    @property
    def others(self):
        return self.find_components(LiveComponent)

    @property
    def restarted(self):
        return [other for other in self.others if other.restarts]


class Notes(LiveComponent):
    """Has no instrument: nobody disturbs who is writing here."""

    template_name = "pages/tiles/notes.html"

    def mount(self):
        self.notes = []

    @event
    def write(self, text: str):
        if text := text.strip()[:80]:
            self.notes = [text, *self.notes][:3]
