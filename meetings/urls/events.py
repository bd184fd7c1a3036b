"""Events: for everybody, for the organisations that host them, and for the desk."""

from django.urls import URLPattern, path

from meetings.views.desk import events as desk
from meetings.views.my import events as my
from meetings.views.public import events as public

ONE = "<public_id:public_id>"
urlpatterns: list[URLPattern] = [
    path("events/", public.event_list, name="event-list"),
    path("events/calendar.ics", public.event_calendar_all, name="event-calendar-all"),
    path("events/feed.atom", public.event_feed, name="event-feed"),
    path("events/month/<int:year>/<int:month>/", public.event_month, name="event-month"),
    path("events/application/<str:token>/", public.event_application, name="event-application"),
    path(f"events/{ONE}/", public.event_detail, name="event-detail"),
    path(f"events/{ONE}/event.ics", public.event_calendar, name="event-calendar"),
    path(f"events/{ONE}/apply/", public.event_apply, name="event-apply"),
    path(f"events/{ONE}/applied/", public.event_applied, name="event-applied"),
    # For members.
    path("my/events/", my.event_list, name="my-event-list"),
    path("my/events/new/", my.event_create, name="my-event-create"),
    path(f"my/events/{ONE}/", my.event_page, name="my-event"),
    path(f"my/events/{ONE}/edit/", my.event_edit, name="my-event-edit"),
    path(f"my/events/{ONE}/copy/", my.event_copy, name="my-event-copy"),
    path(f"my/events/{ONE}/submit/", my.event_submit, name="my-event-submit"),
    path(f"my/events/{ONE}/take-back/", my.event_take_back, name="my-event-take-back"),
    path(f"my/events/{ONE}/withdraw/", my.event_revision_withdraw, name="my-event-revision-withdraw"),
    path(f"my/events/{ONE}/cancel/", my.event_cancel, name="my-event-cancel"),
    path(f"my/events/{ONE}/applicants/", my.event_applicants, name="my-event-applicants"),
    path(f"my/events/{ONE}/applicants.csv", my.event_applicants_file, name="my-event-applicants-file"),
    path(
        f"my/events/{ONE}/applicants/<public_id:application_id>/cancel/",
        my.event_application_cancel,
        name="my-event-application-cancel",
    ),
    # For the desk.
    path("desk/events/", desk.event_list, name="desk-event-list"),
    path("desk/events/new/", desk.event_create, name="desk-event-create"),
    path(f"desk/events/{ONE}/", desk.event_page, name="desk-event"),
    path(f"desk/events/{ONE}/edit/", desk.event_edit, name="desk-event-edit"),
    path(f"desk/events/{ONE}/copy/", desk.event_copy, name="desk-event-copy"),
    path(f"desk/events/{ONE}/move/<slug:to>/", desk.event_move, name="desk-event-move"),
    path(f"desk/events/{ONE}/cancel/", desk.event_cancel, name="desk-event-cancel"),
    path(
        f"desk/events/{ONE}/revision/approve/",
        desk.event_revision_approve,
        name="desk-event-revision-approve",
    ),
    path(
        f"desk/events/{ONE}/revision/return/", desk.event_revision_return, name="desk-event-revision-return"
    ),
    path(
        f"desk/events/{ONE}/revision/withdraw/",
        desk.event_revision_withdraw,
        name="desk-event-revision-withdraw",
    ),
    path(f"desk/events/{ONE}/applicants/", desk.event_applicants, name="desk-event-applicants"),
    path(f"desk/events/{ONE}/applicants.csv", desk.event_applicants_file, name="desk-event-applicants-file"),
    path(
        f"desk/events/{ONE}/applicants/<public_id:application_id>/cancel/",
        desk.event_application_cancel,
        name="desk-event-application-cancel",
    ),
]
