"""The URLs of the test project."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.urls import include, path

from tests.live import (
    clerks,
    components,
    exits,
    failing,
    guests,
    habits,
    movers,
    roots,
    several,
    sleepers,
    talkers,
    troubled,
    views,
)

urlpatterns = [
    path("", include("pykka_live.urls")),
    path("counter/", views.Counter.as_view()),
    path("board/", components.Board.as_view()),
    path("ward/", components.Ward.as_view()),
    path("office/", clerks.Office.as_view()),
    path("dormitory/", sleepers.Dormitory.as_view()),
    path("terrarium/", roots.Terrarium.as_view()),
    path("lounge/", exits.Lounge.as_view()),
    path("court/", talkers.Court.as_view()),
    path("jumble/", talkers.Jumble.as_view()),
    path("desk/", movers.Desk.as_view()),
    path("counter/<int:start>/", views.Counter.as_view()),
    path("fast/", views.Counter.as_view(step=10)),
    path("private/", views.Private.as_view()),
    path("decorated/", login_required(views.Counter.as_view())),
    path("permitted/", views.Permitted.as_view()),
    path("language/", views.Language.as_view()),
    path("elsewhere/", views.Elsewhere.as_view()),
    path("broken/", views.Broken.as_view()),
    path("slow/", views.Slow.as_view()),
    path("sleeper/", troubled.Sleeper.as_view()),
    path("uncut/", views.Uncut.as_view()),
    path("users/", views.Users.as_view()),
    path("odd/", views.Odd.as_view()),
    path("notes/", failing.Notes.as_view()),
    path("fragile/", failing.Fragile.as_view()),
    path("late/", failing.Late.as_view()),
    path("ending/", failing.Ending.as_view()),
    path("wrapped/", failing.Wrapped.as_view()),
    path("set_up/", failing.SetUp.as_view()),
    path("restored/", failing.Restored.as_view()),
    path("uncopyable/", failing.Uncopyable.as_view()),
    path("troubled/", troubled.Troubled.as_view()),
    path("resuming/", troubled.Resuming.as_view()),
    path("escalating/", troubled.Escalating.as_view()),
    path("once/", troubled.Once.as_view()),
    path("pair/<name>/", troubled.pair),
    *(
        path(f"pair/{name}/{side}/", view.as_view())
        for name, pair in troubled.PAIRS.items()
        for side, view in zip(("left", "right"), pair, strict=True)
    ),
    *guests.urlpatterns,
    *(path(f"several/{name}/", view) for name, view in several.PAGES.items()),
    path("room/", views.Room.as_view()),
    path("visits/", views.Visits.as_view()),
    path("habits/", habits.Habits.as_view()),
    path("wrong/", habits.Wrong.as_view()),
    path("tenant/", habits.Tenant.as_view()),
    path("address/", habits.Address.as_view(), name="address"),
]
