"""The demo's pages, and pykka_live's own."""

from django.contrib.auth.views import LoginView
from django.urls import include, path
from pages.chat import Chat
from pages.counter import Counter
from pages.crash import CrashRoom
from pages.dashboard import Dashboard
from pages.index import Index
from pages.rooms import Rooms
from pages.shop import Shop
from pages.table import Table
from pages.todo import Todos

urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("counter/", Counter.as_view(), name="counter"),
    path("todo/", Todos.as_view(), name="todo"),
    path("chat/", Chat.as_view(), name="chat"),
    path("rooms/", Rooms.as_view(), name="rooms"),
    path("dashboard/", Dashboard.as_view(), name="dashboard"),
    path("shop/", Shop.as_view(), name="shop"),
    path("table/", Table.as_view(), name="table"),
    path("crash/", CrashRoom.as_view(), name="crash"),
    path("login/", LoginView.as_view(template_name="pages/login.html"), name="login"),
    path("observer/", include("pykka_live.observability.observer.urls")),
    path("", include("pykka_live.urls")),
]
