"""The crash room: whatever goes wrong here, the view comes back in its last good state."""

import threading
import time

from pykka_live import LiveView, event


class Harmless(Exception):
    """No reason to start anew."""


class Hopeless(Exception):
    """No new view would help."""


class CrashRoom(LiveView):
    template_name = "pages/crash.html"
    # Whatever is not named is followed by a restart, as the settings have it.
    supervision = {"strategy": {Harmless: "resume", Hopeless: "escalate"}}

    def mount(self, request):
        self.count = 0
        self.broken = False

    @property
    def thread(self):
        return threading.current_thread().name

    @property
    def bad_news(self):
        raise RuntimeError("the template asked for the bad news")

    @event
    def increment(self):
        self.count += 1

    @event
    def fail(self):
        self.count += 1000  # nobody will ever see this
        raise RuntimeError("this handler was asked to fail")

    @event
    def leave(self):
        self.count += 1000
        raise SystemExit("this handler wanted to end the process")

    @event
    def rubbish(self):
        """What a handler returns is of no interest to anyone."""
        return object()

    @event
    def break_template(self):
        self.count += 1000
        self.broken = True  # and so the template will ask for the bad news

    @event
    def shrug(self):
        self.count += 10  # this one you will see
        raise Harmless("the view goes on as it is")

    @event
    def despair(self):
        self.count += 1000
        raise Hopeless("the whole session starts anew")

    @event
    def sleep(self, seconds: int):
        time.sleep(min(seconds, 5))

    @event
    def hang(self):
        threading.Event().wait()  # for ever; but nobody has to wait for it that long
        self.count += 1000
