"""Bodies, meetings and their agenda."""

from django.urls import URLPattern, path

from meetings.views.desk import agenda as desk_agenda
from meetings.views.desk import bodies as desk_bodies
from meetings.views.desk import meetings as desk_meetings
from meetings.views.my import meetings as my_meetings
from meetings.views.public import feeds
from meetings.views.public import meetings as public_meetings

urlpatterns: list[URLPattern] = [
    path("meetings/", public_meetings.meeting_list, name="meeting-list"),
    path("meetings/feed.atom", feeds.meeting_feed, name="meeting-feed"),
    path("meetings/calendar.ics", feeds.calendar, name="calendar"),
    path("meetings/calendar/<str:token>/meetings.ics", feeds.own_calendar, name="own-calendar"),
    path("meetings/<public_id:public_id>/meeting.ics", feeds.meeting_calendar, name="meeting-calendar"),
    path("meetings/<public_id:public_id>/", public_meetings.meeting_detail, name="meeting-detail"),
    path("my/meetings/", my_meetings.meeting_list, name="my-meetings"),
    path("my/meetings/calendar/", my_meetings.calendar_link, name="my-calendar"),
    path("my/meetings/calendar/stop/", my_meetings.calendar_link_stop, name="my-calendar-stop"),
    path("my/meetings/<public_id:public_id>/", my_meetings.meeting_page, name="my-meeting"),
    path("desk/meetings/", desk_meetings.meeting_list, name="desk-meeting-list"),
    path("desk/meetings/new/", desk_meetings.meeting_create, name="desk-meeting-create"),
    path("desk/meetings/bodies/", desk_bodies.body_list, name="desk-body-list"),
    path("desk/meetings/bodies/new/", desk_bodies.body_create, name="desk-body-create"),
    path("desk/meetings/bodies/<public_id:public_id>/", desk_bodies.body_page, name="desk-body"),
    path("desk/meetings/bodies/<public_id:public_id>/edit/", desk_bodies.body_edit, name="desk-body-edit"),
    path(
        "desk/meetings/bodies/<public_id:public_id>/organizations/",
        desk_bodies.body_organizations,
        name="desk-body-organizations",
    ),
    path("desk/meetings/<public_id:public_id>/", desk_meetings.meeting_page, name="desk-meeting"),
    path("desk/meetings/<public_id:public_id>/edit/", desk_meetings.meeting_edit, name="desk-meeting-edit"),
    path("desk/meetings/<public_id:public_id>/next/", desk_meetings.meeting_next, name="desk-meeting-next"),
    path(
        "desk/meetings/<public_id:public_id>/numbers/",
        desk_meetings.meeting_numbers,
        name="desk-meeting-numbers",
    ),
    path(
        "desk/meetings/<public_id:public_id>/delete/",
        desk_meetings.meeting_delete,
        name="desk-meeting-delete",
    ),
    path(
        "desk/meetings/<public_id:public_id>/move/<slug:to>/",
        desk_meetings.meeting_move,
        name="desk-meeting-move",
    ),
    path("desk/meetings/<public_id:public_id>/agenda/", desk_agenda.agenda, name="desk-agenda"),
    path("desk/meetings/<public_id:public_id>/agenda/add/", desk_agenda.agenda_add, name="desk-agenda-add"),
    path(
        "desk/meetings/<public_id:public_id>/agenda/renumber/",
        desk_agenda.agenda_renumber,
        name="desk-agenda-renumber",
    ),
    path(
        "desk/meetings/<public_id:public_id>/agenda/<public_id:item_id>/",
        desk_agenda.agenda_item,
        name="desk-agenda-item",
    ),
    path(
        "desk/meetings/<public_id:public_id>/agenda/<public_id:item_id>/delete/",
        desk_agenda.agenda_delete,
        name="desk-agenda-delete",
    ),
    path(
        "desk/meetings/<public_id:public_id>/agenda/<public_id:item_id>/move/<slug:direction>/",
        desk_agenda.agenda_move,
        name="desk-agenda-move",
    ),
]
