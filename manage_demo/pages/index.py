"""The front page: what there is to see."""

from typing import NamedTuple

from django.views.generic import TemplateView, View

from pages.chat import Chat
from pages.counter import Counter
from pages.crash import CrashRoom
from pages.dashboard import Dashboard
from pages.rooms import Rooms
from pages.shop import Shop
from pages.table import Table
from pages.todo import Todos


class Demo(NamedTuple):
    name: str
    title: str
    text: str
    view: type[View]


DEMOS = [
    Demo(
        "counter",
        "Counter",
        "One number and a few buttons. A click calls a Python method; what comes back changes "
        "one text, in a few bytes.",
        Counter,
    ),
    Demo(
        "todo",
        "To-do list",
        "Rows from the database: add, edit in place, reorder, filter. Each has a key, so it is "
        "moved, not made anew. Open it in two tabs: both show the same list.",
        Todos,
    ),
    Demo(
        "chat",
        "Chat",
        "What one tab publishes reaches all of them, in this process and, over Redis, in others.",
        Chat,
    ),
    Demo(
        "rooms",
        "Two rooms",
        "One live view, mounted twice in an ordinary page: two states, two actors, one socket. "
        "When one crashes, the other goes on.",
        Rooms,
    ),
    Demo(
        "dashboard",
        "Dashboard",
        "Twelve components of one page, each with its own state, its own actor and its own pace. "
        "Blow the fuse: it restarts alone, and the others tick on.",
        Dashboard,
    ),
    Demo(
        "shop",
        "Shop",
        "Components that talk: a product tells the cart, the cart tells the product and the page, "
        "the page tells them all what is on sale. Nobody waits for anybody.",
        Shop,
    ),
    Demo(
        "table",
        "A thousand rows",
        "Three thousand fields to edit, to sort, to append to. The server sends what has changed, "
        "and nothing else.",
        Table,
    ),
    Demo(
        "crash",
        "Crash room",
        "Raise an exception, leave the process, break the template. A supervisor brings the view "
        "back in its last good state, and nobody else notices.",
        CrashRoom,
    ),
]


class Index(TemplateView):
    template_name = "pages/index.html"
    extra_context = {"demos": DEMOS}
